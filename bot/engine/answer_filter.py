"""A completion as a model speaks it: what of its words is shown, by what is none of its reasoning and holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from bot.clock import SYSTEM_CLOCK, Clock, either
from bot.domain import Completion, Delta, Doing, FinishReason, ModelEvent, ReplyPart, State, Thought, Withdrawal
from bot.engine.answer_request import TextFilter
from bot.reasoning import MOST_KEPT_CHARS, BareCalls, Hold, Screen, Words

# An opening is held back so many seconds from its first word: fewer than until a state is shown
# (adapters/delivery/editor.py), so that nobody reads of a wait that is over.
OPENING_S = 0.5


class AnswerFilter:
    """Hears one completion. `said` is what is shown of it, `completion` its end, None as long as there is none."""

    def __init__(self, screen: Screen, text: TextFilter, *, model: str, clock: Clock = SYSTEM_CLOCK) -> None:
        self.screen = screen
        self.said = ""
        self.completion: Completion | None = None
        self._text = text
        self._model = model
        self._clock = clock
        self._is_thinking = False
        self._thoughts = ""
        self._calls = BareCalls()
        text.begin()

    def paced(self, events: AsyncGenerator[ModelEvent, None]) -> AsyncGenerator[ModelEvent | None, None]:
        """Return the events of the completion, with None where an opening has been held back long enough."""
        return with_pause(events, after_s=OPENING_S, clock=self._clock) if self.screen.hold is Hold.OPENING else events

    async def take(self, event: ModelEvent | None) -> Sequence[ReplyPart]:
        """Return what is shown of an event."""
        if event is None:
            return await self._shown(self.screen.release())
        if isinstance(event, Delta):
            return [*await self._shown(self.screen.feed(event.text)), *self._thinking(self.screen.is_reasoning)]
        if isinstance(event, Thought):
            self._think(event.text)
            return self._thinking(is_thinking=True)
        self.completion = event
        return []

    async def finish(self) -> Sequence[ReplyPart]:
        """Return what was held back until the completion ended, in whatever way."""
        ended = self.completion
        is_whole = ended is not None and ended.reason is FinishReason.STOP
        parts = await self._shown(self.screen.finish(is_whole=is_whole, is_broken=ended is None))
        left = await self._text.feed(self._calls.finish())
        return [*parts, *self._noted(left), *self._noted(await self._text.finish())]

    @property
    def reasoning(self) -> str:
        """What the model reasoned, wherever it wrote that down."""
        found = (self._thoughts.strip(), self.screen.reasoning)
        return "\n\n".join(filter(None, found))[:MOST_KEPT_CHARS]

    def _think(self, text: str) -> None:
        if len(self._thoughts) < MOST_KEPT_CHARS:
            self._thoughts += text

    def _thinking(self, is_thinking: bool) -> list[ReplyPart]:  # noqa: FBT001 - what it is about
        """Say once that the model is thinking, however often that is heard."""
        if not is_thinking or self._is_thinking:
            return []
        self._is_thinking = True
        return [State(Doing.THINKING, {"model": self._model})]

    async def _shown(self, words: Words) -> list[ReplyPart]:
        taken_back = self._withdrawn() if words.withdraws else []
        text = self._calls.feed(words.text)
        return [*taken_back, *self._noted(await self._text.feed(text))] if text else taken_back

    def _withdrawn(self) -> list[ReplyPart]:
        """Take back what was shown; the text begins anew from here."""
        self._think(self.said)
        self.said = ""
        self._calls = BareCalls()
        self._text.begin()
        return [Withdrawal(), *self._thinking(is_thinking=True)]

    def _noted(self, parts: Sequence[ReplyPart]) -> Sequence[ReplyPart]:
        self.said += "".join(part.text for part in parts if isinstance(part, Delta))
        return parts


async def with_pause(
    events: AsyncGenerator[ModelEvent, None], *, after_s: float, clock: Clock = SYSTEM_CLOCK
) -> AsyncGenerator[ModelEvent | None, None]:
    """Yield the events, and once None in between, so long after the first words, whether or not more have come."""
    async for first in events:
        yield first
        if isinstance(first, Delta):
            break
    due = clock.now() + after_s
    while (left := due - clock.now()) > 0:
        coming = asyncio.create_task(_next(events), name="next words")
        try:
            await either(coming, within_s=left, clock=clock)
            if not coming.done():
                yield None
            event = await coming
        finally:
            coming.cancel()
            await asyncio.wait([coming])
        if event is None:
            return
        yield event
    yield None
    async for event in events:
        yield event


async def _next(events: AsyncGenerator[ModelEvent, None]) -> ModelEvent | None:
    return await anext(events, None)
