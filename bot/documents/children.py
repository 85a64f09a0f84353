"""Processes that read one file each, so that one that is made to do harm harms nothing but its process."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import structlog

from bot.domain import WhyUnread

# The reading process has 10 s of a processor; where others are at work there, this ends it.
WALL_S = 10.0
# A file that is being read takes a processor and up to half a gigabyte.
AT_ONCE = 2
CHILD = (sys.executable, "-m", "bot.documents.reading_process")
ROOT = Path(__file__).parents[2]
# What a Python may need to start; it is given nothing else of the bot's surroundings: tokens stand there.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
log = structlog.get_logger(__name__)


class Children:
    """Starts the reading processes, `at_once` of them. `command` starts one."""

    def __init__(self, *, command: Sequence[str] = CHILD, wall_s: float = WALL_S, at_once: int = AT_ONCE) -> None:
        self._command = command
        self._wall_s = wall_s
        self._places = asyncio.Semaphore(at_once)

    async def read(self, content: bytes, *arguments: str) -> Mapping[str, object] | WhyUnread:
        """Return what a process says of a file. Waiting for those of others is part of the time it takes."""
        try:
            async with asyncio.timeout(self._wall_s), self._places:
                status, said = await self._run(arguments, content)
        except TimeoutError:
            return WhyUnread.COSTLY
        except OSError as error:
            log.warning("document.not_read", error=type(error).__name__)
            return WhyUnread.COSTLY
        return outcome(status, said)

    async def _run(self, arguments: Sequence[str], content: bytes) -> tuple[int, bytes]:
        """Return how the reading process ended, and what it said."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # A library's complaints may quote what it reads.
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(),
            cwd="/",
            # It may have started ffmpeg, which ends with it.
            start_new_session=True,
        )
        try:
            said, _ = await child.communicate(content)
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError, PermissionError):
                    end(child)
                await asyncio.shield(child.wait())
        return child.returncode or 0, said


def end(child: asyncio.subprocess.Process) -> None:
    """End a process, and whatever it has started, at once."""
    if sys.platform == "win32":
        child.kill()
    else:
        os.killpg(child.pid, signal.SIGKILL)


def environment() -> dict[str, str]:
    """Return the surroundings of the reading process: it finds the packages that the bot finds."""
    found = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    # A thread for each processor would take more memory than the process may have.
    alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return found | alone | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def outcome(status: int, said: bytes) -> Mapping[str, object] | WhyUnread:
    """Return what came of reading. A signal ended a process that took too much; one that failed met damage."""
    if status < 0:
        return WhyUnread.COSTLY
    if status:
        return WhyUnread.DAMAGED
    try:
        read = json.loads(said)
        if "unread" in read:
            return WhyUnread(read["unread"])
    except (ValueError, TypeError):
        return WhyUnread.DAMAGED
    return read if isinstance(read, dict) else WhyUnread.DAMAGED
