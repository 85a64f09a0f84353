"""What every table is made with: the registry, the names of constraints, and how text and moments are stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from sqlalchemy import DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeEngine

NAMING = {
    # Every constraint has a name, so that a migration can drop it on any database.
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

NO_DATE = datetime(1970, 1, 1)  # noqa: DTZ001 - SQLite keeps no time zone; see `Instant`
"""What is read where a damaged file holds no date: a turn with one is as answerable as any."""
log = structlog.get_logger(__name__)


class StorableText(TypeDecorator[str]):
    """Text as a database takes it: halves of surrogate pairs, which are no characters, and NUL become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's shape
        """Clean what is stored and what is looked for alike, so that a cleaned id is found again."""
        return None if value is None else storable(value)


class SqliteDate(sqlite.DATETIME):
    """A date as SQLite keeps it, as text: a damaged one must not fail every statement that comes by its row."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Return what reads a stored date; what is none is `NO_DATE`."""
        read = super().result_processor(dialect, coltype)

        assert read is not None  # SQLite has no dates of its own

        def process(value: Any) -> datetime | None:
            try:
                return read(value)
            except (ValueError, TypeError):
                log.warning("storage.date_damaged")
                return NO_DATE

        return process


SQLITE_DATE: TypeEngine[Any] = SqliteDate()  # type: ignore[no-untyped-call] # SQLAlchemy's is untyped


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone; it is taken off on the way in and put on again on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Read SQLite's dates with care; Postgres has a type for them."""
        date: TypeEngine[Any] = SQLITE_DATE if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(date)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; a time without a zone would mean a different moment on each machine and is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Put UTC on again."""
        return None if value is None else value.replace(tzinfo=UTC)


def storable(text: str) -> str:
    """Return the text with everything replaced that no database stores; the very text when there is nothing."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


class Base(DeclarativeBase):
    """The registry of the tables."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: StorableText, datetime: Instant}  # noqa: RUF012 - SQLAlchemy reads it off the class
