"""The tables of a database in a file: which revision they have, and how they get to another. Everything here blocks.

Looking costs one small query and no Alembic; that is imported when tables are made or changed.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, closing
from pathlib import Path

from sqlalchemy import Connection

from bot.clock import SYSTEM_CLOCK, Clock
from bot.errors import ConfigurationError
from bot.storage.database.backups import FOLDER, back_up, backups
from bot.storage.database.location import create_private, is_empty
from bot.storage.database.migration_scripts import run_scripts
from bot.storage.database.revisions import (
    BOOKKEEPING,
    COMMAND,
    HEAD,
    READERS,
    REVISIONS,
    Migrated,
    Schema,
    SchemaState,
    state_of,
)
from bot.storage.database.sqlite_connection import BUSY_TIMEOUT_MS, Use, begun, sqlite_engine
from bot.storage.database.sqlite_faults import patiently, translated_at_start

LOCK_WAIT_S = 10.0


def look(file: Path, *, known: Sequence[str] = REVISIONS) -> Schema:
    """See `migration.look`."""
    if is_empty(file):
        return Schema(SchemaState.NEW)
    with translated_at_start(file):
        return patiently(lambda: _look(file, known), wait_s=LOCK_WAIT_S)


def check(file: Path, *, known: Sequence[str] = REVISIONS) -> None:
    """See `migration.check`."""
    schema = look(file, known=known)
    # SQLite opens what it may only read, and fails at the first message instead.
    if schema.state is not SchemaState.NEW and not os.access(file, os.R_OK | os.W_OK):
        raise ConfigurationError("error.storage_access", path=file)
    match schema.state:
        case SchemaState.BEHIND:
            raise ConfigurationError(
                "error.storage_behind", path=file, revision=schema.revision, needed=known[-1], command=COMMAND
            )
        case SchemaState.AHEAD:
            copies = backups(file, revision=known[-1])
            backup = copies[-1] if copies else file.parent / FOLDER
            raise ConfigurationError("error.storage_ahead", path=file, revision=schema.revision, backup=backup)
        case SchemaState.FOREIGN:
            raise ConfigurationError("error.storage_foreign", path=file)
        case SchemaState.NEW | SchemaState.CURRENT | SchemaState.NEWER:
            return


def prepare(file: Path) -> None:
    """See `migration.prepare`."""
    check(file)
    if look(file).state is SchemaState.NEW:
        upgrade(file)


def upgrade(file: Path, *, clock: Clock = SYSTEM_CLOCK) -> Migrated:
    """See `migration.upgrade`."""
    if look(file).state in {SchemaState.AHEAD, SchemaState.FOREIGN}:
        check(file)
    return _migrate(file, to=HEAD, clock=clock)


def downgrade(file: Path, revision: str, *, clock: Clock = SYSTEM_CLOCK) -> Migrated:
    """See `migration.downgrade`."""
    if revision not in {"base", *REVISIONS}:
        raise ConfigurationError("error.storage_revision", revision=revision, known=", ".join(REVISIONS))
    found = look(file)
    if found.state in {SchemaState.AHEAD, SchemaState.FOREIGN}:
        check(file)
    if found.state is SchemaState.NEWER:
        # Only the newer version knows the way back.
        raise ConfigurationError("error.storage_revision", revision=found.revision, known=", ".join(REVISIONS))
    return _migrate(file, to=revision, clock=clock)


def _look(file: Path, known: Sequence[str]) -> Schema:
    # Not through an engine of ours: its PRAGMAs would change a file that may belong to somebody else.
    with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=BUSY_TIMEOUT_MS / 1000)) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        stamped = "alembic_version" in tables
        versions = connection.execute("SELECT version_num FROM alembic_version").fetchall() if stamped else []
        told = connection.execute(f"SELECT oldest FROM {READERS}").fetchall() if READERS in tables else []  # noqa: S608
    revision = str(versions[0][0]) if versions else ""
    readers = str(told[0][0]) if told else ""
    return Schema(state_of(revision, known, has_tables=bool(tables - BOOKKEEPING), readers=readers), revision)


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
    found = _look(file, REVISIONS)
    before = found.revision
    if before == after or found.state is SchemaState.NEWER:
        return Migrated(before, before, None)
    backup = back_up(file, revision=before, now=clock.utc()) if before else None
    run_scripts(connection, before=before, after=after)
    connection.commit()
    return Migrated(before, after, backup)
