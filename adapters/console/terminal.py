"""The terminal or the pipe: a screen to write on, lines to read, the language it is set to."""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import select
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

from wcwidth import clip

READ_BYTES = 65536
# A line without an end must not take all memory: it is cut here.
LONGEST_LINE_BYTES = 4 * 1024 * 1024
CLEAR_LINE = "\r\x1b[K"
# Terminals that print what should steer them.
NOT_STEERED = ("", "dumb", "unknown")
USUAL_SIZE = os.terminal_size((80, 24))
# A model's text must not move the cursor or rename the window.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Screen:
    """Where the console writes. Once whoever read it is gone, `on_gone` is called and writing does nothing.

    `is_terminal`: a person reads it. `is_steered`: its cursor can be moved, so that what stands there can change.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_gone = False
        self.is_terminal = stream.isatty()
        self.is_steered = self.is_terminal and os.environ.get("TERM", "") not in NOT_STEERED
        self.on_gone: Callable[[], None] = _nothing

    @property
    def is_unicode(self) -> bool:
        """Whether its encoding has all characters."""
        return (self._stream.encoding or "utf-8").lower().startswith("utf")

    @property
    def size(self) -> os.terminal_size:
        """How many columns and lines it has at this moment; 80 and 24 where it does not tell."""
        try:
            size = os.get_terminal_size(self._stream.fileno())
        except (OSError, ValueError):
            return USUAL_SIZE
        return os.terminal_size((size.columns or USUAL_SIZE.columns, size.lines or USUAL_SIZE.lines))

    def fitted(self, line: str) -> str:
        """Return as much of a line as stands on one row."""
        return clip(line, 0, self.size.columns - 1)

    def write(self, output: str) -> None:
        """Write at once; characters the terminal's encoding lacks become question marks."""
        if self._is_gone:
            return
        encoding = self._stream.encoding or "utf-8"
        try:
            self._stream.write(output.encode(encoding, "replace").decode(encoding))
            self._stream.flush()
        except OSError:
            self._is_gone = True
            self.on_gone()


class Lines:
    """Lines of a file descriptor, read when they are asked for: nothing is read ahead of the answer."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._buffer = bytearray()
        self._is_at_end = False
        self.are_typed = os.isatty(descriptor)
        # Whether the next line was typed while nothing of it was seen.
        self.is_unseen = False

    async def next(self) -> str | None:
        """Return the next line without its end, invalid UTF-8 replaced; None at the end of the input."""
        while b"\n" not in self._buffer and len(self._buffer) < LONGEST_LINE_BYTES and not self._is_at_end:
            await self._readable()
            self._read()
        if not self._buffer:
            return None
        line, _, rest = bytes(self._buffer).partition(b"\n")
        self._buffer[:] = rest
        return line.decode("utf-8", "replace").removesuffix("\r")

    @contextmanager
    def unseen(self) -> Iterator[None]:
        """Let nothing that is typed meanwhile be seen, Ctrl-C neither: it would stand amid an answer that is drawn."""
        try:
            before = termios.tcgetattr(self._descriptor)
        except termios.error:  # no terminal, or one that hung up
            yield
            return
        self._set([*before[:3], before[3] & ~termios.ECHO, *before[4:]])
        try:
            yield
        finally:
            self.is_unseen = b"\n" in self._buffer or bool(select.select([self._descriptor], [], [], 0)[0])
            self._set(before)

    def _set(self, settings: list[Any]) -> None:
        with suppress(termios.error):
            termios.tcsetattr(self._descriptor, termios.TCSANOW, settings)

    def _read(self) -> None:
        try:
            read = os.read(self._descriptor, READ_BYTES)
        except OSError:  # a terminal that hung up, a descriptor that was closed: nothing more will come
            read = b""
        self._buffer += read
        self._is_at_end = not read

    async def _readable(self) -> None:
        """Wait until a read would not block. Files cannot be waited for, and never block."""
        loop = asyncio.get_running_loop()
        ready: asyncio.Future[None] = loop.create_future()
        try:
            loop.add_reader(self._descriptor, _resolve, ready)
        except OSError:
            return
        try:
            await ready
        finally:
            loop.remove_reader(self._descriptor)


def visible(text: str) -> str:
    """Return the text without the control characters that would steer a terminal."""
    return _CONTROLS.sub("", text)


def user_name() -> str:
    """Return who runs the bot; a container's user may have no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "operator"


def locale_of_console() -> str:
    """Return the language of the terminal, as POSIX names it."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return value.partition(".")[0].replace("_", "-")
    return "en"


def standard_input() -> Lines:
    """Return the lines of standard input; none where it is closed."""
    return Lines(sys.stdin.fileno() if sys.stdin else os.open(os.devnull, os.O_RDONLY))


def _resolve(ready: asyncio.Future[None]) -> None:
    if not ready.done():
        ready.set_result(None)


def _nothing() -> None:
    """Do nothing: nobody waits for this screen."""
