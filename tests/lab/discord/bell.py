"""A bell rung whenever anything happens, so that a test waits for a condition and never for luck."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from tests.lab.patience import PATIENCE_S

LOOK_AGAIN_S = 0.05


class Bell:
    """Wakes whoever waits for a condition to look again."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, holds: Callable[[], Any], timeout_s: float = PATIENCE_S) -> Any:
        """Return what `holds` returns once that is true.

        Raises:
            TimeoutError: it was not within `timeout_s`.
        """
        async with asyncio.timeout(timeout_s):
            while not (found := holds()):
                await self._nudged()
        return found

    async def _nudged(self) -> None:
        """Wait for the bell, or a moment: what a test asks of its bot changes without the bell."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._rung.wait(), LOOK_AGAIN_S)
