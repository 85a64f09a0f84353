"""Chooses the model of each turn while it waits: the line has to know which hosts it waits for."""

from __future__ import annotations

import asyncio

import structlog

from bot.engine.queue import TurnQueue
from bot.engine.run import Run
from bot.errors import BotError

# A host that does not tell its models within this is asked again when the turn is up.
CHOOSE_S = 2.0
log = structlog.get_logger(__name__)


class ModelWishes:
    """Has the models of turns chosen, each in a task of its own, and tells the line."""

    def __init__(self, *, line: TurnQueue) -> None:
        self._line = line
        self._choosing: dict[int, asyncio.Task[None]] = {}

    def choose(self, run: Run, *, is_needed: bool) -> None:
        """Begin to choose the model of a run that waits, where one is needed."""
        if not is_needed:
            self._line.want(run.place, "")
            return
        task = asyncio.create_task(self._choose(run), name=f"choose {run.turn.id}")
        self._choosing[run.turn.id] = task

    def drop(self, run: Run) -> None:
        """Choose no more: the run is over."""
        if task := self._choosing.pop(run.turn.id, None):
            task.cancel()

    async def _choose(self, run: Run) -> None:
        model = ""
        try:
            async with asyncio.timeout(CHOOSE_S):
                model = (await run.context.selection()).card.name
        except (BotError, TimeoutError) as error:
            # It is told when the turn is up, if it lasts until then.
            log.info("turn.model_not_chosen", turn=run.turn.id, error=type(error).__name__)
        finally:
            self._line.want(run.place, model)
