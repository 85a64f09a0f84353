"""Reasoning on demand: shown to the asker alone, kept as long as the answer, and never a part of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import Completion, Delta, Withdrawal
from bot.engine.access import Access
from bot.errors import Unavailable, UserError
from bot.reasoning import MOST_KEPT_CHARS
from tests.engine.talk import NOAM, ROOM, THREAD, Talk
from tests.fakes import Speech, card

THOUGHT = "They want three words."
THINKER = card("falcon:7b", capabilities=frozenset({"completion", "thinking"}))
WAYS = {
    "a field of its own": Speech("Hello my friend", reasoning=THOUGHT),
    "tags": Speech(f"<think>{THOUGHT}</think>\n\nHello my friend"),
    "tags, letter by letter": Speech(f"<think>\n{THOUGHT}\n</think>\n\nHello my friend", by_character=True),
    "a closing tag alone": Speech(f"{THOUGHT}\n</think>\n\nHello my friend", by_character=True),
    "brackets": Speech(f"[THINK]{THOUGHT}[/THINK]Hello my friend", by_character=True),
    "channels": Speech(
        f"<|channel|>analysis<|message|>{THOUGHT}<|end|><|start|>assistant<|channel|>final<|message|>Hello my friend"
    ),
}


async def thinking() -> Talk:
    talk = Talk()
    talk.backend.cards = {THINKER.name: THINKER}
    return talk


@pytest.mark.parametrize("way", WAYS)
async def test_reasoning_is_shown_to_the_asker_in_whichever_way_a_model_writes_it(way: str) -> None:
    talk = await thinking()
    talk.backend.say(WAYS[way])
    answer = await talk.say("Greet me.")

    shown = await talk.press_under(answer, "reasoning")

    assert answer.text == "Hello my friend"
    assert THOUGHT in shown.text
    assert "Hello" not in shown.text
    assert "think" not in shown.text.replace("thinking", "")
    assert all(line.startswith(">") for line in shown.text.splitlines())
    assert "notice.reasoning" in shown.notices


async def test_what_was_shown_and_taken_back_is_reasoning_too() -> None:
    talk = Talk()
    talk.backend.say("I am here.")
    await talk.say("Are you there?")
    talk.backend.say(Speech(f"{THOUGHT}\n</think>\n\nHello", by_character=True))
    answer = await talk.say("Greet me.")
    shown = await talk.press_under(answer, "reasoning")

    assert answer.of(Withdrawal)
    assert THOUGHT in shown.text


async def test_an_answer_without_reasoning_has_no_such_button() -> None:
    talk = Talk()
    answer = await talk.say("Greet me.")

    assert "reasoning" not in answer.labels
    with pytest.raises(UserError) as raised:
        await talk.command("model reasoning")
    assert raised.value.key == "error.no_reasoning"


async def test_nobody_else_reads_it_an_admin_neither() -> None:
    talk = Talk(access=Access(admins=frozenset({f"lab:{NOAM.id}"})))
    talk.backend.say(WAYS["tags"])
    answer = await talk.say("Greet me.")
    with pytest.raises(UserError) as raised:
        await talk.press_under(answer, "reasoning", person=NOAM)
    with pytest.raises(UserError) as typed:
        await talk.command("model reasoning", person=NOAM)

    assert raised.value.key == "error.reasoning_not_yours"
    assert typed.value.key == "error.no_reasoning"


async def test_it_is_never_in_a_prompt_nor_in_an_answer() -> None:
    talk = await thinking()
    talk.backend.say(WAYS["a field of its own"])
    answer = await talk.say("Greet me.")
    await talk.press_under(answer, "reasoning")
    await talk.say("Again.")

    assert all(THOUGHT not in message for prompt in talk.prompts() for message in prompt)
    assert THOUGHT not in answer.text


async def test_the_last_answer_that_was_reasoned_is_the_one_that_is_typed_for() -> None:
    talk = await thinking()
    talk.backend.say(Speech("One.", reasoning="First steps."), Speech("Two.", reasoning="Second steps."), "Three.")
    for question in ("1", "2", "3"):
        await talk.say(question)

    assert "Second steps." in (await talk.command("model reasoning")).text


async def test_another_answer_has_another_reasoning() -> None:
    talk = await thinking()
    talk.backend.say(Speech("One.", reasoning="First steps."), Speech("Two.", reasoning="Second steps."))
    first = await talk.say("Greet me.")
    second = await talk.press_under(first, "again")

    assert "Second steps." in (await talk.press_under(second, "reasoning")).text
    with pytest.raises(UserError) as raised:
        await talk.press_under(first, "reasoning")
    assert raised.value.key == "error.answer_replaced"


async def test_an_answer_made_again_without_reasoning_keeps_none_of_before() -> None:
    talk = await thinking()
    talk.backend.say(Speech("One.", reasoning="First steps."), "Two.")
    await talk.press_under(await talk.say("Greet me."), "again")

    with pytest.raises(UserError):
        await talk.command("model reasoning")


async def test_it_goes_with_the_answer_when_a_person_is_forgotten() -> None:
    talk = await thinking()
    talk.backend.say(WAYS["tags"])
    answer = await talk.say("Greet me.")
    await talk.command("forget", confirm="yes")

    with pytest.raises(UserError) as raised:
        await talk.press_under(answer, "reasoning")
    assert raised.value.key == "error.answer_gone"


async def test_others_answers_that_may_repeat_a_forgotten_person_lose_theirs() -> None:
    talk = await thinking()
    talk.backend.say("Noted.", Speech("Yes.", reasoning="Dana said OWL-4711."))
    await talk.say("OWL-4711")
    answer = await talk.say("What did she say?", person=NOAM)
    await talk.command("forget", confirm="yes")

    with pytest.raises(UserError):
        await talk.press_under(answer, "reasoning", person=NOAM)


@pytest.mark.parametrize("speech", [Speech("", reasoning=THOUGHT), Speech(f"<think>{THOUGHT}</think>\n\n")])
async def test_thought_and_then_silence_is_told(speech: Speech) -> None:
    talk = await thinking()
    talk.backend.say(speech)
    with pytest.raises(Unavailable) as raised:
        await talk.say("Greet me.")

    assert raised.value.key == "error.only_thought"


async def test_silence_alone_is_told_as_that() -> None:
    talk = await thinking()
    talk.backend.say("")
    with pytest.raises(Unavailable) as raised:
        await talk.say("Greet me.")

    assert raised.value.key == "error.empty_answer"


async def test_endless_reasoning_is_kept_up_to_a_bound() -> None:
    talk = await thinking()
    talk.backend.say(Speech("Hello", reasoning="word " * 40_000))
    answer = await talk.say("Greet me.")

    kept = next(each.closed_with for each in talk.store.turns.values() if each.closed_with)
    assert len(kept.reasoning) <= MOST_KEPT_CHARS
    assert "reasoning" in answer.labels


async def test_what_is_shown_ends_like_any_reply() -> None:
    talk = await thinking()
    talk.backend.say(WAYS["tags"])
    shown = await talk.press_under(await talk.say("Greet me."), "reasoning")

    assert isinstance(shown.parts[-1], Completion)
    assert isinstance(shown.parts[0], Delta)


async def test_it_is_asked_for_in_the_thread_or_in_the_channel_that_has_the_thread() -> None:
    talk = await thinking()
    talk.backend.say(WAYS["tags"])
    await talk.say("Greet me.", at=THREAD)

    assert THOUGHT in (await talk.command("model reasoning", at=THREAD)).text
    assert THOUGHT in (await talk.command("model reasoning")).text
    with pytest.raises(UserError):
        await talk.command("model reasoning", at=replace(THREAD, thread="T2"))
    with pytest.raises(UserError):
        await talk.command("model reasoning", at=replace(ROOM, channel="C2"))
