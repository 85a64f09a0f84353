"""Buckets: how many calls a platform takes, and when it takes the next. Pure; times are of the caller's clock."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import inf
from typing import Protocol

# A call counts when it arrives, a moment after we counted it: so much later it is certainly over.
WINDOW_MARGIN_S = 0.01
SLIDING_MARGIN = 0.02
# A call without an answer for so long has most likely none to come; more than so many are not kept track of.
LONGEST_UNDER_WAY_S = 2.0
MOST_UNDER_WAY = 100
# After a refusal we did not foresee we make this share of the calls we had made, for so many windows; at least half of
# what was promised, since few calls that were refused say that others use the app too, not how much it takes.
AFTER_REFUSAL = 0.8
BACK_OFF_WINDOWS = 5
# Of "so many and more" calls we try at most this many times the promise, or what was lately taken without a refusal.
OVERDRAWN = 2
MOST_TAKEN = 2_000
# What is left of a sliding window is spread over this share of it: it is refilled all the time.
SPREAD_OVER = 1 / 3


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `calls` within `seconds`."""

    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer said of its bucket: calls a window, calls left, and seconds until all are there again."""

    limit: int
    remaining: int
    reset_after_s: float


class Bucket(Protocol):
    """One limit of a platform, as far as we know it."""

    @property
    def limit(self) -> int:
        """The most calls in a row."""
        ...

    def left(self, now: float) -> int:
        """Return how many calls may be made at this moment."""
        ...

    def free_at(self, now: float, count: int) -> float:
        """Return the earliest moment at which `count` calls are left; a count over the limit means all of them."""
        ...

    def spared_at(self, now: float, others: int) -> float:
        """Return when a call may be made beside so many others, who come evenly over what is left of the window."""
        ...

    def urgent_at(self, now: float) -> float:
        """Return when a call that cannot wait may be made: where the platform may well take more, it is tried."""
        ...

    def spread_s(self, now: float) -> float:
        """Return the seconds over which calls that nobody needs should spread what is left."""
        ...

    def renews_at(self, now: float) -> float:
        """Return when all calls are there again and those not made are lost; infinity where there is no such moment."""
        ...

    def take(self, now: float) -> None:
        """Count a call that is about to be made."""
        ...

    def give_back(self) -> None:
        """Count out the last one: it was not made."""
        ...

    def learn(self, now: float, told: Told) -> None:
        """Believe what an answer said."""
        ...

    def refuse(self, now: float, retry_after_s: float) -> None:
        """Note that a call was refused, and for how long."""
        ...


class FixedWindow:
    """A window that opens with its first call and ends some seconds later, as Discord's do. Headers correct it."""

    def __init__(self, rate: Rate) -> None:
        self._limit = max(1, rate.calls)
        self._seconds = rate.seconds
        self._left = self._limit
        self._is_told = False
        self._under_way: deque[float] = deque(maxlen=MOST_UNDER_WAY)
        self._ends_at = -inf
        self._closed_until = -inf

    @property
    def limit(self) -> int:
        """See `Bucket.limit`."""
        return self._limit

    def left(self, now: float) -> int:
        """See `Bucket.left`."""
        if now < self._closed_until:
            return 0
        return self._limit if now >= self._ends_at else self._left

    def free_at(self, now: float, count: int) -> float:
        """See `Bucket.free_at`."""
        at = max(now, self._closed_until)
        return at if self.left(at) >= min(count, self._limit) else max(at, self._ends_at)

    def spared_at(self, now: float, others: int) -> float:
        """See `Bucket.spared_at`. What nobody came for by then would be lost, so it is given free bit by bit."""
        at = max(now, self._closed_until)
        if at >= self._ends_at or not others:
            return self.free_at(now, 1)
        spare = max(0, self._left - 1)
        return max(at, self._ends_at - spare * self._seconds / others)

    def urgent_at(self, now: float) -> float:
        """See `Bucket.urgent_at`: Discord means what it says."""
        return self.free_at(now, 1)

    def spread_s(self, now: float) -> float:
        """See `Bucket.spread_s`."""
        return max(0.0, self._ends_at - now)

    def renews_at(self, now: float) -> float:
        """See `Bucket.renews_at`."""
        return self._ends_at if now < self._ends_at else inf

    def take(self, now: float) -> None:
        """See `Bucket.take`."""
        if now >= self._ends_at:
            # What has no answer yet, where answers tell, may arrive in this window.
            late = sum(at > now - LONGEST_UNDER_WAY_S for at in self._under_way) if self._is_told else 0
            self._left, self._ends_at = self._limit - late, now + self._seconds + WINDOW_MARGIN_S
        self._left = max(0, self._left - 1)
        self._under_way.append(now)

    def give_back(self) -> None:
        """See `Bucket.give_back`."""
        self._left = min(self._limit, self._left + 1)
        if self._under_way:
            self._under_way.pop()

    def learn(self, now: float, told: Told) -> None:
        """See `Bucket.learn`. An answer of a window that is over by now says nothing of this one."""
        if self._under_way:
            self._under_way.popleft()
        self._resize(max(1, told.limit))
        ends_at = now + told.reset_after_s + WINDOW_MARGIN_S
        if self._is_told and now < self._ends_at and ends_at < self._ends_at - self._seconds / 2:
            return
        if not self._is_told or told.remaining == self._limit - 1:
            self._is_told, self._seconds = True, told.reset_after_s
        # Calls under way are counted here and not yet there.
        self._left = min(self._left, told.remaining) if now < self._ends_at else told.remaining
        self._ends_at = ends_at

    def refuse(self, now: float, retry_after_s: float) -> None:
        """See `Bucket.refuse`."""
        self._closed_until = max(self._closed_until, now + retry_after_s)

    def _resize(self, limit: int) -> None:
        """Believe how many calls a window takes, at once: those that were counted stay counted."""
        self._left = max(0, self._left + limit - self._limit)
        self._limit = limit


class SlidingWindow:
    """So many calls in any stretch of some seconds, as Slack's tiers are. Refusals make it meek for a while."""

    def __init__(self, rate: Rate) -> None:
        self._nominal = max(1, rate.calls)
        self._seconds = rate.seconds * (1 + SLIDING_MARGIN)
        self._taken: deque[float] = deque(maxlen=MOST_TAKEN)
        self._proven = 0
        self._closed_until = -inf
        self._limit = self._nominal
        self._backs_off_until = -inf
        self._refusals = 0

    @property
    def limit(self) -> int:
        """See `Bucket.limit`."""
        return self._limit

    def left(self, now: float) -> int:
        """See `Bucket.left`."""
        if now < self._closed_until:
            return 0
        return max(0, self._limit_at(now) - self._live(now))

    def free_at(self, now: float, count: int) -> float:
        """See `Bucket.free_at`."""
        at = max(now, self._closed_until)
        limit = self._limit_at(at)
        over = self._live(at) - (limit - min(count, limit))
        return at if over <= 0 else self._taken[len(self._taken) - self._live(at) + over - 1] + self._seconds

    def spared_at(self, now: float, others: int) -> float:  # noqa: ARG002 - what others take comes back all the time
        """See `Bucket.spared_at`."""
        return self.free_at(now, 1)

    def urgent_at(self, now: float) -> float:
        """See `Bucket.urgent_at`: Slack promises "so many and more", and says when it takes the next it has refused."""
        if now < max(self._closed_until, self._backs_off_until):
            return min(self.free_at(now, 1), self._trial_at(now))
        # What was made a while ago and not refused is what Slack really takes.
        self._proven = max(self._proven, self._live(now) - self._live(now, since=now - LONGEST_UNDER_WAY_S))
        is_lenient = self._live(now) < OVERDRAWN * max(self._nominal, self._proven)
        return now if is_lenient else self.free_at(now, 1)

    def spread_s(self, now: float) -> float:  # noqa: ARG002 - the same at all times
        """See `Bucket.spread_s`."""
        return self._seconds * SPREAD_OVER

    def renews_at(self, now: float) -> float:  # noqa: ARG002 - never
        """See `Bucket.renews_at`."""
        return inf

    def take(self, now: float) -> None:
        """See `Bucket.take`."""
        self._taken.append(now)

    def give_back(self) -> None:
        """See `Bucket.give_back`."""
        if self._taken:
            self._taken.pop()

    def learn(self, now: float, told: Told) -> None:
        """See `Bucket.learn`: such platforms tell nothing before they refuse."""

    def refuse(self, now: float, retry_after_s: float) -> None:
        """See `Bucket.refuse`."""
        self._closed_until = max(self._closed_until, now + retry_after_s)
        self._limit = max(1, self._nominal // 2, int(min(self._live(now), self._nominal) * AFTER_REFUSAL))
        self._proven = 0
        self._refusals = self._refusals + 1 if now < self._backs_off_until else 1
        self._backs_off_until = now + BACK_OFF_WINDOWS * self._seconds

    def _trial_at(self, now: float) -> float:
        """Return when one more call may be tried after a refusal: one first, then as many as were taken, and one.

        Each further refusal makes the pauses longer, in which it is seen whether they were.
        """
        pause_s = self._refusals * LONGEST_UNDER_WAY_S
        tried = [at for at in self._taken if at >= self._closed_until]
        proven = sum(at <= now - pause_s for at in tried)
        is_due = len(tried) - proven <= proven
        return max(now, self._closed_until) if is_due else tried[proven] + pause_s

    def _live(self, now: float, *, since: float = -inf) -> int:
        """Count the calls that still take a place, of those made after `since`."""
        return sum(at + self._seconds > now and at > since for at in self._taken)

    def _limit_at(self, now: float) -> int:
        if now >= self._backs_off_until:
            self._limit = self._nominal
        return self._limit
