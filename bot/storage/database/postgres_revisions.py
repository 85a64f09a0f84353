"""The tables of a database on a Postgres server: which revision they have, and how they get to another.

See `bot.storage.database.migration`, whose functions come here for a `postgresql://` URL. Nothing here blocks.
Copies before a migration are the operator's to make, with pg_dump.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.errors import ConfigurationError
from bot.storage.database.location import place
from bot.storage.database.migration_scripts import run_scripts
from bot.storage.database.postgres_connection import CONNECT_S, postgres_engine
from bot.storage.database.postgres_faults import translated_at_start
from bot.storage.database.revisions import (
    BOOKKEEPING,
    COMMAND,
    HEAD,
    READERS,
    REVISIONS,
    Migrated,
    Schema,
    SchemaState,
    state_of,
)

OLDEST_SERVER = 14
ENCODING = "UTF8"
MIGRATION = 0x6C79_6D69_6772
"""The lock under which tables are changed, so that of two processes that start at once one waits for the other."""


async def look(url: str, *, known: Sequence[str] = REVISIONS) -> Schema:
    """See `migration.look`."""
    async with _connected(url) as connection:
        return await connection.run_sync(_look, known)


async def check(url: str, *, known: Sequence[str] = REVISIONS) -> None:
    """See `migration.check`."""
    _require_usable(await look(url, known=known), place(url), known)


async def prepare(url: str) -> None:
    """See `migration.prepare`."""
    schema = await look(url)
    _require_usable(schema, place(url), REVISIONS)
    if schema.state is SchemaState.NEW:
        await migrate(url, to=HEAD)


async def migrate(url: str, *, to: str) -> Migrated:
    """Take the tables to a revision of this version, "base" for none, in one transaction.

    Raises:
        ConfigurationError: the database is newer than this version or not ours, or the server refuses.
        Unavailable: the server is away, or its disk is full.
    """
    async with _connected(url) as connection:
        return await connection.run_sync(_migrate, place(url), "" if to == "base" else to)


def _migrate(connection: Connection, where: str, after: str) -> Migrated:
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION})
    schema = _look(connection, REVISIONS)
    if schema.state in {SchemaState.AHEAD, SchemaState.FOREIGN}:
        _require_usable(schema, where, REVISIONS)
    if schema.state is SchemaState.NEWER:
        if after != HEAD:
            # Only the newer version knows the way back.
            raise ConfigurationError("error.storage_revision", revision=schema.revision, known=", ".join(REVISIONS))
        return Migrated(schema.revision, schema.revision, None)
    if schema.revision != after:
        run_scripts(connection, before=schema.revision, after=after)
        connection.commit()
    return Migrated(schema.revision, after, None)


def _look(connection: Connection, known: Sequence[str]) -> Schema:
    tables = set(connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")))
    stamped = "alembic_version" in tables
    revision = connection.scalar(text("SELECT version_num FROM alembic_version")) if stamped else None
    readers = connection.scalar(text(f"SELECT oldest FROM {READERS}")) if READERS in tables else None  # noqa: S608
    state = state_of(revision or "", known, has_tables=bool(tables - BOOKKEEPING), readers=readers or "")
    return Schema(state, revision or "")


def _require_usable(schema: Schema, where: str, known: Sequence[str]) -> None:
    match schema.state:
        case SchemaState.BEHIND:
            raise ConfigurationError(
                "error.storage_server_behind",
                place=where,
                revision=schema.revision,
                needed=known[-1],
                command=COMMAND,
            )
        case SchemaState.AHEAD:
            raise ConfigurationError("error.storage_server_ahead", place=where, revision=schema.revision)
        case SchemaState.FOREIGN:
            raise ConfigurationError("error.storage_server_foreign", place=where)
        case SchemaState.NEW | SchemaState.CURRENT | SchemaState.NEWER:
            return


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    """Connect to a server that suits us. A migration may take as long as it takes."""
    engine = postgres_engine(url, connections=1, wait_s=CONNECT_S, statement_s=None)
    try:
        with translated_at_start(place(url)):
            async with engine.connect() as connection:
                await _require_server(connection, place(url))
                yield connection
    finally:
        await engine.dispose()


async def _require_server(connection: AsyncConnection, where: str) -> None:
    asked = "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding')"
    version, encoding = (await connection.execute(text(asked))).one()
    if version < OLDEST_SERVER:
        raise ConfigurationError("error.storage_server_old", place=where, version=version, needed=OLDEST_SERVER)
    if encoding != ENCODING:
        raise ConfigurationError("error.storage_server_encoding", place=where, encoding=encoding)
