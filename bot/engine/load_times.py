"""How long models take to load, as their host measured it last: what a person who waits is told."""

from __future__ import annotations

from math import inf

import structlog

from bot.errors import BotError
from bot.ports import Notes

# A model that is loaded already reports some hundredths of a second, too.
LEAST_LOAD_S = 0.5
log = structlog.get_logger(__name__)


class LoadTimes:
    """The last load of each model of one host, in seconds: in memory, and in the notes for the next start.

    A store in trouble costs the estimate, never the answer.
    """

    def __init__(self, *, host: str, notes: Notes | None = None) -> None:
        self._host = host
        self._notes = notes
        self._last_s: dict[str, float] = {}

    async def last_s(self, model: str) -> float | None:
        """Return how long the model took to load the last time; None when that is not known."""
        if model not in self._last_s and (noted := await self._noted(model)):
            self._last_s[model] = noted
        return self._last_s.get(model)

    async def learn(self, model: str, *, load_s: float) -> None:
        """Take in what a completion says; nothing where the model was loaded already."""
        if load_s < LEAST_LOAD_S:
            return
        self._last_s[model] = load_s
        if self._notes:
            try:
                await self._notes.write(self._name(model), f"{load_s:.1f}")
            except BotError as error:
                log.info("load.not_noted", model=model, error=error.key)

    async def _noted(self, model: str) -> float | None:
        if self._notes is None:
            return None
        try:
            seconds = float(await self._notes.read(self._name(model)) or 0)
        except (BotError, ValueError):
            return None
        # What is no time that passes is nobody's note.
        return seconds if 0 < seconds < inf else None

    def _name(self, model: str) -> str:
        return f"load_s:{self._host}:{model}"
