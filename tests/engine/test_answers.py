from __future__ import annotations

import asyncio
from contextlib import aclosing
from itertools import pairwise

import pytest

from bot.domain import Completion, Delta, Doing, FinishReason, ModelCard, State, Think, TurnState
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import PromptTooLong, Unavailable, UserError
from tests.engine.talk import DANA, NOAM, ROOM, THREAD, Heard, Talk, accepted, heard, until
from tests.fakes import Speech, card


async def test_an_answer_is_the_words_of_the_model_and_then_its_end() -> None:
    talk = Talk()
    talk.backend.say("Hello there.")

    answer = await talk.say("Say hi.")

    assert answer.text == "Hello there."
    assert answer.of(Completion)[0].reason is FinishReason.STOP


async def test_what_was_said_before_is_in_the_next_prompt_with_the_speakers_names() -> None:
    talk = Talk()
    talk.backend.say("Noted.", "It is OWL-1.")
    await talk.say("The word is OWL-1.")
    await talk.say("What is the word?", person=NOAM)

    assert talk.prompts()[1][1:] == ["Dana: The word is OWL-1.", "Noted.", "Noam: What is the word?"]


async def test_in_a_direct_conversation_nobody_is_named() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.", direct=True)

    assert talk.prompts()[0][-1] == "The word is OWL-1."


async def test_a_thread_does_not_see_what_its_channel_said() -> None:
    talk = Talk()
    await talk.say("The word is OWL-1.", at=ROOM)
    await talk.say("What is the word?", at=THREAD)

    assert "OWL-1" not in "".join(talk.prompts()[1])


async def test_the_prefix_of_a_prompt_stays_the_same_from_turn_to_turn() -> None:
    talk = Talk()
    for number in range(4):
        await talk.say(f"Question {number}")

    prompts = talk.prompts()

    assert all(after[: len(before)] == before for before, after in pairwise(prompts))


async def test_when_the_window_is_full_the_oldest_half_is_dropped_at_once_and_told() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=1000, answer_tokens=100))
    long = "word " * 100
    told = [await talk.say(f"{number} {long}", direct=True) for number in range(6)]

    lengths = [len(prompt) for prompt in talk.prompts()]

    dropped_at = [number for number, each in enumerate(told) if "notice.oldest_dropped" in each.notices]
    assert dropped_at
    assert lengths[dropped_at[0]] <= lengths[dropped_at[0] - 1] // 2 + 2


async def test_a_question_longer_than_the_window_is_refused_with_both_numbers() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=512))

    with pytest.raises(PromptTooLong) as refused:
        await talk.say("word " * 20_000)

    assert refused.value.context_tokens == 512 < refused.value.prompt_tokens
    assert not talk.backend.requests


async def test_a_prompt_the_host_finds_too_long_is_packed_smaller_and_asked_again() -> None:
    talk = Talk(answer_policy=AnswerPolicy(context_tokens=2000, answer_tokens=100))
    for number in range(4):
        await talk.say(f"{number} " + "word " * 60, direct=True)
    talk.backend.say(Speech(error=PromptTooLong(prompt_tokens=9000, context_tokens=2000)), "Here you are.")

    answer = await talk.say("And now?", direct=True)

    assert answer.text == "Here you are."
    assert len(talk.prompts()[-1]) < len(talk.prompts()[-2])


async def test_a_model_removed_while_in_use_gives_way_to_the_next_choice_with_a_notice() -> None:
    talk = Talk(answer_policy=AnswerPolicy(default_model="mistral:7b"))
    await talk.command("model use", name="falcon:7b")
    await talk.say("Hi")
    talk.backend.remove("falcon:7b")

    answer = await talk.say("Still there?")

    assert talk.backend.requests[-1].model == "mistral:7b"
    assert answer.notices == ["notice.model_gone"]


async def test_with_no_model_installed_the_person_is_told() -> None:
    talk = Talk()
    talk.backend.cards.clear()

    with pytest.raises(UserError) as refused:
        await talk.say("Hi")

    assert refused.value.key == "error.no_models"


async def test_a_broken_stream_keeps_what_was_written() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one two three", error=Unavailable("error.host_down"), after=2))
    turn = await talk.accept("Count.")
    got = Heard()

    with pytest.raises(Unavailable):
        await heard(talk.engine.reply(turn), got)

    kept = talk.history.turns[turn.id]
    assert got.text
    assert kept.answer
    assert kept.answer.text == got.text
    assert kept.state is TurnState.FAILED


async def test_an_answer_without_a_word_is_an_error_and_not_silence() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="", thoughts=3))

    with pytest.raises(Unavailable) as told:
        await talk.say("Hi")

    assert told.value.key == "error.empty_answer"


@pytest.mark.parametrize(
    "text", ["\u200b\u200b", "\u200e", "\u3164", "\u2800 \ufe0f", "<div></div>", "<p></p>\n\n<u> </u>"]
)
async def test_an_answer_of_which_nothing_is_seen_is_an_error_and_not_silence(text: str) -> None:
    talk = Talk()
    talk.backend.say(text)

    with pytest.raises(Unavailable) as told:
        await talk.say("Hi")

    assert told.value.key == "error.empty_answer"


@pytest.mark.parametrize("text", ["<p>", "👍🏽", "א", "."])
async def test_an_answer_of_one_sign_is_one(text: str) -> None:
    talk = Talk()
    talk.backend.say(text)

    assert (await talk.say("Hi")).text == text


async def test_a_model_that_can_think_is_asked_not_to() -> None:
    talk = Talk()
    talk.backend.install(card("aaa:1b", capabilities=frozenset({"completion", "thinking"})))
    await talk.say("Hi")

    assert talk.backend.requests[0].think is Think.OFF


async def test_thoughts_are_a_state_and_never_text() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="Four.", thoughts=3))

    answer = await talk.say("2+2?")

    assert answer.text == "Four."
    assert [state.doing for state in answer.of(State)].count(Doing.THINKING) == 1


async def test_an_answer_at_its_length_limit_says_so() -> None:
    talk = Talk(answer_policy=AnswerPolicy(answer_tokens=3))
    talk.backend.say("one two three four five six")

    assert (await talk.say("Count.")).notices == ["notice.length"]


async def test_a_demonstration_model_is_labelled_under_every_answer() -> None:
    talk = Talk()
    talk.backend.cards.clear()
    talk.backend.install(
        ModelCard(name="tiny", context_tokens=2048, capabilities=frozenset({"completion"}), is_demonstration=True)
    )

    assert (await talk.say("Hi")).notices == ["notice.demonstration"]


async def test_an_empty_message_is_answered_with_how_to_ask() -> None:
    talk = Talk()

    with pytest.raises(UserError) as told:
        await talk.say(" \x00\n ")

    assert told.value.key == "error.empty_message"
    assert not talk.backend.requests


async def test_control_characters_never_reach_a_prompt() -> None:
    talk = Talk()
    await talk.say("a\x00b\x1bc\ud800d\r\ne", direct=True)

    assert talk.prompts()[0][-1] == "abcd\ne"


async def test_a_store_that_fails_at_the_end_costs_the_memory_and_not_the_answer() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")
    talk.backend.say(Speech(text="Hello.", holds=True))
    answering = asyncio.create_task(heard(talk.engine.reply(turn)))
    await until(lambda: talk.backend.running)
    talk.store.broken = Unavailable("error.storage_locked")
    talk.backend.release()

    answer = await answering

    assert answer.text == "Hello."
    assert answer.notices == []
    talk.store.broken = None
    assert not await talk.engine.adopt("lab")
    assert talk.history.turns[turn.id].state is TurnState.ANSWERED


async def test_a_reply_that_is_closed_early_ends_the_generation_and_keeps_the_text() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one two three", holds=True, after=2))
    turn = await talk.accept("Count.", person=DANA)
    reply = talk.engine.reply(turn)

    async with aclosing(reply):
        async for part in reply:
            if isinstance(part, Delta):
                break

    assert talk.backend.running == 0
    assert talk.history.turns[turn.id].closed_with
    assert talk.history.turns[turn.id].state is TurnState.FAILED


async def test_a_redelivered_message_is_accepted_once() -> None:
    talk = Talk()
    message = talk.message("Hi")

    turns = await asyncio.gather(*(accepted(talk.engine, message) for _ in range(5)))

    assert sum(turn is not None for turn in turns) == 1


async def test_a_withdrawn_message_reaches_no_later_prompt() -> None:
    talk = Talk()
    message = talk.message("The word is OWL-1.")
    turn = await accepted(talk.engine, message)
    assert turn
    await heard(talk.engine.reply(turn))
    await talk.engine.withdraw(ROOM, message_id=message.message_id)
    await talk.say("What is the word?")

    assert "OWL-1" not in "".join(talk.prompts()[-1])


async def test_a_message_withdrawn_while_it_is_answered_leaves_no_answer_behind() -> None:
    talk = Talk()
    message = talk.message("The word is OWL-1.")
    turn = await accepted(talk.engine, message)
    assert turn
    talk.backend.say(Speech(text="OWL-1 it is", holds=True, after=1))
    answering = asyncio.create_task(heard(talk.engine.reply(turn)))
    await until(lambda: talk.backend.running)
    await talk.engine.withdraw(ROOM, message_id=message.message_id)
    await answering
    await talk.say("What is the word?")

    assert "OWL-1" not in "".join(talk.prompts()[-1])
    assert talk.backend.running == 0
