"""Waiting by a clock: whichever comes first, what was waited for or the end of the wait, nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import SystemClock, set_within

ROUNDS = range(-4, 5)


class HeldClock(SystemClock):
    """A clock whose sleepers sleep until it is let go."""

    def __init__(self) -> None:
        self._ends = asyncio.Event()

    async def sleep(self, seconds: float) -> None:  # noqa: ARG002 - it ends when it is let go
        """See `Clock.sleep`."""
        await self._ends.wait()

    def let_go(self) -> None:
        """End all sleep."""
        self._ends.set()


@pytest.mark.parametrize("ahead", ROUNDS)
@pytest.mark.parametrize("sleep_ends_first", [True, False])
async def test_an_event_that_comes_as_the_wait_ends_leaves_no_error(ahead: int, *, sleep_ends_first: bool) -> None:
    loop, clock, event = asyncio.get_running_loop(), HeldClock(), asyncio.Event()
    errors: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: errors.append(context))
    waiting = asyncio.create_task(set_within(event, within_s=1.0, clock=clock))
    await _rounds(3)
    both = [clock.let_go, event.set] if sleep_ends_first else [event.set, clock.let_go]
    await asyncio.gather(*(_later(deed, rounds) for deed, rounds in zip(both, (4, 4 + ahead), strict=True)))
    await waiting
    await _rounds(3)

    assert errors == []
    assert [task for task in asyncio.all_tasks() if task is not asyncio.current_task()] == []


async def _later(deed: Callable[[], None], rounds: int) -> None:
    await _rounds(rounds)
    deed()


async def _rounds(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)
