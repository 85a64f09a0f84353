"""Whether a database can be used as the bot uses it: written, with room, and on a server with the rights it needs."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from bot.domain.check_result import CheckResult, problem, well
from bot.storage.database.location import database_file

AREA = "database"
LEAST_FREE_MB = 200
# A bot that migrates, or takes in lessons, holds it for a moment.
HELD_S = 3.0
MB = 2**20


def check_file(location: str) -> Sequence[CheckResult]:
    """Look at the place of a file: its folder, the room on its disk, whether somebody holds it. Blocks.

    Raises:
        BotError: the setting names no file.
    """
    file = database_file(location)
    folder = next(each for each in file.parents if each.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        return [problem(AREA, "database_folder", shows="no_start", path=str(file), folder=str(folder))]
    found = []
    free_mb = shutil.disk_usage(folder).free // MB
    if free_mb < LEAST_FREE_MB:
        found.append(problem("database.space", "database_space", shows="not_stored", free=free_mb, folder=str(folder)))
    else:
        found.append(well("database.space", "database_space_well", free=free_mb // 1024, folder=str(folder)))
    if file.exists() and file.stat().st_size and _is_held(file):
        found.append(problem("database.lock", "database_held", shows="not_stored", path=str(file)))
    return found


def _is_held(file: Path) -> bool:
    """Whether a write lock cannot be had within the time that a unit of work waits for one."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=rw", uri=True, timeout=HELD_S)) as opened:
            opened.execute("BEGIN IMMEDIATE")
            opened.rollback()
    except sqlite3.OperationalError as error:
        return error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
    except sqlite3.DatabaseError:
        return False  # told where it is opened
    return False


async def check_server(url: str) -> Sequence[CheckResult]:
    """Look at a server's database: rights, and what stands between.

    Raises:
        BotError: it cannot be reached, or refuses.
    """
    from bot.storage.database.postgres_checkup import look_at_server

    return await look_at_server(url)
