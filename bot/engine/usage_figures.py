"""The figures of a usage report: what each model took and cost, and proprietary models' prices beside them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.domain import Amount, Bars, Cell, Costs, Figures, FigureTable, Mark, Notice
from bot.domain.open_models import FactSource, ReferencePrice
from bot.engine.money import amount_of, common_digits, money
from bot.engine.usage_period import day_of
from bot.engine.usage_report import ModelUse, Priced, UsageReport, report_of
from bot.i18n import sentence

DIGEST_CHARS = 6
DOLLAR = "USD"
# Two bars each; the proprietary models stand below.
MOST_DRAWN = 4
MOST_TOLD = 8
SHOWN = ("model", "turns", "read", "written", "at_work", "with_idle")
IN_FILE = (
    "kind",
    "day",
    "model",
    "digest",
    "host",
    "turns",
    "completions",
    "uncounted",
    "measured",
    "elsewhere",
    "read",
    "written",
    "seconds",
    "cost_at_work",
    "cost_with_idle",
    "at_work",
    "with_idle",
    "price_read",
    "price_written",
    "price_mixed",
    "currency",
    "source",
    "as_of",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A proprietary model's price of a million tokens, read and written apart, and mixed as the team's own are."""

    price: ReferencePrice
    source: FactSource
    mixed: float | None
    currency: str

    @property
    def is_comparable(self) -> bool:
        """Whether it is in the operator's own currency, and mixed."""
        return self.mixed is not None and self.currency != ""


def references_of(
    prices: Iterable[tuple[ReferencePrice, FactSource]], *, prompt_share: float | None, costs: Costs
) -> list[Reference]:
    """Return proprietary models' prices in the operator's currency, or in dollars where nobody said what one is."""
    rate, currency = (costs.per_dollar, costs.currency) if costs.per_dollar else (1.0, DOLLAR)
    found = []
    for price, source in prices:
        read, written = price.input * rate, price.output * rate
        mixed = None if prompt_share is None else read * prompt_share + written * (1 - prompt_share)
        in_currency = ReferencePrice(
            model=price.model,
            provider=price.provider,
            input=read,
            output=written,
            source=price.source,
            page=price.page,
        )
        found.append(Reference(price=in_currency, source=source, mixed=mixed, currency=currency))
    return found


class UsageFigures:
    """Puts a report into figures, for one reader's language."""

    def __init__(self, report: UsageReport, references: Sequence[Reference], costs: Costs, locale: str) -> None:
        self._report = report
        self._references = references
        self._costs = costs
        self._locale = locale
        names = [use.model for use in report.models]
        self._several = {name for name in names if names.count(name) > 1}

    @property
    def shown(self) -> Figures:
        """The figures as they are shown."""
        rows = tuple(self._row(use) for use in self._report.models)
        bars = self._prices() or self._tokens()
        return Figures(
            name="usage",
            table=FigureTable(caption=Notice("usage.caption", self._money()), titles=_titles(SHOWN), rows=rows),
            told=tuple(self._all_told()),
            bars=(bars,),
            picture=bars,
        )

    def in_file(self, works: Sequence[Priced]) -> Figures:
        """Return the figures as they are written to a file: by day, model and host, and the prices they stand beside.

        All its amounts are whole, so that they add up.
        """
        by_key: dict[tuple[date, str, str, str], list[Priced]] = defaultdict(list)
        for each in works:
            work = each.work
            by_key[day_of(work.ended_at, self._costs.zone), work.model, work.digest, work.host].append(each)
        days = [
            self._file_row(day, host, report_of(by_key[day, model, digest, host], ()).models[0])
            for day, model, digest, host in sorted(by_key)
        ]
        rows = (*days, *(self._price_row(each) for each in self._references))
        table = FigureTable(caption=Notice("usage.caption", self._money()), titles=_titles(IN_FILE), rows=rows)
        return Figures(name="usage", table=table, told=())

    def name_of(self, use: ModelUse) -> str:
        """Return what a model is called: with its digest where its name stood for another one before."""
        is_one = use.model not in self._several or not use.digest
        return use.model if is_one else f"{use.model} @{use.digest.removeprefix('sha256:')[:DIGEST_CHARS]}"

    def _row(self, use: ModelUse) -> tuple[Cell, ...]:
        return (
            self.name_of(use),
            Amount(use.turns),
            Amount(use.prompt_tokens),
            Amount(use.answer_tokens),
            _amount(use.per_million.at_work),
            _amount(use.per_million.with_idle),
        )

    def _all_told(self) -> Iterator[Notice]:
        yield from (self._told(use) for use in self._report.models[:MOST_TOLD])
        if (more := len(self._report.models) - MOST_TOLD) > 0:
            yield Notice("figures.more", {"count": more})

    def _told(self, use: ModelUse) -> Notice:
        facts = {"model": self.name_of(use), "turns": use.turns, "tokens": f"{use.tokens:,}"}
        if use.per_million.at_work is None:
            return Notice("usage.row_unknown", facts)
        costs = {"at_work": self._worded(use.per_million.at_work), "with_idle": self._worded(use.per_million.with_idle)}
        return Notice("usage.row", facts | costs)

    def _worded(self, cost: float | None) -> object:
        return Notice("usage.unknown") if cost is None else money(cost, self._costs.currency)

    def _prices(self) -> Bars | None:
        """Return bars of prices by both sums; proprietary models' stand beside them where the currency is one."""
        own = [
            Mark(name=sentence(Notice(f"usage.mark_{key}", {"model": self.name_of(use)}), self._locale), y=price)
            for use in self._report.models[:MOST_DRAWN]
            for key, price in (("at_work", use.per_million.at_work), ("with_idle", use.per_million.with_idle))
            if price is not None
        ]
        if not own:
            return None
        hosted = [
            Mark(name=each.price.model, y=each.mixed, stands_out=False)
            for each in self._references
            if each.mixed is not None and each.currency == self._costs.currency
        ]
        marks = (*own, *hosted)
        return Bars(
            title=Notice("usage.caption_cost", self._money()),
            axis=Notice("usage.axis", self._money()),
            marks=marks,
            digits=common_digits([mark.y for mark in marks]),
            legend=(Notice("usage.ours"), Notice("usage.hosted")) if hosted else None,
        )

    def _tokens(self) -> Bars:
        marks = tuple(Mark(name=self.name_of(use), y=use.tokens) for use in self._report.models)
        return Bars(title=Notice("usage.caption_tokens"), axis=Notice("usage.tokens"), marks=marks)

    def _money(self) -> dict[str, object]:
        return {"currency": self._costs.currency or "?"}

    def _file_row(self, day: date, host: str, use: ModelUse) -> tuple[Cell, ...]:
        return _in_order(
            kind=Notice("usage.kind_own"),
            day=day.isoformat(),
            model=use.model,
            digest=use.digest,
            host=host,
            turns=Amount(use.turns),
            completions=Amount(use.completions),
            uncounted=Amount(use.uncounted),
            measured=Amount(use.measured),
            elsewhere=Amount(use.remote),
            read=Amount(use.prompt_tokens),
            written=Amount(use.answer_tokens),
            seconds=Amount(use.seconds, digits=3),
            cost_at_work=_whole(use.cost.at_work),
            cost_with_idle=_whole(use.cost.with_idle),
            at_work=_whole(use.per_million.at_work),
            with_idle=_whole(use.per_million.with_idle),
            currency=self._costs.currency,
        )

    def _price_row(self, each: Reference) -> tuple[Cell, ...]:
        return _in_order(
            kind=Notice("usage.kind_hosted"),
            model=each.price.model,
            price_read=_whole(each.price.input),
            price_written=_whole(each.price.output),
            price_mixed=_whole(each.mixed),
            currency=each.currency,
            source=each.price.page or each.source.url,
            as_of=each.source.as_of.isoformat(),
        )


def _titles(names: Iterable[str]) -> tuple[Notice, ...]:
    return tuple(Notice(f"usage.title.{name}") for name in names)


def _in_order(**cells: Cell) -> tuple[Cell, ...]:
    return tuple(cells.get(name) for name in IN_FILE)


def _amount(value: float | None) -> Amount | None:
    return None if value is None else amount_of(value)


def _whole(value: float | None) -> Amount | None:
    return None if value is None else Amount(value, digits=9)
