"""Schedules: when something is done again, as people write it: `every 6h`, `daily 03:00`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta

LEAST = timedelta(minutes=15)
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_EVERY = re.compile(r"every\s+(\d{1,4})\s*(m|h|d)(?:in|ins|inutes?|our|ours|ay|ays)?", re.IGNORECASE)
_DAILY = re.compile(r"daily(?:\s+(?:at\s+)?(\d{1,2}):(\d\d))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every so often; or each day `at` this time in UTC, where that is not None."""

    every: timedelta
    at: time | None = None

    def is_due(self, last: datetime, now: datetime, *, late: timedelta) -> bool:
        """Whether it is time again, after it was done `last`; everything comes `late` by so much."""
        if self.at is None:
            return now - late >= last + self.every
        shifted = now - late
        moment = shifted.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return last < (moment if moment <= shifted else moment - timedelta(days=1))


def read_schedule(written: str) -> Schedule | None:
    """Read a schedule; None for what is none."""
    words = written.strip()
    if found := _EVERY.fullmatch(words):
        every = timedelta(**{_UNITS[found[2].lower()]: int(found[1])})
        return Schedule(every) if every >= LEAST else None
    if found := _DAILY.fullmatch(words):
        hour, minute = int(found[1] or 0), int(found[2] or 0)
        is_time = hour < 24 and minute < 60  # noqa: PLR2004 - a day's hours, an hour's minutes
        return Schedule(timedelta(days=1), time(hour, minute)) if is_time else None
    return None
