"""Opening the database a setting names: a file or a server."""

from __future__ import annotations

from pathlib import Path

from bot.storage.database.database import WAIT_S, Database
from bot.storage.database.location import is_postgres


async def open_database(location: str | Path, *, wait_s: float = WAIT_S) -> Database:
    """Open the database of a path, a `sqlite:///` URL or a `postgresql://` URL; a new one is made with all its tables.

    `wait_s` bounds how long a unit of work waits while the database is locked or away.

    Raises:
        ConfigurationError: the place cannot be used, or the schema is older or newer than this version.
        Unavailable: the database is locked or cannot be reached.
    """
    if is_postgres(location):
        from bot.storage.database.postgres import PostgresDatabase

        return await PostgresDatabase.open(str(location), wait_s=wait_s)
    from bot.storage.database.sqlite import SqliteDatabase

    return await SqliteDatabase.open(location, wait_s=wait_s)
