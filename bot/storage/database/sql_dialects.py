"""Where SQLite and Postgres differ, as far as units of work notice."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import Executable, Table, bindparam, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

Values = Mapping[str, Any]

_LOCK = select(func.pg_advisory_xact_lock(bindparam("lock")))


def insert_or_nothing(session: Session, table: Table, values: Values) -> bool:
    """Insert a row; False where a unique constraint says that it is there already."""
    return session.scalar(_or_nothing(table, is_postgres=_is_postgres(session)), values) is not None


def insert_or_replace(session: Session, table: Table, *, at: Values, values: Values) -> None:
    """Insert a row, or replace these values of the one that is there, in one statement. `at` is a unique key."""
    replacing = _or_replace(table, tuple(at), tuple(values), is_postgres=_is_postgres(session))
    session.execute(replacing, {**at, **values})


def one_at_a_time(session: Session, lock: int) -> None:
    """Wait until no other unit of work holds this lock, and hold it until the end. On SQLite one writes at a time."""
    if _is_postgres(session):
        session.execute(_LOCK, {"lock": lock})


@cache
def _or_nothing(table: Table, *, is_postgres: bool) -> Executable:
    return _insert(table, is_postgres=is_postgres).on_conflict_do_nothing().returning(*table.primary_key)


@cache
def _or_replace(table: Table, at: tuple[str, ...], values: tuple[str, ...], *, is_postgres: bool) -> Executable:
    new = _insert(table, is_postgres=is_postgres)
    return new.on_conflict_do_update(index_elements=at, set_={name: new.excluded[name] for name in values})


def _insert(table: Table, *, is_postgres: bool) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if is_postgres else sqlite.insert(table)


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
