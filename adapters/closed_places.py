"""Places where the bot hears people and may not write: they are told so another way, and not again and again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import NamedTuple, Protocol, TypeAlias
from weakref import WeakValueDictionary

import structlog

from adapters.base import ContentRefused, PlaceClosed, PostFailed, Undeliverable
from bot.clock import Clock
from bot.domain import Address, Person

# A person hears of a place so often at most.
TOLD_EVERY_S = 3600.0
MOST_REMEMBERED = 10_000
# Waits before a call that failed is made again.
TELL_AGAIN_AFTER_S = (0.5, 1.0, 2.0, 4.0)
log = structlog.get_logger(__name__)


class Asker(NamedTuple):
    """Who asked, and where."""

    address: Address
    person: Person


class TellElsewhere(Protocol):
    """Tells the asker alone why there is no answer where they asked: by whatever way is left on the platform."""

    async def __call__(self, asker: Asker, key: str) -> None:
        """Tell them the notice `key`, which names the place.

        Raises:
            Undeliverable: the platform takes nothing for them.
            PostFailed: it may take a later call.
        """
        ...


class NoteClosed(Protocol):
    """Says in the operator's log which place is closed, and what the bot lacks there, as the platform names it."""

    def __call__(self, address: Address, missing: str) -> None:
        """Note it."""
        ...


_Key: TypeAlias = tuple[str, str, str, str]


class ClosedPlaces:
    """Tells who asked in a closed place. Each person is told of each place once an hour."""

    def __init__(self, *, tell: TellElsewhere, note: NoteClosed, clock: Clock) -> None:
        self._tell = tell
        self._note = note
        self._clock = clock
        self._told: OrderedDict[_Key, float] = OrderedDict()
        self._telling: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def hear(self, refusal: Undeliverable, asker: Asker | None) -> None:
        """Tell the asker, where the bot may not write, or where not even a sentence of its own is taken.

        Returns when they have heard of it, by this question or another, or cannot: what is closed then is never told.
        """
        if asker is None or not isinstance(refusal, PlaceClosed | ContentRefused):
            return
        told = "place.closed" if isinstance(refusal, PlaceClosed) else "place.refused"
        where = asker.address
        self._note(where, refusal.missing if isinstance(refusal, PlaceClosed) else "words that are taken")
        # On Slack each question in a channel begins a thread: they are one place.
        key = (where.workspace, where.channel, asker.person.id, told)
        async with self._telling.setdefault(key, asyncio.Lock()):
            if self._is_due(key) and await self._is_over(asker, told):
                self._remember(key)

    def _is_due(self, key: _Key) -> bool:
        now = self._clock.now()
        return now - self._told.get(key, now - TOLD_EVERY_S) >= TOLD_EVERY_S

    async def _is_over(self, asker: Asker, key: str) -> bool:
        """Tell them; False where the platform did not take it, however often it was asked."""
        for wait_s in (0.0, *TELL_AGAIN_AFTER_S):
            await self._clock.sleep(wait_s)
            try:
                await self._tell(asker, key)
            except Undeliverable as error:
                log.info("closed_place.asker_not_told", error=str(error))
            except PostFailed as error:
                log.warning("closed_place.telling_failed", error=str(error))
                continue
            return True
        return False

    def _remember(self, key: _Key) -> None:
        self._told[key] = self._clock.now()
        self._told.move_to_end(key)
        if len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
