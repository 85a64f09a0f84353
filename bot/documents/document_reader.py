"""Reads documents in a process of their own, so that one that is made to do harm harms nothing but that process."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

import structlog

from bot.documents.document_kinds import LOCKED_MARK, PACKAGES, DocumentKind, document_kind
from bot.domain import DocumentText, WhyUnread

# The reading process has 10 s of a processor; where others are at work there, this ends it.
WALL_S = 10.0
# A document that is being read takes a processor and up to half a gigabyte.
AT_ONCE = 2
CHILD = (sys.executable, "-m", "bot.documents.reading_process")
ROOT = Path(__file__).parents[2]
# What a Python may need to start; it is given nothing else of the bot's surroundings: tokens stand there.
PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
log = structlog.get_logger(__name__)


class DocumentReader:
    """See `ports.Documents`. `command` starts the reading process."""

    def __init__(self, *, command: Sequence[str] = CHILD, wall_s: float = WALL_S, at_once: int = AT_ONCE) -> None:
        self._command = command
        self._wall_s = wall_s
        self._places = asyncio.Semaphore(at_once)

    async def read(self, content: bytes) -> DocumentText | WhyUnread:
        """See `ports.Documents.read`. Waiting for others' documents is part of the time it takes."""
        kind = document_kind(content)
        if kind is None:
            return WhyUnread.LOCKED if content.startswith(LOCKED_MARK) else WhyUnread.DAMAGED
        if find_spec(PACKAGES[kind]) is None:
            return WhyUnread.NO_READER
        try:
            async with asyncio.timeout(self._wall_s), self._places:
                status, said = await self._run(kind, content)
        except TimeoutError:
            return WhyUnread.COSTLY
        except OSError as error:
            log.warning("document.not_read", error=type(error).__name__)
            return WhyUnread.COSTLY
        return outcome(status, said)

    async def _run(self, kind: DocumentKind, content: bytes) -> tuple[int, bytes]:
        """Return how the reading process ended, and what it said."""
        child = await asyncio.create_subprocess_exec(
            *self._command,
            kind.value,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            # A library's complaints may quote what it reads.
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(),
            cwd="/",
        )
        try:
            said, _ = await child.communicate(content)
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await asyncio.shield(child.wait())
        return child.returncode or 0, said


def environment() -> dict[str, str]:
    """Return the surroundings of the reading process: it finds the packages that the bot finds."""
    found = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    path = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    return found | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1"}


def outcome(status: int, said: bytes) -> DocumentText | WhyUnread:
    """Return what came of reading. A signal ended a process that took too much; one that failed met damage."""
    if status < 0:
        return WhyUnread.COSTLY
    if status:
        return WhyUnread.DAMAGED
    try:
        read = json.loads(said)
        if "unread" in read:
            return WhyUnread(read["unread"])
        return DocumentText(str(read["text"]), bool(read["is_cut"]))
    except (ValueError, KeyError, TypeError):
        return WhyUnread.DAMAGED
