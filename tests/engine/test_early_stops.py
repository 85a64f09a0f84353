"""A stop, a deletion or a cancellation may come at any await of a turn: it ends the turn, and nobody else feels it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.domain import Delta, ModelEvent, QueueState, StoredMessage, TurnState
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.generation import Generation
from bot.errors import Transient, Unavailable, UserError
from tests.engine.lesson_talk import ClassRoom
from tests.engine.talk import DANA, NOAM, ROOM, THREAD, Heard, Talk, accepted, heard, until
from tests.fakes import FakeBackend, Speech
from tests.lessons.sample import sample_lessons
from tests.memory import FakeHistory, FakeTurns

WITHIN_S = 5.0
# More steps than any of these turns takes.
MOST_STEPS = 400


class Stepping:
    """A port that takes a step of the event loop before and after each of its answers, as every real one does."""

    def __init__(self, port: object) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def stepping(*arguments: object, **named: object) -> object:
            await asyncio.sleep(0)
            try:
                return await method(*arguments, **named)
            finally:
                await asyncio.sleep(0)

        return stepping


class SteppingTalk(Talk):
    """A conversation whose every port takes steps. One turn runs at a time, so that a place not given up is noticed."""

    def __init__(self) -> None:
        super().__init__(answer_policy=AnswerPolicy(parallel=1, default_model="falcon:7b"))
        self.kept, self.model = self.turns, self.backend
        self.turns = cast("FakeTurns", Stepping(self.turns))
        self.history, self.answers, self.choices = (
            cast("Any", Stepping(port)) for port in (self.history, self.answers, self.choices)
        )
        self.backend = cast("FakeBackend", Stepping(self.backend))
        self.engine = self.another_process("stepping")


Cut = Callable[[SteppingTalk, int, asyncio.Task[Heard]], Awaitable[None]]


async def stop(talk: SteppingTalk, turn_id: int, replying: asyncio.Task[Heard]) -> None:
    del replying
    await talk.engine.stop(turn_id, person=DANA, address=ROOM)


async def stop_from_elsewhere(talk: SteppingTalk, turn_id: int, replying: asyncio.Task[Heard]) -> None:
    del replying
    await talk.another_process("elsewhere").stop(turn_id, person=DANA, address=ROOM)


async def deletion(talk: SteppingTalk, turn_id: int, replying: asyncio.Task[Heard]) -> None:
    del replying
    await talk.engine.withdraw(ROOM, message_id=talk.kept.turns[turn_id].turn.message.message_id)


async def cancellation(talk: SteppingTalk, turn_id: int, replying: asyncio.Task[Heard]) -> None:
    del talk, turn_id
    replying.cancel()


async def two_cancellations(talk: SteppingTalk, turn_id: int, replying: asyncio.Task[Heard]) -> None:
    del talk, turn_id
    replying.cancel()
    await asyncio.sleep(0)
    replying.cancel()


SPEECHES = {
    "an answer": (Speech(text="one two three"),),
    "thoughts before it": (Speech(text="one", thoughts=2),),
    "a host that fails for a moment": (Speech(error=Transient("error.host_busy")), Speech(text="one")),
}


@pytest.mark.parametrize("speeches", SPEECHES.values(), ids=SPEECHES)
@pytest.mark.parametrize("cut", [stop, stop_from_elsewhere, deletion, cancellation, two_cancellations])
async def test_a_turn_ends_wherever_it_is_cut_and_everybody_is_answered_afterwards(
    cut: Cut, speeches: tuple[Speech, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.engine.attempts.RETRY_WAITS_S", (0.0, 0.0))
    cuts = 0
    while await _is_cut(cut, speeches, after_steps=cuts):
        cuts += 1
        assert cuts < MOST_STEPS

    assert cuts > len(("accepted", "claimed", "chosen", "packed", "written", "closed"))


async def _is_cut(cut: Cut, speeches: tuple[Speech, ...], *, after_steps: int) -> bool:
    """Cut a turn after so many steps of the event loop, and talk on; False where it was over before."""
    talk = SteppingTalk()
    talk.model.say(*speeches)
    turn = await talk.accept("Count.")
    replying = asyncio.create_task(heard(talk.engine.reply(turn)))
    for _ in range(after_steps):
        await asyncio.sleep(0)
    if was_open := not replying.done():
        try:
            await cut(talk, turn.id, replying)
        except UserError:
            assert not talk.kept.turns[turn.id].is_open
    async with asyncio.timeout(WITHIN_S):
        await asyncio.wait([replying])
        await _goes_on(talk, turn.id)
    return was_open


async def _goes_on(talk: SteppingTalk, turn_id: int) -> None:
    assert talk.model.running == 0
    while talk.kept.turns[turn_id].is_open:
        # Handed back, or accepted by a reply that never began: the next look for orphans finds it.
        for orphan in await talk.engine.adopt("lab"):
            await heard(talk.engine.reply(orphan))
    here, there = await asyncio.gather(talk.say("And now?"), talk.say("And here?", person=NOAM, at=THREAD))
    assert here.text
    assert there.text


async def test_a_turn_that_is_stopped_while_its_prompt_is_made_asks_no_model() -> None:
    talk = Talk()
    talk.history = history = StoppingHistory(talk.store)
    talk.engine = talk.another_process("first")
    turn = await talk.accept("Count.")
    history.then = lambda: talk.engine.stop(turn.id, person=DANA, address=ROOM)
    answer = await heard(talk.engine.reply(turn))

    assert answer.text == ""
    assert talk.backend.requests == []
    assert talk.turns.turns[turn.id].state is TurnState.STOPPED


async def test_a_turn_that_is_stopped_in_line_asks_no_lesson() -> None:
    talk = ClassRoom(await sample_lessons(), answer_policy=AnswerPolicy(parallel=1))
    talk.backend.say(Speech(text="one", holds=True))
    first, second = await talk.accept("Hi"), await talk.accept("Who made Falcon?")
    answering = asyncio.create_task(heard(talk.engine.reply(first)))
    await until(lambda: talk.backend.running)
    waiting = asyncio.create_task(heard(talk.engine.reply(second)))
    await asyncio.sleep(0)
    asked = len(talk.retriever.asked)
    await talk.engine.stop(second.id, person=DANA, address=ROOM)
    await waiting
    talk.backend.release()
    await answering

    assert len(talk.retriever.asked) == asked


async def test_a_generation_that_is_stopped_before_its_first_step_ends() -> None:
    stopped, closed = Generation(_words()), Generation(_words())
    stopped.stop()
    await closed.close()

    async with asyncio.timeout(WITHIN_S):
        assert [event async for event in stopped.events()] == []
        assert [event async for event in closed.events()] == []


async def test_a_stop_said_twice_does_not_cut_the_closing_of_the_hosts_stream_short() -> None:
    closed: list[str] = []
    generation = Generation(_words(closed))
    events = generation.events()
    await anext(events)
    generation.stop()
    await asyncio.sleep(0)
    generation.stop()
    await generation.close()

    assert closed == ["closed"]


async def test_a_deletion_the_store_does_not_pass_on_still_stops_what_runs_here() -> None:
    talk = Talk()
    talk.turns = DeafTurns(talk.store)
    talk.engine = talk.another_process("first")
    talk.backend.say(Speech(text="one two three", holds=True, after=1))
    turn, got = await talk.accept("Count."), Heard()
    replying = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    with pytest.raises(Unavailable):
        await talk.engine.withdraw(ROOM, message_id=turn.message.message_id)
    async with asyncio.timeout(WITHIN_S):
        await replying

    assert talk.turns.turns[turn.id].state is TurnState.STOPPED


async def test_a_message_whose_deletion_came_before_it_is_not_answered_nor_kept() -> None:
    talk = Talk()
    message = talk.message("The word is OWL-1.")
    await talk.engine.withdraw(ROOM, message_id=message.message_id)
    turn = await accepted(talk.engine, message)
    await talk.say("What is the word?")

    assert turn is None
    assert "OWL-1" not in "".join(talk.prompts()[-1])


async def test_a_message_deleted_while_it_is_stored_is_not_answered() -> None:
    for steps in range(8):
        talk = SteppingTalk()
        message = talk.message("The word is OWL-1.")
        accepting = asyncio.create_task(accepted(talk.engine, message))
        for _ in range(steps):
            await asyncio.sleep(0)
        await talk.engine.withdraw(ROOM, message_id=message.message_id)
        if turn := await accepting:
            await heard(talk.engine.reply(turn))

        assert not any(kept.is_open or kept.messages() for kept in talk.kept.turns.values())


class StoppingHistory(FakeHistory):
    """Does something as it is read."""

    then: Callable[[], Awaitable[object]] | None = None

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        if self.then:
            await self.then()
        return await super().recent(conversation_id, before_turn=before_turn, from_turn=from_turn)


class DeafTurns(FakeTurns):
    """Takes no stop, and does not tell of one."""

    async def stop(self, turn_id: int) -> None:
        raise Unavailable("error.storage_full", turn=turn_id)

    async def look(self, worker: str) -> QueueState:
        return replace(await super().look(worker), stopped=frozenset())


async def _words(closed: list[str] | None = None) -> AsyncGenerator[ModelEvent, None]:
    try:
        while True:
            yield Delta("word ")
            await asyncio.sleep(0)
            if closed is not None:
                await asyncio.Event().wait()
    finally:
        for _ in range(3):
            await asyncio.sleep(0)
        if closed is not None:
            closed.append("closed")
