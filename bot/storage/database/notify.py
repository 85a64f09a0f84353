"""How a change to the open turns wakes whoever waits for one, in this process and in others.

A unit of work says `notify(session)`. Once it is committed, and only then, everybody who waits wakes up. It may be for
nothing, so who wakes looks; and other processes may miss a change, so who waits looks again after a while.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy.orm import Session

CHANNEL = "lyceum_turns"
_NOTIFIES = "notifies"


def notify(session: Session) -> None:
    """Wake everybody who waits for a change, once this unit of work is committed. Any number of times is as once."""
    session.info[_NOTIFIES] = True


def notifies(session: Session) -> bool:
    """Whether the unit of work of this session has called `notify`."""
    return bool(session.info.get(_NOTIFIES))


class Changes:
    """Wakes this process when open turns changed: `ring` from the event loop, `wait` anywhere."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Wake all who wait, or the next who will."""
        self._rung.set()

    async def wait(self, *, timeout_s: float) -> None:
        """Return once it rings, at once where it rang since the last return, or after `timeout_s` at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._rung.wait()
        self._rung.clear()
