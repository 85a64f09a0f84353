"""The one connection of a process that hears what others announce, made anew whenever it is lost."""

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

log = structlog.get_logger(__name__)

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Listener:
    """Rings `changes` for every announcement but the sender's own; those rang here already.

    Whoever waits is woken after each reconnection as well: something may have changed while nobody heard.
    """

    def __init__(self, connect: Connect, changes: Changes, *, sender: str, clock: Clock = SYSTEM_CLOCK) -> None:
        self._connect = connect
        self._changes = changes
        self._sender = sender
        self._clock = clock
        self._connection: asyncpg.Connection | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen, and go on until `close`. Raises one of `FAULTS` when the first connection fails."""
        await self._listen()
        self._task = asyncio.create_task(self._run(), name="storage-listener")

    async def close(self) -> None:
        """Hang up."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._hang_up()

    async def _run(self) -> None:
        while True:
            await self._until_lost()
            log.warning("storage.listener_lost")
            await self._hang_up()
            await self._listen_again()
            self._changes.ring()
            log.info("storage.listener_back")

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
