"""Places where the bot hears people and may not write: they are told so another way, and not again and again."""

from __future__ import annotations

from collections import OrderedDict
from typing import NamedTuple, Protocol, TypeAlias

from adapters.base import ContentRefused, PlaceClosed, Undeliverable
from bot.clock import Clock
from bot.domain import Address, Person

# A person hears of a place so often at most.
TOLD_EVERY_S = 3600.0
MOST_REMEMBERED = 10_000


class Asker(NamedTuple):
    """Who asked, and where."""

    address: Address
    person: Person


class TellElsewhere(Protocol):
    """Tells the asker alone why there is no answer where they asked: by whatever way is left on the platform."""

    async def __call__(self, asker: Asker, key: str) -> None:
        """Tell them the notice `key`, which names the place. What fails is only logged."""
        ...


class NoteClosed(Protocol):
    """Says in the operator's log which place is closed, and what the bot lacks there, as the platform names it."""

    def __call__(self, address: Address, missing: str) -> None:
        """Note it."""
        ...


_Key: TypeAlias = tuple[str, str, str]


class ClosedPlaces:
    """Tells who asked in a closed place. Each person is told of each place once an hour."""

    def __init__(self, *, tell: TellElsewhere, note: NoteClosed, clock: Clock) -> None:
        self._tell = tell
        self._note = note
        self._clock = clock
        self._told: OrderedDict[_Key, float] = OrderedDict()

    async def hear(self, refusal: Undeliverable, asker: Asker | None) -> None:
        """Tell the asker, where the bot may not write, or where not even a sentence of its own is taken."""
        if asker is None or not isinstance(refusal, PlaceClosed | ContentRefused):
            return
        is_closed = isinstance(refusal, PlaceClosed)
        self._note(asker.address, refusal.missing if isinstance(refusal, PlaceClosed) else "words that are taken")
        if self._is_due(asker):
            await self._tell(asker, "place.closed" if is_closed else "place.refused")

    def _is_due(self, asker: Asker) -> bool:
        where = asker.address
        # On Slack each question in a channel begins a thread: they are one place.
        key = (where.workspace, where.channel, asker.person.id)
        now = self._clock.now()
        if now - self._told.get(key, now - TOLD_EVERY_S) < TOLD_EVERY_S:
            return False
        self._told[key] = now
        self._told.move_to_end(key)
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        return True
