"""Prompts and windows: what is refused, what is left out, and that one odd text costs nobody else anything."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Address
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import ModelUnfit, PromptTooLong, RequestTooLarge, Transient
from tests.engine.talk import ROOM, Talk
from tests.fakes import Speech, card
from tests.lab.ollama.tokens import prompt_tokens

ELSEWHERE = replace(ROOM, channel="elsewhere")
POLICY = AnswerPolicy(context_tokens=2048, answer_tokens=100)
# A byte a token, which nobody writes, and about four, as people write; each of these fits a window of 2,048 tokens.
DIGITS = "7," * 800
ORDINARY = "plain english words of usual length again " * 130


async def filled(talk: Talk, *, exchanges: int = 6, at: Address = ROOM) -> int:
    """Talk for a while; return how many messages the next prompt holds from before."""
    for number in range(exchanges):
        await talk.say(f"Question {number}?", at=at)
    return 2 * exchanges


def kept(talk: Talk) -> int:
    return len(talk.backend.requests[-1].prompt) - 2


@pytest.mark.parametrize("at", [ROOM, ELSEWHERE])
async def test_after_a_text_of_digits_an_ordinary_one_that_fits_is_answered(at: Address) -> None:
    talk = Talk(answer_policy=POLICY)
    await talk.say(DIGITS)
    await talk.command("reset")
    answer = await talk.say(ORDINARY, at=at)

    assert answer.text
    assert prompt_tokens([ORDINARY]) < POLICY.context_tokens


async def test_a_text_of_digits_makes_no_other_conversation_forget() -> None:
    talk = Talk(answer_policy=POLICY)
    before = await filled(talk, exchanges=24, at=ELSEWHERE)
    for _ in range(3):
        await talk.say(DIGITS)
        await talk.command("reset")
    answer = await talk.say("And now?", at=ELSEWHERE)

    assert kept(talk) == before
    assert answer.notices == []


@pytest.mark.parametrize("text", ["7," * 3000, "word " * 4000, "ש " * 3000])
async def test_a_refused_message_leaves_the_conversation_as_it_was(text: str) -> None:
    talk = Talk(answer_policy=POLICY)
    before = await filled(talk, exchanges=11)
    with pytest.raises(PromptTooLong):
        await talk.say(text)
    answer = await talk.say("And now?")

    assert kept(talk) == before
    assert answer.notices == []


async def test_a_refused_message_is_told_with_the_numbers_of_the_host() -> None:
    talk = Talk(answer_policy=POLICY)
    await filled(talk)
    with pytest.raises(PromptTooLong) as refused:
        await talk.say("word " * 4000)

    alone = [message.content for message in talk.backend.requests[-1].prompt]
    assert len(alone) == 2
    assert (refused.value.prompt_tokens, refused.value.context_tokens) == (prompt_tokens(alone), 2048)


async def test_a_message_too_long_beside_the_others_is_packed_anew_and_answered() -> None:
    talk = Talk(answer_policy=POLICY)
    await filled(talk, exchanges=24)
    answer = await talk.say("7," * 850)

    assert answer.text
    assert "notice.oldest_dropped" in answer.notices


async def test_a_message_that_fills_the_window_is_answered_without_the_others_and_says_so() -> None:
    talk = Talk(answer_policy=POLICY)
    await filled(talk, exchanges=20)
    answer = await talk.say("7," * 960)

    assert "notice.all_dropped" in answer.notices
    assert "notice.oldest_dropped" not in answer.notices


async def test_a_request_too_large_for_a_proxy_is_asked_shorter_and_changes_no_estimate() -> None:
    talk = Talk(answer_policy=POLICY)
    before = await filled(talk, exchanges=12)
    talk.backend.say(Speech(error=RequestTooLarge(host="fake")), Speech(error=RequestTooLarge(host="fake")))
    talk.backend.say(Speech(error=RequestTooLarge(host="fake")))
    with pytest.raises(RequestTooLarge) as refused:
        await talk.say("And now?")
    await talk.say("Still there?")

    assert refused.value.key == "error.request_too_large"
    assert kept(talk) == before


async def test_a_long_prompt_that_is_refused_without_a_reason_is_asked_shorter() -> None:
    talk = Talk(answer_policy=POLICY)
    await filled(talk, exchanges=40)
    before = kept(talk)
    talk.backend.say(Speech(error=ModelUnfit("falcon:7b")), "Here you are.")
    answer = await talk.say("And now?")

    assert answer.text == "Here you are."
    assert kept(talk) < before


async def test_a_short_prompt_that_is_refused_without_a_reason_is_not() -> None:
    talk = Talk(answer_policy=POLICY)
    await filled(talk, exchanges=2)
    talk.backend.say(Speech(error=ModelUnfit("falcon:7b")))
    with pytest.raises(ModelUnfit):
        await talk.say("And now?")


async def test_a_host_in_trouble_makes_no_conversation_forget() -> None:
    talk = Talk(answer_policy=POLICY)
    for number in range(5):
        await talk.say(f"{number} {'word ' * 100}")
    told = talk.history.turns.copy()
    talk.backend.say(*[Speech(error=Transient("error.host_busy", host="fake"))] * 3)
    with pytest.raises(Transient):
        await talk.say("word " * 500)
    answer = await talk.say("Short?")

    assert kept(talk) == 2 * len(told)
    assert answer.notices == []


async def test_an_answer_that_outgrew_the_window_says_what_it_may_miss() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=512, answer_tokens=256))
    talk.backend.say("word " * 250)
    answer = await talk.say("7," * 170)

    assert answer.notices == ["notice.prompt_shifted"]


async def test_an_answer_within_the_window_says_nothing_of_it() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=512, answer_tokens=256))
    talk.backend.say("word " * 100)

    assert (await talk.say("Hi")).notices == []


async def test_a_model_elsewhere_has_a_window_of_its_own() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=512, answer_tokens=256))
    talk.backend.cards = {"far:cloud": replace(card("far:cloud"), is_remote=True)}
    talk.backend.say("word " * 250)

    assert "notice.prompt_shifted" not in (await talk.say("7," * 170)).notices


@pytest.mark.parametrize(("window", "told"), [(256, 1), (0, 0), (32_768, 0)])
async def test_what_an_engine_forgot_in_mid_answer_is_told_by_its_own_window(window: int, told: int) -> None:
    talk = Talk()
    talk.backend.say(Speech("word " * 600, window_tokens=window))

    answer = await talk.say("Count.")

    assert answer.notices.count("notice.prompt_shifted") == told
