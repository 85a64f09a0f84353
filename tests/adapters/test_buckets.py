from __future__ import annotations

from bisect import bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.delivery.buckets import Bucket, FixedWindow, Rate, SlidingWindow, Told

RATE = Rate(5, 5.0)
GAPS = st.lists(st.floats(min_value=0, max_value=7), min_size=1, max_size=60)


def taken_at(bucket: Bucket, gaps: list[float]) -> list[float]:
    """Make calls as early as the bucket lets us after each gap."""
    now, times = 0.0, []
    for gap in gaps:
        now = bucket.free_at(now + gap, 1)
        assert bucket.left(now)
        bucket.take(now)
        times.append(now)
    return times


@given(GAPS)
def test_a_sliding_window_never_holds_more_than_its_limit(gaps: list[float]) -> None:
    times = taken_at(SlidingWindow(RATE), gaps)

    assert all(bisect_right(times, at + RATE.seconds) - index <= RATE.calls for index, at in enumerate(times))


@given(GAPS)
def test_a_fixed_window_lets_its_limit_pass_between_its_beginning_and_its_end(gaps: list[float]) -> None:
    begun, used = -10.0, 0
    for at in taken_at(FixedWindow(RATE), gaps):
        begun, used = (at, 1) if at >= begun + RATE.seconds else (begun, used + 1)
        assert used <= RATE.calls


@given(GAPS, st.integers(min_value=1, max_value=9))
def test_as_many_calls_are_left_when_it_said_they_would_be(gaps: list[float], count: int) -> None:
    for bucket in (FixedWindow(RATE), SlidingWindow(RATE)):
        now = taken_at(bucket, gaps)[-1]

        assert bucket.left(bucket.free_at(now, count)) >= min(count, RATE.calls)


def test_headers_correct_what_was_assumed() -> None:
    bucket = FixedWindow(RATE)
    bucket.take(0.0)
    bucket.learn(0.1, Told(limit=3, remaining=2, reset_after_s=9.9))

    assert (bucket.limit, bucket.left(0.2)) == (3, 2)
    assert bucket.free_at(0.2, 3) == pytest.approx(10.01)


def test_a_larger_window_is_believed_at_once_beside_calls_under_way() -> None:
    bucket = FixedWindow(RATE)
    for _ in range(2):
        bucket.take(0.0)
    bucket.learn(0.1, Told(limit=50, remaining=49, reset_after_s=59.9))

    assert (bucket.limit, bucket.left(0.2)) == (50, 48)


def test_a_window_that_grows_or_shrinks_later_is_believed_at_once() -> None:
    bucket = FixedWindow(RATE)
    for limit in (50, 3, 20):
        bucket.take(6.0)
        bucket.learn(6.1, Told(limit=limit, remaining=limit - 1, reset_after_s=4.9))
        assert (bucket.limit, bucket.left(6.2) > 0) == (limit, True)


def test_calls_are_spared_for_others_until_they_would_be_lost() -> None:
    bucket = FixedWindow(RATE)
    bucket.take(0.0)

    waits = [bucket.spared_at(0.0, others) for others in (0, 2, 4)]

    assert waits == [0.0, 0.0, pytest.approx(1.26)]
    assert bucket.spared_at(2.0, 4) == 2.0


def test_what_another_process_used_is_gone() -> None:
    bucket = FixedWindow(RATE)
    bucket.take(0.0)
    bucket.learn(0.1, Told(limit=5, remaining=1, reset_after_s=3.0))

    assert bucket.left(0.2) == 1


def test_calls_under_way_stay_counted_when_an_earlier_answer_comes() -> None:
    bucket = FixedWindow(RATE)
    bucket.take(0.0)
    bucket.take(0.1)
    bucket.take(0.2)
    bucket.learn(0.3, Told(limit=5, remaining=4, reset_after_s=4.7))

    assert bucket.left(0.3) == 2


def test_a_late_answer_of_a_window_that_is_over_says_nothing_of_the_new_one() -> None:
    bucket = FixedWindow(RATE)
    bucket.take(0.0)
    bucket.learn(0.1, Told(limit=5, remaining=4, reset_after_s=4.9))
    bucket.take(5.1)
    bucket.learn(5.2, Told(limit=5, remaining=0, reset_after_s=0.1))

    assert bucket.left(5.2) == 4


def test_a_call_that_is_under_way_when_a_window_ends_is_counted_in_the_next() -> None:
    bucket = FixedWindow(RATE)
    bucket.take(0.0)
    bucket.learn(0.1, Told(limit=5, remaining=4, reset_after_s=4.9))
    bucket.take(5.0)
    bucket.take(5.05)

    assert bucket.left(5.05) == 3


def test_a_window_is_as_long_as_the_first_answer_says() -> None:
    bucket = FixedWindow(RATE)
    bucket.take(0.0)
    bucket.learn(0.1, Told(limit=5, remaining=4, reset_after_s=0.9))

    assert bucket.free_at(0.1, 5) == pytest.approx(1.01)


@pytest.mark.parametrize("bucket", [FixedWindow(RATE), SlidingWindow(RATE)], ids=["fixed", "sliding"])
def test_a_refusal_closes_for_as_long_as_was_asked(bucket: Bucket) -> None:
    bucket.refuse(0.0, 30.0)

    assert bucket.left(29.9) == 0
    assert bucket.free_at(1.0, 1) == 30.0


def test_a_refusal_nobody_foresaw_makes_meek_and_is_forgotten() -> None:
    bucket = SlidingWindow(Rate(50, 60.0))
    for second in range(40):
        bucket.take(float(second))
    bucket.refuse(40.0, 1.0)

    assert bucket.limit == 32
    assert bucket.left(41.0) == 0
    assert bucket.left(1000.0) == 50


def test_a_refusal_of_the_first_calls_leaves_half_of_what_was_promised() -> None:
    bucket = SlidingWindow(Rate(20, 60.0))
    bucket.take(0.0)
    bucket.refuse(0.0, 1.0)

    assert bucket.free_at(0.0, 1) == 1.0
    assert bucket.limit == 10


def test_a_call_that_was_not_made_is_given_back() -> None:
    fixed, sliding = FixedWindow(RATE), SlidingWindow(RATE)
    for bucket in (fixed, sliding):
        bucket.take(0.0)
        bucket.give_back()

    assert (fixed.left(0.0), sliding.left(0.0)) == (5, 5)


def test_a_promise_of_so_many_and_more_may_be_tried_until_it_is_refused() -> None:
    bucket = SlidingWindow(Rate(2, 60.0))
    for at in (0.0, 0.1):
        bucket.take(at)
    tried = bucket.left(0.2), bucket.urgent_at(0.2)
    bucket.refuse(0.3, 5.0)

    assert tried == (0, 0.2)
    assert bucket.urgent_at(0.4) == 5.3


def test_nobody_tries_more_than_twice_what_was_promised() -> None:
    bucket = SlidingWindow(Rate(2, 60.0))
    for at in range(4):
        bucket.take(at / 10)

    assert bucket.urgent_at(0.5) > 60.0


def test_what_was_taken_without_a_refusal_may_be_doubled_again() -> None:
    bucket = SlidingWindow(Rate(2, 60.0))
    for at in range(4):
        bucket.take(at / 10)

    assert bucket.urgent_at(0.5) > 60.0
    assert bucket.urgent_at(10.0) == 10.0


def urgent_ones(bucket: SlidingWindow, now: float, count: int) -> list[float]:
    """Make so many calls that cannot wait, each as early as the bucket lets us."""
    times: list[float] = []
    for _ in range(count):
        now = bucket.urgent_at(now)
        bucket.take(now)
        times.append(now)
    return times


def test_what_cannot_wait_is_tried_when_a_refusal_said_first_once_then_ever_more_often() -> None:
    bucket = SlidingWindow(Rate(50, 60.0))
    urgent_ones(bucket, 0.0, 45)
    bucket.refuse(0.5, 7.0)

    assert urgent_ones(bucket, 0.5, 7) == [7.5, 9.5, 9.5, *[11.5] * 4]
    assert bucket.free_at(11.5, 1) > 60.0


def test_each_further_refusal_makes_more_careful() -> None:
    bucket = SlidingWindow(Rate(50, 60.0))
    urgent_ones(bucket, 0.0, 45)
    bucket.refuse(0.5, 7.0)
    bucket.refuse(8.0, 2.0)

    assert urgent_ones(bucket, 8.0, 4) == [10.0, 14.0, 14.0, 18.0]


@given(st.lists(st.tuples(st.floats(min_value=0, max_value=30), st.booleans()), max_size=40))
def test_what_cannot_wait_never_comes_before_a_refusal_said_nor_later_than_all_else(
    calls: list[tuple[float, bool]],
) -> None:
    bucket, now, closed_until = SlidingWindow(Rate(5, 60.0)), 0.0, 0.0
    for gap, is_refused in calls:
        now = bucket.urgent_at(now + gap)
        assert closed_until <= now <= bucket.free_at(now, 1)
        bucket.take(now)
        if is_refused:
            closed_until = now + 7.0
            bucket.refuse(now, 7.0)


def test_a_refusal_of_long_ago_makes_nobody_careful() -> None:
    bucket = SlidingWindow(Rate(50, 60.0))
    bucket.refuse(0.0, 1.0)
    urgent_ones(bucket, 1000.0, 45)
    bucket.refuse(1000.5, 1.0)

    assert urgent_ones(bucket, 1000.5, 2) == [1001.5, 1003.5]


def test_a_window_that_answers_tell_of_is_never_overdrawn() -> None:
    bucket = FixedWindow(RATE)
    for _ in range(5):
        bucket.take(0.0)

    assert bucket.urgent_at(0.1) == bucket.free_at(0.1, 1) > 5.0
