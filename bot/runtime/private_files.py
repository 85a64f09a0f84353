"""Files that hold secrets or what people wrote, and that any user of the machine may read."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.domain import Notice
from bot.errors import ConfigurationError
from bot.settings import DOTENV, Settings

OTHERS = stat.S_IROTH | stat.S_IWOTH


def open_files(settings: Settings, *, dotenv: Path = DOTENV) -> Sequence[Notice]:
    """Return a sentence for each such file: the settings, the database and the copies of it. Blocks."""
    if os.name == "nt":  # there the bits say nothing
        return []
    files = [
        (dotenv, "files.settings"),
        *((file, "files.database") for file in _of_database(settings.storage.location)),
    ]
    return [
        Notice(key, {"path": str(file), "command": f"chmod 600 {shlex.quote(str(file))}"})
        for file, key in files
        if _is_open(file)
    ]


def _of_database(location: str) -> Iterator[Path]:
    from bot.storage.database.backups import backups
    from bot.storage.database.location import POSTGRES_URLS, database_file

    if location.startswith(POSTGRES_URLS):
        return
    try:
        file = database_file(location)
    except ConfigurationError:  # told where it is opened
        return
    yield from (file, file.with_name(f"{file.name}-wal"), *backups(file))


def _is_open(file: Path) -> bool:
    try:
        found = file.stat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and bool(found.st_mode & OTHERS)
