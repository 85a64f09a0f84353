"""The one connection of a process that hears what others announce, made anew whenever it is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import asyncpg
import structlog

from bot.storage.notify import CHANNEL, Changes
from bot.storage.postgres_faults import FAULTS

PAUSE_S = 1.0
PULSE_S = 15.0
"""How often a silent connection is tried: one that a firewall forgot is lost without a word."""

log = structlog.get_logger(__name__)

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Listener:
    """Rings `changes` for every announcement but the sender's own; those rang here already.

    Whoever waits is woken after each reconnection as well: something may have changed while nobody heard.
    """

    def __init__(self, connect: Connect, changes: Changes, *, sender: str) -> None:
        self._connect = connect
        self._changes = changes
        self._sender = sender
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen, and go on until `close`. Raises one of `FAULTS` when the first connection fails."""
        connection = await self._listening()
        self._task = asyncio.create_task(self._run(connection), name="storage-listener")

    async def close(self) -> None:
        """Hang up."""
        if self._task is None:
            return
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self, connection: asyncpg.Connection) -> None:
        while True:
            await self._stay(connection)
            log.warning("storage.listener_lost")
            connection = await self._again()
            self._changes.ring()
            log.info("storage.listener_back")

    async def _listening(self) -> asyncpg.Connection:
        connection = await self._connect()
        await connection.add_listener(CHANNEL, self._hear)
        return connection

    async def _again(self) -> asyncpg.Connection:
        while True:
            with suppress(*FAULTS):
                return await self._listening()
            await asyncio.sleep(PAUSE_S)

    async def _stay(self, connection: asyncpg.Connection) -> None:
        """Return when the connection is lost. It is ended with the task."""
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            with suppress(*FAULTS):
                while not connection.is_closed():
                    await _within(PULSE_S, lost)
                    await connection.execute("SELECT 1")
        finally:
            connection.terminate()

    def _hear(self, _connection: object, _process: int, _channel: str, sender: object) -> None:
        if sender != self._sender:
            self._changes.ring()


async def _within(seconds: float, event: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
