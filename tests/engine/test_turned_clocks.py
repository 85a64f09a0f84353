"""The clock is turned and the process is killed: what it left is answered, and its conversation goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from bot.domain import Turn
from bot.engine.engine import Engine
from bot.errors import Unavailable
from bot.ports import Turns
from tests.contracts.stores import IMPLEMENTATIONS, Stores
from tests.engine.talk import Heard, Talk, accepted, heard, until
from tests.fakes import Speech

DATABASES = ["sqlite", "postgres"]


@pytest.fixture(params=DATABASES)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


class Severed:
    """The turns as a process has them that may be killed: from then on nothing of it reaches the store."""

    def __init__(self, turns: Turns) -> None:
        self._turns = turns
        self.is_killed = False

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._turns, name)

        async def asked(*arguments: object, **named: object) -> object:
            if self.is_killed:
                raise Unavailable("error.storage_failed")
            return await method(*arguments, **named)

        return asked


class TwoProcesses(Talk):
    """Two processes on one database, one after the other."""

    def __init__(self, stores: Stores) -> None:
        super().__init__()
        self.stores = stores
        self.first_turns = Severed(stores.turns)
        self.engine = self.process("first", self.first_turns)

    def process(self, worker: str, turns: Any) -> Engine:
        return Engine(
            turns=turns,
            history=self.stores.history,
            answers=self.stores.answers,
            choices=self.stores.choices,
            backend=self.backend,
            access=self._access,
            answer_policy=self._answer_policy,
            worker=worker,
        )

    async def killed_in_the_middle(self) -> Turn:
        """Begin an answer, and kill the process."""
        self.backend.say(Speech(text="one two three", holds=True, after=1))
        turn, got = await self.accept("Count."), Heard()
        replying = asyncio.create_task(heard(self.engine.reply(turn), got))
        await until(lambda: got.text)
        self.first_turns.is_killed = True
        replying.cancel()
        with suppress(asyncio.CancelledError, Unavailable):
            await replying
        self.backend.release()
        return turn

    async def adopted(self, engine: Engine) -> list[Turn]:
        """Look as often as a process does, for longer than a lease."""
        for _ in range(8):
            if found := await engine.adopt("lab"):
                return list(found)
            self.stores.clock.advance(2.0)
        return []


@pytest.mark.parametrize("days", [-1, 1, -400, -1 / 24])
async def test_a_turn_left_by_a_killed_process_is_answered_though_the_clock_was_turned(
    stores: Stores, days: float
) -> None:
    talk = TwoProcesses(stores)
    turn = await talk.killed_in_the_middle()
    stores.clock.jump(days)
    second = talk.process("second", stores.elsewhere)
    found = await talk.adopted(second)
    answers = [await heard(second.reply(each)) for each in found]
    later = await accepted(second, talk.message("And now?"))
    assert later is not None
    on = await heard(second.reply(later))

    assert [each.id for each in found] == [turn.id]
    assert answers[0].text
    assert "And now?" in on.text


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_clock_that_is_turned_while_a_process_lives_takes_nothing_from_it(stores: Stores, days: float) -> None:
    talk = TwoProcesses(stores)
    talk.backend.say(Speech(text="one two three", holds=True, after=1))
    turn, got = await talk.accept("Count."), Heard()
    replying = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    second = talk.process("second", stores.elsewhere)
    found: list[Turn] = []
    for _ in range(6):
        found += await second.adopt("lab")
        stores.clock.jump(days)
        stores.clock.advance(2.0)
        await stores.turns.renew("first")
    talk.backend.release()
    await replying

    assert found == []
    assert got.text.startswith("one two three")
