"""`/usage`: turns, tokens and what they cost by model, for oneself, a channel or a workspace."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import CommandCall, Level, ModelWork, Notice, ReplyPart
from bot.domain.costs import HOUR_S
from bot.domain.open_models import FactSource, ReferencePrice
from bot.engine.access import Right
from bot.engine.authority import Authority
from bot.engine.commands import CommandRun
from bot.engine.figure_forms import in_form, wants_file
from bot.engine.money import amount_of, money, percent
from bot.engine.usage_figures import Reference, UsageFigures, references_of
from bot.engine.usage_period import USUAL_DAYS, day_of
from bot.engine.usage_report import HostUse, UsageReport
from bot.engine.usage_sums import Accounting, PricedPeriod, UsageSums, asked_by, within, work_book_of
from bot.errors import UserError
from bot.ports import NO_METER, Meter, ModelCatalogue, Notes

MOST_HOSTS = 4
OF_OTHERS = frozenset({Level.CHANNEL, Level.WORKSPACE})


class UsageDesk:
    """Runs the command, and has the book that its figures come from. Without an `accounting` there is neither."""

    def __init__(
        self,
        accounting: Accounting | None,
        notes: Notes | None,
        authority: Authority,
        catalogue: ModelCatalogue | None,
        *,
        meter: Meter = NO_METER,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.work_book = work_book_of(accounting, notes, meter, clock)
        self.sums = UsageSums(accounting, self.work_book, clock=clock) if accounting else None
        self._authority = authority
        self._catalogue = catalogue

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs the command, by its name in the table."""
        return {"usage": self.told} if self.sums else {}

    async def told(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell what was used, of what one may see.

        Raises:
            UserError: it is of others, and takes an admin; or there is no such place here.
            Unavailable: the store or the platform does not answer.
        """
        assert self.sums
        level = Level(call.arguments.get("of") or Level.ME)
        is_asked = await self._asked(level, call)
        days = int(call.arguments.get("days") or USUAL_DAYS)
        priced = await self.sums.of_days(days, is_asked)
        report, costs = priced.report, self.sums.costs
        if not priced.works:
            yield Notice("usage.none", self._span(priced, level))
            return
        references = references_of(self._prices(), prompt_share=report.prompt_share, costs=costs)
        figures = UsageFigures(report, references, costs, call.person.locale)
        if wants_file(call):
            for part in await asyncio.to_thread(lambda: in_form(call, figures.in_file(priced.works))):
                yield part
            return
        for notice in self._head(priced, report, level):
            yield notice
        for part in in_form(call, figures.shown):
            yield part
        for notice in self._tail(report, references, is_for_all=level in OF_OTHERS):
            yield notice

    async def _asked(self, level: Level, call: CommandCall) -> Callable[[ModelWork], bool]:
        """Return what tells the work that is asked for, once the caller may see it."""
        where = call.address
        if level not in OF_OTHERS:
            return asked_by(where.platform, call.person.id)
        if (level is Level.CHANNEL and call.direct and not where.is_private) or not where.workspace:
            raise UserError("error.no_such_level", level=Notice(f"level.{level.value}"))
        await self._authority.check(Right.SEE_USAGE, person=call.person, address=where)
        return within(where.platform, where.workspace, where.channel if level is Level.CHANNEL else "")

    def _span(self, priced: PricedPeriod, level: Level) -> dict[str, object]:
        assert self.sums
        zone, period = self.sums.costs.zone, priced.period
        return {
            "whose": Notice(f"usage.of_{level.value}"),
            "since": day_of(period.since, zone).isoformat(),
            "until": day_of(period.until, zone).isoformat(),
            "zone": self.sums.costs.zone_name,
        }

    def _head(self, priced: PricedPeriod, report: UsageReport, level: Level) -> Iterator[Notice]:
        assert self.sums
        total, currency = report.total, self.sums.costs.currency
        yield Notice(
            "usage.head",
            {
                **self._span(priced, level),
                "turns": f"{total.turns:,}",
                "tokens": f"{total.tokens:,}",
                "read": f"{total.prompt_tokens:,}",
                "written": f"{total.answer_tokens:,}",
            },
        )
        if priced.period.is_cut:
            since = priced.period.since.astimezone(self.sums.costs.zone)
            yield Notice("usage.cut", {"since": f"{since:%Y-%m-%d %H:%M}"})
        if total.cost.at_work is not None:
            costs = {"at_work": money(total.cost.at_work, currency), "with_idle": Notice("usage.unknown")}
            if total.cost.with_idle is not None:
                costs["with_idle"] = money(total.cost.with_idle, currency)
            yield Notice("usage.total", costs)

    def _tail(self, report: UsageReport, references: Sequence[Reference], *, is_for_all: bool) -> Iterator[Notice]:
        assert self.sums
        total = report.total
        if total.per_million.at_work is not None:
            yield Notice("usage.both_sums")
        if is_for_all:
            for host in report.hosts[:MOST_HOSTS]:
                yield self._host(host)
        for key in ("unpriced", "uncounted", "measured"):
            if count := getattr(total, key):
                yield Notice(f"usage.{key}", {"count": f"{count:,}", "completions": f"{total.completions:,}"})
        yield from _beside(references, report.prompt_share)
        if total.per_million.at_work is not None and references and not self.sums.costs.per_dollar:
            yield Notice("usage.other_currency", {"currency": self.sums.costs.currency})

    def _host(self, host: HostUse) -> Notice:
        assert self.sums
        facts = {
            "host": host.host,
            "percent": percent(host.busy_share),
            "hours": amount_of(host.period_s / HOUR_S).written,
        }
        if host.cost.with_idle is None:
            return Notice("usage.host_unknown", facts)
        return Notice("usage.host", facts | {"cost": money(host.cost.with_idle, self.sums.costs.currency)})

    def _prices(self) -> list[tuple[ReferencePrice, FactSource]]:
        facts = self._catalogue.facts if self._catalogue else None
        return [(price, facts.sources[price.source]) for price in facts.prices] if facts else []


def _beside(references: Sequence[Reference], prompt_share: float | None) -> Iterator[Notice]:
    """Tell proprietary models' prices, with where they are from."""
    mixed = [each for each in references if each.mixed is not None]
    if not mixed or prompt_share is None:
        return
    read = round(100 * prompt_share)
    yield Notice("usage.hosted_head", {"read": read, "written": 100 - read})
    for each in mixed:
        yield Notice(
            "usage.hosted_row",
            {
                "model": each.price.model,
                "mixed": money(each.mixed or 0.0, each.currency),
                "read": amount_of(each.price.input).written,
                "written": amount_of(each.price.output).written,
            },
        )
    sources = dict.fromkeys(f"{each.source.title}, {each.source.as_of.isoformat()}" for each in mixed)
    yield Notice("usage.hosted_source", {"sources": "; ".join(sources)})
