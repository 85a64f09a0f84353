"""The terminal or the pipe: a screen to write on, lines to read, the language it is set to."""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import sys
from collections.abc import Callable
from typing import TextIO

READ_BYTES = 65536
# A line without an end must not take all memory: it is cut here.
LONGEST_LINE_BYTES = 4 * 1024 * 1024
CLEAR_LINE = "\r\x1b[K"
# A model's text must not move the cursor or rename the window.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


class Screen:
    """Where the console writes. Once whoever read it is gone, `on_gone` is called and writing does nothing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_gone = False
        self.is_terminal = stream.isatty()
        self.on_gone: Callable[[], None] = _nothing

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
