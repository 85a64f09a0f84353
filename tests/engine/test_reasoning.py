"""Reasoning that a model writes into its answer: nobody reads it, nothing keeps it, no later prompt carries it."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import Completion, Delta, Doing, FinishReason, ModelCard, ReplyPart, Role, State, Withdrawal
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.reasoning_habits import ReasoningHabits
from bot.errors import Transient, Unavailable
from bot.reasoning import Hold, Screen
from tests.engine.lesson_talk import class_room
from tests.engine.talk import Heard, Talk, heard, until
from tests.fakes import Speech, card
from tests.memory import FakeNotes

THOUGHT = "They want three words."
LONE = f"{THOUGHT}\n</think>\n\nHello my friend"
MARKED = f"<think>{THOUGHT}</think>\n\nHello my friend"
THINKER = card("falcon:7b", capabilities=frozenset({"completion", "thinking"}))
PLAIN = card("falcon:7b")
STOP = Completion(reason=FinishReason.STOP, model="falcon:7b")


def spoken(text: str) -> Speech:
    return Speech(text, by_character=True)


def read(parts: list[ReplyPart]) -> str:
    """Return what a person has in the end."""
    text = ""
    for part in parts:
        text = "" if isinstance(part, Withdrawal) else text + part.text if isinstance(part, Delta) else text
    return text


async def known(talk: Talk) -> None:
    """Let the model give an answer without reasoning: from then on its words are shown as they come."""
    talk.backend.say("I am here.")
    await talk.say("Are you there?")


@pytest.mark.parametrize("model", [PLAIN, THINKER])
@pytest.mark.parametrize("text", [LONE, MARKED, f"<THINK>{THOUGHT}</THINK>Hello my friend"])
async def test_reasoning_is_not_shown_at_any_time_nor_kept_nor_sent_again(text: str, model: ModelCard) -> None:
    talk = Talk()
    talk.backend.cards["falcon:7b"] = model
    talk.backend.say(spoken(text))
    answer = await talk.say("Greet me.")
    await talk.say("Again.")

    assert answer.text == "Hello my friend"
    assert not answer.of(Withdrawal)
    assert next(each.closed_with.text for each in talk.turns.turns.values() if each.closed_with) == "Hello my friend"
    assert "Hello my friend" in talk.prompts()[1]
    assert all(word not in message for message in talk.prompts()[1] for word in ("They want", "think>"))


@pytest.mark.parametrize("text", [f"<think>{THOUGHT} I should", f"<think>{THOUGHT}</think>", f"{THOUGHT}</think>\n"])
async def test_an_answer_of_nothing_but_reasoning_is_no_answer(text: str) -> None:
    talk = Talk()
    talk.backend.say(spoken(text))
    got = Heard()
    turn = await talk.accept("Hi")

    with pytest.raises(Unavailable) as told:
        await heard(talk.engine.reply(turn), got)
    assert told.value.key == "error.only_thought"
    assert got.text == ""


async def test_reasoning_that_the_token_limit_cuts_is_not_shown() -> None:
    talk = Talk(answer_policy=AnswerPolicy(answer_tokens=20))
    talk.backend.say(spoken(f"<think>{THOUGHT}</think>Hello"))

    with pytest.raises(Unavailable):
        await talk.say("Hi")
    assert all(each.closed_with.text == "" for each in talk.turns.turns.values() if each.closed_with)


async def test_marks_in_code_are_words_like_any_other() -> None:
    text = "The `<think>` tag marks reasoning: `<think>…</think>`.\n\n```\n<think>\n```"
    talk = Talk()
    talk.backend.say(spoken(text))

    assert (await talk.say("What is it?")).text == text


async def test_who_waits_for_reasoning_reads_that_the_model_thinks() -> None:
    talk = Talk()
    talk.backend.say(MARKED)
    answer = await talk.say("Greet me.")

    assert [state.doing for state in answer.of(State)].count(Doing.THINKING) == 1


async def test_the_first_words_of_an_unknown_model_come_when_it_is_silent() -> None:
    talk = Talk()
    talk.backend.say(Speech("One owl, two owls", holds=True, after=4))
    got = Heard()
    listening = asyncio.create_task(heard(talk.engine.reply(await talk.accept("Count.")), got))
    await until(lambda: got.text)

    assert got.text == "One owl, two"
    talk.backend.release()
    await listening
    assert got.text == "One owl, two owls"


async def test_a_model_that_answered_without_reasoning_is_shown_as_it_speaks() -> None:
    talk = Talk()
    await known(talk)
    talk.backend.say(Speech("One owl, two owls", holds=True, after=1))
    got = Heard()
    listening = asyncio.create_task(heard(talk.engine.reply(await talk.accept("Count.")), got))
    await until(lambda: got.text, timeout_s=0.3)

    assert got.text == "One"
    talk.backend.release()
    await listening


async def test_what_was_shown_of_unexpected_reasoning_is_taken_back_and_not_kept() -> None:
    talk = Talk()
    await known(talk)
    talk.backend.say(spoken(LONE))
    answer = await talk.say("Greet me.")
    await talk.say("Again.")

    assert answer.of(Withdrawal)
    assert read(answer.parts) == "Hello my friend"
    assert all("They want" not in message for message in talk.prompts()[-1])


async def test_a_model_that_reasoned_without_warning_once_is_waited_for_from_then_on() -> None:
    talk = Talk()
    await known(talk)
    talk.backend.say(spoken(LONE), spoken(LONE))
    await talk.say("Greet me.")
    answer = await talk.say("Again.")

    assert answer.text == "Hello my friend"
    assert answer.of(State)[-1].doing is Doing.THINKING


async def test_of_a_model_that_reasons_without_warning_nothing_is_shown_that_was_cut_off() -> None:
    talk = Talk(answer_policy=AnswerPolicy(answer_tokens=60))
    talk.backend.say(spoken(LONE), spoken("They want many, many words. " * 9))
    await talk.say("Greet me.")

    with pytest.raises(Unavailable):
        await talk.say("Talk.")


async def test_a_held_answer_without_reasoning_is_shown_whole() -> None:
    talk = Talk()
    talk.backend.say(spoken(LONE), spoken("A plain answer."))
    await talk.say("Greet me.")

    assert (await talk.say("Again.")).text == "A plain answer."


async def test_nothing_is_shown_of_a_thinking_model_that_is_stopped_before_its_answer_is_clear() -> None:
    talk = Talk()
    talk.backend.cards["falcon:7b"] = THINKER
    talk.backend.say(Speech(LONE, holds=True, after=4))
    turn, got = await talk.accept("Greet me."), Heard()
    listening = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: talk.backend.running)
    await talk.engine.stop(turn.id, person=turn.message.person, address=turn.message.address)
    await listening

    assert got.text == ""


async def test_a_stumble_in_the_middle_of_reasoning_is_tried_again() -> None:
    talk = Talk()
    busy = Transient("error.host_busy", host="fake")
    talk.backend.say(Speech(MARKED, error=busy, after=6), "Hello my friend")

    assert (await talk.say("Greet me.")).text == "Hello my friend"


async def test_what_earlier_versions_stored_with_its_reasoning_is_sent_without() -> None:
    talk = Talk()
    await talk.say("First.")
    await talk.say("Second.")
    for turn, text in zip(talk.store.turns.values(), (LONE, f"<think>{THOUGHT}"), strict=True):
        turn.answer = talk.store.message(Role.ASSISTANT, text)
    await talk.say("Third.")

    assert talk.prompts()[-1][1:] == ["Dana: First.", "Hello my friend", "Dana: Third."]


async def test_reasoning_is_no_sentence_that_the_lessons_are_held_against() -> None:
    talk = await class_room()
    talk.backend.say(spoken("It costs 49 dollars.\n</think>\n\nMistral 7B was published under Apache 2.0 [1]."))
    answer = await talk.ask("Which licence is Mistral 7B under?")

    assert answer.text.startswith("Mistral 7B was published under Apache 2.0 [1].")
    assert "lessons.removed" not in answer.notices


class TestHabits:
    @pytest.mark.parametrize("name", ["deepseek-r1:7b", "hf.co/some/QwQ-32B", "phi4-mini-reasoning", "openthinker:7b"])
    async def test_a_model_made_to_think_is_held_whole_by_its_name(self, name: str) -> None:
        assert await ReasoningHabits(host="gpu").hold_for(card(name)) is Hold.ANSWER

    @pytest.mark.parametrize("name", ["falcon:7b", "mistral:7b", "our1:7b", "phi4:14b", "gemma3:4b"])
    async def test_of_any_other_the_opening_is_held(self, name: str) -> None:
        assert await ReasoningHabits(host="gpu").hold_for(card(name)) is Hold.OPENING

    async def test_a_thinking_model_is_believed_after_three_answers(self) -> None:
        habits, holds = ReasoningHabits(host="gpu"), []
        for _ in range(4):
            holds.append(await habits.hold_for(THINKER))
            await habits.learn(THINKER, said("Hello."), STOP)

        assert holds == [Hold.ANSWER] * 3 + [Hold.NOTHING]

    async def test_what_was_learnt_outlives_the_process_and_belongs_to_its_host(self) -> None:
        notes = FakeNotes()
        await ReasoningHabits(host="gpu", notes=notes).learn(PLAIN, said(LONE), STOP)

        assert await ReasoningHabits(host="gpu", notes=notes).hold_for(PLAIN) is Hold.REASONING
        assert await ReasoningHabits(host="other", notes=notes).hold_for(PLAIN) is Hold.OPENING

    async def test_a_store_in_trouble_costs_the_note_only(self) -> None:
        habits = ReasoningHabits(host="gpu", notes=FakeNotes(broken=Unavailable("error.storage_busy")))
        await habits.learn(PLAIN, said(LONE), STOP)

        assert await habits.hold_for(PLAIN) is Hold.REASONING

    async def test_an_answer_that_was_cut_or_empty_teaches_nothing(self) -> None:
        habits = ReasoningHabits(host="gpu")
        await habits.learn(PLAIN, said("Hello."), Completion(reason=FinishReason.LENGTH, model="falcon:7b"))
        await habits.learn(PLAIN, said("Hello."), None)
        await habits.learn(PLAIN, said("<think>Hm."), STOP)

        assert await habits.hold_for(PLAIN) is Hold.OPENING


def said(text: str) -> Screen:
    screen = Screen(Hold.OPENING)
    screen.feed(text)
    screen.finish(is_whole=True)
    return screen
