"""Waiting for a change of the lab's state without polling it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LOOK_S = 0.05


class Bell:
    """Rung after every change; who waits looks again at the condition they wait for.

    They look every 50 ms too: a condition may be about the app, whose changes nobody rings for.
    """

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
                rung = asyncio.ensure_future(self._rung.wait())
                try:
                    await asyncio.wait((rung,), timeout=LOOK_S)
                finally:
                    rung.cancel()
