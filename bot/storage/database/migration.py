"""Bringing the tables of a database to the revision this version needs, whichever database it is.

What is said here of a file is done in `sqlite_revisions`; what is said of a server, in `postgres_revisions`, which
needs the driver.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from bot.clock import SYSTEM_CLOCK, Clock
from bot.errors import ConfigurationError
from bot.storage.database import sqlite_revisions
from bot.storage.database.location import database_file, is_postgres
from bot.storage.database.revisions import HEAD, REVISIONS, Migrated, Schema, SchemaState


def look(location: str | Path, *, known: Sequence[str] = REVISIONS) -> Schema:
    """Say how the database stands, without changing or creating anything. A missing or empty file is new. Blocks.

    `known` are the revisions of this version, oldest first.

    Raises:
        ConfigurationError: the file is no SQLite database, or may not be read; the server refuses.
        Unavailable: it is locked or away.
    """
    if is_postgres(location):
        from bot.storage.database import postgres_revisions

        return asyncio.run(postgres_revisions.look(str(location), known=known))
    return sqlite_revisions.look(database_file(location), known=known)


def check(location: str | Path, *, known: Sequence[str] = REVISIONS) -> None:
    """Make sure that an existing database has the tables this version needs; a new one passes.

    Raises:
        ConfigurationError: it is older (the sentence gives the command), newer (it says what to do), or not ours.
        Unavailable: as `look`.
    """
    if is_postgres(location):
        from bot.storage.database import postgres_revisions

        asyncio.run(postgres_revisions.check(str(location), known=known))
        return
    sqlite_revisions.check(database_file(location), known=known)


def prepare(location: str | Path) -> None:
    """Check an existing database, make the tables of a new one: what every start does. Blocks.

    Raises:
        ConfigurationError: as `check`, or the file cannot be made.
    """
    check(location)
    if look(location).state is SchemaState.NEW:
        upgrade(location)


def upgrade(location: str | Path, *, clock: Clock = SYSTEM_CLOCK) -> Migrated:
    """Bring the tables to the newest revision. Blocks; nothing happens when current.

    A file is copied first; copies of a server's database are its operator's to make.

    Raises:
        ConfigurationError: the database is newer than this version, not ours, or cannot be made or read.
        Unavailable: it is locked or away, or the disk is full.
    """
    if is_postgres(location):
        from bot.storage.database import postgres_revisions

        return asyncio.run(postgres_revisions.migrate(str(location), to=HEAD))
    return sqlite_revisions.upgrade(database_file(location), clock=clock)


def downgrade(location: str | Path, revision: str, *, clock: Clock = SYSTEM_CLOCK) -> Migrated:
    """Take the tables back to an older revision ("base" for none). What they cannot hold is lost. Blocks.

    A file is copied first; copies of a server's database are its operator's to make.

    Raises:
        ConfigurationError: as `upgrade`, or there is no such revision.
    """
    if revision not in {"base", *REVISIONS}:
        raise ConfigurationError("error.storage_revision", revision=revision, known=", ".join(REVISIONS))
    if is_postgres(location):
        from bot.storage.database import postgres_revisions

        return asyncio.run(postgres_revisions.migrate(str(location), to=revision))
    return sqlite_revisions.downgrade(database_file(location), revision, clock=clock)
