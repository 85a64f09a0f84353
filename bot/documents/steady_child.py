"""One process that reads file after file: starting one for each of a course's would take longer than reading them."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

from bot.documents.children import end, environment, outcome
from bot.domain import WhyUnread

COMMAND = (sys.executable, "-m", "bot.documents.lesson_process")
# The process has 30 s of a processor for a file; where others are at work there, this ends it.
WALL_S = 90.0
MOST_ANSWER_BYTES = 64 * 1024**2


class SteadyChild:
    """Starts the process at the first file, and a new one after a file that ended it."""

    def __init__(self, *, command: Sequence[str] = COMMAND, wall_s: float = WALL_S) -> None:
        self._command = command
        self._wall_s = wall_s
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()

    async def read(self, content: bytes, kind: str) -> Mapping[str, object] | WhyUnread:
        """Return what the process says of a file. One that had read others gets no say on what ended it."""
        async with self._turn:
            was_used = self._child is not None
            read = await self._asked(content, kind)
            if isinstance(read, WhyUnread) and self._child is None and was_used:
                read = await self._asked(content, kind)
            return read

    async def close(self) -> None:
        """End the process."""
        child, self._child = self._child, None
        if child and child.returncode is None:
            end(child)
        if child:
            await asyncio.shield(child.wait())

    async def _asked(self, content: bytes, kind: str) -> Mapping[str, object] | WhyUnread:
        said = b""
        try:
            async with asyncio.timeout(self._wall_s):
                child = self._child = self._child or await self._started()
                said = await _exchanged(child, content, kind)
        except (TimeoutError, ValueError):  # a line that is longer than there is room for
            await self.close()
            return WhyUnread.COSTLY
        finally:
            if not said.endswith(b"\n"):
                status = await self._ended()
        return outcome(0, said) if said.endswith(b"\n") else outcome(status or 1, b"")

    async def _ended(self) -> int:
        """Return how the process ended, or end it."""
        child = self._child
        if child and child.stdout and child.stdout.at_eof():
            await asyncio.shield(child.wait())
        await self.close()
        return (child.returncode or 0) if child else 0

    async def _started(self) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # A library's complaints may quote what it reads.
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(),
            cwd="/",
            start_new_session=True,
            limit=MOST_ANSWER_BYTES,
        )


async def _exchanged(child: asyncio.subprocess.Process, content: bytes, kind: str) -> bytes:
    """Hand a file over; return the line that is said of it, less where the process has ended."""
    assert child.stdin
    assert child.stdout
    # What it said before it ended is read all the same.
    with suppress(ConnectionError):
        child.stdin.write(json.dumps({"kind": kind, "bytes": len(content)}).encode() + b"\n" + content)
        await child.stdin.drain()
    return await child.stdout.readline()
