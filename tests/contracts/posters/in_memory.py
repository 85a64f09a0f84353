"""The console's poster on a pipe, and the wall that the tests of delivery read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO

import pytest

from adapters.base import Poster
from adapters.console.poster import ConsolePoster
from adapters.console.terminal import Screen
from bot.i18n import sentence
from tests.adapters.seen import Seen
from tests.adapters.terminal import Tty
from tests.contracts.posters.board import Board
from tests.walls import Wall


class ConsoleBoard(Board):
    """A pipe that somebody reads."""

    def __init__(self) -> None:
        self.out = StringIO()
        super().__init__()

    def another(self, *, attempt: int = 0) -> Poster:  # noqa: ARG002 - nothing is taken over here
        return ConsolePoster(Screen(self.out))

    def seen(self) -> list[Seen]:
        return [Seen(self.out.getvalue())] if self.out.getvalue() else []


class TerminalBoard(Board):
    """A terminal of the usual size that somebody looks at."""

    def __init__(self, tty: Tty) -> None:
        self.tty = tty
        super().__init__()

    def another(self, *, attempt: int = 0) -> Poster:  # noqa: ARG002 - nothing is taken over here
        return ConsolePoster(Screen(self.tty))

    def seen(self) -> list[Seen]:
        rows = self.tty.emulator.rows
        return [Seen("\n".join(rows))] if rows else []


class WallBoard(Board):
    """The wall in memory that the tests of delivery read."""

    def __init__(self) -> None:
        self.wall = Wall()
        self.wall.has_state_messages = True
        super().__init__()

    def another(self, *, attempt: int = 0) -> Poster:  # noqa: ARG002 - one wall serves each attempt
        return self.wall

    def seen(self) -> list[Seen]:
        return [
            Seen(
                message.text,
                labels=tuple(sentence(button.label, "en") for button in message.content.buttons),
                files=tuple(file.text for file in message.content.files),
                stops=message.running,
            )
            for message in self.wall.messages
            if message.key != "removed"
        ]

    async def last_is_deleted(self) -> None:
        await self.wall.remove(str(len(self.wall.messages) - 1))

    def goes_for_good(self) -> None:
        self.wall.is_closed = True

    def fails_once(self) -> None:
        self.wall.fail_next = 1


@asynccontextmanager
async def at_the_console() -> AsyncIterator[Board]:
    yield ConsoleBoard()


@asynccontextmanager
async def in_a_terminal() -> AsyncIterator[Board]:
    tty = Tty(80, 24)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        yield TerminalBoard(tty)
    tty.close()


@asynccontextmanager
async def on_the_wall() -> AsyncIterator[Board]:
    yield WallBoard()
