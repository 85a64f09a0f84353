"""What a piece of work costs: calls, which are the same on every machine, and time where calls do not tell."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType

TRIES = 5
_BEGINNINGS = ("call", "c_call")


def calls(work: Callable[[], object]) -> int:
    """Return how many functions the work calls, Python's and those written in C.

    The same work costs the same each time, whatever else the machine does. What one call takes longer for a longer
    text, such as a search that tries again at each character, has to be measured in time.
    """
    count = 0

    def count_one(frame: FrameType, event: str, argument: object) -> None:
        del frame, argument
        nonlocal count
        count += event in _BEGINNINGS

    sys.setprofile(count_one)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


def is_ever(comparison: Callable[[], bool]) -> bool:
    """Whether a comparison of times, measured anew each time, holds once in five times.

    For what only time tells, and bounds that are passed many times over: a neighbour on the machine makes single
    measurements longer, now the one and now the other; what really costs too much does so each time.
    """
    return any(comparison() for _ in range(TRIES))
