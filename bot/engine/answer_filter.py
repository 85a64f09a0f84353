"""An answer as a model speaks it: what of its words is shown and kept, by what is none of its reasoning and holds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from bot.domain import Cited, Delta, Doing, FinishReason, ModelEvent, ReplyPart, State, Thought, Withdrawal
from bot.engine.lesson_answers import sources
from bot.engine.run import Lesson, Run
from bot.errors import BotError
from bot.ports import Teacher
from bot.reasoning import Hold, Screen, Words

# An opening is held back so many seconds from its first word: fewer than until a state is shown
# (adapters/delivery/editor.py), so that nobody reads of a wait that is over.
OPENING_S = 0.5


class AnswerFilter:
    """Hears one completion: what is shown goes into `run.pieces`, the model's end into `run.completion`."""

    def __init__(self, run: Run, screen: Screen, *, teacher: Teacher | None) -> None:
        self._run = run
        self._screen = screen
        self._teacher = teacher
        self._is_thinking = False

    async def parts(self, spoken: AsyncGenerator[ModelEvent, None]) -> AsyncGenerator[ReplyPart, None]:
        """Yield what is shown of a completion, to its end. What is held back comes before an error that ends it."""
        is_pausing = self._screen.hold is Hold.OPENING
        try:
            async with aclosing(with_pause(spoken, after_s=OPENING_S) if is_pausing else spoken) as events:
                async for event in events:
                    for part in await self._heard(event):
                        yield part
        except BotError:
            for part in await self._ended():
                yield part
            raise
        for part in await self._ended():
            yield part

    async def _heard(self, event: ModelEvent | None) -> list[ReplyPart]:
        """Return what is shown of an event; None: an opening was held back long enough."""
        if event is None:
            return await self._shown(self._screen.release())
        if isinstance(event, Delta):
            return [*await self._shown(self._screen.feed(event.text)), *self._thinking(self._screen.is_reasoning)]
        if isinstance(event, Thought):
            return self._thinking(is_thinking=True)
        self._run.completion = event
        return []

    async def _ended(self) -> list[ReplyPart]:
        """Return what was held back until the end."""
        if self._run.is_lost:
            return []
        ended = self._run.completion
        is_whole = ended is not None and ended.reason is FinishReason.STOP
        parts = await self._shown(self._screen.finish(is_whole=is_whole, is_broken=ended is None))
        if lesson := self._run.lesson:
            parts += self._kept(lesson, await lesson.proof.finish())
        return parts

    def _thinking(self, is_thinking: bool) -> list[ReplyPart]:  # noqa: FBT001 - what it is about
        """Say once that the model is thinking, however often that is heard."""
        if not is_thinking or self._is_thinking:
            return []
        self._is_thinking = True
        return [State(Doing.THINKING, {"model": self._run.model})]

    async def _shown(self, words: Words) -> list[ReplyPart]:
        taken_back: list[ReplyPart] = self._withdrawn() if words.withdraws else []
        return [*taken_back, *await self._said(words.text)] if words.text else taken_back

    def _withdrawn(self) -> list[ReplyPart]:
        """Take back what was shown; what a model makes of lessons is checked anew from here."""
        self._run.pieces.clear()
        if (lesson := self._run.lesson) and self._teacher:
            lesson.proof = self._teacher.proof(lesson.finding)
            lesson.cited.clear()
        return [Withdrawal(), *self._thinking(is_thinking=True)]

    async def _said(self, text: str) -> list[ReplyPart]:
        """Return what of a model's words is shown now: all, or, of the lessons, what is checked and holds."""
        if lesson := self._run.lesson:
            return self._kept(lesson, await lesson.proof.feed(text))
        self._run.pieces.append(text)
        return [Delta(text)]

    def _kept(self, lesson: Lesson, cited: Cited) -> list[ReplyPart]:
        kept: list[ReplyPart] = []
        if cited.text:
            self._run.pieces.append(cited.text)
            kept.append(Delta(cited.text))
        if cited.passages:
            lesson.cited.extend(cited.passages)
            kept.append(sources(lesson.cited))
        return kept


async def with_pause(
    events: AsyncGenerator[ModelEvent, None], *, after_s: float
) -> AsyncGenerator[ModelEvent | None, None]:
    """Yield the events, and once None in between, so long after the first words, whether or not more have come."""
    async for first in events:
        yield first
        if isinstance(first, Delta):
            break
    due = asyncio.get_running_loop().time() + after_s
    while (left := due - asyncio.get_running_loop().time()) > 0:
        coming = asyncio.create_task(_next(events), name="next words")
        try:
            await asyncio.wait([coming], timeout=left)
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
