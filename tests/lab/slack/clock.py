"""The lab's time: the machine's clock plus what a test has added, so that nobody waits five minutes for a retry."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime


class LabClock:
    """Seconds since the epoch. It runs by itself; `advance` moves it on and wakes who sleeps."""

    def __init__(self) -> None:
        self._ahead_s = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Return seconds since the epoch, as the lab has it."""
        return time.time() + self._ahead_s

    def utc(self) -> datetime:
        """Return the date."""
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`."""
        self._ahead_s += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        """Return when `seconds` of the lab's time have passed."""
        await self.sleep_until(self.now() + seconds)

    async def sleep_until(self, end: float) -> None:
        """Return when the lab's time is `end`, at once when it is later."""
        while (rest := end - self.now()) > 0:
            moved = self._moved
            try:
                await asyncio.wait_for(moved.wait(), rest)
            except TimeoutError:
                continue
