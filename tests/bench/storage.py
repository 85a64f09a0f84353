"""Storage, measured: `python -m tests.bench.storage`.

Prints ratios, because seconds say more about the machine than about the code.
"""

from __future__ import annotations

import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, closing
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK
from bot.storage import history_store, note_store
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.database.sqlite_connection import Use, sqlite_engine

WRITERS = 64
WRITES_EACH = 40
WINDOW = 50
READS = 200
SMALL, LARGE = 1_000, 1_000_000
MOMENT = "2026-01-02 03:04:05.000006"


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        grouped = asyncio.run(grouped_writes(Path(folder) / "grouped.db"))
        single = asyncio.run(single_writes(Path(folder) / "single.db"))
        print(f"writes/s, {WRITERS} writers: {grouped:,.0f} in groups, {single:,.0f} one commit each")
        print(f"group commit is {grouped / single:.1f} times as fast")
        small, large = asyncio.run(window_reads_s(Path(folder), (SMALL, LARGE)))
        print(f"reading {WINDOW} messages: {small * 1e3:.2f} ms of {SMALL:,}, {large * 1e3:.2f} ms of {LARGE:,}")
        print(f"a thousand times the messages cost {large / small:.2f} times the time")


async def grouped_writes(file: Path) -> float:
    """Return writes per second through the writer thread."""
    async with await open_database(file) as database:
        return await writes_per_s(lambda name: database.write(lambda session: put(session, name)))


async def single_writes(file: Path) -> float:
    """Return writes per second with the same units of work, the same PRAGMAs, one thread, and a commit after each."""
    async with await open_database(file):
        engine = sqlite_engine(file, Use.WRITE)
        loop = asyncio.get_running_loop()

        def write(name: str) -> None:
            with Session(engine) as session:
                put(session, name)
                session.commit()

        with ThreadPoolExecutor(1) as thread:
            rate = await writes_per_s(lambda name: loop.run_in_executor(thread, write, name))
        engine.dispose()
    return rate


def put(session: Session, name: str) -> None:
    """Write one row."""
    note_store.write(session, name, "value", now=SYSTEM_CLOCK.utc())


async def writes_per_s(write: Callable[[str], Awaitable[None]]) -> float:
    """Let all writers write, each one row after another."""

    async def writer(number: int) -> None:
        for count in range(WRITES_EACH):
            await write(f"{number} {count}")

    start = time.perf_counter()
    await asyncio.gather(*(writer(number) for number in range(WRITERS)))
    return WRITERS * WRITES_EACH / (time.perf_counter() - start)


async def window_reads_s(folder: Path, sizes: Sequence[int]) -> list[float]:
    """Return what `newest_window_reads_s` does, of new databases with so many messages."""
    async with AsyncExitStack() as stack:
        databases = {}
        for size in sizes:
            file = folder / f"window {size}.db"
            databases[size] = await stack.enter_async_context(await open_database(file))
            await asyncio.to_thread(fill, file, size)
        return await newest_window_reads_s(databases)


async def newest_window_reads_s(databases: Mapping[int, Database]) -> list[float]:
    """Return the median seconds of reading the newest window of a conversation that holds half of all messages.

    The databases, by how many messages they hold, are read by turns, so that a busy moment of the machine meets all.
    """
    for size, database in databases.items():
        # Its turns are the even ones, so its last window begins with this one.
        await database.write(partial(history_store.begin_context, conversation_id=1, turn_id=size // 2 - WINDOW + 2))
    seconds: dict[int, list[float]] = {size: [] for size in databases}
    for _ in range(READS):
        for size, database in databases.items():
            start = time.perf_counter()
            found = await database.read(partial(history_store.recent, conversation_id=1, before_turn=size))
            seconds[size].append(time.perf_counter() - start)
            assert len(found) == WINDOW
    return [statistics.median(each) for each in seconds.values()]


def fill(file: Path, messages: int) -> None:
    """Store turns of two messages each, in two conversations by turns, all in context."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.executescript(
            "INSERT INTO conversations (id, platform, workspace, channel, thread, context_turn, context_from) "
            "VALUES (1, 'p', 'w', 'c', '1', 0, 0), (2, 'p', 'w', 'c', '2', 0, 0);"
        )
        turns = range(1, messages // 2 + 1)
        connection.executemany(
            "INSERT INTO turns (id, conversation_id, state, accepted_at, "
            "model, error_key, prompt_tokens, answer_tokens) "
            f"VALUES (?, ?, 'answered', '{MOMENT}', 'm', '', 0, 0)",
            ((turn, turn % 2 + 1) for turn in turns),
        )
        connection.executemany(
            "INSERT INTO messages (id, conversation_id, turn_id, role, platform_message_id, person_id, "
            "person_name, text, model, created_at) "
            f"VALUES (?, ?, ?, ?, ?, ?, '', 'A sentence of a chat.', 'm', '{MOMENT}')",
            (row for turn in turns for row in rows_of(turn)),
        )


def rows_of(turn: int) -> tuple[tuple[object, ...], ...]:
    """Return the question and the answer of a turn."""
    conversation = turn % 2 + 1
    return (
        (2 * turn - 1, conversation, turn, "user", f"m{turn}", "p1"),
        (2 * turn, conversation, turn, "assistant", None, None),
    )


if __name__ == "__main__":
    main()
