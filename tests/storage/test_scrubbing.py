"""`lyceum erase --now`: of what was erased no byte is left in the database's files, while the bot runs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain import StoredAnswer, TurnState
from bot.errors import BotError, Unavailable
from bot.storage.database.backups import back_up
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.database.scrubbing import TABLES, scrub
from bot.storage.history_store import SqlHistory
from bot.storage.tables.chat_tables import METADATA
from bot.storage.turns.turn_store import SqlTurns
from tests.cli_process import Lyceum
from tests.contracts.stores import ME, said
from tests.lab import postgres

CANARY = "CANARY-4711-OWL"


async def said_and_forgotten(database: Database) -> None:
    turns, history = SqlTurns(database), SqlHistory(database)
    for number in range(20):
        text = f"{CANARY} {number} " + "owl " * 500
        turn = await turns.accept(said(text, event_id=f"e{number}", message_id=f"m{number}"), worker=ME)
        assert turn
        await turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, f"{CANARY} you said"), worker=ME)
    await turns.accept(said("what stays"), worker=ME)
    await history.forget_person("discord", "p1")


async def steps(location: str | Path, *, copies: bool = False, wait_s: float = 5.0) -> list[str]:
    return [step.key.removeprefix("erase.") async for step in scrub(location, copies=copies, wait_s=wait_s)]


def bytes_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


async def test_no_byte_is_left_in_the_file_or_its_log_while_the_bot_runs(file: Path) -> None:
    async with await open_database(file) as database:
        await said_and_forgotten(database)
        before = bytes_in(file.parent)
        told = await steps(file)
        after = bytes_in(file.parent)
        turn = await SqlTurns(database).accept(said("and now?"), worker=ME)

    assert CANARY.encode() in before
    assert CANARY.encode() not in after
    assert told == ["rewriting", "rewritten", "log_emptied", "copies_stay"]
    assert turn


async def test_copies_go_where_that_is_wanted(file: Path) -> None:
    async with await open_database(file) as database:
        await SqlTurns(database).accept(said(CANARY, event_id="e", message_id="m"), worker=ME)
        back_up(file, revision="0006", now=datetime.now(tz=UTC))
        await SqlHistory(database).forget_person("discord", "p1")
        await steps(file)
        kept = bytes_in(file.parent)
        await steps(file, copies=True)

        assert CANARY.encode() in kept
        assert CANARY.encode() not in bytes_in(file.parent)


async def test_a_reader_that_holds_the_log_is_told_of(file: Path) -> None:
    async with await open_database(file) as database:
        await said_and_forgotten(database)
        with closing(sqlite3.connect(file, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM turns").fetchone()
            with pytest.raises(Unavailable) as held:
                await steps(file, wait_s=0.2)

    assert held.value.key == "error.erase_log_held"


async def test_one_that_writes_all_the_while_is_told_of(file: Path) -> None:
    async with await open_database(file):
        with closing(sqlite3.connect(file, isolation_level=None)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            with pytest.raises(BotError) as held:
                await steps(file, wait_s=0.2)

    assert held.value.key == "error.storage_locked"


def test_every_table_that_holds_what_people_say_is_written_anew() -> None:
    assert set(TABLES) == {name for name in METADATA.tables if not name.startswith("lesson_")}


async def test_on_postgres_the_tables_are_written_anew() -> None:
    server = postgres.shared()
    async with server.database() as url, await open_database(url) as database:
        await said_and_forgotten(database)
        name = url.partition("?")[0].rpartition("/")[2]
        before = await server.bytes_of(name)
        told = await steps(url)

        assert CANARY.encode() in before
        assert CANARY.encode() not in await server.bytes_of(name)
        assert told[: len(TABLES)] == ["table"] * len(TABLES)
        assert told[-1] in {"log_switched", "log_left"}


async def test_the_command_says_what_it_would_do_and_does_it_when_told(tmp_path: Path) -> None:
    lyceum = Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})
    nothing = await lyceum("erase")
    await lyceum("migrate")
    asked, done = await lyceum("erase"), await lyceum("erase", "--now", "--copies")

    assert nothing.code == 2
    assert "no database of this version" in nothing.err
    assert (asked.code, done.code) == (0, 0)
    assert "Nothing was done" in asked.out
    assert "is written back and empty" in done.out
    assert done.is_plain
