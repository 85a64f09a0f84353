"""What a start makes of the Postgres database it is given, and what migrating leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.errors import BotError, ConfigurationError, Unavailable
from bot.i18n import text
from bot.storage.database import migration
from bot.storage.database.location import place
from bot.storage.database.open_database import open_database
from bot.storage.database.postgres_connection import postgres_engine
from bot.storage.database.revisions import HEAD, READERS, REVISIONS, Migrated, Schema, SchemaState
from bot.storage.tables.chat_tables import METADATA
from tests.lab.postgres import PostgresServer
from tests.storage.test_migrations import is_ours

Run = Callable[[str, str], Awaitable[None]]


@pytest.fixture
async def empty(server: PostgresServer) -> AsyncIterator[str]:
    async with server.database(template="template1") as made:
        yield made


@pytest.fixture
def run(server: PostgresServer) -> Run:
    """Execute a statement in the database of a URL."""
    return lambda url, statement: server.execute(statement, database=name_of(url))


def name_of(url: str) -> str:
    return place(url).rpartition("/")[2]


async def looked(url: str) -> Schema:
    return await asyncio.to_thread(migration.look, url)


async def refusal(url: str) -> BotError:
    with pytest.raises((ConfigurationError, Unavailable)) as caught:
        await open_database(url, wait_s=0.1)
    assert "ss%2Fword" not in sentence(caught.value)
    return caught.value


def sentence(error: BotError) -> str:
    return text(error.key, "en", **error.parameters)


async def test_a_start_makes_the_tables_of_a_new_database(empty: str) -> None:
    before = await looked(empty)
    async with await open_database(empty):
        after = await looked(empty)

    assert (before, after) == (Schema(SchemaState.NEW), Schema(SchemaState.CURRENT, HEAD))


async def test_the_migrations_leave_no_difference_that_alembic_finds(url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True, "include_name": is_ours})
        return list(compare_metadata(context, METADATA))

    engine = postgres_engine(url, connections=1, wait_s=5)
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()

    assert found == []


@pytest.mark.parametrize("revision", REVISIONS)
async def test_the_tables_go_down_to_any_revision_and_up_again(url: str, revision: str) -> None:
    down = await asyncio.to_thread(migration.downgrade, url, revision)
    up = await asyncio.to_thread(migration.upgrade, url)

    assert (down, up) == (Migrated(HEAD, revision, None), Migrated(revision, HEAD, None))
    assert await looked(url) == Schema(SchemaState.CURRENT, HEAD)


async def test_nothing_is_left_at_the_base(url: str) -> None:
    await asyncio.to_thread(migration.downgrade, url, "base")

    assert await looked(url) == Schema(SchemaState.NEW)


async def test_an_older_database_stops_the_start_with_the_command_to_run(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await asyncio.to_thread(migration.check, url, known=(HEAD, "9999"))

    assert "`pg_dump`, then run `lyceum migrate`" in sentence(caught.value)


async def test_a_newer_database_stops_the_start(url: str, run: Run) -> None:
    await run(url, "UPDATE alembic_version SET version_num = '9999'")
    await run(url, f"UPDATE {READERS} SET oldest = '9999'")

    assert (await refusal(url)).key == "error.storage_server_ahead"
    assert await looked(url) == Schema(SchemaState.AHEAD, "9999")


async def test_the_database_of_another_program_is_left_alone(empty: str, run: Run) -> None:
    await run(empty, "CREATE TABLE songs (title TEXT)")

    assert (await refusal(empty)).key == "error.storage_server_foreign"
    assert await looked(empty) == Schema(SchemaState.FOREIGN)


async def test_a_wrong_password_is_for_the_operator_and_is_not_repeated(server: PostgresServer) -> None:
    wrong = await refusal(server.url("postgres", password="hunter%402"))

    assert wrong.key == "error.storage_login"
    assert "hunter" not in sentence(wrong)


async def test_a_database_that_is_not_there_is_named(server: PostgresServer) -> None:
    missing = await refusal(server.url("nowhere"))

    assert missing.key == "error.storage_no_database"
    assert "`postgresql:///nowhere`" in sentence(missing)


async def test_a_server_that_does_not_answer_is_said_with_the_reason(server: PostgresServer, tmp_path: Path) -> None:
    away = await refusal(server.url("postgres", folder=tmp_path))

    assert isinstance(away, Unavailable)
    assert "No such file or directory" in sentence(away)


async def test_a_port_that_is_none_is_said(server: PostgresServer) -> None:
    assert (await refusal(f"postgresql://lyceum@localhost:many/{server.folder.name}")).key == "error.storage_url"


@pytest.mark.parametrize(
    ("limits", "key"),
    [("CONNECTION LIMIT 0", "error.storage_crowded"), ("", "error.storage_no_right")],
)
async def test_a_user_without_the_means_is_told_what_is_missing(
    server: PostgresServer, empty: str, limits: str, key: str
) -> None:
    await server.execute(f"CREATE ROLE guest LOGIN PASSWORD 'guest' {limits}")
    found = await refusal(empty.replace("lyceum:p%40ss%2Fword", "guest:guest"))
    await server.execute("DROP ROLE guest")

    assert found.key == key


async def test_a_database_that_cannot_hold_every_language_is_refused(server: PostgresServer) -> None:
    await server.execute("CREATE DATABASE narrow ENCODING 'LATIN1' TEMPLATE template0")
    found = await refusal(server.url("narrow"))
    await server.execute("DROP DATABASE narrow WITH (FORCE)")

    assert found.key == "error.storage_server_encoding"
