"""Leases as one process sees them: a worker is taken for dead when it has renewed nothing for the length of a lease.

How long that is, each process measures by its own steady time: clocks are turned, and differ between machines. What a
row says of its lease (`lease_until`) is compared with nothing but what it said before. See
docs/decisions/0009-leases-are-watched.md.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row

from bot.ports.turns import LEASE_S

LEASE = timedelta(seconds=LEASE_S)
Steady = Callable[[], float]
Stamp = tuple[str, datetime]


@dataclass(frozen=True, slots=True)
class _Sighting:
    """What an open turn's lease was seen to be: since when, and when last."""

    stamp: Stamp
    since: float
    last: float


class Leases:
    """What this process has seen of the leases of other workers.

    Units of work use it from several threads, and may run twice: what is seen again changes nothing, and what was read
    earlier than another thread's sight only makes the watch begin anew.
    """

    def __init__(self, *, steady: Steady = time.monotonic) -> None:
        self._steady = steady
        self._sightings: dict[int, _Sighting] = {}

    def look(self, worker: str) -> Look:
        """Begin a look at the leases, before the rows are read."""
        return Look(self, worker, self._steady())

    def forget_all_but(self, turn_ids: Iterable[int]) -> None:
        """Forget the turns that are not open any more."""
        for turn_id in self._sightings.keys() - set(turn_ids):
            self._sightings.pop(turn_id, None)

    def stands_still(self, turn_id: int, stamp: Stamp, *, asked_at: float) -> bool:
        """Note what a lease is seen to be; whether it has been so for the length of a lease.

        A process that has not looked for so long may have been stopped together with the one it watches (a machine that
        slept, a paused container): it begins anew.
        """
        now, before = self._steady(), self._sightings.get(turn_id)
        is_watched = before is not None and before.stamp == stamp and asked_at - before.last <= LEASE_S
        since = before.since if before and is_watched else now
        self._sightings[turn_id] = _Sighting(stamp, since, now)
        return asked_at - since >= LEASE_S


@dataclass(frozen=True, slots=True)
class Look:
    """One look at the leases by a worker, begun at `asked_at`: what is read later is no older."""

    leases: Leases
    worker: str
    asked_at: float

    def is_live(self, row: Row[*tuple[Any, ...]]) -> bool:
        """Whether somebody is at work on the open turn, of whom the row tells `id`, `worker` and `lease_until`.

        Whoever looks is; a turn that was released has nobody.
        """
        if row.worker is None or row.lease_until is None:
            return False
        stamp = row.worker, row.lease_until
        return row.worker == self.worker or not self.leases.stands_still(row.id, stamp, asked_at=self.asked_at)
