"""Leaving a lane: a model that is done with an answer gives its place to the next turn, while the answer is shown."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.errors import BotError
from bot.ports import Turns

# Most answers are shown by then, and their places are free with the end of their turns.
LEFT_AFTER_S = 0.3
log = structlog.get_logger(__name__)


class LaneLeaving:
    """Leaves the lanes of one worker's turns."""

    def __init__(self, *, turns: Turns, worker: str, clock: Clock = SYSTEM_CLOCK) -> None:
        self._turns = turns
        self._worker = worker
        self._clock = clock

    @contextmanager
    def soon(self, turn_id: int) -> Iterator[None]:
        """Leave a turn's lane where showing its answer takes long."""
        leaving = asyncio.create_task(self._leave(turn_id), name=f"leave lane {turn_id}")
        try:
            yield
        finally:
            leaving.cancel()

    async def _leave(self, turn_id: int) -> None:
        await self._clock.sleep(LEFT_AFTER_S)
        try:
            await self._turns.leave_lane(turn_id, worker=self._worker)
        except BotError as error:
            log.info("lane.not_left", turn=turn_id, error=error.key)
