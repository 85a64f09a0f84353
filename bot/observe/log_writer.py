"""Where log lines are written: in a thread of its own, so that whoever logs never waits for whoever reads.

A pipe that nobody reads is full after some hundred lines, a terminal can be held, a disk can be full: a line that
cannot be written now is kept, within bounds, and one that cannot be written at all is given up.
"""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import suppress
from queue import Empty, Full, Queue

import structlog

MOST_LINES = 2_000
"""Lines kept for a reader that does not read; later ones are counted and given up."""
LAST_LINES_S = 1.0
"""How long the end of the process waits for lines that are kept."""
_WRITERS: list[LogWriter] = []


def drain() -> None:
    """Wait, not for long, until what was logged is written: the last act of a process."""
    for writer in _WRITERS:
        writer.drain(LAST_LINES_S)


atexit.register(drain)


class LogWriter:
    """A text stream, as far as loggers use one, over an open file descriptor."""

    def __init__(self, descriptor: int, *, most_lines: int = MOST_LINES) -> None:
        self._descriptor = descriptor
        self._lines: Queue[str] = Queue(most_lines)
        self._lost = 0
        self._is_idle = threading.Condition()
        self._kept = 0
        threading.Thread(target=self._run, name="log-writer", daemon=True).start()
        _WRITERS.append(self)

    def write(self, text: str) -> int:
        """Keep a line, or give it up where too many are kept; the next that is kept tells how many were lost."""
        with self._is_idle:
            self._kept += 1
        try:
            self._lines.put_nowait(text)
        except Full:
            self._written()
            self._lost += 1
            return len(text)
        lost, self._lost = self._lost, 0
        if lost:
            structlog.get_logger(__name__).warning("log.lines_lost", count=lost)
        return len(text)

    def flush(self) -> None:
        """Do nothing: a line is written as soon as it can be."""

    def isatty(self) -> bool:
        """Whether a terminal shows the lines."""
        return os.isatty(self._descriptor)

    def drain(self, within_s: float) -> bool:
        """Wait until all that is kept is written; False when that takes longer."""
        with self._is_idle:
            return self._is_idle.wait_for(lambda: not self._kept, timeout=within_s)

    def _run(self) -> None:
        while True:
            lines = [self._lines.get()]
            with suppress(Empty):
                while len(lines) < MOST_LINES:
                    lines.append(self._lines.get_nowait())
            # A reader that is gone, or a disk that is full, must not end what logs.
            with suppress(OSError):
                self._put("".join(lines).encode(errors="backslashreplace"))
            self._written(len(lines))

    def _put(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._descriptor, data) :]

    def _written(self, count: int = 1) -> None:
        with self._is_idle:
            self._kept -= count
            self._is_idle.notify_all()
