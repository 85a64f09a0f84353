"""Database files that cannot be opened as they are: each ends in a sentence that names the fix, whatever is wrong."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli.ratings import stored_ratings
from bot.domain import Notice
from bot.errors import BotError, ConfigurationError, Unavailable
from bot.i18n import LOCALES, sentence
from bot.storage.database import migration, sqlite_revisions
from bot.storage.database.open_database import open_database

PAGE_BYTES = 4096


def overwritten(at: int, data: bytes) -> Callable[[Path], None]:
    def damage(file: Path) -> None:
        with file.open("r+b") as opened:
            opened.seek(at)
            opened.write(data)

    return damage


def replaced(old: bytes, new: bytes) -> Callable[[Path], object]:
    return lambda file: file.write_bytes(file.read_bytes().replace(old, new))


def renamed_in_schema(name: str) -> Callable[[Path], None]:
    """Give the first table a name of these bytes; the schema page itself stays readable."""

    def damage(file: Path) -> None:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("PRAGMA writable_schema = ON")
            connection.execute(f"INSERT INTO sqlite_master VALUES ('table', {name}, {name}, 0, 'CREATE TABLE x (y)')")
            connection.commit()

    return damage


def without_stamp_column(file: Path) -> None:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("DROP TABLE alembic_version; CREATE TABLE alembic_version (x INTEGER);")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "a schema page of ones": overwritten(100, b"\xff" * 2000),
    "a schema page of zeros": overwritten(100, b"\0" * 3000),
    "a schema page of another text": overwritten(PAGE_BYTES - 120, b"\xfe\x80nonsense" * 12),
    "statements that are none": replaced(b"CREATE TABLE", b"CREATE T\xffBLE"),
    "a name that is no text": renamed_in_schema("CAST(x'ff' AS TEXT)"),
    "a name that is cut short": renamed_in_schema("CAST(x'e282' AS TEXT)"),
    "no column for the revision": without_stamp_column,
    "pages after the schema's of noise": overwritten(PAGE_BYTES, b"\x7f\x01" * 6 * PAGE_BYTES),
    "no database at all": lambda file: file.write_text("Dear diary, " * 1000),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("whole") / "lyceum.db"
    migration.prepare(file)
    return file


@pytest.fixture
def made(whole: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(whole, tmp_path / "lyceum.db"))


def said(error: BotError) -> list[str]:
    return [sentence(Notice(error.key, error.parameters), locale) for locale in LOCALES]


@pytest.mark.parametrize("name", DAMAGES)
@pytest.mark.parametrize("use", [migration.look, migration.check, migration.prepare, migration.upgrade, stored_ratings])
def test_a_damaged_file_is_the_operators_to_mend(made: Path, name: str, use: Callable[[Path], object]) -> None:
    DAMAGES[name](made)
    with pytest.raises(ConfigurationError) as caught:
        use(made)

    assert caught.value.key == "error.storage_not_a_database"
    assert all("backups" in each and str(made) in each for each in said(caught.value))


@pytest.mark.parametrize("name", DAMAGES)
async def test_a_start_on_a_damaged_file_says_so(made: Path, name: str) -> None:
    DAMAGES[name](made)
    with pytest.raises(ConfigurationError) as caught:
        await open_database(made)

    assert caught.value.key == "error.storage_not_a_database"


def test_a_file_that_another_program_holds_is_said(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_revisions, "LOCK_WAIT_S", 0.0)
    with closing(sqlite3.connect(made, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Unavailable) as caught:
            migration.downgrade(made, "base")

    assert caught.value.key == "error.storage_locked"
    assert all(str(made) in each for each in said(caught.value))
