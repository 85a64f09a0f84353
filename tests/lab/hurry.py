"""Time that passes faster in a lab than for us, where a test only waits for what comes in the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Protocol

STEP_S = 0.02
TIMES = 25.0


class PushedClock(Protocol):
    """The clock of a lab."""

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once."""
        ...


@asynccontextmanager
async def hurrying(clock: PushedClock) -> AsyncIterator[None]:
    """Let a second of the lab's time pass in a twenty-fifth of one."""

    async def push() -> None:
        while True:
            await asyncio.sleep(STEP_S)
            clock.advance(STEP_S * (TIMES - 1))

    pushing = asyncio.create_task(push())
    try:
        yield
    finally:
        pushing.cancel()
        with suppress(asyncio.CancelledError):
            await pushing
