"""A completion under way that can be stopped from outside, at any moment, without losing what was written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any, Generic, TypeVar

from bot.domain import Completion, FinishReason
from bot.errors import BotError

E = TypeVar("E")


class Generation(Generic[E]):
    """Reads a host's stream in a task of its own. Stopping cancels that task, which closes the model's stream.

    A consumer cannot be cancelled safely in the middle of an async generator it drives (PEP 789), hence the task.
    The queue between them is bounded by the completion's own token limit.
    """

    def __init__(self, stream: AsyncGenerator[E, None]) -> None:
        self._events: asyncio.Queue[E | BotError | None] = asyncio.Queue()
        self.heard = 0
        self._is_over = asyncio.Event()
        self._reader = asyncio.create_task(self._read(stream), name="generation")
        # Not the reader's own last act: one that is cancelled before its first step never comes to it.
        self._reader.add_done_callback(lambda _: self._end())

    async def events(self) -> AsyncGenerator[E, None]:
        """Yield the stream's events; end without a `Completion` when stopped. Raises what the stream raises."""
        while (event := await self._events.get()) is not None:
            if isinstance(event, BotError):
                raise event
            yield event
        if self._reader.done() and not self._reader.cancelled():
            self._reader.result()

    def stop(self) -> None:
        """End the generation on the host; events that were read already still come. Once is enough.

        A second cancellation would cut the closing of the host's stream short.
        """
        if not self._reader.cancelling():
            self._reader.cancel()

    def abandon(self) -> None:
        """Stop, and wait for nothing: the host's stream may never close."""
        self.stop()
        self._end()

    async def close(self) -> None:
        """Stop, and wait until the host's stream is closed, or abandoned."""
        self.stop()
        await self._is_over.wait()

    def _end(self) -> None:
        self._events.put_nowait(None)
        self._is_over.set()

    async def _read(self, stream: AsyncGenerator[E, None]) -> None:
        try:
            async with aclosing(stream):
                async for event in stream:
                    self.heard += 1
                    self._events.put_nowait(event)
        except BotError as error:
            self._events.put_nowait(error)


class Writing:
    """An answer while it is written: which model writes it, on which host, "" before they are known, and how to end it.

    `reasoning` is what it was reasoned with, as far as the model told; `has_others`: other models could answer it, too.

    It can be stopped at any moment, also before, between and after its generations.
    """

    def __init__(self) -> None:
        self.model = ""
        self.host = ""
        self.reasoning = ""
        self.has_others = False
        self.is_stopped = False
        self._heard_before = 0
        self._generation: Generation[Any] | None = None

    @property
    def heard(self) -> int:
        """How many events of models were heard so far."""
        return self._heard_before + (self._generation.heard if self._generation else 0)

    def stop(self) -> None:
        """End what is under way, and let nothing more begin."""
        self.is_stopped = True
        if self._generation:
            self._generation.stop()

    def abandon(self) -> None:
        """Stop, and wait for no host to close its stream."""
        self.is_stopped = True
        if self._generation:
            self._generation.abandon()

    def stopped(self) -> Completion:
        """Return the end of an answer that a person stopped."""
        return Completion(reason=FinishReason.STOPPED, model=self.model, host=self.host)

    @asynccontextmanager
    async def generation(self, stream: AsyncGenerator[E, None]) -> AsyncIterator[AsyncGenerator[E, None]]:
        """Give the events of a stream that `stop` ends; the stream is closed behind it. One at a time."""
        generation = self._generation = Generation(stream)
        if self.is_stopped:
            generation.stop()
        try:
            async with aclosing(generation.events()) as events:
                yield events
        finally:
            try:
                await generation.close()
            finally:
                self._heard_before, self._generation = self.heard, None
