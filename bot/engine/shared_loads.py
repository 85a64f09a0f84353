"""Comparisons that run at once hear their models together: one that has to be loaded is loaded once for all of them.

A host that holds one model would else load the same ones again and again, for one comparison after another.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.clock import SYSTEM_CLOCK, Clock, set_within
from bot.domain import ModelCard

MOST_TOGETHER = 8
"""So many answers of one model are heard, and then another one's turn comes."""
# Whoever has waited so long for others hears a model all the same; Stop is looked for as often.
LONGEST_WAIT_S, LOOK_EVERY_S = 90.0, 0.25


@dataclass(slots=True, eq=False)
class _Waiting:
    """A comparison that wants to hear one of these models next; `card` is the one whose turn it is."""

    cards: Sequence[ModelCard]
    card: ModelCard | None = None
    granted: asyncio.Event = field(default_factory=asyncio.Event)


class SharedLoads:
    """Says which model a comparison hears next. One for a process."""

    def __init__(self, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._model = ""
        self._heard = self._hearing = 0

    @asynccontextmanager
    async def one_of(
        self, cards: Sequence[ModelCard], *, is_stopped: Callable[[], bool] = lambda: False
    ) -> AsyncIterator[ModelCard]:
        """Wait for the turn of one of these models, and give it; while it is heard, no other model's turn comes.

        Where nobody else compares, nothing is waited for: a loaded model comes first, then the first.
        """
        waiting = _Waiting(cards)
        self._waiting.append(waiting)
        self._serve()
        try:
            await self._granted(waiting, is_stopped)
            yield waiting.card or self._let_in(waiting, cards[0])
        finally:
            if waiting.card:
                self._hearing -= 1
            else:
                self._waiting.remove(waiting)
            self._serve()

    async def _granted(self, waiting: _Waiting, is_stopped: Callable[[], bool]) -> None:
        until = self._clock.now() + LONGEST_WAIT_S
        while not waiting.card and not is_stopped() and self._clock.now() < until:
            await set_within(waiting.granted, within_s=LOOK_EVERY_S, clock=self._clock)

    def _serve(self) -> None:
        """Let those in whose model's turn it is; where nobody hears one any more, the next model's turn comes."""
        if not self._hearing:
            self._model, self._heard = self._next_model(), 0
        for waiting in [*self._waiting]:
            card = next((card for card in waiting.cards if card.name == self._model), None)
            if card and self._heard < MOST_TOGETHER:
                self._let_in(waiting, card)

    def _let_in(self, waiting: _Waiting, card: ModelCard) -> ModelCard:
        self._waiting.remove(waiting)
        self._hearing += 1
        self._heard += 1
        waiting.card = card
        waiting.granted.set()
        return card

    def _next_model(self) -> str:
        """Return the model that needs no load, else the one that most want, else that of who waits longest."""
        wanted = [card for waiting in self._waiting for card in waiting.cards]
        is_spent = self._heard >= MOST_TOGETHER
        names = [card.name for card in wanted if not (is_spent and card.name == self._model)] or [
            card.name for card in wanted
        ]
        loaded = {self._model} if self._model else {card.name for card in wanted if card.is_loaded}
        return min(names, key=lambda name: (name not in loaded, -names.count(name), names.index(name)), default="")
