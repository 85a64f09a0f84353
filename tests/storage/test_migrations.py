"""Every migration goes up, down and over data; the newest leaves the tables the code works with.

A new migration adds its revision to `REVISIONS` of bot/storage/database/revisions.py and a file to
tests/storage/samples: rows as they are stored at that revision, in plain SQL, so that old data is met as it was and not
as today's code writes it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from bot.domain import Address, ChatMessage, Choice, Level, Person, Post, Role, StoredMessage
from bot.ports.turns import LEASE_S
from bot.storage.choice_store import SqlChoices
from bot.storage.database import migration, revisions
from bot.storage.database.location import create_private
from bot.storage.database.migration_scripts import alembic_config, run_scripts
from bot.storage.database.open_database import open_database
from bot.storage.database.revisions import HEAD, REVISIONS
from bot.storage.database.sqlite_connection import Use, begun, sqlite_engine
from bot.storage.history_store import SqlHistory
from bot.storage.note_store import SqlNotes
from bot.storage.tables.chat_tables import METADATA
from bot.storage.turns.turn_store import SqlTurns
from tests.clocks import SetClock

Rows = dict[str, list[tuple[object, ...]]]

SAMPLES = Path(__file__).parent / "samples"
LINES = re.compile(r"\n|, (?=\w+ [A-Z])")


def at_revision(file: Path, revision: str) -> Path:
    """Make a database as the version of that revision left it, with its sample rows."""
    create_private(file)
    engine = sqlite_engine(file, Use.MIGRATE)
    with begun(engine) as connection:
        run_scripts(connection, before="", after=revision)
        connection.commit()
    engine.dispose()
    with closing(sqlite3.connect(file)) as sample:
        sample.executescript((SAMPLES / f"{revision}.sql").read_text(encoding="utf-8"))
    return file


def rows(file: Path) -> Rows:
    """Return the rows of every table of ours, in the order they are stored."""
    with closing(sqlite3.connect(file)) as connection:
        names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        return {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in names - revisions.BOOKKEEPING}


def definitions(connection: Connection) -> dict[str, list[str]]:
    """Return what every table and index is made of, in an order that does not depend on who made it.

    Nor does a quoted name count, which SQLite gives to a table that was rebuilt, nor where a line ends: a column that
    was added stands in the line of the one before.
    """
    made = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {
        name: sorted(part.strip(" ,") for part in LINES.split(re.sub(r"[ \t]+", " ", sql.replace('"', ""))))
        for name, sql in made
        if name not in revisions.BOOKKEEPING
    }


@pytest.fixture
def migrated(file: Path) -> Iterator[Connection]:
    migration.upgrade(file)
    engine = create_engine(f"sqlite:///{file}")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def test_the_code_knows_the_revisions_of_the_scripts_in_their_order() -> None:
    scripts = ScriptDirectory.from_config(alembic_config()).walk_revisions()

    assert [script.revision for script in scripts] == list(reversed(REVISIONS))
    assert list(REVISIONS) == sorted(REVISIONS)


def test_every_revision_has_sample_rows() -> None:
    assert sorted(sample.stem for sample in SAMPLES.iterdir()) == list(REVISIONS)


def test_every_script_says_in_one_sentence_what_it_does() -> None:
    docs = [script.doc for script in ScriptDirectory.from_config(alembic_config()).walk_revisions()]

    assert all(re.fullmatch(r"[A-Z][^\n]{10,150}\.", doc) for doc in docs), docs


def is_ours(name: str | None, kind: str, _: object) -> bool:
    """Whether Alembic is to compare something: what migrating itself keeps book in is no table of the code's."""
    return kind != "table" or name not in revisions.BOOKKEEPING


def test_the_migrations_leave_no_difference_that_alembic_finds(migrated: Connection) -> None:
    context = MigrationContext.configure(migrated, opts={"compare_server_default": True, "include_name": is_ours})

    assert compare_metadata(context, METADATA) == []


def test_the_migrations_leave_the_very_tables_the_code_would_make(migrated: Connection) -> None:
    engine = create_engine("sqlite://")
    with engine.begin() as fresh:
        METADATA.create_all(fresh)
        wanted = definitions(fresh)
    engine.dispose()

    assert definitions(migrated) == wanted


@pytest.mark.parametrize("revision", REVISIONS)
def test_a_database_of_any_revision_goes_down_to_nothing_and_up_again(file: Path, revision: str) -> None:
    at_revision(file, revision)
    migration.upgrade(file)
    migration.downgrade(file, "base")
    emptied = rows(file)
    migration.upgrade(file)

    assert emptied == {}
    assert migration.look(file).revision == HEAD


@pytest.mark.parametrize("revision", REVISIONS)
def test_data_survives_the_way_up_and_back(file: Path, revision: str) -> None:
    before = rows(at_revision(file, revision))
    migration.upgrade(file)
    migration.downgrade(file, revision)

    assert rows(file) == before


@pytest.mark.parametrize("revision", REVISIONS)
async def test_data_of_any_revision_is_read_by_this_version(file: Path, revision: str) -> None:
    migration.upgrade(at_revision(file, revision))
    here = Address("discord", "guild", "channel", "thread")

    async with await open_database(file) as database:
        assert list(await SqlHistory(database).recent(3, before_turn=6)) == [
            StoredMessage(7, Role.USER, "שלום", "Pia"),
            StoredMessage(8, Role.ASSISTANT, "hi"),
        ]
        assert [replace(each, think=None) for each in await SqlChoices(database).chain(here, "p1")] == [
            Choice(Level.CHANNEL, "m", "p1")
        ]
        assert await SqlNotes(database).read("commands") == "hash"


def test_a_migration_that_leaves_rows_without_what_they_refer_to_is_stopped(file: Path) -> None:
    engine = sqlite_engine(at_revision(file, HEAD), Use.MIGRATE)
    with begun(engine) as connection:
        connection.exec_driver_sql("DELETE FROM turns")

        with pytest.raises(RuntimeError, match="refer to nothing"):
            run_scripts(connection, before=HEAD, after=HEAD)

    engine.dispose()
    assert rows(file)["turns"] != []


def test_open_turns_of_before_turns_were_shared_are_closed(file: Path) -> None:
    at_revision(file, "0001")
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(
            "INSERT INTO turns "
            "(id, conversation_id, state, accepted_at, model, error_key, prompt_tokens, answer_tokens) VALUES "
            "(6, 3, 'accepted', '2026-01-02 03:04:05.000006', '', '', 0, 0),"
            "(7, 3, 'running', '2026-01-02 03:04:05.000006', '', '', 0, 0),"
            "(8, 3, 'running', '2026-01-02 03:04:05.000006', '', '', 0, 0)"
        )
    migration.upgrade(file)

    with closing(sqlite3.connect(file)) as connection:
        closed = connection.execute("SELECT state, error_key, finished_at IS NULL FROM turns WHERE id > 5").fetchall()
    assert closed == [("failed", "error.internal", 0)] * 3


async def test_an_open_turn_of_another_process_is_taken_over_after_an_upgrade(file: Path) -> None:
    migration.upgrade(at_revision(file, "0002"))

    clock = SetClock()
    async with await open_database(file) as database:
        turns = SqlTurns(database, clock=clock)
        await turns.look("w2")
        clock.advance(LEASE_S)
        (turn,) = await turns.adopt("w2", platform="discord")

    assert turn.message == ChatMessage(
        event_id="e3",
        message_id="m3",
        address=Address("discord", "guild", "channel", "thread"),
        person=Person("p1", "Pia", is_admin=True, locale="he"),
        text="more",
        reply_to="m2",
    )
    assert turn.posts == (Post("turn-6:0", "b1"), Post("turn-6:1", "b2"))
    assert turn.attempt == 2
