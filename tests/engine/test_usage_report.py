"""What answers took and cost: a table of examples worked out by hand, and what holds of every one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import Account, Costs, HostCost, ModelWork
from bot.engine.usage_period import day_of, midnight, period_of
from bot.engine.usage_report import UsageReport, priced_works, report_of
from tests.clocks import NOON

HOUR = timedelta(hours=1)
GPU, CPU = "http://gpu:11434", "http://cpu:11434"


def work(
    began_s: float,
    ended_s: float,
    tokens: tuple[int, int] = (900, 100),
    *,
    model: str = "m",
    host: str = GPU,
    person: str = "p1",
    turn: int = 1,
    is_counted: bool = True,
    is_remote: bool = False,
) -> ModelWork:
    """Make work between two seconds after noon."""
    return ModelWork(
        ended_at=NOON + timedelta(seconds=ended_s),
        worked_s=ended_s - began_s,
        model=model,
        host=host,
        prompt_tokens=tokens[0],
        answer_tokens=tokens[1],
        is_counted=is_counted,
        is_remote=is_remote,
        account=Account(platform="lab", workspace="W1", channel="C1", person_id=person, turn_id=turn),
    )


def costs(**hosts: HostCost) -> Costs:
    return Costs(currency="€", hosts={f"http://{name}:11434": cost for name, cost in hosts.items()})


def report(
    works: Sequence[ModelWork], stated: Costs, *, hours: float = 1, person: str = "", since: datetime = NOON
) -> UsageReport:
    """Sum up the work of so many hours from a moment on, of all or of one person."""
    priced, hosts = priced_works(
        works,
        since=since,
        until=since + timedelta(hours=hours),
        costs=stated,
        since_of=lambda _: since,
        is_asked=lambda each: person in {"", each.account.person_id},
    )
    return report_of(priced, hosts)


RENTED = costs(gpu=HostCost(per_hour=3.60))  # a tenth of a cent a second

# What was done within one hour, what the host costs; a million tokens at work, with idle time, and the host's share.
BY_HAND = {
    # 36 s of 3,600 are .036; 1,000 tokens: 36 a million. The whole hour is 3.60: 3,600 a million.
    "one answer in an hour": ([work(0, 36)], RENTED, 36.0, 3600.0, 0.01),
    # Busy for all of the hour, both sums are one.
    "busy all the time": ([work(-1, 3599, (90_000, 10_000))], RENTED, 36.0, 36.0, 1.0),
    # Two side by side take the same 36 s, .036 for 2,000 tokens.
    "two at once": ([work(0, 36), work(0, 36, turn=2)], RENTED, 18.0, 1800.0, 0.01),
    # One after another they take 72 s.
    "two in a row": ([work(0, 36), work(36, 72, turn=2)], RENTED, 36.0, 1800.0, 0.02),
    # 350 W at .30 are .105 an hour: 36 s are .00105. 3,564 s at 60 W are .01782; together .01887.
    "energy alone": (
        [work(0, 36)],
        costs(gpu=HostCost(watts=350, idle_watts=60, kwh=0.30)),
        1.05,
        18.87,
        0.01,
    ),
    "energy at work alone": ([work(0, 36)], costs(gpu=HostCost(watts=350, kwh=0.30)), 1.05, None, 0.01),
    "a host that costs nothing": ([work(0, 36)], costs(gpu=HostCost(per_hour=0)), 0.0, 0.0, 0.01),
    "nothing stated": ([work(0, 36)], Costs(), None, None, 0.01),
    "another host is stated": ([work(0, 36)], costs(cpu=HostCost(per_hour=1)), None, None, 0.01),
    # 36 of the 72 s have no counts; what is counted took 36 s for 1,000 tokens.
    "one was stopped": (
        [work(0, 36), work(36, 72, (0, 0), turn=2, is_counted=False)],
        RENTED,
        36.0,
        1800.0,
        0.02,
    ),
    "none was counted": ([work(0, 36, (0, 0), is_counted=False)], RENTED, None, None, 0.01),
    # The first began half a minute before the hour, and counts where it ended.
    "begun before": ([work(-18, 18)], RENTED, 36.0, 3600.0, 0.01),
}


@pytest.mark.parametrize(("works", "stated", "at_work", "with_idle", "busy"), BY_HAND.values(), ids=BY_HAND)
def test_a_million_tokens_cost_what_is_worked_out_by_hand(
    works: list[ModelWork], stated: Costs, at_work: float | None, with_idle: float | None, busy: float
) -> None:
    found = report(works, stated)

    assert found.total.per_million.at_work == (None if at_work is None else pytest.approx(at_work))
    assert found.total.per_million.with_idle == (None if with_idle is None else pytest.approx(with_idle))
    assert found.hosts[0].busy_share == pytest.approx(busy)


def test_idle_time_goes_to_models_as_they_kept_the_host_busy() -> None:
    found = report([work(0, 30, model="a"), work(100, 110, model="b", turn=2)], RENTED)

    # 40 s of work carry the hour's 3.60: three quarters of it and one.
    assert {use.model: use.cost.with_idle for use in found.models} == pytest.approx({"a": 2.70, "b": 0.90})


def test_what_others_do_meanwhile_makes_my_tokens_cheaper() -> None:
    alone = report([work(0, 36)], RENTED, person="p1")
    busy = report([work(0, 36), work(100, 136, person="p2", turn=2)], RENTED, person="p1")

    assert busy.total.per_million.at_work == pytest.approx(36.0)
    assert (alone.total.per_million.with_idle, busy.total.per_million.with_idle) == pytest.approx((3600.0, 1800.0))
    assert busy.total.tokens == 1_000


def test_a_model_on_two_hosts_has_the_price_of_what_is_known() -> None:
    found = report([work(0, 36), work(0, 36, host=CPU, turn=2)], RENTED)

    assert found.total.per_million.at_work == pytest.approx(36.0)
    assert found.total.unpriced == 1


def test_what_a_machine_elsewhere_made_costs_an_unknown_amount() -> None:
    found = report([work(0, 36, is_remote=True)], RENTED)

    assert (found.total.cost.at_work, found.total.unpriced, found.total.remote) == (None, 1, 1)
    assert found.hosts == ()


def test_turns_are_counted_once_though_two_models_answered() -> None:
    found = report([work(0, 5, model="a"), work(5, 9, model="b"), work(9, 12, model="a", turn=0)], RENTED)

    assert (found.total.turns, found.total.completions) == (1, 3)
    assert [use.turns for use in found.models] == [1, 1]


def test_a_host_that_came_later_costs_from_then_on() -> None:
    priced, hosts = priced_works(
        [work(1800, 1836)],
        since=NOON,
        until=NOON + HOUR,
        costs=RENTED,
        since_of=lambda _: NOON + HOUR / 2,
    )

    assert report_of(priced, hosts).total.per_million.with_idle == pytest.approx(1800.0)


def test_work_that_shared_its_time_with_earlier_work_shares_it_on_the_next_day_too() -> None:
    works = [work(-21, -1), work(-11, 9, turn=2)]
    whole = report(works, RENTED, since=NOON - HOUR, hours=2)
    first, second = (report(works, RENTED, since=NOON + HOUR * each, hours=1) for each in (-1, 0))

    assert second.total.seconds == pytest.approx(15.0)
    assert first.total.seconds + second.total.seconds == pytest.approx(whole.total.seconds) == pytest.approx(30.0)


works_of = st.lists(
    st.builds(
        work,
        began_s=st.integers(0, 3000),
        ended_s=st.integers(3000, 3599),
        tokens=st.tuples(st.integers(0, 5000), st.integers(1, 500)),
        model=st.sampled_from(["a", "b", "c"]),
        host=st.sampled_from([GPU, CPU]),
        person=st.sampled_from(["p1", "p2", "p3"]),
        turn=st.integers(1, 5),
        is_counted=st.booleans(),
    )
    | st.builds(work, began_s=st.integers(0, 50), ended_s=st.integers(50, 90), host=st.just(GPU)),
    min_size=1,
    max_size=12,
)
BOTH = costs(gpu=HostCost(per_hour=2.0), cpu=HostCost(watts=200, idle_watts=50, kwh=0.4))


@given(works_of)
def test_the_parts_of_every_sum_are_together_the_whole(works: list[ModelWork]) -> None:
    found = report(works, BOTH)
    people = [report(works, BOTH, person=person) for person in ("p1", "p2", "p3")]

    for parts in (found.models, [each.total for each in people]):
        assert sum(part.tokens for part in parts) == found.total.tokens
        assert sum(part.completions for part in parts) == found.total.completions
        assert sum(part.seconds for part in parts) == pytest.approx(found.total.seconds)
        assert sum(part.cost.at_work or 0 for part in parts) == pytest.approx(found.total.cost.at_work or 0)
        assert sum(part.cost.with_idle or 0 for part in parts) == pytest.approx(found.total.cost.with_idle or 0)


@given(works_of)
def test_no_host_costs_more_than_its_hours_nor_less(works: list[ModelWork]) -> None:
    found = report(works, BOTH)

    for host in found.hosts:
        stated = BOTH.of(host.host)
        assert host.busy_s <= host.period_s + 1e-6
        assert stated.at_work is not None
        assert stated.at_rest is not None
        whole = (host.busy_s * stated.at_work + (host.period_s - host.busy_s) * stated.at_rest) / 3600
        assert host.cost.with_idle == pytest.approx(whole)
    if all(host.busy_s for host in found.hosts):
        assert found.total.cost.with_idle == pytest.approx(sum(host.cost.with_idle or 0 for host in found.hosts))


@given(works_of, st.integers(1, 3600))
def test_two_periods_are_together_as_one(works: list[ModelWork], cut_s: int) -> None:
    whole = report(works, BOTH)
    first = report(works, BOTH, hours=cut_s / 3600)
    second = report(works, BOTH, since=NOON + timedelta(seconds=cut_s), hours=1 - cut_s / 3600)

    assert first.total.tokens + second.total.tokens == whole.total.tokens
    assert first.total.seconds + second.total.seconds == pytest.approx(whole.total.seconds)
    at_work = [each.total.cost.at_work or 0 for each in (first, second, whole)]
    assert at_work[0] + at_work[1] == pytest.approx(at_work[2])


@given(works_of)
def test_idle_time_makes_nothing_cheaper(works: list[ModelWork]) -> None:
    for use in report(works, BOTH).models:
        if use.per_million.at_work is not None and use.per_million.with_idle is not None:
            assert use.per_million.with_idle >= use.per_million.at_work * (1 - 1e-9)


# Days

BERLIN, JERUSALEM = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Jerusalem")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "days", "zone", "since"),
    [
        ("2026-11-30T12:00+00:00", 1, UTC, "2026-11-30T00:00+00:00"),
        ("2026-11-30T12:00+00:00", 7, UTC, "2026-11-24T00:00+00:00"),
        # It is the first of December in Jerusalem already.
        ("2026-11-30T22:30+00:00", 1, JERUSALEM, "2026-11-30T22:00+00:00"),
        ("2026-11-30T22:30+00:00", 1, UTC, "2026-11-30T00:00+00:00"),
        # Clocks are turned on 25 October: that day has 25 hours.
        ("2026-10-26T11:00+00:00", 2, BERLIN, "2026-10-24T22:00+00:00"),
        ("2026-03-30T11:00+00:00", 2, BERLIN, "2026-03-28T23:00+00:00"),
    ],
)
def test_a_period_is_whole_days_where_the_operator_is(now: str, days: int, zone: ZoneInfo, since: str) -> None:
    period = period_of(days, now=datetime.fromisoformat(now), zone=zone, counted_since=LONG_AGO)

    assert period.since == datetime.fromisoformat(since)
    assert not period.is_cut


def test_a_period_begins_no_earlier_than_counting_did() -> None:
    counted_since = NOON - HOUR
    period = period_of(7, now=NOON, zone=UTC, counted_since=counted_since)

    assert (period.since, period.is_cut) == (counted_since, True)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)), st.sampled_from([UTC, BERLIN, JERUSALEM]))  # noqa: DTZ001
def test_every_moment_is_in_the_day_it_is_counted_in_and_in_no_other(naive: datetime, zone: ZoneInfo) -> None:
    moment = naive.replace(tzinfo=UTC)
    day = day_of(moment, zone)

    assert midnight(day, zone) <= moment < midnight(day + timedelta(days=1), zone)
