"""Waiting for a change of the lab's state without polling it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Bell:
    """Rung after every change; who waits looks again at the condition they wait for."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everyone who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, condition: Callable[[], bool], timeout_s: float) -> None:
        """Return as soon as `condition` holds. Raises: TimeoutError."""
        async with asyncio.timeout(timeout_s):
            while not condition():
                await self._rung.wait()
