"""Comparing what two pieces of work cost, beside whatever else the machine does."""

from __future__ import annotations

from collections.abc import Callable

TRIES = 5


def is_ever(comparison: Callable[[], bool]) -> bool:
    """Whether a comparison of costs, measured anew each time, holds once in five times.

    A neighbour on the machine makes single measurements longer, now the one and now the other; what really costs too
    much does so each time.
    """
    return any(comparison() for _ in range(TRIES))
