"""The scene at the console: one person types into a pipe, and reads what is printed."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from io import StringIO

from adapters.console.chat import Console
from adapters.console.terminal import Lines, Screen, user_name
from bot.engine.access import Access
from bot.engine.engine import Engine
from tests.adapters.seen import Seen
from tests.adapters.slack_scene import make_engine
from tests.clocks import JumpingClock
from tests.contracts.scenes.stage import Stage, typed
from tests.fakes import FakeBackend, card
from tests.memory import FakeLessons, FakeTurns, FakeUpkeep

TIMEOUT_S = 10.0
LOOK_S = 0.005


class Awaited(Lines):
    """Lines that know how often the chat has asked for one."""

    asked = 0

    async def next(self) -> str | None:
        self.asked += 1
        return await super().next()


class ConsoleStage(Stage):
    """A chat over a pipe. All is direct; who speaks is whoever runs the chat, who rules as well.

    A message is what is printed between a line and the next.
    """

    platform = "console"
    longest = 20_000
    footnote = "— {}"
    bold = "{}"
    code = "{}"

    def __init__(self, lessons: FakeLessons | None) -> None:
        self.backend, self.turns, self.access = (
            FakeBackend(card("smollm2:135m"), card("qwen3:8b")),
            FakeTurns(),
            Access(),
        )
        self._clock = JumpingClock()
        self.upkeep = FakeUpkeep(self.turns.store, clock=self._clock)
        self._engine = make_engine(self.turns, self.backend, lessons=lessons, access=self.access, upkeep=self.upkeep)
        self._read_end, self._write_end = os.pipe()
        self._lines = Awaited(self._read_end)
        self._out = StringIO()
        self._begins: list[int] = []
        self._console = Console(
            engine=self._engine,
            lines=self._lines,
            screen=Screen(self._out),
            locale="en",
            prompts=False,
        )

    @property
    def engine(self) -> Engine:
        return self._engine

    async def later(self, seconds: float) -> None:
        self._clock.jump(seconds / 86_400)

    async def say(self, who: str, text: str, *, direct: bool = False) -> None:  # noqa: ARG002 - there is one of each
        await self._type(text)

    async def call(self, who: str, command: str, *, direct: bool = False, **arguments: str) -> None:  # noqa: ARG002
        await self._type(f"/{command} {typed(arguments)}".strip())

    async def press(self, who: str, message: Seen, label: str) -> None:  # noqa: ARG002 - as above
        await self._type(str(message.labels.index(label) + 1))

    async def stop(self, who: str, message: Seen) -> None:  # noqa: ARG002 - as above
        signal.raise_signal(signal.SIGINT)

    def wall(self) -> list[Seen]:
        printed = self._out.getvalue()
        ends = [*self._begins[1:], len(printed)]
        return [
            self._seen(printed[begin:end], end == len(printed)) for begin, end in zip(self._begins, ends, strict=True)
        ]

    def alone(self, who: str) -> list[Seen]:  # noqa: ARG002 - as above
        return self.wall()

    def _seen(self, printed: str, is_last: bool) -> Seen:  # noqa: FBT001 - one caller
        buttons = [line.partition(". ") for line in printed.splitlines() if line[:1].isdigit()]
        labels = dict.fromkeys(f"{number}. {label}" for number, dot, label in buttons if dot)
        return Seen(printed.strip("\n"), labels=tuple(labels), stops=is_last and self._lines.asked <= len(self._begins))

    async def _type(self, line: str) -> None:
        await self.until(lambda: self._lines.asked > len(self._begins))
        self._begins.append(len(self._out.getvalue()))
        os.write(self._write_end, f"{line}\n".encode())

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while not condition():  # noqa: ASYNC110 - nothing tells when a line was printed
                await asyncio.sleep(LOOK_S)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        chat = asyncio.create_task(self._console.run([]))
        try:
            yield
        finally:
            os.close(self._write_end)
            async with asyncio.timeout(TIMEOUT_S):
                await chat
            os.close(self._read_end)

    def id_of(self, who: str) -> str:  # noqa: ARG002 - as above
        return user_name()


@asynccontextmanager
async def on_stage(lessons: FakeLessons | None) -> AsyncIterator[Stage]:
    """Open the scene; the chat does not run yet."""
    yield ConsoleStage(lessons)
