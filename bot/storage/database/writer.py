"""The writer thread of a SQLite database: one at a time, committed together.

SQLite lets one connection write, and a commit waits for the disk. So whatever has queued up while the disk was busy is
run in one transaction, a savepoint each, and its results are handed out once the commit has reached the disk.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.orm import Session

from bot.errors import Unavailable
from bot.storage.database.notify import notifies
from bot.storage.database.sqlite_connection import begun
from bot.storage.database.sqlite_faults import patiently, translated

Result = TypeVar("Result")

MAX_WAITING = 4_096
"""Units that may queue up. A group takes all of them, so none waits longer than two groups take."""


class QueuedWork(Generic[Result]):
    """A unit of work on its way through the writer thread, and the future its caller waits for.

    Used as a context manager it keeps an error for its caller instead of letting it end the thread.
    """

    def __init__(self, work: Callable[[Session], Result], future: asyncio.Future[Result]) -> None:
        self._work = work
        self._future = future
        self._results: list[Result] = []
        self._notifies = False
        self.error: Exception | None = None

    @property
    def has_news(self) -> bool:
        """Whether it was done and said `notify`."""
        return self._notifies and self.error is None

    def run(self, connection: Connection) -> None:
        """Do the work within a savepoint; undo it alone when it fails. Skipped when nobody waits for it any more."""
        if self._future.cancelled():
            return
        # Twice: the inner one keeps what the work raises, the outer one what undoing it raises.
        with self, translated(), _session(connection) as session, self, translated():
            self._results.append(self._work(session))
            session.commit()
            self._notifies = notifies(session)

    def settle(self) -> None:
        """Give the caller what the work came to. Call it from the event loop."""
        if self._future.done():
            return
        if self.error is None:
            self._future.set_result(self._results[0])
        else:
            self._future.set_exception(self.error)

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> bool:
        if not isinstance(error, Exception):
            return False
        # The first says why: where SQLite has undone everything by itself, undoing one unit fails as well.
        self.error = self.error or error
        return True


class CommitGroup:
    """The units of one transaction. Used as a context manager it gives an error of the whole group to each of them.

    Whatever a unit had come to by then is undone with the group.
    """

    def __init__(self, units: Iterable[QueuedWork[Any]]) -> None:
        self.units = list(units)

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: TracebackType | None) -> bool:
        if not isinstance(error, Exception):
            return False
        for unit in self.units:
            unit.error = error
        return True


class Writer:
    """Runs units of work in a thread of its own, for the event loop it is made in.

    `lock_wait_s` bounds how long another process may hold the file; `notify` is called when units that said so are
    committed.
    """

    def __init__(self, engine: Engine, *, lock_wait_s: float, notify: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._engine = engine
        self._lock_wait_s = lock_wait_s
        self._notify = notify
        self._queue: queue.SimpleQueue[QueuedWork[Any] | None] = queue.SimpleQueue()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="storage-writer", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[Session], Result]) -> asyncio.Future[Result]:
        """Queue a unit of work and return the future of its result.

        Raises:
            Unavailable: too many wait already, or the database is closed.
        """
        if self._closed or self._queue.qsize() >= MAX_WAITING:
            raise Unavailable("error.storage_busy")
        future: asyncio.Future[Result] = self._loop.create_future()
        self._queue.put(QueuedWork(work, future))
        return future

    def close(self) -> None:
        """Finish what has been queued and end the thread. Blocks until then."""
        self._closed = True
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            waiting = self._take_all()
            units = [unit for unit in waiting if unit is not None]
            is_open = len(units) == len(waiting)
            self._commit_together(units)
            # A loop that is closed already has nobody who waits.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._settle, units)

    def _take_all(self) -> list[QueuedWork[Any] | None]:
        waiting = [self._queue.get()]
        with suppress(queue.Empty):
            while len(waiting) < MAX_WAITING:
                waiting.append(self._queue.get_nowait())
        return waiting

    def _commit_together(self, units: list[QueuedWork[Any]]) -> None:
        if not units:
            return
        with CommitGroup(units), translated(), self._begun() as connection:
            for unit in units:
                unit.run(connection)
                _require_transaction(connection, unit)
            connection.commit()

    def _settle(self, units: Sequence[QueuedWork[Any]]) -> None:
        for unit in units:
            unit.settle()
        if any(unit.has_news for unit in units):
            self._notify()

    def _begun(self) -> Connection:
        return patiently(lambda: begun(self._engine), wait_s=self._lock_wait_s)


def _session(connection: Connection) -> Session:
    return Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False)


def _require_transaction(connection: Connection, after: QueuedWork[Any]) -> None:
    """Give the group up when SQLite rolled all of it back by itself, as it may when the disk is full or fails.

    What ran before is undone, and what ran after would be committed without it.
    """
    driver = connection.connection.driver_connection
    if driver is None or not driver.in_transaction:
        raise after.error or Unavailable("error.storage_failed")
