"""Work that outlives the event it began with: each in a task of its own, none able to end another."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self

import structlog

log = structlog.get_logger(__name__)


class Tasks:
    """`async with Tasks() as tasks:` owns what is spawned; leaving cancels the rest and waits for its last words."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[object]] = set()
        self._is_over = False

    async def __aenter__(self) -> Self:
        """Own tasks from now on."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """See `close`."""
        await self.close()

    async def close(self) -> None:
        """Cancel what still runs and wait for it. Nothing begins any more."""
        self._is_over = True
        rest = list(self._running)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def spawn(self, work: Coroutine[Any, Any, object], *, name: str) -> asyncio.Task[object] | None:
        """Run `work` to its end, in the task that is returned; None after the end, when nothing begins any more.

        What it raises is logged, and nothing else notices.
        """
        if self._is_over:
            work.close()
            return None
        task = asyncio.create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("task.failed", task=task.get_name(), exc_info=error)
