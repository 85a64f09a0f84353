"""How a connection to a Postgres server is made, and what it is told at its beginning, each with its reason."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import ConfigurationError

CONNECTIONS = 8
"""Connections for units of work. A server takes 100 by default, and each process listens on one more."""

CONNECT_S = 5.0
STATEMENT_S = 10.0

SESSION = {
    "application_name": "lyceum",
    # Where somebody else holds a row for long, give way and try again, rather than keep a connection.
    "lock_timeout": "5s",
    # A process that stops dead in the middle of a unit of work must not hold its locks for ever.
    "idle_in_transaction_session_timeout": "30s",
    # The server's own setting may trade acknowledged messages for speed.
    "synchronous_commit": "on",
}


async def connect(url: str, *, statement_s: float | None = STATEMENT_S) -> asyncpg.Connection:
    """Connect as the URL says; what it leaves out comes from PGHOST, PGPASSWORD and the like, as with psql.

    `statement_s` bounds each statement, None for as long as it takes.

    Raises:
        ConfigurationError: the URL cannot be read.
        bot.storage.database.postgres_faults.FAULTS: the server cannot be reached, or refuses.
    """
    try:
        return await asyncpg.connect(url, timeout=CONNECT_S, command_timeout=statement_s, server_settings=SESSION)
    except ValueError:
        # Not chained: the text of the error may quote a part of the URL.
        raise ConfigurationError("error.storage_url") from None


def postgres_engine(
    url: str, *, connections: int, wait_s: float, statement_s: float | None = STATEMENT_S
) -> AsyncEngine:
    """Return an engine over at most so many connections; a unit waits `wait_s` for one. Nothing is opened yet."""

    async def connected() -> Any:
        return await connect(url, statement_s=statement_s)

    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connected,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=wait_s,
        # An error that is logged tells what was done, not with which words.
        hide_parameters=True,
    )
