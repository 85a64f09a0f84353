"""Leases as one process sees them: a worker is taken for dead when it has renewed nothing for the length of a lease.

How long that is, each process measures by its own steady time: clocks are turned, and differ between machines. What a
row says of its lease (`lease_until`, here the stamp) is compared with nothing but what it said before. See
docs/decisions/0009-leases-are-watched.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from sqlalchemy import Row, type_coerce
from sqlalchemy.types import NullType

from bot.clock import Clock
from bot.ports.turns import LEASE_S
from bot.storage.tables.chat_tables import TURNS

LEASE = timedelta(seconds=LEASE_S)
LEASED = TURNS.c.id, TURNS.c.worker, type_coerce(TURNS.c.lease_until, NullType()).label("stamp")
"""What a look at an open turn needs of its row, in this order, first.

The stamp is only compared, so nothing is made of what the driver says: every waiting turn is looked at for every turn
that comes.
"""

AnyRow = TypeVar("AnyRow", bound=Row[*tuple[Any, ...]])


@dataclass(slots=True)
class _Sighting:
    """What an open turn's lease was seen to be: since when, and when last."""

    worker: str
    stamp: object
    since: float
    last: float


class Leases:
    """What this process has seen of the leases of other workers.

    Units of work use it from several threads, and may run twice: what is seen again changes nothing, and what was read
    earlier than another thread's sight only makes the watch begin anew.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sightings: dict[int, _Sighting] = {}

    def look(self, worker: str) -> Look:
        """Begin a look of the worker at the leases, before the rows are read."""
        return Look(self, worker, self._clock.now())

    def forget_all_but(self, turn_ids: Iterable[int]) -> None:
        """Forget the turns that are not open any more."""
        for turn_id in self._sightings.keys() - set(turn_ids):
            self._sightings.pop(turn_id, None)

    def standing_still(self, rows: Iterable[AnyRow], *, asked_at: float) -> set[int]:
        """Note what leases are seen to be; return the turns whose lease has stood still for its length.

        A process that has not looked for so long may have been stopped together with the one it watches (a machine that
        slept, a paused container): it begins anew.
        """
        now, still = self._clock.now(), set()
        for row in rows:
            turn_id, worker, stamp = row[:3]
            seen = self._sightings.get(turn_id)
            if seen is None or seen.stamp != stamp or seen.worker != worker or asked_at - seen.last > LEASE_S:
                self._sightings[turn_id] = _Sighting(worker, stamp, now, now)
                continue
            seen.last = now
            if asked_at - seen.since >= LEASE_S:
                still.add(turn_id)
        return still


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the leases by a worker, begun at `asked_at`: what is read later is no older."""

    leases: Leases
    worker: str
    asked_at: float

    def orphans(self, rows: Iterable[AnyRow]) -> set[int]:
        """Return the ids of those open turns that nobody is at work on. Their columns begin with `LEASED`.

        Whoever looks is at work; a turn that was released has nobody.
        """
        others = [row for row in rows if row.worker != self.worker]
        if not others:
            return set()
        released = {row.id for row in others if row.stamp is None or row.worker is None}
        return released | self.leases.standing_still(others, asked_at=self.asked_at)

    def live(self, rows: Iterable[AnyRow]) -> list[AnyRow]:
        """Return those of the rows that somebody is at work on."""
        rows = list(rows)
        orphans = self.orphans(rows)
        return [row for row in rows if row.id not in orphans] if orphans else rows
