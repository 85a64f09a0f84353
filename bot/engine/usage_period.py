"""The days a report is of: whole calendar days where the operator is, the last one as far as it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

USUAL_DAYS, MOST_DAYS = 7, 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From `since` up to `until`, both in UTC; `is_cut`: counting began later than the days that were asked for."""

    since: datetime
    until: datetime
    is_cut: bool = False

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is in it."""
        return self.since <= moment < self.until


def period_of(days: int, *, now: datetime, zone: tzinfo, counted_since: datetime) -> Period:
    """Return so many calendar days, today included, of what was counted."""
    begin = midnight(day_of(now, zone) - timedelta(days=days - 1), zone)
    since = max(begin, min(counted_since, now))
    return Period(since=since, until=now, is_cut=since > begin)


def day_of(moment: datetime, zone: tzinfo) -> date:
    """Return the calendar day of a moment."""
    return moment.astimezone(zone).date()


def midnight(day: date, zone: tzinfo) -> datetime:
    """Return when a day begins, in UTC: a day in which clocks are turned has 23 hours, or 25."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
