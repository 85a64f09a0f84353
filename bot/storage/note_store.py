"""Notes, small facts by name: `ports.Notes` on SQL."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_replace
from bot.storage.tables.chat_tables import NOTES, NoteRow


class SqlNotes:
    """See `ports.Notes`. Both methods raise `Unavailable` when the database is locked, full or broken."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def read(self, name: str) -> str | None:
        """See `ports.Notes.read`."""
        return await self._database.read(lambda session: read(session, name))

    async def write(self, name: str, value: str) -> None:
        """See `ports.Notes.write`. Replaces what was written before."""
        now = self._clock.utc()
        await self._database.write(lambda session: write(session, name, value, now=now))


def read(session: Session, name: str) -> str | None:
    """Return the value, None when there is none."""
    return session.scalar(select(NoteRow.value).where(NoteRow.name == name))


def write(session: Session, name: str, value: str, *, now: datetime) -> None:
    """Insert or replace in one statement."""
    written = {"value": value, "written_at": now}
    insert_or_replace(session, NOTES, at={"name": name}, values=written)
