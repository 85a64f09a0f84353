"""What a person who waits for the first words of an answer reads: whether the model loads, writes or is held up."""

from __future__ import annotations

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Doing, ModelCard, Notice, State
from bot.engine.load_times import LoadTimes
from bot.errors import BotError
from bot.ports import ModelBackend

# Recorded: a runner whose client left while it read a prompt went on reading for 6 to 10 s.
READS_ON_S = 10.0


class Beginnings:
    """Knows of the models of one host what their answers begin with."""

    def __init__(self, *, backend: ModelBackend, loads: LoadTimes, clock: Clock = SYSTEM_CLOCK) -> None:
        self._backend = backend
        self._loads = loads
        self._clock = clock
        self._stopped_at: dict[str, float] = {}

    async def state(self, card: ModelCard) -> State:
        """Return what is said of a model that is asked now; one that loads says how long that took before."""
        if not await self._is_loaded(card):
            seconds = await self._loads.last_s(card.name)
            estimate = Notice("state.estimate", {"seconds": max(1, round(seconds))}) if seconds else ""
            return State(Doing.LOADING, {"model": card.name, "estimate": estimate})
        if self._clock.now() - self._stopped_at.get(card.name, -READS_ON_S) < READS_ON_S:
            return State(Doing.HELD_UP, {"model": card.name})
        return State(Doing.WRITING, {"model": card.name})

    def stopped(self, model: str) -> None:
        """Note that an answer was stopped before its first word: the model may go on reading what it was asked."""
        self._stopped_at[model] = self._clock.now()

    def spoke(self, model: str) -> None:
        """Note that a model said something: it reads nothing else any more."""
        self._stopped_at.pop(model, None)

    async def _is_loaded(self, card: ModelCard) -> bool:
        """Ask the host now: the card is half a minute old. Where it does not answer, the card has to do."""
        try:
            return await self._backend.has_loaded(card.name)
        except BotError:
            return card.is_loaded
