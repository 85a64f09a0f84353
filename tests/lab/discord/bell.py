"""A bell rung whenever anything happens, so that a test waits for a condition and never for luck."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any


class Bell:
    """Wakes whoever waits for a condition to look again."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, holds: Callable[[], Any], timeout_s: float = 10.0) -> Any:
        """Return what `holds` returns once that is true.

        Raises:
            TimeoutError: it was not within `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            while not (found := holds()):
                await self._rung.wait()
        return found
