"""Time that passes only when everybody waits, so that minutes of pacing take a test no time at all."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any

# How often the event loop goes round before everybody counts as waiting.
ROUNDS = 25


class VirtualClock:
    """See `bot.clock.Clock`."""

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
