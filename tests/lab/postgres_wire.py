"""Somebody between the bot and the Postgres server, who cuts the line at a commit."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import Enum, auto
from pathlib import Path

from tests.lab.postgres import PORT, PostgresServer

COMMIT = b"COMMIT;"


class Cut(Enum):
    """When the line is cut: before the server hears of the commit, or before the client hears that it was done."""

    BEFORE = auto()
    AFTER = auto()


class Wire:
    """Carries everything both ways; each of the `cuts` ends one connection at its next commit."""

    def __init__(self, server: PostgresServer, folder: Path) -> None:
        self.folder = folder
        self.cuts: list[Cut] = []
        self._server = server

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either side, or a cut, ends it."""
        theirs, ours = await asyncio.open_unix_connection(_socket(self._server.folder))
        answers = asyncio.create_task(_pump(theirs, writer))
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                cut = self.cuts.pop(0) if COMMIT in data and self.cuts else None
                if cut is Cut.BEFORE:
                    break
                if cut is Cut.AFTER:
                    answers.cancel()
                    await asyncio.wait([answers])
                    ours.write(data)
                    await theirs.read(1)
                    break
                ours.write(data)
        answers.cancel()
        for end in (ours, writer):
            end.close()
            with suppress(ConnectionError):
                await end.wait_closed()


@asynccontextmanager
async def wired(server: PostgresServer) -> AsyncIterator[Wire]:
    """Stand between a server and whoever connects to a socket in `folder`."""
    with tempfile.TemporaryDirectory(prefix="lyceum-wire-") as folder:
        wire = Wire(server, Path(folder))
        listener = await asyncio.start_unix_server(wire.carry, _socket(wire.folder))
        async with listener:
            yield wire


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65536):
            writer.write(data)
    writer.close()


def _socket(folder: Path) -> str:
    return str(folder / f".s.PGSQL.{PORT}")
