"""Several processes at one Postgres server: they wake each other, and take nothing twice."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy.orm import Session

from bot.domain import Address
from bot.storage.database.notify import CHANNEL, Changes, notify
from bot.storage.database.open_database import open_database
from bot.storage.database.postgres_connection import connect
from bot.storage.database.postgres_listen import Listener
from bot.storage.turns.turn_store import SqlTurns
from tests.clocks import SetClock
from tests.contracts.stores import said
from tests.lab.postgres import PostgresServer
from tests.storage.processes import ADOPTS, OPENS, WAITS, heard, started, tell


def tells(session: Session) -> None:
    notify(session)


async def test_a_change_wakes_another_process(url: str) -> None:
    async with await open_database(url) as database:
        with started(WAITS, url) as process:
            waits = await asyncio.to_thread(heard, process)
            await database.write(tells)
            woken = await asyncio.to_thread(heard, process)

    assert (waits, woken) == ("waiting", "woken")


async def test_who_listens_is_woken_when_the_lost_connection_is_back_and_hears_again(
    server: PostgresServer, url: str
) -> None:
    async with await open_database(url) as database, await open_database(url) as another:
        await server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
        async with asyncio.timeout(50):
            await database.changed(timeout_s=60)
            await another.changed(timeout_s=60)
            await database.write(tells)
            await another.changed(timeout_s=60)


async def test_two_processes_take_orphans_over_without_a_double_and_run_no_more_than_they_may(url: str) -> None:
    async with await open_database(url) as database:
        turns = SqlTurns(database)
        for number in range(20):
            message = said(f"{number}", address=Address("discord", "guild", f"channel {number}"))
            turn = await turns.accept(message, worker="gone")
            assert turn is not None
            await turns.release(turn.id, worker="gone")
        with started(ADOPTS, url, "one") as one, started(ADOPTS, url, "two") as two:
            ready = [await asyncio.to_thread(heard, process) for process in (one, two)]
            tell(one)
            tell(two)
            lines = [await asyncio.to_thread(heard, process) for process in (one, two, one, two)]
        adopted, claimed = [" ".join(some).split() for some in (lines[:2], lines[2:])]

        assert ready == ["ready", "ready"]
        assert sorted(map(int, adopted)) == list(range(1, 21))
        assert len(claimed) == len(set(claimed)) <= 6


async def test_two_processes_may_make_and_use_the_same_database(server: PostgresServer) -> None:
    async with server.database(template="template1") as url:
        with started(OPENS, url, "one") as one, started(OPENS, url, "two") as two:
            codes = [await asyncio.to_thread(process.wait) for process in (one, two)]

        assert codes == [0, 0]


async def test_many_changes_at_once_are_announced_a_few_times(url: str) -> None:
    heard_of: list[object] = []
    async with await open_database(url) as database:
        connection = await connect(url)
        await connection.add_listener(CHANNEL, lambda *said: heard_of.append(said))
        await asyncio.gather(*(database.write(tells) for _ in range(200)))
        async with asyncio.timeout(20):
            while not heard_of:
                await connection.execute("SELECT 1")
        await connection.close()

    assert 1 <= len(heard_of) < 100


class StillClock(SetClock):
    """Whoever sleeps goes on sleeping."""

    async def sleep(self, seconds: float) -> None:
        del seconds
        await asyncio.Event().wait()


async def test_what_changed_last_is_announced_before_a_process_ends(url: str) -> None:
    heard_of: list[object] = []
    hearing = await connect(url)
    await hearing.add_listener(CHANNEL, lambda *said: heard_of.append(said))
    listener = Listener(lambda: connect(url), Changes(), sender="me", clock=StillClock())
    await listener.start()
    async with asyncio.timeout(20):
        listener.announce()
        while not heard_of:
            await hearing.execute("SELECT 1")
        listener.announce()  # soon after the first, so it waits for others
        await listener.close()
        while len(heard_of) < 2:
            await hearing.execute("SELECT 1")
    await hearing.close()


async def test_what_is_undone_is_not_announced(url: str) -> None:
    def fails(session: Session) -> None:
        notify(session)
        raise LookupError

    async with await open_database(url) as another, await open_database(url) as database:
        with pytest.raises(LookupError):
            await database.write(fails)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await another.changed(timeout_s=60)
