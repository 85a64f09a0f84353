"""The command line as its user meets it: a process of its own, in an empty folder, with an empty environment."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 60.0
PIPE = asyncio.subprocess.PIPE
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Done:
    """How a process ended."""

    code: int
    out: str
    err: str

    @property
    def is_plain(self) -> bool:
        """Whether nobody was shown a traceback."""
        return "Traceback" not in self.out + self.err


@dataclass(frozen=True, slots=True)
class Lyceum:
    """`lyceum` in a folder, with these variables (their names without the prefix) and this language."""

    folder: Path
    variables: dict[str, str]
    language: str = "en_US.UTF-8"

    def with_(self, **variables: str) -> Lyceum:
        """Return the same with more variables."""
        return Lyceum(self.folder, self.variables | variables, self.language)

    async def __call__(self, *arguments: str, said: bytes = b"") -> Done:
        """Run a command to its end; `said` is its standard input."""
        return await self._done([sys.executable, "-m", "bot", *arguments], said)

    async def shell(self, script: str) -> Done:
        """Run a line of shell to its end."""
        return await self._done(["sh", "-c", script], b"")

    @asynccontextmanager
    async def running(
        self, *arguments: str, stdin: int = PIPE, stdout: int = PIPE, stderr: int = PIPE
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        """Start a command; it is killed at the end if it still runs."""
        program = [sys.executable, "-m", "bot", *arguments]
        async with self._process(program, stdin=stdin, stdout=stdout, stderr=stderr) as process:
            yield process

    async def _done(self, program: list[str], said: bytes) -> Done:
        async with self._process(program) as process, asyncio.timeout(TIMEOUT_S):
            out, err = await process.communicate(said)
        assert process.returncode is not None
        return Done(process.returncode, out.decode(), err.decode())

    @asynccontextmanager
    async def _process(
        self, program: list[str], *, stdin: int = PIPE, stdout: int = PIPE, stderr: int = PIPE
    ) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await asyncio.create_subprocess_exec(
            *program, cwd=self.folder, env=self._environment(), stdin=stdin, stdout=stdout, stderr=stderr
        )
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()

    def _environment(self) -> dict[str, str]:
        ours_alone = ("LYCEUM_", "LC_", "LANG", "TERM", "NO_COLOR", "COLORTERM")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ours_alone)}
        ours = {f"LYCEUM_{name}": value for name, value in self.variables.items()}
        return kept | ours | {"LANG": self.language, "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}


async def read_until(stream: asyncio.StreamReader | None, words: str) -> str:
    """Read until these words have come and return everything read.

    Raises:
        TimeoutError: they did not come; AssertionError: the stream ended first.
    """
    assert stream is not None
    read = b""
    async with asyncio.timeout(TIMEOUT_S):
        while words not in read.decode(errors="replace"):
            more = await stream.read(65536)
            assert more, read.decode(errors="replace")
            read += more
    return read.decode(errors="replace")


async def reader_of(descriptor: int) -> asyncio.StreamReader:
    """Return what reads a terminal's output."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0, closefd=False)
    )
    return reader
