"""Other processes at the database: programs that a test starts, and that say a word when they have come somewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WRITES = """
import asyncio, sys
from bot.storage.database import open_database
from bot.storage.notes import SqlNotes

async def main():
    notes = SqlNotes(await open_database(sys.argv[1]))
    await notes.write(sys.argv[2], "written")
    print("written", flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""

LOCKS = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.readline()
connection.execute("COMMIT")
connection.close()
"""

OPENS = """
import asyncio, sys
from bot.storage.database import open_database
from bot.storage.notes import SqlNotes

async def main():
    async with await open_database(sys.argv[1]) as database:
        for number in range(25):
            await SqlNotes(database).write(f"{sys.argv[2]} {number}", "written")

asyncio.run(main())
"""

IMPORTS = """
import asyncio, sys
from bot.storage.database import open_database

async def main():
    async with await open_database(sys.argv[1]):
        print("alembic:", "alembic" in sys.modules)

asyncio.run(main())
"""


@contextmanager
def started(program: str, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the block ends; then it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def heard(process: subprocess.Popen[str]) -> str:
    """Wait for the program's next line."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def tell(process: subprocess.Popen[str]) -> None:
    """Let the program go on."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
