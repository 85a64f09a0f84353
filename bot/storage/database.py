"""The database units of work run in.

A unit of work is a plain function of a `Session`: it neither commits nor waits for anything, and knows no threads. On
SQLite it runs in a thread; a database with an asynchronous driver would run the same function through
`AsyncSession.run_sync`. See docs/decisions/0001-one-writer-thread.md.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bot.errors import Unavailable
from bot.storage import schema
from bot.storage.connection import READERS, Use, sqlite_engine
from bot.storage.faults import patiently, translated, translated_at_start
from bot.storage.location import database_file
from bot.storage.writer import Writer

Result = TypeVar("Result")

LOCK_WAIT_S = 10.0


class Database:
    """A SQLite file: one thread that writes, a few that read. Made by `Database.open`; an async context manager."""

    def __init__(self, *, reading: Engine, writing: Engine, lock_wait_s: float) -> None:
        self._reading = reading
        self._writing = writing
        self._lock_wait_s = lock_wait_s
        self._is_closed = False
        self._writer = Writer(writing, lock_wait_s=lock_wait_s)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="storage-reader")

    @classmethod
    async def open(cls, location: str | Path, *, lock_wait_s: float = LOCK_WAIT_S) -> Self:
        """Open the database of a path or `sqlite:///` URL; a new one is made with all its tables.

        `lock_wait_s` bounds how long a unit of work waits while another process holds the file.

        Raises:
            ConfigurationError: the place cannot be used, or the schema is older or newer than this version.
        """
        file = database_file(location)
        await asyncio.to_thread(schema.prepare, file)
        reading, writing = sqlite_engine(file, Use.READ), sqlite_engine(file, Use.WRITE)
        with translated_at_start(file):
            await asyncio.to_thread(_touch, writing, wait_s=lock_wait_s)
        return cls(reading=reading, writing=writing, lock_wait_s=lock_wait_s)

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run a unit of work that may write; it is on the disk when this returns.

        It runs alone and whole, or not at all: what it raises undoes it, and only it. When the caller is cancelled
        before its turn, it does not run.

        Raises:
            Unavailable: the database is locked, full or broken; nothing was stored.
        """
        return await self._writer.submit(work)

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run a unit of work that only reads. It sees everything whose `write` returned before, at one moment.

        Raises:
            Unavailable: the database is locked or broken.
        """
        if self._is_closed:
            raise Unavailable("error.storage_failed")
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def close(self) -> None:
        """Store what is queued, then close the file."""
        self._is_closed = True
        await asyncio.to_thread(self._close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, _: object, __: BaseException | None, ___: TracebackType | None) -> None:
        await self.close()

    def _read(self, work: Callable[[Session], Result]) -> Result:
        with translated():
            return patiently(lambda: self._read_once(work), wait_s=self._lock_wait_s)

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
