"""Which of the stand-in's models are in memory, and who waits for a place in one.

A model serves `parallel` requests at once and the others in the order they came. Changing a runner option reloads it,
when its running requests are done. Loading sends nothing to the client, and a client that leaves aborts it.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.lab.ollama.prompt_caches import PromptCaches

FOREVER_S = 292 * 365 * 86400.0


class BusyError(Exception):
    """More requests wait for a load than the server lets wait."""


@dataclass(slots=True)
class Runner:
    """One model in memory."""

    name: str
    context_tokens: int
    options: tuple[object, ...]
    busy: int = 0
    used_at: float = 0.0
    expires_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    expiry: asyncio.TimerHandle | None = None
    caches: PromptCaches = field(default_factory=lambda: PromptCaches(1))


class Runners:
    """See the module. `parallel`, `max_loaded` and `max_queue` are OLLAMA_NUM_PARALLEL and its sisters."""

    def __init__(self, *, parallel: int, max_loaded: int, max_queue: int, load_s: float) -> None:
        self.parallel = parallel
        self.max_loaded = max_loaded
        self.max_queue = max_queue
        self.load_s = load_s
        self.loaded: dict[str, Runner] = {}
        self.loads: list[str] = []
        self.loading: set[str] = set()
        self.waiting: dict[str, deque[object]] = {}
        self._wants_load = 0
        self._changed = asyncio.Condition()

    @property
    def running(self) -> int:
        """Requests that hold a place."""
        return sum(runner.busy for runner in self.loaded.values())

    @property
    def queued(self) -> int:
        """Requests that wait for a place or for their model to load."""
        return sum(len(line) for line in self.waiting.values())

    @asynccontextmanager
    async def place(
        self, name: str, context_tokens: int, options: tuple[object, ...], keep_alive_s: float
    ) -> AsyncGenerator[float]:
        """Hold a place in the model; yields the seconds its load took, 0.0 where it was in memory.

        Raises:
            BusyError: a load is needed and too many wait for one.
        """
        runner, loaded_s = await self._enter(name, context_tokens, options)
        try:
            yield loaded_s
        finally:
            await asyncio.shield(self._leave(runner, keep_alive_s))

    def unload(self, name: str) -> None:
        """Take a model out of memory at once (its running requests go on to their end)."""
        runner = self.loaded.pop(name, None)
        if runner is not None and runner.expiry is not None:
            runner.expiry.cancel()

    def close(self) -> None:
        """Forget everything and cancel the timers."""
        for name in list(self.loaded):
            self.unload(name)

    async def _enter(self, name: str, context_tokens: int, options: tuple[object, ...]) -> tuple[Runner, float]:
        wants_load = not self._fits(name, context_tokens, options)
        if wants_load and self._wants_load > self.max_queue:
            raise BusyError
        ticket = object()
        line = self.waiting.setdefault(name, deque())
        line.append(ticket)
        self._wants_load += wants_load
        try:
            return await self._take(name, context_tokens, options, ticket)
        finally:
            line.remove(ticket)
            self._wants_load -= wants_load
            await asyncio.shield(self._tell())

    async def _take(
        self, name: str, context_tokens: int, options: tuple[object, ...], ticket: object
    ) -> tuple[Runner, float]:
        took_s = 0.0
        while True:
            async with self._changed:
                await self._changed.wait_for(lambda: self._is_next(name, context_tokens, options, ticket))
                if self._fits(name, context_tokens, options):
                    self.loaded[name].busy += 1
                    return self.loaded[name], took_s
                self._make_room(name)
                self.loading.add(name)
            took_s = await self._load(Runner(name, context_tokens, options, caches=PromptCaches(self.parallel)))

    async def _load(self, runner: Runner) -> float:
        started = time.monotonic()
        try:
            await asyncio.sleep(self.load_s)
            self.loaded[runner.name] = runner
            self.loads.append(runner.name)
        finally:
            self.loading.discard(runner.name)
        return time.monotonic() - started

    def _fits(self, name: str, context_tokens: int, options: tuple[object, ...]) -> bool:
        runner = self.loaded.get(name)
        return runner is not None and (runner.context_tokens, runner.options) == (context_tokens, options)

    def _is_next(self, name: str, context_tokens: int, options: tuple[object, ...], ticket: object) -> bool:
        if self.waiting[name][0] is not ticket or name in self.loading:
            return False
        if self._fits(name, context_tokens, options):
            return self.loaded[name].busy < self.parallel
        in_memory = [runner for other, runner in self.loaded.items() if other != name]
        has_room = len(in_memory) + len(self.loading) < self.max_loaded or any(not runner.busy for runner in in_memory)
        return has_room and (name not in self.loaded or not self.loaded[name].busy)

    def _make_room(self, name: str) -> None:
        self.unload(name)
        while len(self.loaded) + len(self.loading) >= self.max_loaded:
            idle = [runner for runner in self.loaded.values() if not runner.busy]
            self.unload(min(idle, key=lambda runner: runner.used_at).name)

    async def _leave(self, runner: Runner, keep_alive_s: float) -> None:
        runner.busy -= 1
        if self.loaded.get(runner.name) is runner:
            self._keep(runner, keep_alive_s)
        await self._tell()

    def _keep(self, runner: Runner, keep_alive_s: float) -> None:
        runner.used_at = time.monotonic()
        if runner.expiry is not None:
            runner.expiry.cancel()
        stay_s = FOREVER_S if keep_alive_s < 0 else keep_alive_s
        runner.expires_at = datetime.now(UTC) + timedelta(seconds=stay_s)
        if keep_alive_s == 0:
            self._expire(runner)
        elif keep_alive_s > 0:
            runner.expiry = asyncio.get_running_loop().call_later(keep_alive_s, self._expire, runner)

    def _expire(self, runner: Runner) -> None:
        if not runner.busy and self.loaded.get(runner.name) is runner:
            self.unload(runner.name)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()
