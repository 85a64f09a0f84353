"""Answers that a model words from the lessons where they are begun anew, taken back, cut or stopped."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.domain import Sources, Withdrawal
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import Transient
from tests.engine.lesson_talk import ClassRoom, class_room
from tests.engine.talk import DANA, ROOM, Heard, accepted, heard, until
from tests.fakes import Speech, card
from tests.lessons.sample import sample_lessons

ASKED = "Which licence is Mistral 7B under?"
HELD = "Mistral 7B was published under Apache 2.0 [1]."


async def test_half_a_sentence_of_an_attempt_that_failed_is_none_of_the_next_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.engine.attempts.RETRY_WAITS_S", (0.0, 0.0))
    talk = await class_room()
    talk.backend.say(Speech(text="The owls of", error=Transient("error.host_busy"), after=3), HELD)
    answer = await talk.ask(ASKED)

    assert answer.text == "Mistral 7B was published under Apache 2.0 [1]."
    assert "lessons.removed" not in answer.notices


async def test_an_answer_that_is_taken_back_is_cited_anew() -> None:
    talk = await class_room()
    talk.backend.say(HELD, f"{HELD}\nOwls, I think.\n</think>\n\n{HELD}")
    await talk.ask(ASKED)
    answer = await talk.ask(ASKED)
    taken_back = next(at for at, part in enumerate(answer.parts) if isinstance(part, Withdrawal))
    before, after = Heard(answer.parts[:taken_back]), Heard(answer.parts[taken_back:])

    assert before.text.strip() == after.text == "Mistral 7B was published under Apache 2.0 [1]."
    assert [len(part.sources) for part in after.of(Sources)] == [1]


async def test_what_is_checked_as_a_whole_is_not_gone_on_with() -> None:
    talk = ClassRoom(await sample_lessons(), answer_policy=AnswerPolicy(lesson_answers="model", answer_tokens=16))
    talk.backend.cards = {"m": card("m", parameters="7B")}
    talk.backend.say(f"{HELD} " + "And so on and on. " * 9)
    answer = await talk.ask(ASKED)

    assert "notice.length" in answer.notices
    assert "again" in answer.labels
    assert "continue" not in answer.labels


async def test_nothing_is_quoted_to_who_stopped_the_model() -> None:
    talk = await class_room()
    talk.backend.say(Speech(text=HELD, holds=True))
    turn, got = await accepted(talk.engine, replace(talk.message(ASKED), lessons_only=True)), Heard()
    assert turn
    answering = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: talk.backend.running)
    await talk.engine.stop(turn.id, person=DANA, address=ROOM)
    await answering

    assert got.text == ""
    assert got.notices == []
