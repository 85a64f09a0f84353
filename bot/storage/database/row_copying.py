"""Copying all rows of a database into another one of the same revision, whichever kinds of database they are."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, Table, func, select, text

from bot.storage.tables.chat_tables import METADATA

BATCH = 500
Told = Callable[[str, int], None]
"""Is told of each table, when it is done, with its number of rows."""


def copy_rows(source: Connection, target: Connection, *, told: Told) -> int:
    """Copy every row of every table, those referred to first; return how many. Neither connection is committed.

    `source` shows one moment, `target` is empty. Ids stay as they are, and the next one is a new one.
    """
    count = 0
    for table in METADATA.sorted_tables:
        copied = _copy_table(source, target, table)
        told(table.name, copied)
        count += copied
    return count


def has_rows(connection: Connection) -> bool:
    """Whether a table holds a row."""
    return any(
        connection.execute(select(1).select_from(table).limit(1)).first() is not None
        for table in METADATA.sorted_tables
    )


def _copy_table(source: Connection, target: Connection, table: Table) -> int:
    rows = source.execution_options(stream_results=True, yield_per=BATCH).execute(
        select(table).order_by(*table.primary_key.columns)
    )
    count = 0
    for batch in rows.mappings().partitions():
        target.execute(table.insert(), [dict(row) for row in batch])
        count += len(batch)
    _go_on_behind(target, table)
    return count


def _go_on_behind(target: Connection, table: Table) -> None:
    """Have Postgres number the next row behind those that were copied; SQLite does by itself."""
    column = table.autoincrement_column
    if target.dialect.name != "postgresql" or column is None:
        return
    sequence = target.scalar(text("SELECT pg_get_serial_sequence(:table, :column)"), _names(table, column.name))
    newest = target.scalar(select(func.max(column)))
    if sequence and newest is not None:
        target.execute(
            text("SELECT setval(CAST(:sequence AS regclass), :newest)"), {"sequence": sequence, "newest": newest}
        )


def _names(table: Table, column: str) -> dict[str, str]:
    return {"table": table.name, "column": column}
