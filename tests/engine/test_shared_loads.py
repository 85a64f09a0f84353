from __future__ import annotations

import asyncio
from dataclasses import replace

from bot.domain import ModelCard
from bot.engine.shared_loads import LONGEST_WAIT_S, MOST_TOGETHER, SharedLoads
from tests.clocks import SetClock
from tests.engine.talk import until
from tests.fakes import card

A, B, C = card("a"), card("b"), card("c")


class Listener:
    """A comparison that hears one model and holds on to it until it is let go."""

    def __init__(self, loads: SharedLoads, *cards: ModelCard) -> None:
        self.heard = ""
        self.is_stopped = False
        self._let_go = asyncio.Event()
        self._task = asyncio.create_task(self._hear(loads, cards))

    async def _hear(self, loads: SharedLoads, cards: tuple[ModelCard, ...]) -> None:
        async with loads.one_of(cards, is_stopped=lambda: self.is_stopped) as chosen:
            self.heard = chosen.name
            await self._let_go.wait()

    async def end(self) -> None:
        self._let_go.set()
        await self._task


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_compares_alone_hears_the_loaded_model_first_and_waits_for_nobody() -> None:
    listener = Listener(SharedLoads(), A, replace(B, is_loaded=True), C)
    await settled()

    assert listener.heard == "b"
    await listener.end()


async def test_a_model_is_heard_by_all_who_want_it_before_another_is_loaded() -> None:
    loads = SharedLoads()
    first, second, third = Listener(loads, A, B), Listener(loads, B, A), Listener(loads, C)
    await settled()

    assert [first.heard, second.heard, third.heard] == ["a", "a", ""]
    await first.end()
    await settled()
    assert third.heard == ""
    await second.end()
    await until(lambda: third.heard == "c")
    await third.end()


async def test_nobody_waits_behind_an_endless_row_of_others() -> None:
    loads = SharedLoads()
    row = [Listener(loads, A) for _ in range(MOST_TOGETHER + 3)]
    other = Listener(loads, B)
    await settled()

    assert sum(each.heard == "a" for each in row) == MOST_TOGETHER
    for each in row[:MOST_TOGETHER]:
        await each.end()
    await until(lambda: other.heard == "b")
    await other.end()
    for each in row[MOST_TOGETHER:]:
        await until(lambda each=each: each.heard == "a")
        await each.end()


async def test_stop_waits_for_no_other_comparison() -> None:
    loads = SharedLoads()
    first, second = Listener(loads, A), Listener(loads, B)
    await settled()
    second.is_stopped = True
    await until(lambda: second.heard)

    await second.end()
    await first.end()


async def test_who_has_waited_long_hears_its_model_all_the_same() -> None:
    clock = SetClock()
    loads = SharedLoads(clock=clock)
    first, second = Listener(loads, A), Listener(loads, B)
    await until(lambda: second.heard)

    assert second.heard == "b"
    assert clock.now() >= LONGEST_WAIT_S
    await first.end()
    await second.end()


async def test_what_was_loaded_is_asked_anew_once_nobody_compares() -> None:
    loads = SharedLoads()
    await Listener(loads, A).end()
    later = Listener(loads, A, replace(B, is_loaded=True))
    await settled()

    assert later.heard == "b"
    await later.end()
