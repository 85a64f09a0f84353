"""The clock storage reads, to be passed in so that tests can set it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the moment it is, in UTC."""
    return datetime.now(UTC)
