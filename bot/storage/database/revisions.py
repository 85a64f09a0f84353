"""Which revision the tables of a database have, and how they get to the one this version needs.

Looking costs one small query and no Alembic; that is imported when tables are made or changed. What is said here of a
file is done here; what is said of a server, in `bot.storage.database.postgres_revisions`, which needs the driver.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection

from bot.errors import ConfigurationError
from bot.storage.clock import Clock, utc_now
from bot.storage.database.backups import FOLDER, back_up, backups
from bot.storage.database.location import create_private, database_file, is_empty, is_postgres
from bot.storage.database.migration_scripts import run_scripts
from bot.storage.database.sqlite_connection import BUSY_TIMEOUT_MS, Use, begun, sqlite_engine
from bot.storage.database.sqlite_faults import patiently, translated_at_start

REVISIONS = ("0001", "0002", "0003", "0004")
"""Every revision this version knows, oldest first; a test holds it against the scripts."""

HEAD = REVISIONS[-1]
COMMAND = "lyceum migrate"
LOCK_WAIT_S = 10.0
BOOKKEEPING = frozenset({"alembic_version", "sqlite_sequence"})


class State(StrEnum):
    """How a database stands to this version of the code."""

    NEW = "new"
    CURRENT = "current"
    BEHIND = "behind"
    AHEAD = "ahead"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True)
class Schema:
    """The state of a database's tables and the revision it is of, "" for none."""

    state: State
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What a migration did: revisions before and after ("" for no tables), and the copy made before, if any."""

    before: str
    after: str
    backup: Path | None


def look(location: str | Path, *, known: Sequence[str] = REVISIONS) -> Schema:
    """Say how the database stands, without changing or creating anything. A missing or empty file is new. Blocks.

    `known` are the revisions of this version, oldest first.

    Raises:
        ConfigurationError: the file is no SQLite database, or may not be read; the server refuses.
        Unavailable: it is locked or away.
    """
    if is_postgres(location):
        from bot.storage.database import postgres_revisions as postgres_schema

        return asyncio.run(postgres_schema.look(str(location), known=known))
    file = database_file(location)
    if is_empty(file):
        return Schema(State.NEW)
    with translated_at_start(file):
        return patiently(lambda: _look(file, known), wait_s=LOCK_WAIT_S)


def check(location: str | Path, *, known: Sequence[str] = REVISIONS) -> None:
    """Make sure that an existing database has the tables this version needs; a new one passes.

    Raises:
        ConfigurationError: it is older (the sentence gives the command), newer (it says what to do), or not ours.
        Unavailable: as `look`.
    """
    if is_postgres(location):
        from bot.storage.database import postgres_revisions as postgres_schema

        asyncio.run(postgres_schema.check(str(location), known=known))
        return
    file = database_file(location)
    schema = look(file, known=known)
    match schema.state:
        case State.BEHIND:
            raise ConfigurationError(
                "error.storage_behind", path=file, revision=schema.revision, needed=known[-1], command=COMMAND
            )
        case State.AHEAD:
            copies = backups(file, revision=known[-1])
            backup = copies[-1] if copies else file.parent / FOLDER
            raise ConfigurationError("error.storage_ahead", path=file, revision=schema.revision, backup=backup)
        case State.FOREIGN:
            raise ConfigurationError("error.storage_foreign", path=file)
        case State.NEW | State.CURRENT:
            return


def prepare(location: str | Path) -> None:
    """Check an existing database, make the tables of a new one: what every start does. Blocks.

    Raises:
        ConfigurationError: as `check`, or the file cannot be made.
    """
    check(location)
    if look(location).state is State.NEW:
        upgrade(location)


def upgrade(location: str | Path, *, clock: Clock = utc_now) -> Migrated:
    """Bring the tables to the newest revision. Blocks; nothing happens when current.

    A file is copied first; copies of a server's database are its operator's to make.

    Raises:
        ConfigurationError: the database is newer than this version, not ours, or cannot be made or read.
        Unavailable: it is locked or away, or the disk is full.
    """
    if is_postgres(location):
        from bot.storage.database import postgres_revisions as postgres_schema

        return asyncio.run(postgres_schema.migrate(str(location), to=HEAD))
    file = database_file(location)
    if look(file).state in {State.AHEAD, State.FOREIGN}:
        check(file)
    return _migrate(file, to=HEAD, clock=clock)


def downgrade(location: str | Path, revision: str, *, clock: Clock = utc_now) -> Migrated:
    """Take the tables back to an older revision ("base" for none). What they cannot hold is lost. Blocks.

    A file is copied first; copies of a server's database are its operator's to make.

    Raises:
        ConfigurationError: as `upgrade`, or there is no such revision.
    """
    if revision not in {"base", *REVISIONS}:
        raise ConfigurationError("error.storage_revision", revision=revision, known=", ".join(REVISIONS))
    if is_postgres(location):
        from bot.storage.database import postgres_revisions as postgres_schema

        return asyncio.run(postgres_schema.migrate(str(location), to=revision))
    file = database_file(location)
    if look(file).state in {State.AHEAD, State.FOREIGN}:
        check(file)
    return _migrate(file, to=revision, clock=clock)


def state_of(revision: str, known: Sequence[str], *, has_tables: bool) -> State:
    """Say how tables of this revision, "" for none, stand to the revisions known, oldest first."""
    if not revision:
        return State.FOREIGN if has_tables else State.NEW
    if revision == known[-1]:
        return State.CURRENT
    return State.BEHIND if revision in known else State.AHEAD


def _look(file: Path, known: Sequence[str]) -> Schema:
    # Not through an engine of ours: its PRAGMAs would change a file that may belong to somebody else.
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        stamped = "alembic_version" in tables
        versions = connection.execute("SELECT version_num FROM alembic_version").fetchall() if stamped else []
    revision = str(versions[0][0]) if versions else ""
    return Schema(state_of(revision, known, has_tables=bool(tables - BOOKKEEPING)), revision)


def _migrate(file: Path, *, to: str, clock: Clock) -> Migrated:
    create_private(file)
    engine = sqlite_engine(file, Use.MIGRATE)
    with ExitStack() as stack:
        stack.callback(engine.dispose)
        stack.enter_context(translated_at_start(file))
        connection = stack.enter_context(patiently(lambda: begun(engine), wait_s=LOCK_WAIT_S))
        return _migrate_locked(connection, file, to=to, clock=clock)


def _migrate_locked(connection: Connection, file: Path, *, to: str, clock: Clock) -> Migrated:
    """Migrate in the one transaction that is open; whoever else migrates waits for it and then finds nothing to do."""
    after = "" if to == "base" else to
    before = _look(file, REVISIONS).revision
    if before == after:
        return Migrated(before, after, None)
    backup = back_up(file, revision=before, now=clock()) if before else None
    run_scripts(connection, before=before, after=after)
    connection.commit()
    return Migrated(before, after, backup)
