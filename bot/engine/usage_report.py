"""What answers took and what that cost: sums of work by model and by host over a period. Pure.

A token costs two sums. At work: the host's hours in which it answered. With idle time: all hours of the period, for a
host costs while it waits, too; its waiting goes to what it did in proportion to the time that took. So the parts of a
host are together the whole of it, by either sum.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import fsum

from bot.domain import Costs, ModelWork
from bot.domain.costs import HOUR_S
from bot.engine.host_shares import shares_s

MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Money by both sums; None is not known."""

    at_work: float | None = None
    with_idle: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostUse:
    """One host over the period: how long that was for it, how long it was busy, what both cost."""

    host: str
    period_s: float
    busy_s: float
    cost: Spent

    @property
    def busy_share(self) -> float:
        """The share of the period in which it was busy."""
        return min(1.0, self.busy_s / self.period_s) if self.period_s > 0 else 0.0

    def of(self, share_s: float) -> Spent:
        """Return what a share of its busy time cost."""
        if self.busy_s <= 0:
            return Spent()
        part = share_s / self.busy_s
        return Spent(at_work=_times(self.cost.at_work, part), with_idle=_times(self.cost.with_idle, part))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelUse:
    """What one model did: `model` with its `digest`, turns it answered in, tokens, seconds of hosts' time.

    `cost` is of all of it that has a known cost, `per_million` of a million tokens of it; None where none has.
    `unpriced` is how many completions have no known cost. `uncounted` ones have no counts: their time costs, and is in
    no price of a token. `remote` ones were made elsewhere; of those that are counted, `measured` ones were timed here.
    """

    model: str
    digest: str
    turns: int
    completions: int
    prompt_tokens: int
    answer_tokens: int
    seconds: float
    cost: Spent
    per_million: Spent
    unpriced: int = 0
    uncounted: int = 0
    measured: int = 0
    remote: int = 0

    @property
    def tokens(self) -> int:
        """How many tokens were read and written."""
        return self.prompt_tokens + self.answer_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageReport:
    """All of it, `total` over the `models`; the `hosts` are those of the work in it, with what all made them do."""

    total: ModelUse
    models: tuple[ModelUse, ...]
    hosts: tuple[HostUse, ...]

    @property
    def prompt_share(self) -> float | None:
        """The share of tokens that were read; None where none were counted."""
        return self.total.prompt_tokens / self.total.tokens if self.total.tokens else None


@dataclass(frozen=True, slots=True)
class Priced:
    """Work with its share of its host's time, and what that cost."""

    work: ModelWork
    share_s: float
    cost: Spent


def report_of(priced: Sequence[Priced], hosts: Sequence[HostUse]) -> UsageReport:
    """Sum up priced work: by model and digest, the most tokens first."""
    by_model: dict[tuple[str, str], list[Priced]] = defaultdict(list)
    for each in priced:
        by_model[each.work.model, each.work.digest].append(each)
    models = [_use(of_model, model=model, digest=digest) for (model, digest), of_model in by_model.items()]
    models.sort(key=lambda use: (-use.tokens, -use.seconds, use.model, use.digest))
    named = {each.work.host for each in priced if not each.work.is_remote}
    return UsageReport(
        total=_use(priced, model="", digest=""),
        models=tuple(models),
        hosts=tuple(host for host in hosts if host.host in named),
    )


def priced_works(
    works: Sequence[ModelWork],
    *,
    since: datetime,
    until: datetime,
    costs: Costs,
    since_of: Callable[[str], datetime],
    is_asked: Callable[[ModelWork], bool] = lambda _: True,
) -> tuple[list[Priced], list[HostUse]]:
    """Price the work that ended in a period, and return the hosts as well. `works` has all that ran beside it.

    `since_of` tells from when on a host is counted; `is_asked` which work is returned: the others share the hosts.
    """
    shares = shares_s(works)
    within = [(work, share) for work, share in zip(works, shares, strict=True) if since <= work.ended_at < until]
    busy: dict[str, list[float]] = defaultdict(list)
    for work, share in within:
        if work.host and not work.is_remote:
            busy[work.host].append(share)
    hosts = {
        host: _host(host, fsum(parts), since=max(since, since_of(host)), until=until, costs=costs)
        for host, parts in sorted(busy.items())
    }
    return [Priced(work, share, _spent(work, share, hosts)) for work, share in within if is_asked(work)], [
        *hosts.values()
    ]


def _host(host: str, busy_s: float, *, since: datetime, until: datetime, costs: Costs) -> HostUse:
    # What ended just after the period began was under way before.
    period_s = max((until - since).total_seconds(), busy_s)
    stated = costs.of(host)
    at_work = _times(stated.at_work, busy_s / HOUR_S)
    at_rest = _times(stated.at_rest, (period_s - busy_s) / HOUR_S)
    with_idle = None if at_work is None or at_rest is None else at_work + at_rest
    return HostUse(host=host, period_s=period_s, busy_s=busy_s, cost=Spent(at_work=at_work, with_idle=with_idle))


def _spent(work: ModelWork, share_s: float, hosts: Mapping[str, HostUse]) -> Spent:
    if work.is_remote or work.host not in hosts:
        return Spent()
    return hosts[work.host].of(share_s)


def _use(priced: Sequence[Priced], *, model: str, digest: str) -> ModelUse:
    works = [each.work for each in priced]
    counted = [each for each in priced if each.work.is_counted]
    return ModelUse(
        model=model,
        digest=digest,
        turns=len({work.account.turn_id for work in works} - {0}),
        completions=len(works),
        prompt_tokens=sum(each.work.prompt_tokens for each in counted),
        answer_tokens=sum(each.work.answer_tokens for each in counted),
        seconds=fsum(each.share_s for each in priced),
        cost=Spent(at_work=_sum(priced, _at_work), with_idle=_sum(priced, _with_idle)),
        per_million=Spent(at_work=_per_million(counted, _at_work), with_idle=_per_million(counted, _with_idle)),
        unpriced=sum(_at_work(each) is None for each in priced),
        uncounted=len(works) - len(counted),
        measured=sum(work.is_measured and work.is_counted for work in works),
        remote=sum(work.is_remote for work in works),
    )


def _at_work(priced: Priced) -> float | None:
    return priced.cost.at_work


def _with_idle(priced: Priced) -> float | None:
    return priced.cost.with_idle


def _sum(priced: Sequence[Priced], cost_of: Callable[[Priced], float | None]) -> float | None:
    """Return what is known of a sum; None where nothing is."""
    known = [cost for each in priced if (cost := cost_of(each)) is not None]
    return fsum(known) if known else None


def _per_million(counted: Sequence[Priced], cost_of: Callable[[Priced], float | None]) -> float | None:
    """Return what a million of those tokens cost whose cost is known."""
    tokens = sum(each.work.tokens for each in counted if cost_of(each) is not None)
    return _times(_sum(counted, cost_of), MILLION / tokens) if tokens else None


def _times(amount: float | None, factor: float) -> float | None:
    return None if amount is None else amount * factor
