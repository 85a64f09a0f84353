"""Clocks for tests, in place of the machine's (`bot.clock.Clock`): none of them is waited for."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.clock import SystemClock

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
# How often the event loop goes round before everybody counts as waiting.
ROUNDS = 25


@dataclass
class SetClock:
    """A clock that stands until it is moved; who sleeps moves it on. `waits` are the sleeps there were."""

    date: datetime = NOON
    passed_s: float = 0.0
    waits: list[float] = field(default_factory=list)

    def now(self) -> float:
        """See `Clock.now`."""
        return self.passed_s

    def utc(self) -> datetime:
        """See `Clock.utc`."""
        return self.date

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`. Others run meanwhile."""
        self.waits.append(seconds)
        self.advance(seconds)
        await asyncio.sleep(0)

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self.date += timedelta(seconds=seconds)
        self.passed_s += seconds

    def jump(self, days: float) -> None:
        """Turn the date without any time passing."""
        self.date += timedelta(days=days)


class JumpingClock(SystemClock):
    """The machine's clock with its date turned."""

    def __init__(self, *, days: float = 0.0) -> None:
        self._ahead = timedelta(days=days)

    def utc(self) -> datetime:
        """See `Clock.utc`."""
        return super().utc() + self._ahead

    def jump(self, days: float) -> None:
        """Turn the date, at once."""
        self._ahead += timedelta(days=days)


def turn_by(file: Path) -> None:
    """Turn this process's date by the seconds that a file holds whenever it is read: nobody may turn the machine's."""
    real = SystemClock.utc

    def turned(self: SystemClock) -> datetime:
        return real(self) + timedelta(seconds=float(file.read_text(encoding="utf-8") or 0))

    setattr(SystemClock, "utc", turned)  # noqa: B010 - for every clock there is, and not as a method of one


class VirtualClock:
    """Time that passes only when everybody waits, so that minutes of pacing take a test no time at all."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._numbers = 0
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []

    def now(self) -> float:
        """See `Clock.now`."""
        return self._now

    def utc(self) -> datetime:
        """See `Clock.utc`."""
        return datetime.fromtimestamp(self._now, UTC)

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        self._numbers += 1
        future = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self._now + max(0.0, seconds), self._numbers, future))
        await future

    async def run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Carry out work, and let time pass from one sleeper's end to the next."""
        task = asyncio.ensure_future(work)
        while not task.done():
            for _ in range(ROUNDS):
                await asyncio.sleep(0)
            if self._sleepers and not task.done():
                at, _, future = heapq.heappop(self._sleepers)
                if not future.done():
                    self._now = max(self._now, at)
                    future.set_result(None)
        await task
