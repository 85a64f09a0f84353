"""Comparing what two pieces of work cost, beside whatever else the machine does.

A neighbour on the machine makes single measurements longer, now the one and now the other; what really costs too much
does so each time. So a comparison that fails is made anew, and one that holds is not.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType

TRIES = 8
_BEGINNINGS = ("call", "c_call")

Work = Callable[[], object]


def calls(work: Work) -> int:
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


def seconds(work: Work) -> float:
    """Return the processor time of this thread that some work takes."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def crowded_out_s(*processes: int) -> float:
    """Return for how long processes were ready to run while others had the processors, since each began.

    A process that is gone counts for nothing, and each does where the system does not say.
    """
    waited_ns = 0
    for process in processes:
        with suppress(OSError):
            waited_ns += int(Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()[1])
    return waited_ns / 1e9


class Yardstick:
    """Work that other work is measured by. Timed once for all comparisons, and anew where one does not hold."""

    def __init__(self, work: Work, *, least_s: float = 0.0) -> None:
        """Take the work; what it takes counts as `least_s` at least: below that its length says nothing."""
        self._work = work
        self._least_s = least_s
        self._took_s: float | None = None

    def outlasts(self, work: Work, *, times: float) -> bool:
        """Whether some work takes less than so many times as long, in one of several tries."""

        def holds() -> bool:
            took_s = seconds(work)
            return took_s < times * self._least_s or took_s < times * self._seconds()

        return is_ever(holds, otherwise=self._forget)

    def _seconds(self) -> float:
        if self._took_s is None:
            self._took_s = min(seconds(self._work) for _ in range(2))
        return self._took_s

    def _forget(self) -> None:
        self._took_s = None


def is_ever(comparison: Callable[[], bool], *, otherwise: Callable[[], None] = lambda: None) -> bool:
    """Whether a comparison of costs, measured anew each time, holds once in several tries."""
    for _ in range(TRIES):
        if comparison():
            return True
        otherwise()
    return False
