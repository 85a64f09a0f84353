"""What a Postgres server lets the bot do: its rights, whether it takes writes, and whether a pooler stands between."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from bot.domain.check_result import CheckResult, problem, well
from bot.storage.database.location import place
from bot.storage.database.postgres_connection import CONNECTIONS, SESSION, connect
from bot.storage.database.postgres_faults import translated_at_start

AREA = "database.server"
NOTIFY_S = 2.0
NEEDED_CONNECTIONS = CONNECTIONS + 1
ASKED = """
SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on' AS is_read_only,
       current_schema() IS NULL AS has_no_schema,
       coalesce(has_schema_privilege(current_schema(), 'CREATE'), false) AS may_create,
       current_setting('lock_timeout') AS lock_timeout,
       current_setting('max_connections')::int
         - current_setting('superuser_reserved_connections')::int
         - (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend')::int AS free,
       (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user) AS own_limit
"""
REFUSED_TABLES = """
SELECT tablename FROM pg_tables
WHERE schemaname = current_schema()
  AND NOT (SELECT bool_and(has_table_privilege(format('%I.%I', schemaname, tablename), each))
           FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS each)
ORDER BY tablename
"""


async def look_at_server(url: str) -> Sequence[CheckResult]:
    """Connect as the bot does, and ask.

    Raises:
        BotError: it cannot be reached, or refuses.
    """
    where = place(url)
    with translated_at_start(where):
        async with _connected(url) as connection:
            told = await connection.fetchrow(ASKED)
            refused = [row["tablename"] for row in await connection.fetch(REFUSED_TABLES)]
            hears = await _hears_itself(connection)
    found = []
    if told["is_read_only"]:
        found.append(problem(AREA, "server_read_only", shows="not_stored", place=where))
    elif refused:
        tables = ", ".join(refused[:5])
        found.append(problem(AREA, "server_tables", shows="not_stored", place=where, tables=tables))
    elif told["has_no_schema"] or not told["may_create"]:
        found.append(problem(AREA, "server_create", shows="no_start", place=where))
    if not hears or told["lock_timeout"] != SESSION["lock_timeout"]:
        found.append(problem("database.pooler", "server_pooler", shows="not_stored", place=where))
    limits = [limit for limit in (told["free"], told["own_limit"]) if limit is not None and limit >= 0]
    if min(limits, default=NEEDED_CONNECTIONS) < NEEDED_CONNECTIONS:
        found.append(
            problem(
                "database.connections",
                "server_connections",
                shows="not_stored",
                free=min(limits),
                needed=NEEDED_CONNECTIONS,
            )
        )
    return found or [well(AREA, "server_well", place=where)]


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(url)
    try:
        yield connection
    finally:
        await connection.close()


async def _hears_itself(connection: asyncpg.Connection) -> bool:
    """Whether a word sent to oneself arrives, as it does not behind a pooler that pools by transaction."""
    channel, heard = f"lyceum_{secrets.token_hex(8)}", asyncio.Event()

    def ring(*_: object) -> None:
        heard.set()

    await connection.add_listener(channel, ring)
    await connection.execute("SELECT pg_notify($1, '')", channel)
    try:
        async with asyncio.timeout(NOTIFY_S):
            await heard.wait()
    except TimeoutError:
        return False
    finally:
        await connection.remove_listener(channel, ring)
    return True
