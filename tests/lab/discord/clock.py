"""The lab's time: it runs like everybody's, and a test may push it on."""

from __future__ import annotations

import time
from datetime import UTC, datetime

DISCORD_EPOCH_S = 1420070400.0


class LabClock:
    """Real time plus what `advance` added: deadlines are kept without anyone waiting for them."""

    def __init__(self) -> None:
        self._ahead_s = 0.0

    def now(self) -> float:
        """Return seconds since 1970."""
        return time.time() + self._ahead_s

    def utc(self) -> datetime:
        """Return the date."""
        return datetime.fromtimestamp(self.now(), UTC)

    def advance(self, seconds: float) -> None:
        """Let so much time pass at once."""
        self._ahead_s += seconds


def iso(seconds: float) -> str:
    """Write a time as Discord does."""
    return datetime.fromtimestamp(seconds, UTC).isoformat()
