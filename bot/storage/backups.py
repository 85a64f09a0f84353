"""Copies of the database file, made before its tables are changed."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from bot.storage.location import create_private

KEPT = 5
FOLDER = "backups"


def back_up(file: Path, *, revision: str, now: datetime) -> Path:
    """Copy the database to `backups/<name>-<revision>-<utc time>.db` beside it and return that path.

    Of the copies of this database only the newest `KEPT` stay. SQLite's backup reads one consistent state while others
    read and write. A copy that was cut short never bears the name of a whole one.

    Raises:
        ConfigurationError: the folder cannot be made or written.
        sqlite3.Error: the copy failed.
    """
    copy = file.parent / FOLDER / f"{file.stem}-{revision}-{now:%Y%m%dT%H%M%S%fZ}.db"
    part = copy.with_suffix(".part")
    create_private(part)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(part)) as target:
        source.backup(target)
    part.replace(copy)
    for old in backups(file)[:-KEPT]:
        old.unlink(missing_ok=True)
    return copy


def backups(file: Path, *, revision: str | None = None) -> list[Path]:
    """Return the copies of this database, of one revision or of all, oldest first."""
    of = "[^-]+" if revision is None else re.escape(revision)
    name = re.compile(rf"{re.escape(file.stem)}-{of}-\d{{8}}T\d{{12}}Z\.db")
    copies = [path for path in (file.parent / FOLDER).glob("*.db") if name.fullmatch(path.name)]
    return sorted(copies, key=lambda path: path.name.rpartition("-")[2])
