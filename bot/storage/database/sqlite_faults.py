"""What goes wrong in a database, said as our own errors: the one place where SQL errors are translated.

SQLite's result codes are told apart, never its texts: https://www.sqlite.org/rescode.html
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from bot.errors import ConfigurationError, Unavailable

Result = TypeVar("Result")

LOCKED = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
NOT_OURS_TO_OPEN = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
)
BROKEN = frozenset({sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT})
# While a database is opened, its tables are looked up by name: where they are not as they were made, it is damaged.
BROKEN_AT_START = BROKEN | {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_MISMATCH}
# The driver decodes names and its own errors: of a damaged schema page these may hold any bytes.
ERRORS = (SQLAlchemyError, sqlite3.Error, UnicodeDecodeError)
PAUSE_S = 0.02


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a running database raises into `Unavailable`; errors of our own pass as they are."""
    try:
        yield
    except ERRORS as error:
        raise Unavailable(_key(error)) from error


@contextmanager
def translated_at_start(file: Path) -> Iterator[None]:
    """The same while a database is opened: what the operator must mend is a `ConfigurationError` naming the file."""
    try:
        yield
    except ERRORS as error:
        code = _code(error)
        if code in BROKEN_AT_START or isinstance(error, UnicodeDecodeError):
            raise ConfigurationError("error.storage_not_a_database", path=file) from error
        if code in NOT_OURS_TO_OPEN:
            raise ConfigurationError("error.storage_access", path=file) from error
        if code in LOCKED:
            raise Unavailable("error.storage_locked", path=file) from error
        if code == sqlite3.SQLITE_IOERR:
            raise ConfigurationError("error.storage_disk", path=file) from error
        raise Unavailable(_key(error)) from error


def patiently(work: Callable[[], Result], *, wait_s: float) -> Result:
    """Do the work, again and again while the database is locked, for at most `wait_s` and one busy timeout.

    SQLite's own busy timeout is not enough: it does not wait where waiting could deadlock.
    """
    deadline = time.monotonic() + wait_s
    while True:
        try:
            return work()
        except (SQLAlchemyError, sqlite3.Error) as error:
            if _code(error) not in LOCKED or time.monotonic() >= deadline:
                raise
        time.sleep(PAUSE_S)


def _key(error: Exception) -> str:
    code = _code(error)
    if code in LOCKED:
        return "error.storage_busy"
    if code == sqlite3.SQLITE_FULL:
        return "error.storage_full"
    return "error.storage_failed"


def _code(error: Exception) -> int | None:
    """Return SQLite's primary result code (the low byte of the extended one); None for another kind of error."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(cause, "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF
