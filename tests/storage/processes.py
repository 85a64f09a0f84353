"""Other processes at the database: programs that a test starts, and that say a word when they have come somewhere."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WRITES = """
import asyncio, sys
from bot.storage.database.open_database import open_database
from bot.storage.note_store import SqlNotes

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
from bot.storage.database.open_database import open_database
from bot.storage.note_store import SqlNotes

async def main():
    async with await open_database(sys.argv[1]) as database:
        for number in range(25):
            await SqlNotes(database).write(f"{sys.argv[2]} {number}", "written")

asyncio.run(main())
"""

WAITS = """
import asyncio, sys
from bot.storage.database.open_database import open_database

async def main():
    async with await open_database(sys.argv[1]) as database:
        await database.changed(timeout_s=0.001)
        print("waiting", flush=True)
        async with asyncio.timeout(50):
            await database.changed(timeout_s=60)
        print("woken", flush=True)

asyncio.run(main())
"""

ADOPTS = """
import asyncio, sys
from bot.storage.database.open_database import open_database
from bot.storage.turns.turn_store import SqlTurns

async def main():
    async with await open_database(sys.argv[1]) as database:
        turns = SqlTurns(database)
        print("ready", flush=True)
        sys.stdin.readline()
        found = [await turns.adopt(sys.argv[2], platform="discord") for _ in range(5)]
        ids = await turns.claim(sys.argv[2], parallel=6)
        print(*(turn.id for some in found for turn in some), flush=True)
        print(*ids, flush=True)

asyncio.run(main())
"""

IMPORTS = """
import asyncio, sys
from bot.storage.database.open_database import open_database

async def main():
    async with await open_database(sys.argv[1]):
        print("imported:", *sorted({"alembic", "asyncpg", "greenlet"} & set(sys.modules)))

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
