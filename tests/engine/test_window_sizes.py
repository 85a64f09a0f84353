"""How large a model's window is here: its own, bounded by the operator, and by what the host's memory holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.engine.answer_policy import LEAST_CONTEXT_TOKENS, UNKNOWN_CONTEXT_TOKENS, AnswerPolicy
from tests.fakes import card

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
