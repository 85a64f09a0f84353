"""Copies of the whole database: made while it is written to, brought back into either kind, and nothing half done."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Boolean, Float, Integer, LargeBinary, Table, insert, select
from sqlalchemy.orm import Session

from bot.errors import ConfigurationError
from bot.storage.database import migration, sqlite_revisions
from bot.storage.database.open_database import open_database
from bot.storage.database.revisions import REVISIONS
from bot.storage.database.snapshots import restore, take
from bot.storage.tables.chat_tables import METADATA
from bot.storage.tables.columns import Instant, StorableText
from tests.contracts.stores import answered, over
from tests.lab import postgres
from tests.lab.sqlite import make_file

Rows = dict[str, list[tuple[Any, ...]]]
ROWS = 3
NOON = datetime(2026, 11, 30, 12, 0, 0, 123456, tzinfo=UTC)


@asynccontextmanager
async def file_in(folder: Path) -> AsyncIterator[str]:
    yield str(await make_file(folder / "lyceum.db"))


@asynccontextmanager
async def server_in(_: Path) -> AsyncIterator[str]:
    async with postgres.shared().database() as url:
        yield url


KINDS: dict[str, Callable[[Path], AbstractAsyncContextManager[str]]] = {"sqlite": file_in, "postgres": server_in}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)


def value_of(table: Table, name: str, number: int) -> Any:
    """Return a value for a column, another one in each row."""
    kinds: dict[type, Any] = {
        Boolean: bool(number % 2),
        Integer: number,
        Float: number + 0.5,
        LargeBinary: bytes([0, number, 255]),
        Instant: NOON + timedelta(days=number, microseconds=number),
        StorableText: f"שלום {table.name}.{name} 🦉 {number}",
    }
    return next(value for kind, value in kinds.items() if isinstance(table.columns[name].type, kind))


def fill(session: Session) -> None:
    for table in METADATA.sorted_tables:
        for number in range(1, ROWS + 1):
            session.execute(
                insert(table).values({each.name: value_of(table, each.name, number) for each in table.columns})
            )


def read_all(session: Session) -> Rows:
    return {
        table.name: [tuple(row) for row in session.execute(select(table).order_by(*table.primary_key.columns))]
        for table in METADATA.sorted_tables
    }


async def filled(location: str) -> Rows:
    async with await open_database(location) as database:
        await database.write(fill)
        return await database.read(read_all)


async def rows_of(location: str | Path) -> Rows:
    async with await open_database(location) as database:
        return await database.read(read_all)


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def taken(location: str, file: Path) -> Path:
    return await asyncio.to_thread(take, location, file)


async def restored(file: Path, location: str, *, replaces: bool = False) -> None:
    await asyncio.to_thread(restore, file, location, replaces=replaces)


@pytest.mark.parametrize("after", KINDS)
@pytest.mark.parametrize("before", KINDS)
async def test_every_row_of_every_table_comes_back_into_either_kind(before: str, after: str, tmp_path: Path) -> None:
    async with KINDS[before](tmp_path) as source:
        rows = await filled(source)
        copy = await taken(source, tmp_path / "copy.db")

    (tmp_path / "new").mkdir()
    async with server_in(tmp_path) as server:
        target = server if after == "postgres" else str(tmp_path / "new/lyceum.db")
        await restored(copy, target)
        back = await rows_of(target)

    assert all(len(each) == ROWS for each in rows.values())
    assert back == rows


@EVERY_KIND
async def test_what_comes_after_gets_ids_of_its_own(kind: str, tmp_path: Path) -> None:
    async with file_in(tmp_path) as source, await open_database(source) as database:
        stores = over(database, database)
        before = [await answered(stores, f"What is {number}?", "That.") for number in range(ROWS)]
        copy = await taken(source, tmp_path / "copy.db")

    async with server_in(tmp_path) as server:
        target = server if kind == "postgres" else str(tmp_path / "new.db")
        await restored(copy, target)
        async with await open_database(target) as database:
            turn = await answered(over(database, database), "And what is this?", "This.")

    assert turn.id > max(each.id for each in before)
    assert turn.conversation_id == before[0].conversation_id


@EVERY_KIND
async def test_a_copy_is_one_moment_of_a_database_that_is_written_to(kind: str, tmp_path: Path) -> None:
    async with KINDS[kind](tmp_path) as source, await open_database(source) as database:
        stores = over(database, database)
        under_way, is_over = asyncio.Event(), asyncio.Event()

        async def write_on() -> int:
            count = 0
            while not is_over.is_set():
                await answered(stores, f"What is {count}?", "That.")
                count += 1
                if count == ROWS:
                    under_way.set()
            return count

        writing = asyncio.create_task(write_on())
        await under_way.wait()
        copy = await taken(source, tmp_path / "copy.db")
        is_over.set()
        written = await writing

    rows = await rows_of(copy)
    assert ROWS <= len(rows["turns"]) <= written
    # Question and answer of a turn, and its event, are stored together: none stands there by half.
    assert len(rows["messages"]) in {2 * len(rows["turns"]), 2 * len(rows["turns"]) - 1}
    assert len(rows["events"]) == len(rows["turns"])


async def test_a_copy_is_one_private_file(tmp_path: Path) -> None:
    async with file_in(tmp_path) as source:
        await filled(source)
        copy = await taken(source, tmp_path / "copies/copy.db")

    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in copy.parent.iterdir()] == ["copy.db"]


async def test_no_file_is_overwritten(tmp_path: Path) -> None:
    there = tmp_path / "diary.txt"
    there.write_text("mine", encoding="utf-8")
    async with file_in(tmp_path) as source:
        with pytest.raises(ConfigurationError) as refused:
            await taken(source, there)

    assert refused.value.key == "error.backup_exists"
    assert there.read_text(encoding="utf-8") == "mine"


async def test_nothing_is_copied_of_what_is_no_database_of_ours(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await taken(str(tmp_path / "lyceum.db"), tmp_path / "copy.db")

    assert refused.value.key == "error.backup_not_ours"
    assert names_in(tmp_path) == []


async def test_a_copy_that_fails_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    async with file_in(tmp_path) as source:
        monkeypatch.setattr("bot.storage.database.snapshots._make_single", fail)
        with pytest.raises(KeyboardInterrupt):
            take(source, tmp_path / "copies/copy.db")

    assert list((tmp_path / "copies").iterdir()) == []


@EVERY_KIND
async def test_what_is_there_is_not_overwritten(kind: str, tmp_path: Path) -> None:
    async with file_in(tmp_path) as source:
        await filled(source)
        copy = await taken(source, tmp_path / "copy.db")
    (tmp_path / "other").mkdir()
    async with KINDS[kind](tmp_path / "other") as target:
        async with await open_database(target) as database:
            await answered(over(database, database), "What is kept?", "This.")
            rows = await database.read(read_all)
        with pytest.raises(ConfigurationError) as refused:
            await restored(copy, target)

        assert refused.value.key.startswith("error.restore_not_empty")
        assert await rows_of(target) == rows


async def test_a_file_is_replaced_where_that_is_asked_for_and_kept_among_the_backups(tmp_path: Path) -> None:
    async with file_in(tmp_path) as location:
        rows = await filled(location)
        copy = await taken(location, tmp_path / "copy.db")
        async with await open_database(location) as database:
            await answered(over(database, database), "What came later?", "This.")
            later = await database.read(read_all)
        await restored(copy, location, replaces=True)

        assert await rows_of(location) == rows
        (kept,) = (tmp_path / "backups").iterdir()
        assert await rows_of(kept) == later


async def test_a_file_that_is_in_use_is_not_replaced(tmp_path: Path) -> None:
    async with file_in(tmp_path) as location:
        await filled(location)
        copy = await taken(location, tmp_path / "copy.db")
        async with await open_database(location) as database:
            await answered(over(database, database), "Who is at work?", "I am.")
            with pytest.raises(ConfigurationError) as refused:
                await restored(copy, location, replaces=True)
            rows = await database.read(read_all)

    assert refused.value.key == "error.restore_in_use"
    assert len(rows["turns"]) == ROWS + 1
    assert not any("restoring" in name for name in names_in(tmp_path))


@EVERY_KIND
async def test_a_copy_of_an_older_version_is_brought_to_this_one(kind: str, tmp_path: Path) -> None:
    async with file_in(tmp_path) as location:
        async with await open_database(location) as database:
            await answered(over(database, database), "What is old?", "This.")
        copy = await taken(location, tmp_path / "copy.db")
    await asyncio.to_thread(migration.downgrade, copy, REVISIONS[-2])
    before = copy.read_bytes()
    async with server_in(tmp_path) as server:
        target = server if kind == "postgres" else str(tmp_path / "new.db")
        await restored(copy, target)
        rows = await rows_of(target)

    assert len(rows["messages"]) == 2
    assert copy.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "error.restore_no_copy"),
        (b"Dear diary, this is no database.", "error.restore_no_copy"),
        (b"SQLite format 3\0" + b"\xff" * 4096, "error.restore_no_copy"),
    ],
)
async def test_what_is_no_copy_changes_nothing(content: bytes, key: str, tmp_path: Path) -> None:
    odd, target = tmp_path / "odd.db", tmp_path / "data/lyceum.db"
    odd.write_bytes(content)
    with pytest.raises(ConfigurationError) as refused:
        await restored(odd, str(target))

    assert refused.value.key == key
    assert list(target.parent.iterdir()) == []
    assert odd.read_bytes() == content


async def test_a_copy_that_was_cut_short_is_told(tmp_path: Path) -> None:
    async with file_in(tmp_path) as location:
        await filled(location)
        copy = await taken(location, tmp_path / "copy.db")
    copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    with pytest.raises(ConfigurationError) as refused:
        await restored(copy, str(tmp_path / "new.db"))

    assert refused.value.key == "error.restore_no_copy"
    assert not (tmp_path / "new.db").exists()


async def test_a_copy_of_a_newer_version_is_told(tmp_path: Path) -> None:
    async with file_in(tmp_path) as location:
        copy = await taken(location, tmp_path / "copy.db")
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(ConfigurationError) as refused:
        await restored(copy, str(tmp_path / "new.db"))

    assert refused.value.key == "error.restore_ahead"


async def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        await restored(tmp_path / "none.db", str(tmp_path / "new.db"))

    assert refused.value.key == "error.restore_missing"
    assert sqlite_revisions.look(tmp_path / "new.db").revision == ""
