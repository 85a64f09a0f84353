"""The bot as the operator's service manager runs it: started, killed, started again."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.cli_process import Lyceum
from tests.forked import ForkedProcess

STOP_WITHIN_S = 20.0
LOOK_EVERY_S = 0.1
LAST_LINES = 40


class Bot:
    """`lyceum run` in a process of its own. `kills` are ours, `ends` those nobody asked for; its log is kept."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self._lyceum = Lyceum(folder, variables)
        self._stack = AsyncExitStack()
        self._process: ForkedProcess | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._is_over = False
        self.log = folder / "lyceum.log"
        self.kills = 0
        self.ends: list[int] = []

    async def __aenter__(self) -> Self:
        await self._start()
        self._keeper = asyncio.create_task(self._keep(), name="keeper")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over = True
        assert self._keeper is not None
        self._keeper.cancel()
        await asyncio.gather(self._keeper, return_exceptions=True)
        await self._stop()
        await self._stack.aclose()

    async def kill(self) -> None:
        """`kill -9`; it is started again at once."""
        assert self._process is not None
        if self._process.returncode is None:
            self.kills += 1
            self._process.kill()
            await self._process.wait()
            await self._start()

    def last_words(self) -> str:
        """Return the end of its log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])

    async def _start(self) -> None:
        await self._stack.aclose()
        with self.log.open("ab") as log:
            running = self._lyceum.running("run", stdout=log.fileno(), stderr=log.fileno())
            self._process = await self._stack.enter_async_context(running)

    async def _keep(self) -> None:
        """Start the bot again when it has ended by itself."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            process = self._process
            if process is not None and process.returncode is not None and process.returncode != -9:
                self.ends.append(process.returncode)
                await self._start()

    async def _stop(self) -> None:
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
            async with asyncio.timeout(STOP_WITHIN_S):
                await self._process.wait()
