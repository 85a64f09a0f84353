"""How the time of a host is parted among what it does side by side."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import ModelWork
from bot.engine.host_shares import shares_s
from tests.clocks import NOON

Span = tuple[float, float]


def work(began_s: float, ended_s: float, *, host: str = "gpu", is_remote: bool = False) -> ModelWork:
    ended_at = NOON + timedelta(seconds=ended_s)
    return ModelWork(ended_at=ended_at, worked_s=ended_s - began_s, model="m", host=host, is_remote=is_remote)


def busy_s(spans: list[Span]) -> float:
    """Return for how long at least one was under way, counted second by second: the definition, slowly."""
    return sum(any(began <= second < ended for began, ended in spans) for second in range(200))


@pytest.mark.parametrize(
    ("spans", "shares"),
    [
        ([(0, 10)], [10]),
        ([(0, 10), (20, 25)], [10, 5]),
        ([(0, 10), (0, 10)], [5, 5]),
        ([(0, 10), (5, 15)], [7.5, 7.5]),
        ([(0, 10), (0, 10), (0, 10), (0, 10)], [2.5] * 4),
        ([(0, 30), (10, 20)], [25, 5]),
        ([(0, 10), (10, 20)], [10, 10]),
        ([(5, 5), (0, 10)], [0, 10]),
    ],
    ids=["one", "one after another", "two at once", "half beside", "four at once", "within", "touching", "no time"],
)
def test_time_is_parted_among_those_who_share_it(spans: list[Span], shares: list[float]) -> None:
    assert shares_s([work(*span) for span in spans]) == pytest.approx(shares)


def test_each_host_has_its_own_time() -> None:
    assert shares_s([work(0, 10), work(0, 10, host="other")]) == pytest.approx([10, 10])


def test_what_a_machine_elsewhere_does_takes_no_time_of_the_host() -> None:
    assert shares_s([work(0, 10), work(0, 10, is_remote=True)]) == pytest.approx([10, 0])


def test_work_of_an_unknown_host_shares_with_nobody() -> None:
    assert shares_s([work(0, 10, host=""), work(0, 10, host="")]) == pytest.approx([10, 10])


def test_nothing_takes_nothing() -> None:
    assert shares_s([]) == []


spans = st.lists(
    st.tuples(st.integers(0, 99), st.integers(0, 60)).map(lambda span: (span[0], span[0] + span[1])), max_size=12
)


@given(spans)
def test_all_shares_are_together_the_time_in_which_the_host_was_busy(given_spans: list[Span]) -> None:
    assert sum(shares_s([work(*span) for span in given_spans])) == pytest.approx(busy_s(given_spans))


@given(spans)
def test_nobody_has_more_than_their_own_time_nor_less_than_nothing(given_spans: list[Span]) -> None:
    works = [work(*span) for span in given_spans]

    assert all(-1e-9 <= share <= each.worked_s + 1e-9 for share, each in zip(shares_s(works), works, strict=True))


@given(spans, st.randoms(use_true_random=False))
def test_the_order_does_not_matter(given_spans: list[Span], random: object) -> None:
    order = list(range(len(given_spans)))
    random.shuffle(order)  # type: ignore[attr-defined] # hypothesis's own random
    shares = shares_s([work(*span) for span in given_spans])
    shuffled = shares_s([work(*given_spans[index]) for index in order])

    assert shuffled == pytest.approx([shares[index] for index in order])
