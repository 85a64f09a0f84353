"""The one connection of a process that hears what others announce and announces its own, made anew whenever it is lost.

A server lets one transaction at a time commit that announces something, each with its flush to the disk: announced
inside units of work, they would be done one after the other, of however many processes. So changes are announced after
their commit, many at once, in a transaction that writes nothing. One that is lost on the way costs others a look.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.storage.database.notify import CHANNEL, Changes
from bot.storage.database.postgres_faults import FAULTS

PAUSE_S = 1.0
PULSE_S = 15.0
"""How often a silent connection is tried: one that a firewall forgot is lost without a word."""

HANG_UP_S = 2.0

TOGETHER_S = 0.003
"""What changes within this is announced once. Seven times as long halved what two processes do in one conversation."""

_TELL = "SELECT pg_notify($1, $2)"

log = structlog.get_logger(__name__)

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Listener:
    """Rings `changes` for every announcement but the sender's own; those rang here already.

    Whoever waits is woken after each reconnection as well: something may have changed while nobody heard. So are the
    others, of what nobody could announce.
    """

    def __init__(self, connect: Connect, changes: Changes, *, sender: str, clock: Clock = SYSTEM_CLOCK) -> None:
        self._connect = connect
        self._changes = changes
        self._sender = sender
        self._clock = clock
        self._connection: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None
        self._telling: asyncio.Task[None] | None = None
        self._is_news = asyncio.Event()
        # One statement at a time.
        self._in_use = asyncio.Lock()

    async def start(self) -> None:
        """Listen, and go on until `close`. Raises one of `FAULTS` when the first connection fails."""
        await self._listen()
        self._task = asyncio.create_task(self._run(), name="storage-listener")
        self._telling = asyncio.create_task(self._keep_telling(), name="storage-announcer")

    def announce(self) -> None:
        """Tell other processes soon that something changed; costs nothing."""
        self._is_news.set()

    async def close(self) -> None:
        """Announce what is left, and hang up."""
        tasks = [task for task in (self._task, self._telling) if task is not None]
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        if self._is_news.is_set():
            with suppress(*FAULTS):
                async with asyncio.timeout(HANG_UP_S):
                    await self._tell()
        await self._hang_up()

    async def _run(self) -> None:
        while True:
            await self._until_lost()
            log.warning("storage.listener_lost")
            await self._hang_up()
            await self._listen_again()
            self._changes.ring()
            self.announce()
            log.info("storage.listener_back")

    async def _keep_telling(self) -> None:
        while True:
            await self._is_news.wait()
            with suppress(*FAULTS):
                await self._tell()
            await self._clock.sleep(TOGETHER_S)

    async def _tell(self) -> None:
        """Announce all that has changed until now, once. Raises one of `FAULTS` where the connection is gone."""
        async with self._in_use:
            self._is_news.clear()
            try:
                if self._connection is not None:
                    await self._connection.execute(_TELL, CHANNEL, self._sender)
            except asyncio.CancelledError:
                self._is_news.set()
                raise

    async def _listen(self) -> None:
        self._connection = await self._connect()
        await self._connection.add_listener(CHANNEL, self._hear)

    async def _listen_again(self) -> None:
        while True:
            with suppress(*FAULTS):
                return await self._listen()
            await self._hang_up()
            await self._clock.sleep(PAUSE_S)

    async def _until_lost(self) -> None:
        assert self._connection is not None
        lost = asyncio.Event()
        self._connection.add_termination_listener(lambda _: lost.set())
        with suppress(*FAULTS):
            while not self._connection.is_closed():
                await _within(PULSE_S, lost)
                async with self._in_use:
                    await self._connection.execute("SELECT 1")

    async def _hang_up(self) -> None:
        if self._connection is not None:
            with suppress(*FAULTS):
                await self._connection.close(timeout=HANG_UP_S)

    def _hear(self, _connection: object, _process: int, _channel: str, sender: object) -> None:
        if sender != self._sender:
            self._changes.ring()


async def _within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
