"""What a host cuts in silence is told, what it refuses is packed anew, and a host that counts oddly raises no alarm."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from bot.domain import Completion, FinishReason
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.prompt_losses import PromptLosses
from bot.engine.token_gauge import SentPrompt
from bot.errors import PromptTooLong
from bot.llm.ollama import OllamaBackend
from tests.engine.talk import Talk
from tests.lab.ollama import LabModel, OllamaLab

POLICY = AnswerPolicy(context_tokens=1024, answer_tokens=128)
GO, JINJA = LabModel(name="falcon:7b"), LabModel(name="falcon:7b", template="jinja")
# What no estimate by the bytes of ordinary text foresees: about 1.7 bytes a token, one, and eight characters a token.
UNFORESEEN = {
    "hebrew": "שלום לכם ומה שלומכם היום " * 40,
    "short words": "a b c d e f g h " * 70,
    "single letters": "x " * 560,
}
TURN = "how does this go on and what comes after that? " * 4


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab([GO], answer=lambda _: "It goes on like this, and then it ends.") as running:
        yield running


@pytest.fixture
async def talk(lab: OllamaLab) -> AsyncGenerator[Talk]:
    talk = Talk(answer_policy=POLICY)
    backend = OllamaBackend(host=lab.url)
    talk.engine = talk.another_process("over Ollama", backend=backend)
    yield talk
    await backend.close()


def sent(estimated: int, *, at_least: int = 100, at_most: int = 4000, oldest: int = 90) -> SentPrompt:
    return SentPrompt(
        estimated=estimated, at_least=at_least, at_most=at_most, context_tokens=1024, budget=896, oldest=oldest
    )


def told(
    counted: int,
    prompt: SentPrompt,
    *,
    losses: PromptLosses | None = None,
    is_whole: bool = False,
    is_part_counted: bool = False,
) -> str:
    """Return of what loss a count tells, by the end of its key."""
    completion = Completion(
        reason=FinishReason.STOP,
        model="m",
        prompt_tokens=counted,
        answer_tokens=20,
        is_whole=is_whole,
        is_part_counted=is_part_counted,
    )
    found = (losses or PromptLosses()).of(completion, prompt)
    return found.key.removeprefix("notice.prompt_") if found else ""


@pytest.mark.parametrize(
    ("counted", "prompt", "loss"),
    [
        (514, sent(1500), "cut"),
        (514, sent(600), ""),
        (515, sent(1500), ""),
        (700, sent(800, at_least=790), "cut"),
        (780, sent(800, at_least=790), ""),
        (980, sent(850), "cut"),
        (980, sent(970), ""),
        (980, sent(850, oldest=0), ""),
        (905, sent(850, oldest=10), ""),
        (0, sent(1500), ""),
        (1015, sent(1020), "shifted"),
    ],
)
def test_what_an_older_host_counted_tells_whether_it_cut(counted: int, prompt: SentPrompt, loss: str) -> None:
    assert told(counted, prompt) == loss
    assert told(counted, prompt, is_whole=True) == ("" if loss == "cut" else loss)
    assert told(counted, prompt, is_part_counted=True) == ""


def test_a_host_that_once_counted_too_little_of_what_surely_fits_is_known_from_then_on() -> None:
    losses = PromptLosses()
    first = told(30, sent(200, at_least=190, at_most=400), losses=losses)

    assert (first, losses.leaves_out_cached) == ("", True)
    assert told(30, sent(1000, at_least=900), losses=losses) == ""


def cut(lab: OllamaLab) -> bool:
    return lab.chats[-1].cut_tokens > 0


@pytest.mark.parametrize("model", [GO, JINJA], ids=["go", "jinja"])
@pytest.mark.parametrize("plainly", [False, True])
@pytest.mark.parametrize("text", UNFORESEEN.values(), ids=UNFORESEEN)
async def test_what_is_refused_as_too_long_is_packed_anew_and_answered(
    lab: OllamaLab, talk: Talk, model: LabModel, text: str, *, plainly: bool
) -> None:
    lab.install(model)
    lab.tells_plainly = plainly
    for _ in range(6):
        await talk.say(TURN)
    before = len(lab.chats)
    answer = await talk.say(text[: len(text) * 3 // 4])

    assert answer.text
    assert [chat.status for chat in lab.chats[before:]] in ([200], [400, 200])
    assert not cut(lab)


@pytest.mark.parametrize("plainly", [False, True])
async def test_a_message_that_is_too_long_alone_is_told_as_that(lab: OllamaLab, talk: Talk, *, plainly: bool) -> None:
    lab.tells_plainly = plainly
    await talk.say(TURN)

    with pytest.raises(PromptTooLong):
        await talk.say("word " * 3000)


@pytest.mark.parametrize("text", UNFORESEEN.values(), ids=UNFORESEEN)
async def test_what_an_older_server_cuts_is_told(lab: OllamaLab, talk: Talk, text: str) -> None:
    lab.is_old = True
    for _ in range(6):
        await talk.say(TURN)
    answer = await talk.say(text)

    assert ("notice.prompt_cut" in answer.notices) is cut(lab)


async def test_after_a_cut_the_next_prompts_are_shorter_and_not_cut(lab: OllamaLab, talk: Talk) -> None:
    lab.is_old = True
    for _ in range(7):
        await talk.say(TURN)
    await talk.say(UNFORESEEN["hebrew"])
    told = [(await talk.say(TURN)).notices for _ in range(3)]

    assert not cut(lab)
    assert all("notice.prompt_cut" not in notices for notices in told)


@pytest.mark.parametrize("is_old", [False, True])
@pytest.mark.parametrize("leaves_out", [False, True])
async def test_ordinary_turns_raise_no_alarm_however_a_host_counts(
    lab: OllamaLab, talk: Talk, *, leaves_out: bool, is_old: bool
) -> None:
    lab.leaves_out_cached, lab.is_old = leaves_out, is_old
    told = [notice for _ in range(40) for notice in (await talk.say(TURN)).notices]

    assert set(told) <= {"notice.oldest_dropped"}
    assert all(chat.cut_tokens == 0 and chat.status == 200 for chat in lab.chats)


async def test_a_host_that_leaves_out_what_it_held_teaches_no_wrong_estimate(lab: OllamaLab, talk: Talk) -> None:
    lab.leaves_out_cached = True
    for _ in range(40):
        await talk.say(TURN)

    assert [chat.status for chat in lab.chats] == [200] * 40
