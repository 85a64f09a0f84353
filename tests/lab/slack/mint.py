"""Ids and timestamps that look like Slack's: unique and, for timestamps, increasing."""

from __future__ import annotations

import itertools
import random
import string

from tests.lab.slack.clock import LabClock

ALPHABET = string.ascii_uppercase + string.digits


class Mint:
    """Makes the ids of one workspace; the same ones in every run."""

    def __init__(self, clock: LabClock, seed: int = 7) -> None:
        self._clock = clock
        self._random = random.Random(seed)
        self._last_ts_us = 0
        self._numbers = itertools.count(1)

    def id(self, prefix: str) -> str:
        """Return a new id: the prefix, a zero and nine characters, like C0123456789."""
        return f"{prefix}0" + "".join(self._random.choices(ALPHABET, k=9))

    def ts(self) -> str:
        """Return a new message timestamp, later than all before it."""
        self._last_ts_us = max(int(self._clock.now() * 1e6), self._last_ts_us + 100)
        return f"{self._last_ts_us // 1_000_000}.{self._last_ts_us % 1_000_000:06d}"

    def trigger_id(self) -> str:
        """Return a new trigger id."""
        return f"{next(self._numbers)}.{self._random.randrange(10**9)}.{self._random.randbytes(16).hex()}"

    def uuid(self) -> str:
        """Return a new id of the form of a UUID, as envelopes and client messages carry."""
        text = self._random.randbytes(16).hex()
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))
