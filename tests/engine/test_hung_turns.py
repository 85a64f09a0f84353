"""A turn that stands still in whatever phase is ended: its place and its conversation go to the next one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import Any

import pytest

from adapters.base import Content
from adapters.delivery.deliver import deliver
from bot.domain import ChatRequest, Claimed, Delta, ModelEvent, QueueState, StoredAnswer, StoredMessage, TurnState
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.queue import STORE_S
from bot.engine.turn_watch import Bounds
from tests.clocks import VirtualClock
from tests.engine.talk import DANA, NOAM, ROOM, THREAD, Talk, accepted
from tests.fakes import FakeBackend
from tests.memory import FakeHistory, FakeStore, FakeTurns
from tests.walls import Wall

BOUNDS = Bounds(waiting_s=60.0, answering_s=40.0, delivering_s=30.0, stopping_s=10.0)
# All bounds, and the steps after them.
ENDED_AFTER_S = 180.0


async def silence(released: asyncio.Event, *, is_stubborn: bool) -> None:
    """Say nothing until released; whoever is stubborn does not end when cancelled."""
    while not released.is_set():
        try:
            await released.wait()
        except asyncio.CancelledError:
            if not is_stubborn:
                raise


class HangingTalk(Talk):
    """A conversation in virtual time, one turn at a time."""

    def __init__(self) -> None:
        super().__init__(answer_policy=AnswerPolicy(parallel=1))
        self.clock = VirtualClock()
        self.backend = self.host = StubbornBackend(self.clock, *self.backend.cards.values())

    def open(self, turns: FakeTurns | None = None, history: FakeHistory | None = None) -> Engine:
        self.turns, self.history = turns or self.turns, history or self.history
        self.engine = Engine(
            turns=self.turns,
            history=self.history,
            answers=self.answers,
            choices=self.choices,
            backend=self.backend,
            access=self._access,
            answer_policy=self._answer_policy,
            bounds=BOUNDS,
            clock=self.clock,
        )
        return self.engine

    async def shown(self, text: str, *, wall: Wall | None = None, at: Any = ROOM, person: Any = DANA) -> Wall:
        """Have a message answered on a wall."""
        wall = wall or Wall(clock=self.clock)
        turn = await accepted(self.engine, self.message(text, person=person, at=at))
        assert turn is not None
        await deliver(self.engine.reply(turn), wall, key=f"turn-{turn.id}", locale="en", turn=turn, clock=self.clock)
        return wall

    async def goes_on(self) -> None:
        """See that the next one is answered, in the same conversation and in another."""
        here = await self.shown("And now?")
        there = await self.shown("And here?", at=THREAD, person=NOAM)
        assert "And now?" in here.texts[-1]
        assert "And here?" in there.texts[-1]


class StubbornBackend(FakeBackend):
    """Falls silent for ever after a word where it is told to, and does not even end when it is cancelled."""

    def __init__(self, clock: VirtualClock, *cards: Any) -> None:
        super().__init__(*cards)
        self.clock = clock
        self.hangs = False
        self.is_stubborn = False
        self.word_every_s = 0.0
        self.released = asyncio.Event()

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        if not self.hangs:
            async for event in super().chat(request):
                if self.word_every_s:
                    await self.clock.sleep(self.word_every_s)
                yield event
            return
        self.hangs = False
        yield Delta("begun ")
        await silence(self.released, is_stubborn=self.is_stubborn)


async def test_a_model_that_falls_silent_and_ignores_its_end_is_given_up_with_a_sentence() -> None:
    for is_stubborn in (False, True):
        talk = HangingTalk()
        engine = talk.open()
        talk.host.hangs, talk.host.is_stubborn = True, is_stubborn
        scene: list[str] = []

        async def hang(talk: HangingTalk = talk, scene: list[str] = scene) -> None:
            scene += (await talk.shown("Count.")).texts
            assert talk.clock.now() < 1000.0 + ENDED_AFTER_S
            await talk.goes_on()

        await talk.clock.run(hang())
        talk.host.released.set()

        assert "begun" in scene[0]
        assert "far longer than it should" in scene[0]
        assert talk.store.turns[1].state is TurnState.FAILED
        assert (engine.hung.now, engine.hung.ended) == (1, 1)


async def test_a_stop_ends_a_model_that_ignores_its_end_within_seconds_and_is_no_failure() -> None:
    talk = HangingTalk()
    engine = talk.open()
    talk.host.hangs = talk.host.is_stubborn = True

    async def stopped() -> None:
        showing = asyncio.create_task(talk.shown("Count."))
        await talk.clock.sleep(3.0)
        await engine.stop_here(person=DANA, address=ROOM)
        wall = await showing
        assert talk.clock.now() < 1000.0 + 20.0
        assert "Stopped" in wall.texts[0]
        await talk.goes_on()

    await talk.clock.run(stopped())
    talk.host.released.set()

    assert talk.store.turns[1].state is TurnState.STOPPED


async def test_a_long_answer_that_goes_on_is_never_ended() -> None:
    talk = HangingTalk()
    engine = talk.open()
    talk.host.word_every_s = 30.0
    talk.host.say("one two three four five six seven")
    texts: list[str] = []

    async def scene() -> None:
        texts.extend((await talk.shown("Count.")).texts)

    await talk.clock.run(scene())

    assert texts[0].startswith("one two three four five six seven")
    assert engine.hung.ended == 0


@pytest.mark.parametrize("is_stubborn", [False, True])
async def test_a_platform_that_never_answers_gives_the_turn_its_end(is_stubborn: bool) -> None:  # noqa: FBT001
    talk = HangingTalk()
    engine = talk.open()
    wall = StuckWall(talk.clock, is_stubborn=is_stubborn)

    async def scene() -> None:
        showing = asyncio.create_task(talk.shown("Count.", wall=wall))
        await talk.clock.sleep(ENDED_AFTER_S)
        assert not talk.store.turns[1].is_open
        await talk.goes_on()
        assert showing.done() or is_stubborn
        wall.released.set()
        showing.cancel()

    await talk.clock.run(scene())

    assert engine.hung.ended == 1


async def test_whatever_hangs_before_the_model_is_asked_is_given_up_with_a_sentence() -> None:
    talk = HangingTalk()
    history = SilentHistory(talk.store)
    talk.open(history=history)

    async def scene() -> None:
        wall = await talk.shown("Count.")
        assert "far longer than it should" in wall.texts[0]
        history.is_silent = False
        await talk.goes_on()

    await talk.clock.run(scene())


async def test_a_turn_whose_place_never_comes_is_given_up_with_a_sentence() -> None:
    talk = HangingTalk()
    turns = StuckTurns(talk.store)
    turns.hangs = "claim"
    talk.open(turns)

    async def scene() -> None:
        wall = await talk.shown("Count.")
        assert "far longer than it should" in wall.texts[0]
        turns.hangs = ""
        await talk.goes_on()

    await talk.clock.run(scene())


async def test_a_store_that_hangs_while_closing_keeps_nobody_waiting_and_is_told_later() -> None:
    talk = HangingTalk()
    turns = StuckTurns(talk.store)
    engine = talk.open(turns)

    async def scene() -> None:
        turns.hangs = "finish"
        wall = await talk.shown("Count.")
        assert "Count." in wall.texts[0]
        assert engine.hung.now == 1
        turns.hangs = ""
        await engine.settle()
        assert talk.store.turns[1].state is TurnState.ANSWERED
        await talk.goes_on()

    await talk.clock.run(scene())


async def test_a_claim_whose_answer_was_lost_is_found_by_the_next_look() -> None:
    talk = Talk(answer_policy=AnswerPolicy(parallel=1))
    turns = talk.turns = LosingTurns(talk.store)
    talk.engine = talk.another_process("unlucky")
    async with asyncio.timeout(5):
        answers = [(await talk.say(text)).text for text in ("One", "Two")]

    assert turns.lost == 1
    assert all(answers)


async def test_a_store_that_does_not_answer_the_line_is_asked_anew() -> None:
    talk = HangingTalk()
    turns = StuckTurns(talk.store)
    turns.hangs = "look"
    talk.open(turns)

    async def scene() -> None:
        showing = asyncio.create_task(talk.shown("Count."))
        await talk.clock.sleep(5.0)
        turns.hangs = ""
        wall = await showing
        assert "Count." in wall.texts[-1]
        assert talk.clock.now() < 1000.0 + STORE_S + 10.0
        await talk.goes_on()

    await talk.clock.run(scene())


async def test_a_shutdown_while_a_turn_hangs_ends_at_once() -> None:
    talk = HangingTalk()
    talk.open()
    talk.host.hangs = talk.host.is_stubborn = True

    async def scene() -> None:
        showing = asyncio.create_task(talk.shown("Count."))
        await talk.clock.sleep(BOUNDS.answering_s + 5.0)
        showing.cancel()
        await asyncio.wait([showing])
        assert talk.clock.now() < 1000.0 + BOUNDS.answering_s + 10.0
        talk.host.released.set()

    await talk.clock.run(scene())


class StuckWall(Wall):
    """Takes no call, and may not even end when it is cancelled."""

    def __init__(self, clock: VirtualClock, *, is_stubborn: bool) -> None:
        super().__init__(clock=clock)
        self._is_stubborn = is_stubborn
        self.released = asyncio.Event()

    async def post(self, content: Content, *, key: str) -> str:
        del content, key
        await silence(self.released, is_stubborn=self._is_stubborn)
        return ""


class SilentHistory(FakeHistory):
    """Is read without an answer."""

    is_silent = True

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        if self.is_silent:
            await asyncio.Event().wait()
        return await super().recent(conversation_id, before_turn=before_turn, from_turn=from_turn)


class StuckTurns(FakeTurns):
    """Does not answer one of its calls."""

    hangs = ""

    async def _stuck(self, name: str) -> None:
        if name == self.hangs:
            await asyncio.Event().wait()

    async def claim(self, worker: str, **how: Any) -> Mapping[int, Claimed]:
        await self._stuck("claim")
        return await super().claim(worker, **how)

    async def finish(self, turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        await self._stuck("finish")
        return await super().finish(turn_id, answer, worker=worker)

    async def look(self, worker: str) -> QueueState:
        await self._stuck("look")
        return await super().look(worker)


class LosingTurns(FakeTurns):
    """Makes its first claim, and loses the answer."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store)
        self.lost = 0

    async def claim(self, worker: str, **how: Any) -> Mapping[int, Claimed]:
        claimed = await super().claim(worker, **how)
        if claimed and not self.lost:
            self.lost = 1
            return {}
        return claimed
