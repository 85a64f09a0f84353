"""The last bytes of what was erased: out of the database's files at once, where they would else go in their own time.

Erased rows are overwritten in a SQLite file, and stay in its log until that is written back. Postgres only marks them:
they stay in the table's file until it is written anew, and in the server's log until that is recycled.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice
from bot.errors import Unavailable
from bot.storage.database import backups
from bot.storage.database.location import database_file, is_postgres, place
from bot.storage.database.sqlite_faults import patiently, translated_at_start

WAIT_S = 30.0
PAUSE_S = 0.1
TABLES = (
    "conversations",
    "context_windows",
    "events",
    "turns",
    "posts",
    "messages",
    "quotes",
    "ratings",
    "choices",
    "course_choices",
    "notes",
    "usage",
    "compared_answers",
    "votes",
    "model_work",
    "assistants",
    "assistant_uses",
    "assistant_greetings",
    "audit_log",
    "audit_bounds",
    "known_models",
    "model_probes",
    "model_news",
    "news_places",
    "replacements",
)
"""The tables that hold what people say, or where. The lessons' hold nobody's words."""
log = structlog.get_logger(__name__)


async def scrub(
    location: str | Path, *, copies: bool, wait_s: float = WAIT_S, clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[Notice]:
    """Write the files anew without what was erased, and yield what was done, step by step; the bot may run meanwhile.

    Raises:
        Unavailable: somebody holds the database, or it is full or away; the steps told are done.
        ConfigurationError: it cannot be opened.
    """
    if is_postgres(location):
        async for step in _in_postgres(str(location), wait_s=wait_s):
            yield step
        return
    async for step in _in_file(location, wait_s=wait_s, clock=clock):
        yield step
    yield await asyncio.to_thread(_copies, database_file(location), before=clock.utc() if copies else None)


async def _in_file(location: str | Path, *, wait_s: float, clock: Clock) -> AsyncIterator[Notice]:
    file = database_file(location)
    yield Notice("erase.rewriting", {"place": file})
    size = await asyncio.to_thread(_at_once, file, lambda connection: _rewrite(connection, file, wait_s=wait_s))
    yield Notice("erase.rewritten", {"megabytes": f"{size / 1_000_000:.1f}"})
    await _empty_log(file, wait_s=wait_s, clock=clock)
    yield Notice("erase.log_emptied", {"log": f"{file.name}-wal"})


def _at_once(file: Path, work: Callable[[sqlite3.Connection], int]) -> int:
    with (
        translated_at_start(file),
        closing(sqlite3.connect(f"file:{file}?mode=rw", uri=True, isolation_level=None)) as connection,
    ):
        return work(connection)


def _rewrite(connection: sqlite3.Connection, file: Path, *, wait_s: float) -> int:
    connection.execute("PRAGMA secure_delete = ON")
    patiently(lambda: connection.execute("VACUUM"), wait_s=wait_s)
    return file.stat().st_size


async def _empty_log(file: Path, *, wait_s: float, clock: Clock) -> None:
    """Write the log back and cut it to nothing: readers hold it for as long as they read."""
    deadline = clock.now() + wait_s
    while await asyncio.to_thread(_at_once, file, lambda connection: _is_log_held(connection, wait_s=wait_s)):
        if clock.now() >= deadline:
            raise Unavailable("error.erase_log_held", log=f"{file.name}-wal")
        await clock.sleep(PAUSE_S)


def _is_log_held(connection: sqlite3.Connection, *, wait_s: float) -> int:
    asked = patiently(lambda: connection.execute("PRAGMA wal_checkpoint(TRUNCATE)"), wait_s=wait_s)
    return int(asked.fetchone()[0])


def _copies(file: Path, *, before: datetime | None) -> Notice:
    if before is None:
        return Notice("erase.copies_stay", {"count": len(backups.backups(file))})
    try:
        return Notice("erase.copies_deleted", {"count": backups.prune(file, before)})
    except OSError as error:
        raise Unavailable("error.erase_copies", folder=file.parent / backups.FOLDER, reason=error.strerror) from error


async def _in_postgres(url: str, *, wait_s: float) -> AsyncIterator[Notice]:
    from bot.storage.database.postgres_connection import connect
    from bot.storage.database.postgres_faults import FAULTS, sqlstate, translated_at_start

    with translated_at_start(place(url)):
        connection = await connect(url, statement_s=None)
        try:
            await connection.execute(f"SET lock_timeout = '{int(wait_s * 1000)}ms'")
            for number, table in enumerate(TABLES, start=1):
                yield Notice("erase.table", {"table": table, "number": number, "count": len(TABLES)})
                # Written anew: what a plain vacuum leaves is marked as free, and is still there.
                await connection.execute(f"VACUUM (FULL) {table}")
            try:
                await connection.execute("CHECKPOINT")
                await connection.execute("SELECT pg_switch_wal()")
            except FAULTS as error:
                log.info("erase.no_checkpoint", code=sqlstate(error))
                yield Notice("erase.log_left")
            else:
                yield Notice("erase.log_switched")
        finally:
            await connection.close()
