"""The governor: which call of which reply goes next, where a platform takes only so many.

One `Governor` for a connection; one `Slot` for a reply. It knows buckets by their names alone, no platform and no text:
a reply asks for leave just before it calls, and then sends what is newest.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from math import inf

import structlog

from adapters.delivery.buckets import Bucket, Told
from bot.clock import SYSTEM_CLOCK, Clock, set_within

# Whoever waits looks again after this long, whatever happens.
LOOK_AGAIN_S = 5.0
# Buckets that nobody uses are forgotten, oldest first, beyond this many.
MOST_BUCKETS = 2_000
# What a finished answer can wait for: a reserve is given up so long before all calls are there again.
SHORT_WAIT_S = 1.0
log = structlog.get_logger(__name__)


class Rank(IntEnum):
    """What a call is for, most urgent first. Ranks from `WHOLE` on leave something for those above them."""

    FINAL = 0
    FIRST_WORDS = 1
    WHOLE = 2
    OPENING = 3
    GROWTH = 4
    STATE = 5


# What an answer needs sooner or later, however long one waits.
NEEDED = (Rank.WHOLE, Rank.OPENING)
# What it never needs: whoever still waits in line for their answer is left calls for it.
UNNEEDED = (Rank.GROWTH, Rank.STATE)


@dataclass(frozen=True, slots=True)
class CallOption:
    """A call that would do: the name of the bucket it is counted in, "" for none, and what it is for."""

    bucket: str
    rank: Rank


class Governor:
    """Grants calls by rank, then to whoever was served longest ago.

    `new_bucket` makes the bucket of a name; None where calls of that name need no leave.
    """

    def __init__(
        self, *, new_bucket: Callable[[str], Bucket | None] = lambda _: None, clock: Clock = SYSTEM_CLOCK
    ) -> None:
        self._new_bucket = new_bucket
        self._clock = clock
        self._queues: dict[str, _Queue] = {}
        self._promised: Counter[str] = Counter()

    def slot(self, *needs: str) -> Slot:
        """Return a place for one reply, which closes it when it is over.

        `needs` names the buckets of the calls it will make sooner or later: calls that nobody needs leave it those.
        """
        return Slot(self._queue, self._clock, needs=needs)

    def learn(self, name: str, told: Told, *, shared: str = "") -> None:
        """Believe what an answer said of a bucket. Those with the same `shared` name are one."""
        if queue := self._queue(name):
            if shared:
                queue = self._queues[name] = self._queues.setdefault(shared, queue)
            queue.bucket.learn(self._clock.now(), told)
            queue.wake()

    def refuse(self, name: str, retry_after_s: float) -> None:
        """Note that the platform refused a call, and for how long. What follows its name's first word may be secret."""
        if queue := self._queue(name):
            log.warning("pace.refused", call=name.partition(" ")[0], retry_after_s=retry_after_s)
            queue.bucket.refuse(self._clock.now(), retry_after_s)
            queue.wake()

    async def exchange(self, made: str, other: str, rank: Rank) -> None:
        """Give back a call that was granted and not made, and wait until another one may be made in its place."""
        slot = self.slot()
        slot.give_back(CallOption(made, rank))
        try:
            await slot.granted([CallOption(other, rank)])
        finally:
            slot.close()

    def promise(self, name: str, count: int = 1) -> None:
        """Note that so many calls will be needed later, whoever waits then; a negative count takes that back."""
        self._promised[name] += count

    def has_room(self, name: str) -> bool:
        """Whether one more call could be made now, were all that is promised made first."""
        queue = self._queue(name)
        return queue is None or queue.bucket.left(self._clock.now()) > self._promised[name]

    def wait_s(self, name: str, rank: Rank) -> float:
        """Return how long a call of this rank would have to wait now."""
        queue, now = self._queue(name), self._clock.now()
        return queue.free_at(now, rank) - now if queue else 0.0

    def _queue(self, name: str) -> _Queue | None:
        queue = self._queues.get(name)
        if queue is None and name and (bucket := self._new_bucket(name)):
            if len(self._queues) >= MOST_BUCKETS:
                self._queues = {each: queue for each, queue in self._queues.items() if not queue.is_idle}
            queue = self._queues[name] = _Queue(bucket)
        return queue


class Slot:
    """One reply's place: one call at a time. `unfinished` is how many of its messages await their last edit."""

    def __init__(self, queue_of: Callable[[str], _Queue | None], clock: Clock, *, needs: Sequence[str] = ()) -> None:
        self._queue_of = queue_of
        self._clock = clock
        self._needs = needs
        self._joined: set[_Queue] = set()
        self._changed = asyncio.Event()
        self._is_urged = False
        self.unfinished = 0

    def urge(self) -> None:
        """Say that what is waited for is no longer what is wanted most: the reply has ended, say."""
        self._is_urged = True
        self._changed.set()

    def failed(self) -> None:
        """Say that the call granted last did nothing: its next try comes before the calls of others."""
        for queue in self._joined:
            if self in queue.served:
                queue.served[self] = 0

    def close(self) -> None:
        """Leave: nothing is kept for this reply any more."""
        for queue in self._joined:
            queue.writers.discard(self)
            queue.expected.pop(self, None)
            queue.served.pop(self, None)
            queue.wake()
        self._joined.clear()

    async def granted(self, options: Sequence[CallOption]) -> CallOption | None:
        """Wait until one of these calls may be made, and return which; None when the slot was urged meanwhile.

        Of calls in one bucket only the first is considered. What was granted counts as made: see `give_back`.
        """
        self._is_urged = False
        self._announce()
        wish = _Wish(self, {})
        for option in options:
            queue = self._queue_of(option.bucket)
            if queue is None:
                return option
            wish.options.setdefault(queue, option)
        try:
            for queue, option in wish.options.items():
                self._join(queue, option.rank, wish)
            return await self._first(wish)
        finally:
            for queue in wish.options:
                queue.waiting.remove(wish)
                queue.wake()

    def give_back(self, option: CallOption) -> None:
        """Say that the call was not made after all."""
        if queue := self._queue_of(option.bucket):
            queue.bucket.give_back()
            queue.wake()

    def _announce(self) -> None:
        """Be expected where calls will be needed; again and again, since buckets turn out to be one."""
        for queue, calls in Counter(filter(None, map(self._queue_of, self._needs))).items():
            queue.expected[self] = calls
            self._joined.add(queue)

    def _join(self, queue: _Queue, rank: Rank, wish: _Wish) -> None:
        if rank is not Rank.STATE:
            queue.writers.add(self)
            # Whoever comes is due before whoever was served last.
            queue.served.setdefault(self, queue.grants - 1)
            self._joined.add(queue)
        queue.waiting.append(wish)

    async def _first(self, wish: _Wish) -> CallOption | None:
        while not self._is_urged:
            self._changed.clear()
            now = self._clock.now()
            free_at = now + LOOK_AGAIN_S
            for queue, option in wish.options.items():
                at = queue.free_at(now, option.rank)
                if at <= now and queue.next(now) is wish:
                    queue.take(now, self, option.rank)
                    return option
                free_at = min(free_at, at) if at > now else free_at
            await set_within(self._changed, within_s=free_at - now, clock=self._clock)
        return None

    def wake(self) -> None:
        """Look again whether the turn has come."""
        self._changed.set()


@dataclass(eq=False, slots=True)
class _Wish:
    """What one slot waits for: the first of these."""

    slot: Slot
    options: dict[_Queue, CallOption]


@dataclass(eq=False, slots=True)
class _Queue:
    """One bucket, the replies that will need it and that write in it, and who waits there, in the order they came."""

    bucket: Bucket
    expected: dict[Slot, int] = field(default_factory=dict)
    writers: set[Slot] = field(default_factory=set)
    waiting: list[_Wish] = field(default_factory=list)
    served: dict[Slot, int] = field(default_factory=dict)
    grants: int = 0
    next_growth_at: float = -inf

    @property
    def is_idle(self) -> bool:
        """Whether nobody would miss it."""
        return not self.writers and not self.expected and not self.waiting

    def next(self, now: float) -> _Wish:
        """Return who comes next: by rank, then whoever was served, or came, longest ago, then whoever waits longest.

        Growth that keeps its distance, and a message that cannot be opened yet, hold up nobody below them.
        """
        return min(self.waiting, key=lambda wish: (self._rank(wish, now), self.served.get(wish.slot, 0)))

    def _rank(self, wish: _Wish, now: float) -> float:
        rank = wish.options[self].rank
        return inf if now < self._held_until(rank) else rank

    def _held_until(self, rank: Rank) -> float:
        """Return how long a rank holds back whatever the bucket takes."""
        if rank is Rank.OPENING and sum(slot.unfinished for slot in self.writers) >= self.bucket.limit:
            # Each message that runs needs a last edit, and they may all end at once.
            return inf
        return self.next_growth_at if rank is Rank.GROWTH else -inf

    def reserve(self, rank: Rank) -> int:
        """Return how many calls a rank leaves for those above it."""
        match rank:
            case Rank.FINAL | Rank.FIRST_WORDS:
                wanted = 0
            case Rank.WHOLE:
                wanted = 1
            case Rank.OPENING:
                wanted = (len(self.writers) + 1) // 2
            case Rank.GROWTH:
                wanted = len(self.writers)  # each of them may end at any moment
            case Rank.STATE:
                wanted = len(self.writers) + 1
        return min(wanted, self.bucket.limit - 1)

    def free_at(self, now: float, rank: Rank) -> float:
        """Return when a call of this rank may be made, if nobody makes one before."""
        if rank is Rank.FINAL:
            return self.bucket.urgent_at(now)
        at = self.bucket.free_at(now, self.reserve(rank) + 1)
        if rank in UNNEEDED:
            others = min(sum(self.expected.values()), self.bucket.limit - 1)
            at = max(at, self.bucket.spared_at(now, others))
        if rank in NEEDED:
            # Kept back for longer, it would be lost.
            at = min(at, max(self.bucket.free_at(now, 1), self.bucket.renews_at(now) - SHORT_WAIT_S))
        return max(at, self._held_until(rank))

    def take(self, now: float, slot: Slot, rank: Rank) -> None:
        """Count a call. What may be spent on growth is spread evenly."""
        self.bucket.take(now)
        self.grants += 1
        if slot in self.writers:
            self.served[slot] = self.grants
        if rank is Rank.GROWTH:
            spare = max(0, self.bucket.left(now) - self.reserve(rank))
            self.next_growth_at = now + self.bucket.spread_s(now) / (spare + 1)

    def wake(self) -> None:
        """Let all who wait look again."""
        for wish in self.waiting:
            wish.slot.wake()
