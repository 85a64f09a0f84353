"""A database on a Postgres server: units of work through clashes, restarts and lost connections."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK
from bot.errors import Unavailable
from bot.storage import note_store as notes
from bot.storage.database.database import Database
from bot.storage.database.notify import notify
from bot.storage.database.open_database import open_database
from bot.storage.tables.chat_tables import MessageRow, NoteRow
from tests.lab.postgres import PostgresServer
from tests.lab.postgres_wire import Cut, wired

Work = Callable[[Session], None]

GATE = 4711


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with await open_database(url) as opened:
        yield opened


def written(name: str, value: str = "v") -> Work:
    return lambda session: notes.write(session, name, value, now=SYSTEM_CLOCK.utc())


def once(name: str) -> Work:
    """A unit of work that fails where it was done already."""
    return lambda session: session.add(NoteRow(name=name, value="v", written_at=SYSTEM_CLOCK.utc()))


def pair(number: int) -> Work:
    """A unit of work of two statements, neither of which may be there without the other."""

    def work(session: Session) -> None:
        once(f"{number} left")(session)
        session.flush()
        once(f"{number} right")(session)

    return work


def names(session: Session) -> set[str]:
    return set(session.scalars(select(NoteRow.name)))


def raises(code: str, *, times: int = 1_000) -> Work:
    """A unit of work that writes, and that the server refuses with this code the first few times."""
    runs: list[int] = []
    refuse = text(f"DO $$ BEGIN RAISE EXCEPTION 'on purpose' USING ERRCODE = '{code}'; END $$")

    def work(session: Session) -> None:
        once(code)(session)
        session.flush()
        runs.append(1)
        if len(runs) <= times:
            session.execute(refuse)

    return work


def refers_to_nothing(session: Session) -> None:
    session.add(MessageRow(conversation_id=7, turn_id=7, role="user", text="", created_at=SYSTEM_CLOCK.utc()))


async def key_of(database: Database, work: Work) -> str:
    with pytest.raises(Unavailable) as caught:
        await database.write(work)
    return caught.value.key


async def test_of_many_writers_at_once_only_the_failing_one_is_undone(database: Database) -> None:
    works = [*(once(f"{number}") for number in range(63)), refers_to_nothing]
    outcomes = await asyncio.gather(*(database.write(work) for work in works), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes if outcome] == [Unavailable]
    assert await database.read(names) == {f"{number}" for number in range(63)}


async def test_what_a_unit_of_work_raises_undoes_it_and_passes(database: Database) -> None:
    def fails(session: Session) -> None:
        written("note")(session)
        session.flush()
        raise LookupError("on purpose")

    with pytest.raises(LookupError):
        await database.write(fails)

    assert await database.read(names) == set()


async def test_a_unit_of_work_returns_what_it_came_to(database: Database) -> None:
    assert await database.write(lambda session: session.scalar(text("SELECT 42"))) == 42


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(Unavailable):
        await database.read(written("note"))

    assert await database.read(names) == set()


@pytest.mark.parametrize("code", ["40001", "40P01", "55P03", "57P01", "53300"])
async def test_what_clashed_is_done_again_and_once(database: Database, code: str) -> None:
    await database.write(raises(code, times=3))

    assert await database.read(names) == {code}


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("40001", "error.storage_busy"),
        ("53300", "error.storage_busy"),
        ("57014", "error.storage_busy"),
        ("53100", "error.storage_full"),
        ("57P03", "error.storage_away"),
        ("XX001", "error.storage_failed"),
    ],
)
async def test_what_lasts_is_refused_in_words_and_nothing_is_stored(url: str, code: str, key: str) -> None:
    async with await open_database(url, wait_s=0.1) as database:
        assert await key_of(database, raises(code)) == key
        assert await database.read(names) == set()


async def test_a_deadlock_with_another_process_is_survived(url: str, database: Database) -> None:
    for name in ("one", "two"):
        await database.write(written(name))
    async with await open_database(url) as another, gate(url) as opened:
        writes = [
            asyncio.create_task(database.write(in_order("one", "two"))),
            asyncio.create_task(another.write(in_order("two", "one"))),
        ]
        await until(database, f"SELECT count(*) = 2 FROM pg_locks WHERE objid = {GATE} AND NOT granted")
        await opened()

        assert await asyncio.gather(*writes) == [None, None]


def in_order(first: str, second: str) -> Work:
    """A unit of work that has changed the first and waits at the gate before it changes the second."""

    def work(session: Session) -> None:
        written(first)(session)
        session.execute(text(f"SELECT pg_advisory_xact_lock_shared({GATE})"))
        written(second)(session)

    return work


@asynccontextmanager
async def gate(url: str) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Keep a gate shut until the yielded function is called."""
    keeper = await asyncpg.connect(url)
    await keeper.execute(f"SELECT pg_advisory_lock({GATE})")
    yield keeper.close
    await keeper.close()


async def until(database: Database, claim: str) -> None:
    """Wait until a statement of SQL is true."""
    async with asyncio.timeout(20):
        while not await database.read(lambda session: session.scalar(text(claim))):  # noqa: ASYNC110 - nobody rings
            await asyncio.sleep(0.01)


async def test_a_write_cancelled_before_its_commit_leaves_nothing(database: Database) -> None:
    def sleeps(session: Session) -> None:
        once("cancelled")(session)
        session.flush()
        session.execute(text("SELECT pg_sleep(30)"))

    writing = asyncio.create_task(database.write(sleeps))
    await until(database, "SELECT count(*) = 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
    writing.cancel()
    await asyncio.wait([writing])

    assert writing.cancelled()
    assert await database.read(names) == set()


@pytest.mark.parametrize("cut", Cut)
async def test_a_connection_lost_at_the_commit_leaves_the_unit_done_once(server: PostgresServer, cut: Cut) -> None:
    async with server.database() as direct, wired(server) as wire:
        through = direct.replace(str(server.folder), str(wire.folder))
        async with await open_database(through) as database:
            wire.cuts += [cut, cut]
            await database.write(once("note"))
            await database.write(once("another"))

            assert wire.cuts == []
            assert await database.read(names) == {"note", "another"}


async def test_units_under_way_while_the_server_crashes_are_done_or_refused_and_never_half(
    own_server: PostgresServer,
) -> None:
    async with own_server.database() as url, await open_database(url) as database:
        writes = [asyncio.create_task(database.write(pair(number))) for number in range(200)]
        await asyncio.wait(writes, return_when=asyncio.FIRST_COMPLETED)
        await asyncio.to_thread(own_server.stop, signal.SIGQUIT)
        await asyncio.to_thread(own_server.start)
        outcomes = await asyncio.gather(*writes, return_exceptions=True)
        done = {number for number, outcome in enumerate(outcomes) if outcome is None}

        assert {type(outcome) for outcome in outcomes} <= {type(None), Unavailable}
        assert await database.read(names) == {f"{number} {side}" for number in done for side in ("left", "right")}


async def test_a_server_that_is_gone_is_said_and_found_again(own_server: PostgresServer) -> None:
    async with own_server.database() as url, await open_database(url, wait_s=0.2) as database:
        await asyncio.to_thread(own_server.stop)
        key = await key_of(database, written("lost"))
        await asyncio.to_thread(own_server.start)
        await database.write(written("found"))

        assert key == "error.storage_away"
        assert await database.read(names) == {"found"}


async def test_closing_lets_what_runs_come_to_its_end(url: str) -> None:
    database = await open_database(url)
    writes = [asyncio.create_task(database.write(once(f"{number}"))) for number in range(64)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*writes)

    async with await open_database(url) as again:
        assert len(await again.read(names)) == 64


async def test_a_closed_database_refuses(url: str) -> None:
    database = await open_database(url)
    await database.close()

    with pytest.raises(Unavailable):
        await database.write(written("late"))
    with pytest.raises(Unavailable):
        await database.read(names)


async def test_a_notice_rings_in_its_own_process_once_the_unit_is_committed(database: Database) -> None:
    def fails(session: Session) -> None:
        notify(session)
        raise LookupError

    def passes(session: Session) -> None:
        once("told")(session)
        notify(session)
        notify(session)

    waiting = asyncio.create_task(database.changed(timeout_s=60))
    with pytest.raises(LookupError):
        await database.write(fails)
    await database.read(names)
    was_waiting = not waiting.done()
    await database.write(passes)
    async with asyncio.timeout(50):
        await waiting

    assert was_waiting
