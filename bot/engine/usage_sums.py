"""The sums of what answers took and cost, read from the log of work and priced by what the operator states."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Costs, ModelWork
from bot.engine.usage_period import Period, period_of
from bot.engine.usage_report import Priced, Spent, UsageReport, priced_works, report_of
from bot.engine.work_book import LONG_AGO, WorkBook
from bot.ports import Meter, Notes, WorkLog

# The leaderboard tells of costs over so many days.
BOARD_DAYS = 30
AN_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounting:
    """What usage is told with: the log of work, what hosts cost, their addresses.

    `kept_days` is how long all work is kept at least; 0 for ever.
    """

    work_log: WorkLog
    costs: Costs = field(default_factory=Costs)
    hosts: Sequence[str] = ()
    kept_days: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedPeriod:
    """What was asked for of a period, priced, and the sums of it."""

    period: Period
    works: Sequence[Priced]
    report: UsageReport


class UsageSums:
    """Sums up what is in the log, what was noted a moment ago included. All methods raise `Unavailable`."""

    def __init__(self, accounting: Accounting, work_book: WorkBook, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self.costs = accounting.costs
        self._work_log = accounting.work_log
        self._kept_days = accounting.kept_days
        self._work_book = work_book
        self._clock = clock

    async def of_days(self, days: int, is_asked: Callable[[ModelWork], bool]) -> PricedPeriod:
        """Price what is asked for of the last days, today included."""
        await self._work_book.store()
        # What was noted at this very moment is in it.
        now = self._clock.utc() + AN_INSTANT
        kept_since = now - timedelta(days=self._kept_days) if self._kept_days else LONG_AGO
        counted_since = max(kept_since, await self._work_book.since())
        period = period_of(days, now=now, zone=self.costs.zone, counted_since=counted_since)
        return await self._priced(period, is_asked)

    async def of_turn(self, turn_id: int) -> Mapping[str, float]:
        """Return what the answers of a turn cost at work, by model, as far as it is known."""
        await self._work_book.store()
        works = await self._work_log.of_turn(turn_id)
        if not works:
            return {}
        since = min(work.ended_at for work in works)
        period = Period(since=since, until=max(work.ended_at for work in works) + AN_INSTANT)
        priced = await self._priced(period, lambda work: work.account.turn_id == turn_id)
        costs = {use.model: use for use in priced.report.models}
        return {
            model: use.cost.at_work for model, use in costs.items() if use.cost.at_work is not None and not use.unpriced
        }

    async def lately(self, is_asked: Callable[[ModelWork], bool]) -> Mapping[tuple[str, str], Spent]:
        """Return what a million tokens of each model cost of late, by name and digest."""
        priced = await self.of_days(BOARD_DAYS, is_asked)
        return {(use.model, use.digest): use.per_million for use in priced.report.models}

    async def _priced(self, period: Period, is_asked: Callable[[ModelWork], bool]) -> PricedPeriod:
        works = await self._work_log.beside(period.since, period.until)
        starts = {host: await self._work_book.since(host) for host in {work.host for work in works if work.host}}

        def summed() -> PricedPeriod:
            priced, hosts = priced_works(
                works,
                since=period.since,
                until=period.until,
                costs=self.costs,
                since_of=lambda host: starts[host],
                is_asked=is_asked,
            )
            return PricedPeriod(period=period, works=priced, report=report_of(priced, hosts))

        # A year of a busy team takes seconds to part and to sum up; others are answered meanwhile.
        return await asyncio.to_thread(summed)


def work_book_of(accounting: Accounting | None, notes: Notes | None, meter: Meter, clock: Clock) -> WorkBook:
    """Return the book that fills the log of an accounting; one that keeps nothing where there is none."""
    if accounting is None:
        return WorkBook(meter=meter, clock=clock)
    return WorkBook(work_log=accounting.work_log, notes=notes, hosts=accounting.hosts, meter=meter, clock=clock)


def within(platform: str, workspace: str, channel: str = "") -> Callable[[ModelWork], bool]:
    """Return what tells the work of a workspace, or of one channel of it."""

    def is_there(work: ModelWork) -> bool:
        account = work.account
        is_here = account.platform == platform and account.workspace == workspace
        return is_here and channel in {"", account.channel}

    return is_there


def asked_by(platform: str, person_id: str) -> Callable[[ModelWork], bool]:
    """Return what tells the work of one person's answers."""
    return lambda work: work.account.platform == platform and work.account.person_id == person_id
