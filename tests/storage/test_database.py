"""The writer thread and the readers: what is acknowledged is stored, and nothing else is."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK
from bot.errors import Unavailable
from bot.storage import note_store as notes
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.database.sqlite_connection import BUSY_TIMEOUT_MS
from bot.storage.database.writer import MAX_WAITING
from bot.storage.note_store import SqlNotes
from bot.storage.tables.chat_tables import MessageRow, NoteRow
from tests.storage.processes import LOCKS, OPENS, WRITES, heard, started, tell


class Gate:
    """A unit of work that keeps the writer busy until the test lets it go on."""

    def __init__(self) -> None:
        self._has_begun = threading.Event()
        self._may_go_on = threading.Event()

    def hold(self, session: Session) -> None:
        notes.write(session, "held", "v", now=SYSTEM_CLOCK.utc())
        self._has_begun.set()
        self._may_go_on.wait(20)

    async def is_held(self) -> None:
        assert await asyncio.to_thread(self._has_begun.wait, 20)

    def open(self) -> None:
        self._may_go_on.set()


def written(name: str, value: str = "v") -> Callable[[Session], None]:
    return lambda session: notes.write(session, name, value, now=SYSTEM_CLOCK.utc())


def names(session: Session) -> set[str]:
    return set(session.scalars(select(NoteRow.name)))


def fails_after_writing(session: Session) -> None:
    notes.write(session, "failed", "v", now=SYSTEM_CLOCK.utc())
    raise LookupError("on purpose")


def refers_to_nothing(session: Session) -> None:
    session.add(MessageRow(conversation_id=7, turn_id=7, role="user", text="", created_at=SYSTEM_CLOCK.utc()))


async def test_of_many_writers_at_once_only_the_failing_one_is_undone(database: Database) -> None:
    works = [*(written(f"{number}") for number in range(63)), fails_after_writing]
    outcomes = await asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes if outcome] == [LookupError]
    assert await database.read(names) == {f"{number}" for number in range(63)}


async def test_what_queues_up_behind_a_commit_is_committed_together(database: Database) -> None:
    gate = Gate()
    transactions: set[int] = set()

    def noted(session: Session) -> None:
        transactions.add(id(session.connection().get_transaction()))

    first = asyncio.create_task(database.write(gate.hold))
    await gate.is_held()
    rest = [asyncio.create_task(database.write(noted)) for _ in range(64)]
    await asyncio.sleep(0)
    gate.open()
    await asyncio.gather(first, *rest)

    assert len(transactions) == 1


async def test_a_unit_of_work_returns_what_it_came_to(database: Database) -> None:
    assert await database.write(lambda session: session.scalar(text("SELECT 42"))) == 42


async def test_a_write_is_seen_by_the_next_read(database: Database) -> None:
    await database.write(written("note"))

    assert await database.read(names) == {"note"}


async def test_a_failing_unit_of_work_alone_leaves_nothing(database: Database) -> None:
    with pytest.raises(LookupError):
        await database.write(fails_after_writing)

    assert await database.read(names) == set()


async def test_a_row_that_refers_to_nothing_is_refused(database: Database) -> None:
    with pytest.raises(Unavailable) as caught:
        await database.write(refers_to_nothing)

    assert caught.value.key == "error.storage_failed"


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Unavailable):
        await database.read(written("note"))

    assert await database.read(names) == set()


async def test_readers_go_on_while_the_writer_is_busy(database: Database) -> None:
    gate = Gate()
    writing = asyncio.create_task(database.write(gate.hold))
    await gate.is_held()
    before = await database.read(names)
    gate.open()
    await writing

    assert before == set()
    assert await database.read(names) == {"held"}


async def test_a_write_cancelled_before_its_turn_does_not_run(database: Database) -> None:
    gate = Gate()
    first = asyncio.create_task(database.write(gate.hold))
    await gate.is_held()
    second = asyncio.create_task(database.write(written("cancelled")))
    await asyncio.sleep(0)
    second.cancel()
    await asyncio.wait([second])
    gate.open()
    await first
    await database.write(written("after"))

    assert await database.read(names) == {"held", "after"}


async def test_a_full_queue_refuses_at_once(database: Database) -> None:
    gate = Gate()
    first = asyncio.create_task(database.write(gate.hold))
    await gate.is_held()
    waiting = [asyncio.create_task(database.write(lambda _: None)) for _ in range(MAX_WAITING)]
    await asyncio.sleep(0)

    with pytest.raises(Unavailable) as caught:
        await database.write(written("too many"))

    gate.open()
    await asyncio.gather(first, *waiting)
    assert caught.value.key == "error.storage_busy"


async def test_a_full_disk_is_said_and_what_was_stored_stays(database: Database) -> None:
    await database.write(written("before"))
    pages = await database.write(lambda session: session.scalar(text("PRAGMA page_count")))
    await database.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages}")).close())

    with pytest.raises(Unavailable) as caught:
        await database.write(written("large", "x" * 1_000_000))

    assert caught.value.key == "error.storage_full"
    assert await database.read(names) == {"before"}


async def test_on_a_full_disk_every_write_is_either_stored_or_refused(database: Database) -> None:
    pages = await database.write(lambda session: session.scalar(text("PRAGMA page_count")))
    await database.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages + 20}")).close())
    outcomes = [
        outcome
        for start in range(0, 64, 4)
        for outcome in await asyncio.gather(
            *(database.write(written(f"{number}", "x" * 10_000)) for number in range(start, start + 4)),
            return_exceptions=True,
        )
    ]
    stored = {f"{number}" for number, outcome in enumerate(outcomes) if outcome is None}

    assert 0 < len(stored) < 64
    assert await database.read(names) == stored


async def test_what_shared_a_transaction_with_a_write_that_lost_it_is_not_acknowledged(database: Database) -> None:
    pages = await database.write(lambda session: session.scalar(text("PRAGMA page_count")))
    await database.write(lambda session: session.execute(text(f"PRAGMA max_page_count = {pages + 4}")).close())
    gate = Gate()
    first = asyncio.create_task(database.write(gate.hold))
    await gate.is_held()
    works = [written("before"), written("large", "x" * 10_000_000), written("after")]
    writes = [asyncio.create_task(database.write(work)) for work in works]
    await asyncio.sleep(0)
    gate.open()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    await first

    assert [type(outcome) for outcome in outcomes] == [Unavailable] * 3
    assert await database.read(names) == {"held"}


async def test_closing_stores_what_is_queued(file: Path) -> None:
    database = await open_database(file)
    writes = [asyncio.create_task(database.write(written(f"{number}"))) for number in range(64)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*writes)

    async with await open_database(file) as again:
        assert len(await again.read(names)) == 64


async def test_a_closed_database_refuses(file: Path) -> None:
    database = await open_database(file)
    await database.close()

    with pytest.raises(Unavailable):
        await database.write(written("late"))
    with pytest.raises(Unavailable):
        await database.read(names)


async def test_closing_leaves_one_file(file: Path) -> None:
    async with await open_database(file) as database:
        await database.write(written("note"))
        await database.read(names)

    assert [path.name for path in file.parent.iterdir()] == [file.name]


async def test_an_acknowledged_write_survives_kill_9(file: Path) -> None:
    with started(WRITES, file, "note") as process:
        said = heard(process)
        process.kill()
        process.wait()

    async with await open_database(file) as database:
        assert said == "written"
        assert await SqlNotes(database).read("note") == "written"


async def test_a_commit_waits_for_the_disk(database: Database) -> None:
    full = 2

    assert await database.write(lambda session: session.scalar(text("PRAGMA synchronous"))) == full
    assert await database.write(lambda session: session.scalar(text("PRAGMA journal_mode"))) == "wal"


async def test_a_write_waits_while_another_process_holds_the_file(database: Database, file: Path) -> None:
    longer_than_sqlite_waits_s = 3 * BUSY_TIMEOUT_MS / 1000
    with started(LOCKS, file) as process:
        said = heard(process)
        writing = asyncio.create_task(database.write(written("note")))
        _, still_waiting = await asyncio.wait([writing], timeout=longer_than_sqlite_waits_s)
        tell(process)
        await writing

    assert said == "locked"
    assert still_waiting == {writing}
    assert await database.read(names) == {"note"}


async def test_a_file_held_for_too_long_is_unavailable(file: Path) -> None:
    async with await open_database(file, wait_s=0.1) as database:
        with started(LOCKS, file) as process:
            said = heard(process)
            with pytest.raises(Unavailable) as caught:
                await database.write(written("note"))
            tell(process)
            process.wait()

        assert (said, caught.value.key) == ("locked", "error.storage_busy")
        await database.write(written("later"))
        assert await database.read(names) == {"later"}


async def test_two_processes_may_make_and_use_the_same_file(file: Path) -> None:
    with started(OPENS, file, "one") as one, started(OPENS, file, "two") as two:
        codes = [await asyncio.to_thread(process.wait) for process in (one, two)]

    async with await open_database(file) as database:
        assert codes == [0, 0]
        assert len(await database.read(names)) == 50
