"""`lyceum backup` and `lyceum restore`: a copy of the whole database in one file, and the way back."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.cli.lesson_subcommands import OK, Add
from bot.cli.output import say
from bot.domain import Notice
from bot.settings import load

MEGABYTE = 1_000_000


def add_backup_commands(add: Add) -> None:
    """Add the commands with their arguments."""
    backup = add("backup", _backup, "copy the whole database into a file, while the bot runs")
    backup.add_argument("file", help="the file to make; it holds all that people wrote")
    restore = add("restore", _restore, "bring a copy back, into an empty database; stop the bot before")
    restore.add_argument("file", help="a file that `lyceum backup` made, or one of the copies in `backups`")
    restore.add_argument(
        "--replace", action="store_true", help="put it in the place of the database's file, which is copied before"
    )


def _backup(chosen: argparse.Namespace) -> int:
    location = load().storage.location
    from bot.storage.database.location import place
    from bot.storage.database.snapshots import take

    say(Notice("backup.copying", {"place": place(location)}))
    file = take(location, Path(chosen.file), told=_tell_table)
    megabytes = f"{file.stat().st_size / MEGABYTE:.1f}"
    say(Notice("backup.done", {"file": file, "megabytes": megabytes}))
    return OK


def _restore(chosen: argparse.Namespace) -> int:
    location = load().storage.location
    from bot.storage.database.location import place
    from bot.storage.database.snapshots import restore

    say(Notice("backup.restoring", {"file": chosen.file, "place": place(location)}))
    restore(Path(chosen.file), location, replaces=chosen.replace, told=_tell_table)
    say(Notice("backup.restored", {"place": place(location)}))
    return OK


def _tell_table(table: str, rows: int) -> None:
    if rows:
        say(Notice("backup.table", {"table": table, "count": rows}))
