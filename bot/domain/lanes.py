"""Lanes: which of the waiting turns go to which model host next. Pure.

A lane is a host and a model: what is claimed for one takes a place of that host, and of no other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush

ANYWHERE = ""
"""The host of a turn whose model no host is known to have, or that needs none."""


@dataclass(frozen=True, slots=True)
class HostRoom:
    """What one model host takes now: `slots` answers at once, of `models`; those `loaded` answer without a load."""

    host: str
    slots: int
    models: frozenset[str]
    loaded: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ModelWish:
    """The model that is to answer a turn, "" for none in particular. `is_urgent`: it gives way to no loaded model."""

    model: str = ""
    is_urgent: bool = False


@dataclass(frozen=True, slots=True)
class Claimed:
    """A turn that may run: the host it takes a place of, and the earlier turns that show their answers before it."""

    host: str = ANYWHERE
    ahead: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class AtWork:
    """A turn that runs: whose it is, and its lane. `has_left`: its model is done with it."""

    person_id: str | None
    host: str = ANYWHERE
    model: str = ""
    has_left: bool = False


def taking_places(running: Sequence[AtWork], *, most_left: int) -> list[AtWork]:
    """Return the turns that take places: those whose models are done take none, but for more than so many of them.

    Their answers wait in memory for a platform that may be away for long.
    """
    left = [each for each in running if each.has_left]
    return [*(each for each in running if not each.has_left), *left[most_left:]]


@dataclass(frozen=True, slots=True)
class Head:
    """A turn that is next of those that run one after the other. `home` is the host that has read its conversation."""

    turn_id: int
    person_id: str | None
    worker: str | None
    wanted: ModelWish = ModelWish()
    home: str = ANYWHERE


class Lanes:
    """The hosts as they are while places are given. `homes` counts the conversations that each has read lately."""

    def __init__(
        self, rooms: Sequence[HostRoom], at_work: Collection[AtWork], homes: Mapping[str, int] | None = None
    ) -> None:
        self._rooms = rooms
        self._homes = homes or {}
        self._busy = Counter(each.host for each in at_work)
        self._running: dict[str, set[str]] = {room.host: set() for room in rooms}
        for each in at_work:
            self._running.setdefault(each.host, set()).add(each.model)

    def place(self, head: Head) -> str | None:
        """Return the host with a free place that answers this turn best; None where all that have its model are full.

        The one that holds its conversation comes first, then those that need no load, then the least busy.
        """
        having = [room for room in self._rooms if head.wanted.model in room.models]
        if not having:
            return ANYWHERE
        free = [room for room in having if self._busy[room.host] < room.slots]
        best = min(free, key=lambda room: self._distance(room, head), default=None)
        return best.host if best else None

    def answers_at_once(self, host: str, model: str) -> bool:
        """Whether a model needs no load on a host that another one would have to make room for."""
        room = next((room for room in self._rooms if room.host == host), None)
        return room is None or model in self._in_memory(room)

    def take(self, host: str, model: str) -> None:
        """Take a place."""
        self._busy[host] += 1
        self._running.setdefault(host, set()).add(model)

    def _in_memory(self, room: HostRoom) -> frozenset[str] | set[str]:
        """Return what is loaded, or is being loaded: then it may push out what is there."""
        running = self._running[room.host]
        return (running - room.loaded) or (room.loaded | running)

    def _distance(self, room: HostRoom, head: Head) -> tuple[bool, bool, float, int]:
        is_loaded = head.wanted.model in self._in_memory(room)
        is_home = room.host == head.home and is_loaded
        return not is_home, not is_loaded, self._busy[room.host] / room.slots, self._homes.get(room.host, 0)


def next_up(
    waiting: Sequence[Head], at_work: Sequence[AtWork], *, lanes: Lanes, parallel: int
) -> list[tuple[Head, str]]:
    """Choose who runs next, each with its host, until `parallel` run in all or no host has a place.

    Those come first that need no load, or are urgent; then the person with the fewest runs, then the lower id.
    """
    runs_of = Counter(each.person_id for each in at_work)
    lines: dict[tuple[ModelWish, str], _Line] = {}
    for head in waiting:
        lines.setdefault((head.wanted, head.home), _Line(runs_of)).add(head)
    chosen: list[tuple[Head, str]] = []
    while len(at_work) + len(chosen) < parallel:
        # Whose wish and home are the same goes to the same host: only the first of them may be next.
        placed = [
            (line, first, host)
            for line in lines.values()
            if (first := line.first()) is not None and (host := lanes.place(first)) is not None
        ]
        if not placed:
            break
        line, head, host = min(placed, key=lambda each: _rank(each[1], each[2], lanes, runs_of))
        line.leave()
        lanes.take(host, head.wanted.model)
        runs_of[head.person_id] += 1
        chosen.append((head, host))
    return chosen


class _Line:
    """Turns of one wish and one home: the person with the fewest runs first, then the lower id."""

    def __init__(self, runs_of: Counter[str | None]) -> None:
        self._runs_of = runs_of
        self._heap: list[tuple[int, int, Head]] = []

    def add(self, head: Head) -> None:
        """Take a turn in."""
        heappush(self._heap, (self._runs_of[head.person_id], head.turn_id, head))

    def first(self) -> Head | None:
        """Return the first turn; None where there is none. Runs only grow, so a turn that is put off is put behind."""
        while self._heap:
            runs, _, head = self._heap[0]
            if runs == self._runs_of[head.person_id]:
                return head
            heappop(self._heap)
            self.add(head)
        return None

    def leave(self) -> None:
        """Let the first turn go."""
        heappop(self._heap)


def _rank(head: Head, host: str, lanes: Lanes, runs_of: Counter[str | None]) -> tuple[bool, int, int]:
    goes_first = head.wanted.is_urgent or lanes.answers_at_once(host, head.wanted.model)
    return not goes_first, runs_of[head.person_id], head.turn_id
