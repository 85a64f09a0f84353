"""A terminal as people see it: an emulator that the console writes to, with the lines that have scrolled off it."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import termios
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager

import pyte
from pyte.screens import StaticDefaultDict

from adapters.base import Content
from adapters.console.poster import ConsolePoster
from adapters.console.terminal import Screen

MOST_ROWS = 5_000


class Emulator:
    """What stands in a terminal of this size, fed with what was written to it."""

    def __init__(self, columns: int, lines: int) -> None:
        self.screen = pyte.HistoryScreen(columns, lines, history=MOST_ROWS, ratio=1e-6)
        self._stream = pyte.Stream(self.screen)

    def feed(self, written: str) -> None:
        # As the line discipline has it: the end of a line goes to the beginning of the next.
        self._stream.feed(written.replace("\r\n", "\n").replace("\n", "\r\n"))

    @property
    def scrolled(self) -> list[str]:
        """The rows that have scrolled off, which nothing can change any more."""
        return [self._text(row) for row in self.screen.history.top]

    @property
    def visible(self) -> list[str]:
        """The rows of the screen, without empty ones at its end."""
        rows = [self._text(self.screen.buffer[number]) for number in range(self.screen.lines)]
        while rows and not rows[-1]:
            rows.pop()
        return rows

    @property
    def rows(self) -> list[str]:
        return [*self.scrolled, *self.visible]

    def _text(self, row: StaticDefaultDict[int, pyte.screens.Char]) -> str:
        # What was never written is not in it.
        cells = "".join(row[column].data for column in range(max(row, default=-1) + 1))
        return unicodedata.normalize("NFC", cells).rstrip()


class Tty(io.StringIO):
    """The end of a terminal that a program writes to, of a size that can change."""

    encoding = "utf-8"

    def __init__(self, columns: int, lines: int) -> None:
        super().__init__()
        self.emulator = Emulator(columns, lines)
        self._ours, self._theirs = pty.openpty()
        self.written: list[str] = []
        self.resize(columns, lines)

    def resize(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.emulator.screen.resize(lines, columns)

    def isatty(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._theirs

    def write(self, written: str) -> int:
        self.written.append(written)
        self.emulator.feed(written)
        return len(written)

    def close(self) -> None:
        os.close(self._ours)
        os.close(self._theirs)
        super().close()


class Reader:
    """Somebody who reads an answer in a terminal while it comes."""

    def __init__(self, tty: Tty) -> None:
        self.tty = tty
        self._poster = ConsolePoster(Screen(tty))
        self._id = ""

    @property
    def rows(self) -> list[str]:
        return self.tty.emulator.rows

    async def reads(self, text: str, *, own: str = "", is_whole: bool = False) -> list[str]:
        """Show a text as it stands now; return the rows that are there then. `own` stands below it, at its end."""
        content = Content(self._poster.render(text) + own, running=not is_whole, own_chars=len(own))
        if self._id:
            await self._poster.edit(self._id, content)
        else:
            self._id = await self._poster.post(content, key="k")
        return self.rows


@contextmanager
def reader(columns: int = 80, lines: int = 24) -> Iterator[Reader]:
    """Open a terminal."""
    tty = Tty(columns, lines)
    try:
        yield Reader(tty)
    finally:
        tty.close()


async def streamed(text: str, *, columns: int = 80, lines: int = 24, size: int = 1, own: str = "") -> list[list[str]]:
    """Stream a text in pieces; return what stands there after each of them, and at the end."""
    with reader(columns, lines) as terminal:
        states = [await terminal.reads(text[: end + size]) for end in range(0, len(text), size)]
        return [*states, await terminal.reads(text, own=own, is_whole=True)]
