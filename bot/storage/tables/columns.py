"""What every table is made with: the registry, the names of constraints, and how text and moments are stored."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import DateTime, Dialect, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NAMING = {
    # Every constraint has a name, so that a migration can drop it on any database.
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class StorableText(TypeDecorator[str]):
    """Text as a database takes it: halves of surrogate pairs, which are no characters, and NUL become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's shape
        """Clean what is stored and what is looked for alike, so that a cleaned id is found again."""
        return None if value is None else storable(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone; it is taken off on the way in and put on again on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

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
