"""The database units of work run in, whichever it is.

A unit of work is a plain function of a `Session`: it neither commits nor waits for anything, and knows no threads. On
SQLite it runs in a thread, on Postgres over an asynchronous driver. It may run more than once before its outcome
counts, so it changes nothing but the database. See docs/decisions/0001-one-writer-thread.md.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy.orm import Session

from bot.storage.database.notify import Changes

Result = TypeVar("Result")

WAIT_S = 10.0


class Database(ABC):
    """What runs units of work. Made by `open_database`; an async context manager that closes it."""

    def __init__(self) -> None:
        self._changes = Changes()

    @abstractmethod
    async def write(self, work: Callable[[Session], Result]) -> Result:
        """Run a unit of work that may write; it is on the disk when this returns.

        It runs whole or not at all: what it raises undoes it, and only it. On SQLite it runs alone. On Postgres others
        run at the same time, and each statement sees what was committed before it: what it must not share, it locks.

        Raises:
            Unavailable: the database is locked, full, away or broken; nothing was stored.
        """

    @abstractmethod
    async def read(self, work: Callable[[Session], Result]) -> Result:
        """Run a unit of work that only reads. It sees everything whose `write` returned before, at one moment.

        Raises:
            Unavailable: the database is locked, away or broken.
        """

    @abstractmethod
    async def close(self) -> None:
        """Store what is queued, then close."""

    async def changed(self, *, timeout_s: float) -> None:
        """Return when a unit of work has said `notify`, in this process or on the same Postgres, or after `timeout_s`.

        At once where one has since this returned last.
        """
        await self._changes.wait(timeout_s=timeout_s)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, _: object, __: BaseException | None, ___: TracebackType | None) -> None:
        await self.close()
