"""A SQLite file with all our tables: migrated once a process, copied for each test, which takes a tenth of the time."""

from __future__ import annotations

import asyncio
import atexit
import functools
import shutil
import tempfile
from pathlib import Path

from bot.storage.database.open_database import open_database


async def make_file(file: Path) -> Path:
    """Make a database of no rows, and return its path."""
    template = _folder() / "lyceum.db"
    if not template.exists():
        async with await open_database(template):
            pass
    return Path(await asyncio.to_thread(shutil.copyfile, template, file))


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="lyceum-sqlite-"))
    atexit.register(shutil.rmtree, folder)
    return folder
