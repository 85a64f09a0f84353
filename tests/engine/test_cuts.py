"""A stop, a deletion or a cancellation is cut into every step of a turn, in whatever way it is answered and shown."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

import pytest

from adapters.delivery.deliver import deliver
from bot.domain import ChatMessage, Turn
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import ModelMissing, PromptTooLong, Transient, UserError
from tests.engine.lesson_talk import ClassRoom
from tests.engine.talk import NOAM, THREAD, Heard, accepted, heard, until
from tests.engine.test_early_stops import (
    Stepping,
    cancellation,
    deletion,
    stop,
    stop_from_elsewhere,
    two_cancellations,
)
from tests.fakes import FakeBackend, Speech
from tests.lessons.sample import sample_lessons
from tests.memory import FakeLessons, FakeTurns
from tests.walls import Wall

WITHIN_S = 5.0
MOST_STEPS = 600
LESSON_QUESTION = "What are open models?"


class CutTalk(ClassRoom):
    """A conversation with lessons whose every port takes steps, and a wall that does; one turn runs at a time."""

    def __init__(self, lessons: FakeLessons) -> None:
        super().__init__(
            lessons, answer_policy=AnswerPolicy(parallel=1, default_model="falcon:7b", lesson_answers="quotes")
        )
        self.kept, self.model = self.turns, self.backend
        self.turns = cast("FakeTurns", Stepping(self.turns))
        self.history, self.answers, self.choices, self.retriever = (
            cast("Any", Stepping(port)) for port in (self.history, self.answers, self.choices, self.retriever)
        )
        self.backend = cast("FakeBackend", Stepping(self.backend))
        self.engine = self.another_process("stepping")
        self.wall = SteppingWall()

    async def show(self, turn: Turn) -> Heard:
        """Have a turn answered on the wall."""
        key = f"turn-{turn.id}"
        note = self.engine.note_post
        await deliver(self.engine.reply(turn), self.wall, key=key, locale="en", turn=turn, note_post=note)
        return Heard()


class SteppingWall(Wall):
    """Takes some steps for each call, and lets several replies write."""

    def __init__(self) -> None:
        super().__init__(message_chars=2000, edit_interval_s=0.0)

    async def _call(self) -> None:
        for _ in range(3):
            await asyncio.sleep(0)


Cut = Callable[[Any, int, asyncio.Task[Heard]], Awaitable[None]]


async def stop_then_cancellation(talk: Any, turn_id: int, replying: asyncio.Task[Heard]) -> None:
    await stop(talk, turn_id, replying)
    await cancellation(talk, turn_id, replying)


async def cancellation_then_deletion(talk: Any, turn_id: int, replying: asyncio.Task[Heard]) -> None:
    await cancellation(talk, turn_id, replying)
    await asyncio.sleep(0)
    await deletion(talk, turn_id, replying)


def plain(talk: CutTalk) -> ChatMessage:
    talk.model.say(Speech(text="one two three"))
    return talk.message("Count.")


def of_lessons(talk: CutTalk) -> ChatMessage:
    return replace(talk.message(LESSON_QUESTION), lessons_only=True)


def with_a_model_that_is_gone(talk: CutTalk) -> ChatMessage:
    talk.model.say(Speech(text="", error=ModelMissing("falcon:7b")), Speech(text="one"))
    return talk.message("Count.")


def with_a_prompt_too_long(talk: CutTalk) -> ChatMessage:
    too_long = PromptTooLong(prompt_tokens=9000, context_tokens=8192)
    talk.model.say(Speech(text="", error=too_long), Speech(text="one"))
    return talk.message("Count.")


def with_a_host_that_fails_twice(talk: CutTalk) -> ChatMessage:
    busy = Transient("error.host_busy")
    talk.model.say(Speech(text="", error=busy), Speech(text="", error=busy), Speech(text="one"))
    return talk.message("Count.")


WAYS = [plain, of_lessons, with_a_model_that_is_gone, with_a_prompt_too_long, with_a_host_that_fails_twice]
CUTS = [
    stop,
    stop_from_elsewhere,
    deletion,
    cancellation,
    two_cancellations,
    stop_then_cancellation,
    cancellation_then_deletion,
]


@pytest.fixture(scope="module")
def lessons() -> FakeLessons:
    return asyncio.run(sample_lessons())


@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("way", WAYS)
async def test_a_turn_that_is_shown_ends_wherever_it_is_cut(
    way: Callable[[CutTalk], ChatMessage], cut: Cut, lessons: FakeLessons, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.attempts.RETRY_WAITS_S", (0.0, 0.0))
    cuts = 0
    while await _is_cut(way, cut, lessons, after_steps=cuts):
        cuts += 1 if cuts < 40 else 3
        assert cuts < MOST_STEPS

    assert cuts > len(("accepted", "claimed", "chosen", "packed", "written", "shown", "closed"))


async def _is_cut(way: Callable[[CutTalk], ChatMessage], cut: Cut, lessons: FakeLessons, *, after_steps: int) -> bool:
    """Cut a turn after so many steps of the event loop, and talk on; False where it was over before."""
    talk = CutTalk(lessons)
    turn = await accepted(talk.engine, way(talk))
    assert turn is not None
    showing = asyncio.create_task(talk.show(turn))
    for _ in range(after_steps):
        await asyncio.sleep(0)
    if was_open := not showing.done():
        try:
            await cut(talk, turn.id, showing)
        except UserError:
            assert not talk.kept.turns[turn.id].is_open
    await _goes_on(talk, turn.id, showing)
    return was_open


@pytest.mark.parametrize("cut", [stop, stop_from_elsewhere, deletion, cancellation, two_cancellations])
async def test_a_turn_in_line_ends_wherever_it_is_cut(cut: Cut, lessons: FakeLessons) -> None:
    for steps in range(0, 60, 3):
        talk = CutTalk(lessons)
        talk.model.say(Speech(text="one two", holds=True, after=1))
        first = await accepted(talk.engine, talk.message("Hold.", person=NOAM, at=THREAD))
        assert first is not None
        holding = asyncio.create_task(heard(talk.engine.reply(first)))
        await until(lambda talk=talk: talk.model.running)
        turn = await talk.accept("Wait.")
        showing = asyncio.create_task(talk.show(turn))
        for _ in range(steps):
            await asyncio.sleep(0)
        await cut(talk, turn.id, showing)
        talk.model.release()
        await holding
        await _goes_on(talk, turn.id, showing)


async def _goes_on(talk: CutTalk, turn_id: int, showing: asyncio.Task[Heard]) -> None:
    """See that the turn is over, nothing of it runs, and everybody is answered afterwards."""
    async with asyncio.timeout(WITHIN_S):
        with suppress(asyncio.CancelledError):
            await asyncio.wait([showing])
        while talk.kept.turns[turn_id].is_open:
            for orphan in await talk.engine.adopt("lab"):
                with suppress(PromptTooLong):
                    await heard(talk.engine.reply(orphan))
        assert talk.model.running == 0
        talk.model.forget_script()
        here, there = await asyncio.gather(talk.say("And now?"), talk.say("And here?", person=NOAM, at=THREAD))
    assert here.text
    assert there.text
    assert talk.engine.hung.ended == 0
