"""The line of waiting turns: strict order within a conversation, many conversations at once, bounded, fair."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator

from bot.errors import Unavailable


class Place:
    """One turn's place in a line: it waits until it is up, then holds one of the line's slots until it leaves."""

    def __init__(self, *, line: Line, turn_id: int, conversation_id: int, person_id: str) -> None:
        self._line = line
        self.turn_id = turn_id
        self.conversation_id = conversation_id
        self.person_id = person_id
        self.is_up = False
        self.is_stopped = False
        self.moved = asyncio.Event()

    async def positions(self) -> AsyncGenerator[tuple[int, int], None]:
        """Yield (position from 1, how many wait) whenever it changes, until the place is up or stopped."""
        told: tuple[int, int] | None = None
        while not (self.is_up or self.is_stopped):
            self.moved.clear()
            now = self._line.position_of(self)
            if now != told:
                told = now
                yield now
            else:
                await self.moved.wait()

    def stop(self) -> None:
        """Stop waiting."""
        self.is_stopped = True
        self.moved.set()


class Line:
    """Lets turns run: at most `parallel` at once, at most `waiting` behind them.

    Among those whose conversation is free, the person with the fewest running turns comes first, then who came first.
    """

    def __init__(self, *, parallel: int, waiting: int) -> None:
        self._parallel = parallel
        self._most_waiting = waiting
        self._waiting: list[Place] = []
        self._running: list[Place] = []

    def join(self, *, turn_id: int, conversation_id: int, person_id: str) -> Place:
        """Take a place, which must be given back with `leave`.

        Raises:
            Unavailable: the line is full.
        """
        place = Place(line=self, turn_id=turn_id, conversation_id=conversation_id, person_id=person_id)
        self._waiting.append(place)
        self._waiting.sort(key=lambda waiting: waiting.turn_id)
        self._advance()
        if not place.is_up and len(self._waiting) > self._most_waiting:
            self.leave(place)
            raise Unavailable("error.queue_full", waiting=self._most_waiting)
        return place

    def position_of(self, place: Place) -> tuple[int, int]:
        """Return the place's position from 1, and how many wait."""
        return self._waiting.index(place) + 1, len(self._waiting)

    def leave(self, place: Place) -> None:
        """Give the place back, run or not, and let the next ones run."""
        for places in (self._waiting, self._running):
            if place in places:
                places.remove(place)
        self._advance()

    def _advance(self) -> None:
        while len(self._running) < self._parallel and (place := self._next()):
            self._waiting.remove(place)
            self._running.append(place)
            place.is_up = True
            place.moved.set()
        for waiting in self._waiting:
            waiting.moved.set()

    def _next(self) -> Place | None:
        busy = {place.conversation_id for place in self._running}
        runs_of = Counter(place.person_id for place in self._running)
        heads: dict[int, Place] = {}
        for place in self._waiting:
            if place.conversation_id not in busy:
                heads.setdefault(place.conversation_id, place)
        return min(heads.values(), key=lambda place: (runs_of[place.person_id], place.turn_id), default=None)
