"""The database on a Postgres server, which several processes of the bot may share.

Units of work run over an asynchronous driver, several at once, each in a transaction of its own. What clashed with
another, or lost its connection, is run again within a bound. When the connection is lost at the very commit, the server
is asked afterwards what became of it, so that nothing is done twice and nothing is taken for stored that is not. See
docs/decisions/0004-postgres.md.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Generic, Self, TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Text, cast, func, select, text
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.errors import Unavailable
from bot.storage.database import postgres_revisions
from bot.storage.database.database import WAIT_S, Database
from bot.storage.database.location import place
from bot.storage.database.notify import notifies
from bot.storage.database.postgres_connection import CONNECTIONS, connect, postgres_engine
from bot.storage.database.postgres_faults import FAULTS, StillOpen, is_away, may_pass, translated, translated_at_start
from bot.storage.database.postgres_listen import Listener

Result = TypeVar("Result")

MAX_WAITING = 4_096
"""Units that may wait for a connection, as many as SQLite's writer lets queue up."""

FIRST_PAUSE_S = 0.01
LONGEST_PAUSE_S = 0.5

_TRANSACTION = select(cast(func.pg_current_xact_id_if_assigned(), Text))


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """What a unit came to before its commit: its transaction's number, "" where it wrote nothing."""

    result: Result
    transaction: str
    notifies: bool


class PostgresDatabase(Database):
    """A pool of connections, and one that listens. Made by `open_database`."""

    def __init__(self, url: str, *, wait_s: float, clock: Clock = SYSTEM_CLOCK) -> None:
        super().__init__()
        self._clock = clock
        self._wait_s = wait_s
        self._engine = postgres_engine(url, connections=CONNECTIONS, wait_s=wait_s)
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._listener = Listener(lambda: connect(url), self._changes, sender=uuid4().hex, clock=clock)
        self._running = 0
        self._is_closed = False
        self._idle = asyncio.Event()
        self._idle.set()

    @classmethod
    async def open(cls, url: str, *, wait_s: float = WAIT_S) -> Self:
        """See `open_database`: the database of a `postgresql://` URL."""
        await postgres_revisions.prepare(url)
        database = cls(url, wait_s=wait_s)
        with translated_at_start(place(url)):
            await database._listener.start()
        return database

    async def write(self, work: Callable[[Session], Result]) -> Result:
        """See `Database.write`. When the caller is cancelled, the unit is undone unless its commit was under way.

        `Unavailable` says that nothing was stored, but for one case: the server went away at the very commit and did
        not come back in time to be asked.
        """
        async with self._admitted():
            done = await self._patiently(lambda: self._write_once(work))
            if done.notifies:
                self._changes.ring()
                self._listener.announce()
            return done.result

    async def read(self, work: Callable[[Session], Result]) -> Result:
        """See `Database.read`."""
        async with self._admitted():
            return await self._patiently(lambda: self._read_once(work))

    async def close(self) -> None:
        """Let what runs come to its end, then hang up."""
        self._is_closed = True
        await self._idle.wait()
        await self._listener.close()
        await self._engine.dispose()

    @asynccontextmanager
    async def _admitted(self) -> AsyncIterator[None]:
        if self._is_closed:
            raise Unavailable("error.storage_failed")
        if self._running >= MAX_WAITING:
            raise Unavailable("error.storage_busy")
        self._running += 1
        self._idle.clear()
        try:
            with translated():
                yield
        finally:
            self._running -= 1
            if not self._running:
                self._idle.set()

    async def _patiently(self, attempt: Callable[[], Awaitable[Result]]) -> Result:
        """Try, again and again while what went wrong may pass, for at most `wait_s` and one attempt."""
        deadline, pause_s = self._clock.now() + self._wait_s, FIRST_PAUSE_S
        while True:
            try:
                return await attempt()
            except FAULTS as error:
                if not may_pass(error) or self._clock.now() >= deadline:
                    raise
            # Two that met must not meet again.
            await self._clock.sleep(pause_s * random.uniform(0.5, 1.5))  # noqa: S311 - nobody needs to be surprised
            pause_s = min(2 * pause_s, LONGEST_PAUSE_S)

    async def _write_once(self, work: Callable[[Session], Result]) -> Done[Result]:
        done: Done[Result] | None = None
        try:
            async with self._engine.connect() as connection:
                done = await connection.run_sync(self._run, work)
                await connection.commit()
        except FAULTS as error:
            if done is None or not is_away(error) or not await self._is_committed(done.transaction):
                raise
        return done

    def _run(self, connection: Connection, work: Callable[[Session], Result]) -> Done[Result]:
        connection.begin()
        with _session(connection) as session:
            result = work(session)
            session.flush()
            return Done(result, _transaction(session), notifies(session))

    async def _read_once(self, work: Callable[[Session], Result]) -> Result:
        async with self._reading.connect() as connection:
            return await connection.run_sync(_read, work)

    async def _is_committed(self, transaction: str) -> bool:
        """Ask what became of a transaction whose commit nobody answered."""
        if not transaction:
            return False
        return await self._patiently(lambda: self._read_once(_outcome_of(transaction)))


def _session(connection: Connection) -> Session:
    # The transaction is the connection's: the session must neither commit nor end it.
    return Session(connection, join_transaction_mode="rollback_only", expire_on_commit=False)


def _read(connection: Connection, work: Callable[[Session], Result]) -> Result:
    with Session(connection, expire_on_commit=False) as session:
        return work(session)


def _transaction(session: Session) -> str:
    """Return the number of the transaction, "" while nothing is written."""
    return session.scalar(_TRANSACTION) or ""


def _outcome_of(transaction: str) -> Callable[[Session], bool]:
    """Return the question whether a transaction was committed; while it has not ended, that is a clash like others."""
    asked = text("SELECT pg_xact_status(CAST(CAST(:transaction AS text) AS xid8))")

    def outcome(session: Session) -> bool:
        status = session.scalar(asked, {"transaction": transaction})
        if status == "in progress":
            raise StillOpen
        return bool(status == "committed")

    return outcome
