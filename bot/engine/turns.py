"""Turns at work: each waits for its place in line, runs, can be stopped, and is closed in the store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

import structlog

from bot.domain import Doing, Notice, ReplyPart, State, StoredAnswer, Turn, TurnState
from bot.engine.answer import Answerer
from bot.engine.line import Line, Place
from bot.engine.run import Run
from bot.errors import BotError
from bot.ports import History

log = structlog.get_logger(__name__)


class Turns:
    """Runs turns: strictly in order within a conversation, many conversations at once."""

    def __init__(self, *, history: History, answerer: Answerer, line: Line) -> None:
        self._history = history
        self._answerer = answerer
        self._line = line
        self._at_work: dict[int, Run] = {}

    async def run(self, turn: Turn) -> AsyncGenerator[ReplyPart, None]:
        """Answer the turn. Whatever ends it, the store keeps the text that reached the person.

        Raises:
            BotError: why there is no answer, or not all of it; the turn is closed by then.
        """
        place = await self._join(turn)
        run = self._at_work[turn.id] = Run(turn=turn, place=place)
        started_at = time.monotonic()
        unstored: list[Notice] = []
        try:
            async with aclosing(self._parts(run)) as parts:
                async for part in parts:
                    yield part
        except BotError as error:
            run.error = error
            raise
        finally:
            del self._at_work[turn.id]
            unstored = await asyncio.shield(self._close(run, started_at))
            self._line.leave(place)
        for notice in unstored:
            yield notice

    async def refuse(self, turn: Turn, error: BotError) -> None:
        """Close a turn that is not answered, with the error the person is told."""
        await self._history.finish(turn.id, StoredAnswer(state=TurnState.FAILED, text="", error_key=error.key))

    def at_work(self, turn_id: int) -> Turn | None:
        """Return a turn that waits or runs; None when it is over or unknown."""
        run = self._at_work.get(turn_id)
        return run.turn if run else None

    def stop(self, turn_id: int) -> None:
        """End a turn that waits or runs; what was written so far stays."""
        if run := self._at_work.get(turn_id):
            run.stop()

    async def _join(self, turn: Turn) -> Place:
        person_id = turn.message.person.id
        try:
            return self._line.join(turn_id=turn.id, conversation_id=turn.conversation_id, person_id=person_id)
        except BotError as error:
            await self.refuse(turn, error)
            raise

    async def _parts(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        async for position, total in run.place.positions():
            yield State(Doing.QUEUED, {"position": position, "total": total})
        if run.is_stopped:
            run.completion = run.stopped()
            yield run.completion
            return
        await self._history.start(run.turn.id)
        async with aclosing(self._answerer.parts(run)) as parts:
            async for part in parts:
                yield part

    async def _close(self, run: Run, started_at: float) -> list[Notice]:
        """Store the outcome; a store that fails costs the memory of this answer, never the answer."""
        outcome = run.outcome()
        log.info(
            "turn",
            turn=run.turn.id,
            conversation=run.turn.conversation_id,
            platform=run.turn.message.address.platform,
            model=outcome.model,
            state=outcome.state.value,
            error=outcome.error_key,
            prompt_tokens=outcome.prompt_tokens,
            answer_tokens=outcome.answer_tokens,
            seconds=round(time.monotonic() - started_at, 3),
        )
        try:
            await self._history.finish(run.turn.id, outcome)
        except BotError as error:
            log.error("turn.not_stored", turn=run.turn.id, error=error.key)  # noqa: TRY400 - told, not a traceback
            return [Notice("notice.not_stored")]
        return []
