"""Openings: the answers of one conversation begin to be shown in the order of their questions.

Turns of different people run side by side. Whoever has something to show first asks those before it to take their
places, and waits until they have: a message of theirs stands, or their turn is over. Nobody waits for long.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping

from bot.clock import SYSTEM_CLOCK, Clock, set_within
from bot.domain import Post

# A process that ended is missed after some ten seconds, and its turns go on in another one by then.
OPENING_S = 15.0
# Who only keeps a place looks so often whether there is something to show meanwhile.
KEEPING_S = 1.0


class Opening:
    """When one turn's answer may begin to be shown. `is_awaited`: a later one waits for it to take its place.

    `ahead` are the turns before it that have no place yet; None until the store said which.
    """

    def __init__(self, turn_id: int, openings: Openings, *, clock: Clock) -> None:
        self.turn_id = turn_id
        self.is_awaited = False
        self.ahead: frozenset[int] | None = None
        self._openings = openings
        self._clock = clock
        self._wanted_at: float | None = None
        self._has_moved = asyncio.Event()
        self._hurry: Callable[[], None] | None = None

    @property
    def is_free(self) -> bool:
        """Whether its turn has come, as far as is known, or it has waited for long enough."""
        return not self.ahead or self._left_s <= 0

    @property
    def is_first(self) -> bool:
        """Whether all before it have their places: not as long as nobody knows who they are."""
        return self.ahead is not None and not self.ahead

    def on_hurry(self, hurry: Callable[[], None]) -> None:
        """Call this when a later answer waits for this one's place."""
        self._hurry = hurry

    async def granted(self) -> None:
        """Wait until those before have their places, within bounds; they are asked to take them."""
        if self.ahead and self._wanted_at is None:
            self._wanted_at = self._clock.now()
        while self.ahead and not self.is_free:
            self._has_moved.clear()
            self._openings.hurry(self.ahead)
            await set_within(self._has_moved, within_s=self._left_s, clock=self._clock)

    async def kept(self) -> None:
        """Wait a little for those before, who are asked to take their places.

        A place without words is a courtesy to those behind: it is never taken before its turn.
        """
        self._has_moved.clear()
        self._openings.hurry(self.ahead or ())
        await set_within(self._has_moved, within_s=KEEPING_S, clock=self._clock)

    def move(self, ahead: frozenset[int]) -> None:
        """Take in who is still before it."""
        self.ahead = ahead
        self._has_moved.set()

    def forgo(self) -> None:
        """Let later answers begin before this one: the platform takes nothing that would keep its place."""
        self._openings.forgo(self.turn_id)

    def hurry(self) -> None:
        """Let it take its place soon."""
        if not self.is_awaited:
            self.is_awaited = True
            if self._hurry:
                self._hurry()

    @property
    def _left_s(self) -> float:
        return OPENING_S if self._wanted_at is None else self._wanted_at + OPENING_S - self._clock.now()


class Openings:
    """The openings of one process."""

    def __init__(self, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._clock = clock
        self._openings: dict[int, Opening] = {}
        self._placed: set[int] = set()

    def of(self, turn_id: int) -> Opening:
        """Return the opening of a turn that is at work here; it must be given back with `leave`."""
        if turn_id not in self._openings:
            self._openings[turn_id] = Opening(turn_id, self, clock=self._clock)
        return self._openings[turn_id]

    def take_in(self, ahead: Mapping[int, frozenset[int]], turn_ids: Collection[int]) -> None:
        """Take in what the store says is before each of these turns."""
        for turn_id in turn_ids:
            if opening := self._openings.get(turn_id):
                opening.move(ahead.get(turn_id, frozenset()) - self._placed)

    def hurry(self, turn_ids: Collection[int]) -> None:
        """Let those of these turns take their places that are at work here."""
        for turn_id in turn_ids:
            if opening := self._openings.get(turn_id):
                opening.hurry()

    def note(self, turn_id: int, post: Post) -> None:
        """Note a post of a turn: with it its answer may have its place."""
        if post.opens:
            self.forgo(turn_id)

    def forgo(self, turn_id: int) -> None:
        """Note that nobody here waits for a turn's place any more."""
        if turn_id in self._openings:
            self._placed.add(turn_id)
            self._pass(turn_id)

    def leave(self, turn_id: int) -> None:
        """Note that a turn is over here."""
        self._openings.pop(turn_id, None)
        self._placed.discard(turn_id)
        self._pass(turn_id)

    def _pass(self, turn_id: int) -> None:
        for opening in self._openings.values():
            if opening.ahead and turn_id in opening.ahead:
                opening.move(opening.ahead - {turn_id})
