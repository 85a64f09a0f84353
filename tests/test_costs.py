from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial

import pytest

from tests.costs import TRIES, Yardstick, crowded_out_s, is_ever


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


def test_who_sleeps_is_not_crowded_out() -> None:
    before_s, began = crowded_out_s(os.getpid()), time.monotonic()
    time.sleep(0.2)

    assert crowded_out_s(os.getpid()) - before_s <= time.monotonic() - began - 0.2 + 0.05


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems do not say")
def test_who_waits_for_others_is_crowded_out() -> None:
    assert crowded_out_s(os.getpid()) > 0


def test_a_process_that_is_gone_counts_for_nothing() -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()

    assert crowded_out_s(gone.pid) == 0
