"""Where SQLite and Postgres differ, as far as units of work notice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session

Values = Mapping[str, Any]


def insert_or_nothing(session: Session, table: type[DeclarativeBase], values: Values) -> bool:
    """Insert a row; False where a unique constraint says that it is there already."""
    new = _insert(session, table).values(values).on_conflict_do_nothing()
    return session.scalar(new.returning(next(iter(table.__table__.primary_key)))) is not None


def insert_or_replace(session: Session, table: type[DeclarativeBase], *, at: Values, values: Values) -> None:
    """Insert a row, or replace these values of the one that is there, in one statement. `at` is a unique key."""
    new = _insert(session, table).values({**at, **values})
    session.execute(new.on_conflict_do_update(index_elements=list(at), set_=dict(values)))


def one_at_a_time(session: Session, lock: int) -> None:
    """Wait until no other unit of work holds this lock, and hold it until the end. On SQLite one writes at a time."""
    if _is_postgres(session):
        session.execute(select(func.pg_advisory_xact_lock(lock)))


def _insert(session: Session, table: type[DeclarativeBase]) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if _is_postgres(session) else sqlite.insert(table)


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
