"""Time, as everything that reads it or waits is given it: a test hands in another clock and waits for nothing."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol


class Clock(Protocol):
    """Seconds that only grow, the date, and waiting."""

    def now(self) -> float:
        """Return seconds since some moment; they never jump, and mean nothing to another process."""
        ...

    def utc(self) -> datetime:
        """Return the date and time in UTC; it may jump, and differs between machines."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Return when this many seconds have passed."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """See `Clock.now`."""
        return time.monotonic()

    def utc(self) -> datetime:
        """See `Clock.utc`."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await asyncio.sleep(seconds)


SYSTEM_CLOCK = SystemClock()


async def either(work: asyncio.Future[Any], *, within_s: float, clock: Clock) -> None:
    """Return when the work is done, or when so many seconds have passed; it goes on then."""
    passing = asyncio.ensure_future(clock.sleep(within_s))
    try:
        await asyncio.wait([work, passing], return_when=asyncio.FIRST_COMPLETED)
    finally:
        passing.cancel()


async def set_within(event: asyncio.Event, *, within_s: float, clock: Clock) -> None:
    """Return when the event is set, or when so many seconds have passed.

    The event is waited for here and not in a task: whoever sets it is followed at once.
    """
    passing = asyncio.ensure_future(clock.sleep(within_s))
    with suppress(TimeoutError):
        async with asyncio.timeout(None) as limit:
            is_waiting = True

            def end(_: object) -> None:
                # It may be on its way already when the event comes: it cannot be taken back then.
                if is_waiting:
                    limit.reschedule(-1.0)

            passing.add_done_callback(end)
            try:
                await event.wait()
            finally:
                is_waiting = False
                passing.cancel()
