"""A database whose units of work are counted and timed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.storage.database.database import Database, Result


class DatabaseMeter(Protocol):
    """Who counts units of work."""

    def database_worked(self, kind: str, took_s: float, *, has_failed: bool) -> None:
        """Count one, "read" or "write", the time in line included."""
        ...


class MeteredDatabase(Database):
    """See `Database`: another one, timed. It is closed with this one."""

    def __init__(self, database: Database, meter: DatabaseMeter, *, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__()
        self._database = database
        self._meter = meter
        self._clock = clock

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """See `Database.write`."""
        return await self._timed("write", self._database.write, work)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """See `Database.read`."""
        return await self._timed("read", self._database.read, work)

    async def changed(self, *, timeout_s: float) -> None:
        """See `Database.changed`."""
        await self._database.changed(timeout_s=timeout_s)

    async def close(self) -> None:
        """See `Database.close`."""
        await self._database.close()

    async def _timed(self, kind: str, unit: _Run, work: Callable[[Session], Result]) -> Result:
        started, has_failed = self._clock.now(), True
        try:
            result: Result = await unit(work)
            has_failed = False
            return result
        finally:
            self._meter.database_worked(kind, self._clock.now() - started, has_failed=has_failed)


class _Run(Protocol):
    async def __call__(self, work: Callable[[Session], Result], /) -> Result: ...
