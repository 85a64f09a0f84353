"""How a connection to SQLite is set up: the PRAGMAs, each with its reason, and who begins transactions how."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack
from enum import Enum, auto
from functools import partial
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT_MS = 200
READERS = 4

PRAGMAS = (
    # Readers see the last commit while the writer writes; nobody waits for anybody but a second writer.
    "journal_mode = WAL",
    # Each commit reaches the disk before it is acknowledged: an acknowledged message survives a power cut. NORMAL would
    # survive only kill -9. Commits are made in groups, so this costs about a sixth of the throughput, not most of it.
    "synchronous = FULL",
    # Another process (a migration, a backup, somebody's shell) may hold the file for a moment: wait, do not fail.
    f"busy_timeout = {BUSY_TIMEOUT_MS}",
    # After a long reader the log would stay at its largest for ever.
    "journal_size_limit = 67108864",
    # What a person deleted is overwritten, not merely unlinked.
    "secure_delete = ON",
    # Sorting and RETURNING need no files.
    "temp_store = MEMORY",
    # A schema from elsewhere may not call functions.
    "trusted_schema = OFF",
)


class Use(Enum):
    """What an engine is for."""

    READ = auto()
    WRITE = auto()
    MIGRATE = auto()


def sqlite_engine(file: Path, use: Use) -> Engine:
    """Return an engine over an existing file. Nothing is opened yet."""
    engine = create_engine(
        URL.create("sqlite", database=str(file)),
        pool_size=READERS if use is Use.READ else 1,
        max_overflow=0,
        # An error that is logged tells what was done, not with which words.
        hide_parameters=True,
        # The driver begins no transactions of its own; ours are begun below.
        connect_args={"isolation_level": None},
    )

    @event.listens_for(engine, "connect")
    def _set_up(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        if use is not Use.MIGRATE:
            # Bytes that are no text cost what they stood for, not every statement that comes by their row.
            connection.text_factory = partial(str, encoding="utf-8", errors="replace")
        for pragma in (*PRAGMAS, *_pragmas_for(use)):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # Left alone, the driver begins before the first statement that writes: a reader gets no snapshot, and a writer
        # that has read before finds the database locked where waiting cannot help. IMMEDIATE takes the lock first.
        connection.exec_driver_sql("BEGIN" if use is Use.READ else "BEGIN IMMEDIATE")

    return engine


def begun(engine: Engine) -> Connection:
    """Return a connection whose transaction has begun; it is the caller's to commit and to close."""
    with ExitStack() as stack:
        connection = stack.enter_context(engine.connect())
        connection.begin()
        stack.pop_all()
    return connection


def _pragmas_for(use: Use) -> tuple[str, ...]:
    match use:
        case Use.READ:
            return ("query_only = ON",)  # A unit of work that writes in a reader is a bug; let it fail at once.
        case Use.WRITE:
            return ("foreign_keys = ON",)  # SQLite's default is to ignore them.
        case Use.MIGRATE:
            return ("foreign_keys = OFF",)  # Rebuilding a table drops it, which would delete what refers to it.
