"""Files with secrets or words in them that others may read: said at the start and by the doctor, with the fix."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from pathlib import Path

import pytest

from bot.i18n import LOCALES, sentence
from bot.runtime.private_files import open_files
from bot.settings.schema import Settings
from bot.settings.storage_settings import StorageSettings
from bot.storage.database import migration
from bot.storage.database.backups import back_up
from tests.cli_process import Lyceum
from tests.clocks import NOON

pytestmark = pytest.mark.skipif(os.name == "nt", reason="no permission bits")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    file = tmp_path / "data" / "lyceum.db"
    migration.prepare(file)
    return file


def told(database: Path | str, dotenv: Path) -> list[str]:
    settings = Settings(storage=StorageSettings(path=str(database)))
    return [sentence(notice, locale) for notice in open_files(settings, dotenv=dotenv) for locale in LOCALES]


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o666, 0o602, 0o777])
def test_settings_that_others_may_read_are_told_with_the_fix(database: Path, tmp_path: Path, mode: int) -> None:
    dotenv = tmp_path / "my settings.env"
    dotenv.touch()
    dotenv.chmod(mode)

    assert all(f"chmod 600 '{dotenv}'" in each for each in told(database, dotenv))
    assert len(told(database, dotenv)) == len(LOCALES)


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
def test_settings_that_others_may_not_read_are_not(database: Path, tmp_path: Path, mode: int) -> None:
    dotenv = tmp_path / ".env"
    dotenv.touch()
    dotenv.chmod(mode)

    assert told(database, dotenv) == []


def test_a_database_and_a_copy_that_others_may_read_are_told_each(database: Path, tmp_path: Path) -> None:
    copy = back_up(database, revision="0001", now=NOON)
    made = {stat.S_IMODE(each.stat().st_mode) for each in (database, copy)}
    for each in (database, copy):
        each.chmod(0o644)
    english = told(database, tmp_path / ".env")[:: len(LOCALES)]

    assert made == {0o600}
    assert [str(database) in each for each in english] == [True, False]
    assert str(copy) in english[1]


@pytest.mark.parametrize("place", ["postgresql://db/lyceum", ":memory:", "nowhere/at/all.db"])
def test_what_is_no_file_is_not_told(tmp_path: Path, place: str) -> None:
    settings = Settings(storage=StorageSettings.model_construct(path=place, url=None))

    assert open_files(settings, dotenv=tmp_path / "none") == []


@pytest.mark.parametrize("command", ["doctor", "chat"])
async def test_a_command_that_starts_says_who_may_read_its_files(tmp_path: Path, command: str) -> None:
    lyceum = Lyceum(tmp_path, {"MODEL__EMBEDDED": "never", "OLLAMA__HOSTS": "127.0.0.1:9"})
    (tmp_path / ".env").write_text("LYCEUM_LOG__LEVEL=error\n")
    (tmp_path / ".env").chmod(0o644)
    done = await lyceum(command)

    assert "chmod 600 .env" in done.out
    assert done.is_plain


async def test_files_that_the_bot_makes_are_its_own(tmp_path: Path) -> None:
    lyceum = Lyceum(tmp_path, {"MODEL__EMBEDDED": "never", "OLLAMA__HOSTS": "127.0.0.1:9"})
    await lyceum.shell(f"umask 0; {sys.executable} -m bot chat </dev/null")
    made = [each for each in (tmp_path / "data").rglob("*") if each.is_file()]

    assert made
    assert all(stat.S_IMODE(each.stat().st_mode) == 0o600 for each in made)


# Root may do everything, unless it gives that up; others are held by the bits as they are.
HELD = "setpriv --bounding-set -dac_override,-dac_read_search " if os.name != "nt" and os.geteuid() == 0 else ""


@pytest.mark.skipif(bool(HELD) and shutil.which("setpriv") is None, reason="no way to try it as root")
@pytest.mark.parametrize("command", ["chat", "doctor"])
@pytest.mark.parametrize(("closed", "mode"), [("data/lyceum.db", 0o400), ("data/lyceum.db", 0), ("data", 0)])
async def test_a_database_the_bot_has_no_right_to_ends_in_a_sentence(
    tmp_path: Path, command: str, closed: str, mode: int
) -> None:
    lyceum = Lyceum(tmp_path, {"MODEL__EMBEDDED": "never", "OLLAMA__HOSTS": "127.0.0.1:9"})
    migration.prepare(tmp_path / "data" / "lyceum.db")
    (tmp_path / closed).chmod(mode)
    done = await lyceum.shell(f"{HELD}{sys.executable} -m bot {command} </dev/null")
    (tmp_path / closed).chmod(0o700)

    assert "give the bot's user the right" in (done.out + done.err).lower()
    assert done.is_plain


@pytest.mark.skipif(bool(HELD) and shutil.which("setpriv") is None, reason="no way to try it as root")
async def test_settings_the_bot_has_no_right_to_read_end_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / ".env").touch(mode=0)
    done = await Lyceum(tmp_path, {}).shell(f"{HELD}{sys.executable} -m bot doctor")

    assert ".env cannot be read" in done.err
    assert done.is_plain
