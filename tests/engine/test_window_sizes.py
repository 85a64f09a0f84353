"""How large a model's window is here: its own, bounded by the operator, and by what the host's memory holds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.domain import PromptMessage
from bot.engine.answer_policy import LEAST_CONTEXT_TOKENS, UNKNOWN_CONTEXT_TOKENS, AnswerPolicy
from tests.engine.talk import Talk
from tests.fakes import FakeBackend, card
from tests.lab.ollama.tokens import prompt_tokens

GB = 10**9
LARGE = replace(card("large:8b", context_tokens=131_072), size_bytes=5 * GB, token_bytes=131_072)


@pytest.mark.parametrize(
    ("own", "bound", "window"),
    [(131_072, 8192, 8192), (2048, 8192, 2048), (None, 8192, UNKNOWN_CONTEXT_TOKENS), (None, 2048, 2048)],
)
def test_a_window_is_the_models_own_and_no_larger_than_the_operator_lets_it(
    own: int | None, bound: int, window: int
) -> None:
    assert AnswerPolicy(context_tokens=bound).context_of(replace(LARGE, context_tokens=own)) == window


def test_a_model_has_a_bound_of_its_own_in_place_of_the_one_for_all() -> None:
    policy = AnswerPolicy(context_tokens=8192, context_by_model={"large:8b": 32_768, "small:1b": 2048})

    assert policy.context_of(LARGE) == 32_768
    assert policy.context_of(replace(LARGE, name="small:1b")) == 2048
    assert policy.context_of(replace(LARGE, name="other:1b")) == 8192
    assert policy.context_of(replace(LARGE, name="Large:8B")) == 32_768
    assert policy.context_of(replace(LARGE, context_tokens=4096)) == 4096


@pytest.mark.parametrize(
    ("memory_gb", "window"), [(0, 65_536), (48, 65_536), (8, 18_944), (6, 3_584), (5, LEAST_CONTEXT_TOKENS)]
)
def test_a_window_takes_no_more_memory_than_is_left_beside_the_model(memory_gb: float, window: int) -> None:
    assert AnswerPolicy(context_tokens=65_536, memory_gb=memory_gb).context_of(LARGE) == window


def test_what_a_token_takes_that_nobody_tells_bounds_nothing() -> None:
    policy = AnswerPolicy(context_tokens=65_536, memory_gb=6)

    assert policy.context_of(replace(LARGE, token_bytes=0)) == 65_536


def test_an_answer_takes_at_most_half_of_a_small_window() -> None:
    policy = AnswerPolicy(answer_tokens=1024, context_by_model={"large:8b": 1024})

    assert policy.answer_of(LARGE) == 512


class CountingBackend(FakeBackend):
    """A host with its tokenizer at hand."""

    counted = 0

    async def count_tokens(self, model: str, prompt: Sequence[PromptMessage]) -> int:
        """See `ports.TokenCounter`."""
        del model
        self.counted += 1
        return prompt_tokens(message.content for message in prompt)


async def test_where_a_tokenizer_is_at_hand_a_window_is_used_to_its_end_and_nothing_is_refused() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=2048, answer_tokens=256))
    talk.backend = backend = CountingBackend(card("falcon:7b"))
    talk.engine = talk.another_process("that counts")
    text, longest = "ab cd ef gh " * 20, 0
    while True:
        answer = await talk.say(text)
        if "notice.oldest_dropped" in answer.notices:
            break
        longest = prompt_tokens(message.content for message in backend.requests[-1].prompt)

    assert backend.counted > 0
    assert longest > (2048 - 256) * 0.85


async def test_a_short_prompt_is_not_counted_first() -> None:
    talk = Talk()
    talk.backend = backend = CountingBackend(card("falcon:7b"))
    talk.engine = talk.another_process("that counts")
    await talk.say("Hi")

    assert backend.counted == 0
