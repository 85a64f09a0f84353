"""The database in a file: SQLite, with one thread that writes. See docs/decisions/0001-one-writer-thread.md."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.errors import Unavailable
from bot.storage.database import sqlite_revisions
from bot.storage.database.database import WAIT_S, Database
from bot.storage.database.location import database_file
from bot.storage.database.sqlite_connection import READERS, Use, sqlite_engine
from bot.storage.database.sqlite_faults import patiently, translated, translated_at_start
from bot.storage.database.writer import Writer

Result = TypeVar("Result")


class SqliteDatabase(Database):
    """A SQLite file: one thread that writes, a few that read. Made by `open_database`."""

    def __init__(self, *, reading: Engine, writing: Engine, wait_s: float) -> None:
        super().__init__()
        self._reading = reading
        self._writing = writing
        self._wait_s = wait_s
        self._is_closed = False
        self._writer = Writer(writing, lock_wait_s=wait_s, notify=self._changes.ring)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")

    @classmethod
    async def open(cls, location: str | Path, *, wait_s: float = WAIT_S) -> Self:
        """See `open_database`: the database of a path or `sqlite:///` URL."""
        file = database_file(location)
        await asyncio.to_thread(sqlite_revisions.prepare, file)
        reading, writing = sqlite_engine(file, Use.READ), sqlite_engine(file, Use.WRITE)
        with translated_at_start(file):
            await asyncio.to_thread(_touch, writing, wait_s=wait_s)
        return cls(reading=reading, writing=writing, wait_s=wait_s)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """See `Database.write`. When the caller is cancelled before its turn, the unit does not run."""
        return await self._writer.submit(work)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """See `Database.read`."""
        if self._is_closed:
            raise Unavailable("error.storage_failed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        """Store what is queued, then close the file."""
        self._is_closed = True
        await asyncio.to_thread(self._close)

    def _read(self, work: Callable[[Session], Result]) -> Result:
        with translated():
            return patiently(lambda: self._read_once(work), wait_s=self._wait_s)

    def _read_once(self, work: Callable[[Session], Result]) -> Result:
        with Session(self._reading, expire_on_commit=False) as session:
            return work(session)

    def _close(self) -> None:
        self._writer.close()
        self._readers.shutdown()
        # The last connection to close writes the log back into the file; a reader may not, so readers go first.
        self._reading.dispose()
        self._writing.dispose()


def _touch(engine: Engine, *, wait_s: float) -> None:
    """Open the file once, so that what is wrong with it is met at the start."""
    patiently(lambda: engine.connect().close(), wait_s=wait_s)
