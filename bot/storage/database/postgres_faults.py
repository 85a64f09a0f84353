"""What goes wrong with a Postgres server, said as our own errors. See `bot.storage.database.sqlite_faults` for SQLite.

SQLSTATE codes and kinds of exception are told apart, never texts:
https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from bot.errors import BotError, ConfigurationError, Unavailable

FAULTS = (SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""Everything the driver and SQLAlchemy raise. While connecting, the driver's own come as they are."""


# Two transactions met (one cannot be as if it were alone, a deadlock, a lock held for long), or too many connections.
CLASHES = frozenset({"40001", "40P01", "55P03", "53300"})
PREPARED_TOO_EARLY = AsyncAdapt_asyncpg_dbapi.InvalidCachedStatementError
TOO_MANY_CONNECTIONS, DISK_FULL, QUERY_CANCELLED = "53300", "53100", "57014"
TO_MEND = {
    "28000": "error.storage_login",
    "28P01": "error.storage_login",
    "3D000": "error.storage_no_database",
    "42501": "error.storage_no_right",
}
"""What only the operator can mend, and the sentence that says how."""

# Shut down by its administrator, after a crash, not up yet, and every kind of lost connection.
AWAY = frozenset({"57P01", "57P02", "57P03"})
CONNECTION_CLASS = "08"


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a running database raises into `Unavailable`; errors of our own pass as they are."""
    try:
        yield
    except FAULTS as error:
        raise Unavailable(_key(error)) from error


@contextmanager
def translated_at_start(place: str) -> Iterator[None]:
    """The same while a database is opened: the operator reads where, why, and what there is to mend."""
    try:
        yield
    except FAULTS as error:
        raise _at_start(error, place) from error


class StillOpen(SQLAlchemyError):
    """A transaction whose connection was lost has not ended on the server yet."""


def may_pass(error: Exception) -> bool:
    """Whether the same unit of work may succeed a moment later: it met another, or the server is away for now."""
    return is_away(error) or _clashed(error)


def is_away(error: Exception) -> bool:
    """Whether the server cannot be reached, or the connection to it is lost."""
    code = sqlstate(error)
    if code:
        return code in AWAY or code.startswith(CONNECTION_CLASS)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated
    return isinstance(error, OSError | asyncpg.InterfaceError)


def sqlstate(error: Exception) -> str:
    """Return the server's code, "" where the error is not the server's."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) or ""


def _clashed(error: Exception) -> bool:
    # A statement prepared before the tables were changed is refused once; SQLAlchemy then prepares all anew.
    is_stale = isinstance(error, DBAPIError) and isinstance(error.orig, PREPARED_TOO_EARLY)
    return is_stale or isinstance(error, StillOpen) or sqlstate(error) in CLASHES


def _key(error: Exception) -> str:
    code = sqlstate(error)
    if _clashed(error) or code == QUERY_CANCELLED or isinstance(error, NoConnectionFree):
        return "error.storage_busy"
    if code == DISK_FULL:
        return "error.storage_full"
    return "error.storage_away" if is_away(error) else "error.storage_failed"


def _at_start(error: Exception, place: str) -> BotError:
    key = TO_MEND.get(sqlstate(error))
    if key is not None:
        return ConfigurationError(key, place=place)
    if sqlstate(error) == TOO_MANY_CONNECTIONS:
        return Unavailable("error.storage_crowded", place=place)
    if is_away(error):
        return Unavailable("error.storage_unreachable", place=place, reason=_reason(error))
    return Unavailable(_key(error))


def _reason(error: Exception) -> str:
    """Return why a server was not reached, in the operating system's words where there are any."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "strerror", None) or type(cause).__name__
