"""Copies of the whole database that its operator asks for, and bringing one back.

A copy is one SQLite file at one moment, whichever database it is of; it may come back into either. So a copy is also
the way from a file to a server. Everything here may take minutes and tells of each step.
"""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.clock import SYSTEM_CLOCK, Clock
from bot.errors import ConfigurationError
from bot.storage.database import migration, sqlite_revisions
from bot.storage.database.backups import back_up
from bot.storage.database.location import create_folder, create_private, database_file, is_empty, is_postgres, place
from bot.storage.database.revisions import SchemaState
from bot.storage.database.row_copying import Told, copy_rows, has_rows
from bot.storage.database.sqlite_connection import Use, sqlite_engine
from bot.storage.database.sqlite_faults import LOCKED, translated_at_start

OURS = (SchemaState.CURRENT, SchemaState.BEHIND)
PAGES_AT_ONCE = 2_000
"""Pages that SQLite copies before others may write; 8 MB."""


def take(location: str, file: Path, *, told: Told = lambda *_: None) -> Path:
    """Copy the database into a new file while the bot runs; return the file. Blocks.

    A copy that was cut short bears no name of a whole one.

    Raises:
        ConfigurationError: there is no database of this version, the file is there already or cannot be made.
        Unavailable: the database is locked or away.
    """
    if migration.look(location).state is not SchemaState.CURRENT:
        raise ConfigurationError("error.backup_not_ours", place=place(location))
    file = file.expanduser().absolute()
    if not is_empty(file):
        raise ConfigurationError("error.backup_exists", file=file)
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    create_private(part)
    try:
        if is_postgres(location):
            asyncio.run(_copy_server(location, part, told))
        else:
            _copy_file(database_file(location), part)
        _make_single(part)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return file


def restore(
    file: Path, location: str, *, replaces: bool, told: Told = lambda *_: None, clock: Clock = SYSTEM_CLOCK
) -> None:
    """Bring a copy back into a database that is empty, or in the place of a file where `replaces`. Blocks.

    A copy of an older version is brought to this one on the way; the copy itself stays as it is. A file that is
    replaced is copied to its backups first.

    Raises:
        ConfigurationError: the copy is none, or of a newer version; the database is not empty, not ours, or in use.
        Unavailable: the database is locked or away.
    """
    file = file.expanduser().absolute()
    if not file.is_file():
        raise ConfigurationError("error.restore_missing", file=file)
    target = None if is_postgres(location) else database_file(location)
    with _prepared(file, beside=target) as ready:
        if target is None:
            asyncio.run(_fill_server(ready, location, told))
        else:
            _put_in_place(ready, target, replaces=replaces, clock=clock)


def _copy_file(source: Path, target: Path) -> None:
    with (
        translated_at_start(source),
        closing(sqlite3.connect(source)) as one,
        closing(sqlite3.connect(target)) as other,
    ):
        one.backup(other, pages=PAGES_AT_ONCE)


async def _copy_server(url: str, part: Path, told: Told) -> None:
    await asyncio.to_thread(sqlite_revisions.upgrade, part)
    with _opened(part, Use.WRITE) as target:
        async with _server(url, isolation="REPEATABLE READ") as source:
            await source.run_sync(lambda rows: copy_rows(rows, target, told=told))
        target.commit()


async def _fill_server(ready: Path, url: str, told: Told) -> None:
    from bot.storage.database import postgres_revisions

    await postgres_revisions.prepare(url)
    with _opened(ready, Use.READ) as source:
        async with _server(url, isolation="READ COMMITTED") as target:
            if await target.run_sync(has_rows):
                raise ConfigurationError("error.restore_not_empty_server", place=place(url))
            await target.run_sync(lambda rows: copy_rows(source, rows, told=told))
            await target.commit()


@asynccontextmanager
async def _server(url: str, *, isolation: str) -> AsyncIterator[AsyncConnection]:
    """Connect for as long as it takes. What a server raises is told as at a start of the bot."""
    from bot.storage.database.postgres_connection import CONNECT_S, postgres_engine
    from bot.storage.database.postgres_faults import translated_at_start as told_of_server

    engine = postgres_engine(url, connections=1, wait_s=CONNECT_S, statement_s=None)
    try:
        with told_of_server(place(url)):
            async with engine.connect() as connection:
                yield await connection.execution_options(isolation_level=isolation)
    finally:
        await engine.dispose()


@contextmanager
def _prepared(file: Path, *, beside: Path | None) -> Iterator[Path]:
    """Yield a copy of a copy, whole and of this version's revision; it is gone afterwards unless it was moved."""
    if beside is not None:
        create_folder(beside.parent)
    with tempfile.TemporaryDirectory(prefix=".restoring-", dir=beside.parent if beside else None) as folder:
        ready = Path(folder) / file.name
        create_private(ready)
        try:
            _copy_file(file, ready)
            state = sqlite_revisions.look(ready).state
        except ConfigurationError:
            state = SchemaState.FOREIGN
        if state in {SchemaState.AHEAD, SchemaState.NEWER}:
            raise ConfigurationError("error.restore_ahead", file=file)
        if state not in OURS or not _is_whole(ready):
            raise ConfigurationError("error.restore_no_copy", file=file)
        sqlite_revisions.upgrade(ready)
        _make_single(ready)
        yield ready


def _put_in_place(ready: Path, target: Path, *, replaces: bool, clock: Clock) -> None:
    if not is_empty(target):
        if not replaces:
            raise ConfigurationError("error.restore_not_empty", path=target)
        found = sqlite_revisions.look(target)
        if found.state is SchemaState.FOREIGN:
            raise ConfigurationError("error.storage_foreign", path=target)
        _make_single(target)
        if found.revision:
            back_up(target, revision=found.revision, now=clock.utc())
    ready.replace(target)


def _make_single(file: Path) -> None:
    """Write a database's log back and leave it without one, which takes that nobody else has it open.

    Raises:
        ConfigurationError: somebody has.
    """
    with translated_at_start(file), closing(sqlite3.connect(file)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF in LOCKED:
                raise ConfigurationError("error.restore_in_use", path=file) from error
            raise


def _is_whole(file: Path) -> bool:
    with translated_at_start(file), closing(sqlite3.connect(file)) as connection:
        return bool(connection.execute("PRAGMA integrity_check").fetchone() == ("ok",))


@contextmanager
def _opened(file: Path, use: Use) -> Iterator[Connection]:
    engine = sqlite_engine(file, use)
    try:
        with translated_at_start(file), engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()
