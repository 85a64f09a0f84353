"""What a start makes of the file it finds, and what migrating leaves behind."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import ConfigurationError
from bot.i18n import text
from bot.storage.database import migration
from bot.storage.database.backups import KEPT, back_up
from bot.storage.database.open_database import open_database
from bot.storage.database.revisions import HEAD, READERS, Migrated, Schema, SchemaState
from bot.storage.note_store import SqlNotes
from tests.clocks import NOON, SetClock
from tests.storage.processes import IMPORTS, heard, started


def run(file: Path, *statements: str) -> None:
    with closing(sqlite3.connect(file)) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def stamped(file: Path, revision: str) -> None:
    """Leave the tables and say they are of another revision, and for its code alone."""
    run(file, f"UPDATE alembic_version SET version_num = '{revision}'", f"UPDATE {READERS} SET oldest = '{revision}'")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def current(file: Path) -> Path:
    migration.prepare(file)
    return file


def test_a_missing_file_is_new_and_looking_does_not_make_it(file: Path) -> None:
    migration.check(file)

    assert migration.look(file) == Schema(SchemaState.NEW)
    assert not file.parent.exists()


def test_an_empty_file_is_new(tmp_path: Path) -> None:
    file = tmp_path / "empty.db"
    file.touch()

    assert migration.look(file) == Schema(SchemaState.NEW)


def test_a_start_makes_the_tables_of_a_new_database(file: Path) -> None:
    migration.prepare(file)

    assert migration.look(file) == Schema(SchemaState.CURRENT, HEAD)


def test_a_second_start_changes_nothing(current: Path) -> None:
    before = current.read_bytes()
    migration.prepare(current)

    assert current.read_bytes() == before
    assert not (current.parent / "backups").exists()


def test_the_file_and_its_folder_are_the_bots_own(current: Path) -> None:
    assert (mode(current), mode(current.parent)) == (0o600, 0o700)


async def test_the_journal_is_as_private_as_the_file(file: Path) -> None:
    async with await open_database(file) as database:
        await SqlNotes(database).write("note", "v")

        assert {mode(path) for path in file.parent.iterdir()} == {0o600}


def test_an_older_database_stops_the_start_with_the_command_to_run(current: Path) -> None:
    known = (HEAD, "9999")

    with pytest.raises(ConfigurationError) as caught:
        migration.check(current, known=known)

    assert migration.look(current, known=known) == Schema(SchemaState.BEHIND, HEAD)
    assert "`lyceum migrate`" in text(caught.value.key, "en", **caught.value.parameters)


def test_a_newer_database_stops_the_start_and_names_the_copy_to_put_back(current: Path) -> None:
    copy = back_up(current, revision=HEAD, now=NOON)
    stamped(current, "9999")

    with pytest.raises(ConfigurationError) as caught:
        migration.prepare(current)

    assert migration.look(current) == Schema(SchemaState.AHEAD, "9999")
    assert str(copy) in text(caught.value.key, "en", **caught.value.parameters)


def test_a_newer_database_without_a_copy_names_the_folder(current: Path) -> None:
    stamped(current, "9999")

    with pytest.raises(ConfigurationError) as caught:
        migration.upgrade(current)

    assert str(current.parent / "backups") in text(caught.value.key, "en", **caught.value.parameters)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    run(file, "CREATE TABLE songs (title TEXT)")
    before = file.read_bytes()

    with pytest.raises(ConfigurationError) as caught:
        migration.prepare(file)

    assert caught.value.key == "error.storage_foreign"
    assert file.read_bytes() == before


def test_a_file_that_is_no_database_is_said_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("Dear diary, " * 1000)

    with pytest.raises(ConfigurationError) as caught:
        migration.prepare(file)

    assert caught.value.key == "error.storage_not_a_database"
    assert file.read_text() == "Dear diary, " * 1000


async def test_a_database_cut_short_is_said(current: Path) -> None:
    with current.open("r+b") as opened:
        opened.truncate(5000)

    with pytest.raises(ConfigurationError) as caught:
        await open_database(current)

    assert caught.value.key == "error.storage_not_a_database"


def test_a_folder_where_the_file_should_be_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        migration.prepare(tmp_path)

    assert caught.value.key == "error.storage_access"


def test_a_folder_that_cannot_be_made_is_said_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError) as caught:
        migration.prepare(tmp_path / "file" / "lyceum.db")

    assert "Not a directory" in text(caught.value.key, "en", **caught.value.parameters)


def test_an_upgrade_of_a_new_database_makes_no_copy(file: Path) -> None:
    assert migration.upgrade(file) == Migrated("", HEAD, None)


def test_an_upgrade_of_a_current_database_does_nothing(current: Path) -> None:
    assert migration.upgrade(current) == Migrated(HEAD, HEAD, None)


def test_a_migration_over_data_names_the_copy_it_made(current: Path) -> None:
    run(current, "INSERT INTO notes VALUES ('note', 'kept', '2026-01-01 00:00:00.000000')")

    report = migration.downgrade(current, "base", clock=SetClock())

    copy = current.parent / "backups" / f"lyceum-{HEAD}-20261123T120000000000Z.db"
    assert report == Migrated(HEAD, "", copy)
    assert mode(copy) == 0o600
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT value FROM notes").fetchall() == [("kept",)]


def test_a_copy_holds_what_is_still_in_the_journal(current: Path) -> None:
    with closing(sqlite3.connect(current)) as writer:
        writer.execute("INSERT INTO notes VALUES ('note', 'kept', '2026-01-01 00:00:00.000000')")
        writer.commit()
        copy = back_up(current, revision=HEAD, now=NOON)

    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT value FROM notes").fetchall() == [("kept",)]


def test_only_the_newest_copies_of_this_database_stay(current: Path) -> None:
    neighbour = current.parent / "backups" / "lyceum-test-0001-20200101T000000000000Z.db"
    made = [back_up(current, revision=HEAD, now=NOON + timedelta(hours=hour)) for hour in range(KEPT + 2)]
    neighbour.touch()
    last = back_up(current, revision="0000", now=NOON + timedelta(days=1))

    assert sorted(neighbour.parent.iterdir()) == sorted([*made[3:], last, neighbour])


def test_a_downgrade_to_an_unknown_revision_is_said(current: Path) -> None:
    with pytest.raises(ConfigurationError) as caught:
        migration.downgrade(current, "yesterday")

    assert caught.value.key == "error.storage_revision"


async def test_a_normal_start_imports_neither_alembic_nor_the_driver_of_another_database(current: Path) -> None:
    with started(IMPORTS, current) as process:
        assert heard(process) == "imported:"


def test_a_path_with_signs_that_mean_something_in_urls_is_only_a_path(tmp_path: Path) -> None:
    file = tmp_path / "100%20 of? #1 &c.db"
    migration.prepare(f"sqlite:///{file}")

    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    assert migration.look(file).state is SchemaState.CURRENT
