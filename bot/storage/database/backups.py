"""Copies of the database file, made before its tables are changed."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bot.storage.database.location import create_private

KEPT = 5
FOLDER = "backups"
MADE = "%Y%m%dT%H%M%S%fZ"


def back_up(file: Path, *, revision: str, now: datetime) -> Path:
    """Copy the database to `backups/<name>-<revision>-<utc time>.db` beside it and return that path.

    Of the copies of this database only the newest `KEPT` stay. SQLite's backup reads one consistent state while others
    read and write. A copy that was cut short never bears the name of a whole one.

    Raises:
        ConfigurationError: the folder cannot be made or written.
        sqlite3.Error: the copy failed.
    """
    copy = file.parent / FOLDER / f"{file.stem}-{revision}-{now:{MADE}}.db"
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
    return _copies(file, of=of, ending="db")


def prune(file: Path, before: datetime) -> int:
    """Delete the copies of this database made before a time, those cut short as well; return how many.

    Raises:
        OSError: a copy cannot be deleted.
    """
    copies = _copies(file, of="[^-]+", ending="(db|part)")
    old = [copy for copy in copies if _made_at(copy) < before]
    for copy in old:
        copy.unlink(missing_ok=True)
    return len(old)


def _copies(file: Path, *, of: str, ending: str) -> list[Path]:
    name = re.compile(rf"{re.escape(file.stem)}-{of}-\d{{8}}T\d{{12}}Z\.{ending}")
    copies = [path for path in (file.parent / FOLDER).glob("*") if name.fullmatch(path.name)]
    return sorted(copies, key=lambda path: path.name.rpartition("-")[2])


def _made_at(copy: Path) -> datetime:
    return datetime.strptime(copy.stem.rpartition("-")[2], MADE).replace(tzinfo=UTC)
