"""The database of a bot, read from outside the product: every row of every table, whatever the columns are called."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import asyncpg

from tests.lab import postgres

TABLES = "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"


class Stored(Protocol):
    """A database: `settings` are what the bot is told of it."""

    @property
    def settings(self) -> dict[str, str]: ...

    async def rows(self) -> list[str]:
        """Return every row as text, its table's name before it."""
        ...


async def rows_that_hold(stored: Stored, words: Collection[str]) -> list[str]:
    """Return the rows that hold any of the words."""
    return [row for row in await stored.rows() if any(word in row for word in words)]


@dataclass(frozen=True)
class StoredInFile:
    """See `Stored`: a SQLite file."""

    file: Path

    @property
    def settings(self) -> dict[str, str]:
        return {"STORAGE__PATH": str(self.file)}

    async def rows(self) -> list[str]:
        with closing(sqlite3.connect(f"{self.file.as_uri()}?mode=ro", uri=True)) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return [f"{table} {row}" for table in tables for row in connection.execute(f'SELECT * FROM "{table}"')]

    def bytes(self) -> bytes:
        """Return everything SQLite left on the disk, pages that are free again among it."""
        return b"".join(file.read_bytes() for file in self.file.parent.glob(f"{self.file.name}*"))


@dataclass(frozen=True)
class StoredInPostgres:
    """See `Stored`: a database of a server."""

    url: str

    @property
    def settings(self) -> dict[str, str]:
        return {"STORAGE__URL": self.url}

    async def rows(self) -> list[str]:
        connection = await asyncpg.connect(self.url)
        try:
            tables = [row["table_name"] for row in await connection.fetch(TABLES)]
            return [
                f"{table} {row['whole']}"
                for table in tables
                for row in await connection.fetch(f'SELECT "{table}"::text AS whole FROM "{table}"')
            ]
        finally:
            await connection.close()


@asynccontextmanager
async def in_file(folder: Path) -> AsyncIterator[Stored]:
    yield StoredInFile(folder / "lyceum.db")


@asynccontextmanager
async def in_postgres(folder: Path) -> AsyncIterator[Stored]:  # noqa: ARG001 - the other kind needs it
    async with postgres.shared().database() as url:
        yield StoredInPostgres(url)


KINDS: dict[str, Callable[[Path], AbstractAsyncContextManager[Stored]]] = {"sqlite": in_file, "postgres": in_postgres}
