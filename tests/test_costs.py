from __future__ import annotations

from functools import partial

from tests.costs import TRIES, Yardstick, is_ever


def count_to(number: int) -> None:
    sum(range(number))


def test_work_of_another_order_is_seen_in_every_try() -> None:
    assert not Yardstick(partial(count_to, 10_000)).outlasts(partial(count_to, 1_000_000), times=10)


def test_work_of_the_same_order_is_enough_once() -> None:
    assert Yardstick(partial(count_to, 10_000)).outlasts(partial(count_to, 20_000), times=10)


def test_the_yardstick_is_timed_once_and_anew_where_a_comparison_does_not_hold() -> None:
    timed: list[int] = []
    yardstick = Yardstick(lambda: timed.append(sum(range(10_000))))

    assert yardstick.outlasts(partial(count_to, 10_000), times=10)
    assert yardstick.outlasts(partial(count_to, 10_000), times=10)
    assert len(timed) == 2
    assert not yardstick.outlasts(partial(count_to, 1_000_000), times=10)
    assert len(timed) == 2 * TRIES


def test_work_shorter_than_a_clock_tells_is_never_too_long() -> None:
    assert Yardstick(partial(count_to, 1), least_s=1.0).outlasts(partial(count_to, 100_000), times=1)


def test_a_comparison_that_holds_is_not_made_again() -> None:
    tried = iter([False, True])

    assert is_ever(lambda: next(tried))
    assert list(tried) == []
