"""What was recorded is written down by a model that hears, and becomes the question."""

from __future__ import annotations

import asyncio
import gc
import weakref
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain import Completion, Doing, FinishReason, Recording, SoundPieces, SpokenWords, State, TurnState
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import BotError, Transient, UserError
from tests.engine.lesson_talk import class_room
from tests.engine.talk import DANA, NOAM, ROOM, Heard, Talk, accepted, heard, until
from tests.fakes import card

HEARS = frozenset({"completion", "audio"})
FIRST, SECOND = b"RIFF first", b"RIFF second"
WORDS = {FIRST: "what is the owl", SECOND: "called, and why?"}
MEMO = Recording("voice-message.ogg", SoundPieces((FIRST, SECOND), 40.0))
OF_NOAM = Recording("memo.ogg", SoundPieces((FIRST,), 3.0), is_others=True, author="Noam", author_id=NOAM.id)


def talk_with(*, answer_policy: AnswerPolicy | None = None) -> Talk:
    """Return a talk in which one model answers, and two hear: the smaller one is the second."""
    talk = Talk(answer_policy=answer_policy or AnswerPolicy(default_model="falcon:7b"))
    talk.backend.cards.clear()
    talk.backend.install(
        card("falcon:7b"),
        replace(card("gemma4:12b", capabilities=HEARS), size_bytes=8_000),
        replace(card("gemma4:e2b", capabilities=HEARS), size_bytes=5_000),
    )
    talk.backend.hears = WORDS.__getitem__
    return talk


async def asked(talk: Talk, text: str = "", *recordings: Recording) -> Heard:
    message = replace(talk.message(text), recordings=recordings or (MEMO,))
    turn = await accepted(talk.engine, message)
    assert turn
    return await heard(talk.engine.reply(turn))


async def fails(talk: Talk) -> str:
    """Return why a recording alone is not answered."""
    with pytest.raises(BotError) as raised:
        await asked(talk)
    return raised.value.key


class TestHeard:
    async def test_what_was_said_is_the_question(self) -> None:
        talk = talk_with()
        await asked(talk)
        question = talk.prompts()[-1][-1]

        assert question.startswith("Dana: what is the owl called, and why?")
        assert "written down by a model, which may have misheard" in question
        assert "You have not heard it" not in question

    async def test_it_stands_above_the_answer_and_is_no_part_of_it(self) -> None:
        talk = talk_with()
        answer = await asked(talk)

        assert answer.of(SpokenWords) == [SpokenWords("what is the owl called, and why?")]
        (kept,) = talk.turns.turns.values()
        assert kept.answer is not None
        assert kept.answer.text == answer.text

    async def test_a_person_reads_meanwhile_that_it_is_written_down(self) -> None:
        answer = await asked(talk_with())

        assert answer.of(State)[0] == State(Doing.LISTENING, {"model": "gemma4:e2b"})

    async def test_a_later_prompt_begins_as_the_one_before(self) -> None:
        talk = talk_with()
        await asked(talk)
        before = talk.prompts()[-1]
        await talk.say("and what does it eat?")

        assert talk.prompts()[-1][: len(before)] == before

    async def test_beside_other_words_it_stands_under_its_name(self) -> None:
        talk = talk_with()
        await asked(talk, "sum it up")

        assert "sum it up\n\n  voice-message.ogg:\n  what is the owl called" in talk.prompts()[-1][-1]

    async def test_what_another_said_stays_theirs(self) -> None:
        talk = talk_with()
        await asked(talk, "what does he want?", OF_NOAM)
        question = talk.prompts()[-1][-1]

        assert question.startswith("Dana: > Noam: memo.ogg:\n  > what is the owl")
        await talk.history.forget_person(ROOM.platform, NOAM.id)
        await talk.say("again?")
        assert "owl" not in " ".join(talk.prompts()[-1])

    async def test_what_another_said_is_not_written_down_once_they_are_forgotten(self) -> None:
        talk = talk_with()
        message = replace(talk.message("what does he want?"), recordings=(OF_NOAM,))
        turn = await accepted(talk.engine, message)
        assert turn
        await talk.history.forget_person(ROOM.platform, NOAM.id)
        answer = await heard(talk.engine.reply(turn))

        assert "owl" not in " ".join(talk.prompts()[-1])
        assert answer.of(SpokenWords) == []

    async def test_reasoning_before_the_words_is_left_out(self) -> None:
        talk = talk_with()
        talk.backend.hears = lambda _: "The user has provided audio. I need to transcribe it.<channel|>hello there"
        answer = await asked(talk)

        assert answer.of(SpokenWords) == [SpokenWords("hello there hello there")]

    async def test_a_long_one_is_shown_in_one_line_and_read_as_far_as_the_window_bears(self) -> None:
        talk = talk_with()
        talk.backend.install(card("falcon:7b", context_tokens=1024))
        talk.backend.hears = lambda _: "owl\n" * 3_000
        answer = await asked(talk)
        (shown,) = answer.of(SpokenWords)

        assert len(shown.text) <= 280
        assert "\n" not in shown.text
        assert "notice.file_cut" in answer.notices
        assert len(talk.prompts()[-1][-1]) < 3_000

    async def test_the_lessons_are_asked_what_was_said(self) -> None:
        talk = await class_room()
        talk.backend.install(card("gemma4:e2b", capabilities=HEARS))
        talk.backend.hears = lambda _: "Which licence is Mistral 7B under?"
        one = Recording("voice-message.ogg", SoundPieces((FIRST,), 3.0))
        turn = await accepted(talk.engine, replace(talk.message(""), recordings=(one,), lessons_only=True))
        assert turn
        await heard(talk.engine.reply(turn))

        assert "<passage" in talk.prompts()[-1][-1]
        assert "Mistral 7B" in talk.prompts()[-1][-1]


class TestWhoHears:
    async def test_it_is_the_smallest_that_hears(self) -> None:
        talk = talk_with()
        await asked(talk)

        assert {each.model for each in talk.backend.recordings} == {"gemma4:e2b"}

    async def test_one_that_is_loaded_comes_before_smaller_ones(self) -> None:
        talk = talk_with()
        talk.backend.install(card("gemma4:12b", capabilities=HEARS, is_loaded=True))
        await asked(talk)

        assert {each.model for each in talk.backend.recordings} == {"gemma4:12b"}

    async def test_the_operator_may_name_another(self) -> None:
        talk = talk_with(answer_policy=AnswerPolicy(default_model="falcon:7b", voice_model="Gemma4:12b"))
        await asked(talk)

        assert {each.model for each in talk.backend.recordings} == {"gemma4:12b"}

    async def test_a_barred_one_is_not_asked(self) -> None:
        talk = talk_with()
        talk.backend.install(replace(card("gemma4:e2b", capabilities=HEARS), is_barred=True, is_remote=True))
        await asked(talk)

        assert {each.model for each in talk.backend.recordings} == {"gemma4:12b"}

    @pytest.mark.parametrize("is_loaded", [True, False])
    async def test_one_elsewhere_hears_only_where_there_is_no_other(self, *, is_loaded: bool) -> None:
        talk = talk_with()
        elsewhere = card("gemma4:31b-cloud", capabilities=HEARS, is_loaded=is_loaded)
        talk.backend.install(replace(elsewhere, size_bytes=300, is_remote=True))
        await asked(talk)

        assert {each.model for each in talk.backend.recordings} == {"gemma4:e2b"}

    async def test_an_answer_by_way_of_a_machine_elsewhere_is_marked(self) -> None:
        talk = talk_with(answer_policy=AnswerPolicy(default_model="falcon:7b", voice_model="gemma4:e2b"))
        talk.backend.install(replace(card("gemma4:e2b", capabilities=HEARS), is_remote=True))

        assert "notice.remote" in (await asked(talk)).notices

    async def test_it_is_given_the_window_that_everybody_gives_it(self) -> None:
        talk = talk_with()
        await asked(talk)

        assert {each.context_tokens for each in talk.backend.recordings} == {8192}

    async def test_what_it_took_of_its_host_counts_as_work_of_whoever_asked(self) -> None:
        talk = talk_with()
        await asked(talk)
        await talk.engine.usage.work_book.store()
        works = await talk.work_log.beside(datetime(2000, 1, 1, tzinfo=UTC), datetime(3000, 1, 1, tzinfo=UTC))

        assert [work.model for work in works] == ["gemma4:e2b", "gemma4:e2b", "falcon:7b"]
        assert {work.account.person_id for work in works} == {DANA.id}


class TestNotHeard:
    async def test_where_no_model_hears_that_is_the_answer(self) -> None:
        talk = Talk()

        assert await fails(talk) == "error.nobody_hears"
        assert talk.backend.requests == []

    async def test_beside_other_words_they_are_answered_and_it_is_told(self) -> None:
        talk = Talk()
        answer = await asked(talk, "sum it up")

        assert answer.notices[:2] == ["notice.voice_unheard", "error.nobody_hears"]
        assert "You have not heard it: say so" in talk.prompts()[-1][-1]

    async def test_one_that_is_named_and_not_there_is_told(self) -> None:
        talk = talk_with(answer_policy=AnswerPolicy(voice_model="whisper"))

        assert await fails(talk) == "error.voice_model_missing"

    @pytest.mark.parametrize("written", ["", "  \n", "\u200b", "<think>어어어어어어</think>"])
    async def test_one_in_which_no_words_are_heard_is_no_question(self, written: str) -> None:
        talk = talk_with()
        talk.backend.hears = lambda _: written

        assert await fails(talk) == "error.nothing_heard"
        assert talk.backend.requests == []

    async def test_of_several_those_that_are_silent_are_named(self) -> None:
        talk = talk_with()
        talk.backend.hears = lambda sound: "" if sound == SECOND else "hello"
        silent = Recording("silent.ogg", SoundPieces((SECOND,), 3.0))
        answer = await asked(talk, "sum them up", Recording("hello.ogg", SoundPieces((FIRST,), 3.0)), silent)

        assert "notice.voice_silent" in answer.notices
        assert "hello.ogg:\n  hello" in talk.prompts()[-1][-1]
        assert "not written down for you: silent.ogg." in talk.prompts()[-1][-1]

    @pytest.mark.parametrize(
        "error", [Transient("error.host_unreachable", host="gpu1"), UserError("error.model_unfit", model="gemma4:e2b")]
    )
    async def test_a_host_that_fails_is_told(self, error: BotError) -> None:
        talk = talk_with()
        talk.backend.hears = lambda _: error

        assert await fails(talk) == error.key

    async def test_what_was_withdrawn_meanwhile_is_not_brought_back(self) -> None:
        talk = talk_with()
        turn = await accepted(talk.engine, replace(talk.message(""), recordings=(MEMO,)))
        assert turn
        store = talk.turns.store

        def withdrawn(_: bytes) -> str:
            store.turns[turn.id].lose_words()
            return "my secret"

        talk.backend.hears = withdrawn
        with pytest.raises(BotError):
            await heard(talk.engine.reply(turn))

        assert "secret" not in str(store.turns[turn.id])


class TestStopAndHandOver:
    async def test_it_can_be_stopped_while_it_is_written_down(self) -> None:
        talk = talk_with()
        never = asyncio.Event()

        async def transcribe(_: object) -> None:
            await never.wait()

        talk.backend.transcribe = transcribe  # type: ignore[method-assign, assignment]
        turn = await accepted(talk.engine, replace(talk.message(""), recordings=(MEMO,)))
        assert turn
        answering = asyncio.create_task(heard(talk.engine.reply(turn)))
        await until(lambda: talk.turns.turns[turn.id].state is TurnState.RUNNING)
        await asyncio.sleep(0.02)
        await talk.engine.stop(turn.id, person=DANA, address=ROOM)
        answer = await answering

        assert answer.of(Completion)[-1].reason is FinishReason.STOPPED
        assert talk.backend.requests == []

    async def test_another_process_says_that_it_was_lost(self) -> None:
        talk = talk_with()
        turn = await accepted(talk.engine, replace(talk.message(""), recordings=(MEMO,)))
        assert turn
        await talk.turns.release(turn.id, worker="first")
        other = talk.another_process("second")
        (adopted,) = await other.adopt(ROOM.platform)

        with pytest.raises(UserError) as raised:
            await heard(other.reply(adopted))
        assert raised.value.key == "error.voice_lost"

    async def test_another_process_answers_other_words_without_it(self) -> None:
        talk = talk_with()
        turn = await accepted(talk.engine, replace(talk.message("sum it up"), recordings=(MEMO,)))
        assert turn
        await talk.turns.release(turn.id, worker="first")
        other = talk.another_process("second")
        (adopted,) = await other.adopt(ROOM.platform)

        assert "notice.voice_lost" in (await heard(other.reply(adopted))).notices

    async def test_when_the_answer_is_there_nothing_holds_it_any_more(self) -> None:
        talk = talk_with()
        lent = Recording("voice-message.ogg", SoundPieces((FIRST,), 3.0))
        seen = weakref.ref(lent)
        await asked(talk, "", lent)
        del lent
        gc.collect()

        assert seen() is None
