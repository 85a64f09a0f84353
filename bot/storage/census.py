"""Counts the open turns of all processes, for machines that watch the bot."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.observe.health import OpenTurns
from bot.storage.database.database import Database
from bot.storage.tables.chat_tables import TurnRow
from bot.storage.turns.open_turns import IS_OPEN, RUNS, WAITS


class SqlCensus:
    """Counts the open turns when called. Raises `Unavailable` when the database is locked, full or broken."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def __call__(self) -> OpenTurns:
        """Return the counts of this moment."""
        now = self._clock.utc()
        return await self._database.read(lambda session: open_turns(session, now=now))


def open_turns(session: Session, *, now: datetime) -> OpenTurns:
    """Count in one statement, along the index over open turns."""
    waiting, running = (func.count(case((which, TurnRow.id))) for which in (WAITS, RUNS))
    row = session.execute(select(waiting, running, func.min(TurnRow.accepted_at)).where(IS_OPEN)).one()
    return OpenTurns(row[0], row[1], (now - row[2]).total_seconds() if row[2] else 0.0)
