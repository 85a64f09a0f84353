"""An older version beside a newer one, over tables that were only added to: rolling upgrades lose nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect, text

from bot.errors import ConfigurationError
from bot.storage.database import migration
from bot.storage.database.open_database import open_database
from bot.storage.database.revisions import HEAD, OLDEST_CODE, READERS, REVISIONS, SchemaState
from tests.contracts.stores import answered, over
from tests.storage.test_snapshots import EVERY_KIND, KINDS

ADDED = (
    "CREATE TABLE polls (id INTEGER PRIMARY KEY)",
    "ALTER TABLE turns ADD COLUMN mood VARCHAR(20)",
    "ALTER TABLE messages ADD COLUMN pages INTEGER NOT NULL DEFAULT 1",
    "UPDATE alembic_version SET version_num = '9999'",
)


async def run(location: str, statements: Sequence[str]) -> None:
    """Change a database as a newer version's migration would."""
    if location.startswith("postgresql"):
        async with await open_database(location) as database:
            for each in statements:
                await database.write(lambda session, each=each: session.execute(text(each)))  # type: ignore[misc]
        return
    with closing(sqlite3.connect(location)) as connection, connection:
        for each in statements:
            connection.execute(each)


async def state_of(location: str) -> SchemaState:
    return (await asyncio.to_thread(migration.look, location)).state


@EVERY_KIND
async def test_tables_that_were_only_added_to_serve_an_older_version(kind: str, tmp_path: Path) -> None:
    async with KINDS[kind](tmp_path) as location:
        await run(location, [*ADDED, f"UPDATE {READERS} SET oldest = '{HEAD}'"])

        assert await state_of(location) is SchemaState.NEWER
        async with await open_database(location) as database:
            turn = await answered(over(database, database), "Is it still here?", "It is.")
            assert await over(database, database).answers.find(turn.id)


@EVERY_KIND
async def test_an_older_version_leaves_newer_tables_as_they_are(kind: str, tmp_path: Path) -> None:
    async with KINDS[kind](tmp_path) as location:
        await run(location, [*ADDED, f"UPDATE {READERS} SET oldest = '{HEAD}'"])
        done = await asyncio.to_thread(migration.upgrade, location)

        assert (done.before, done.after) == ("9999", "9999")
        with pytest.raises(ConfigurationError) as refused:
            await asyncio.to_thread(migration.downgrade, location, REVISIONS[-2])
        assert refused.value.key == "error.storage_revision"
        assert await state_of(location) is SchemaState.NEWER


@EVERY_KIND
@pytest.mark.parametrize("oldest", ["9998", None])
async def test_tables_that_only_newer_code_knows_are_refused(kind: str, oldest: str | None, tmp_path: Path) -> None:
    told = f"UPDATE {READERS} SET oldest = '{oldest}'" if oldest else f"DROP TABLE {READERS}"
    async with KINDS[kind](tmp_path) as location:
        await run(location, [*ADDED, told])

        assert await state_of(location) is SchemaState.AHEAD
        with pytest.raises(ConfigurationError):
            await open_database(location)


@EVERY_KIND
async def test_a_process_beside_a_newer_version_shares_its_turns(kind: str, tmp_path: Path) -> None:
    async with KINDS[kind](tmp_path) as location, await open_database(location) as running:
        before = await answered(over(running, running), "Before?", "Yes.")
        await run(location, [*ADDED, f"UPDATE {READERS} SET oldest = '{HEAD}'"])
        while_newer = await answered(over(running, running), "And now?", "Yes.")
        async with await open_database(location) as started:
            history = await over(started, started).history.recent(
                before.conversation_id, before_turn=while_newer.id + 1
            )

    assert "And now?" in str(history)


def columns_of(file: Path) -> dict[tuple[str, str], tuple[str, bool]]:
    """Return of each column its type, and whether a row may be made without it."""
    engine = create_engine(f"sqlite:///{file}")
    looked = inspect(engine)
    found = {
        (table, each["name"]): (
            str(each["type"]),
            bool(each["nullable"] or each["default"] is not None or each.get("primary_key")),
        )
        for table in looked.get_table_names()
        for each in looked.get_columns(table)
    }
    engine.dispose()
    return found


def test_what_came_since_the_oldest_code_only_adds(tmp_path: Path) -> None:
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    for file, revision in ((old, OLDEST_CODE), (new, HEAD)):
        migration.upgrade(file)
        if revision != HEAD:
            migration.downgrade(file, revision)
    before, after = columns_of(old), columns_of(new)
    tables = {table for table, _ in before}

    assert {key: kind for key, (kind, _) in before.items()}.items() <= {
        key: kind for key, (kind, _) in after.items()
    }.items()
    needed = [
        key
        for key, (_, may_be_left_out) in after.items()
        if key[0] in tables and key not in before and not may_be_left_out
    ]
    assert needed == []
