from __future__ import annotations

import pytest

from tests.evaluation.undisturbed import slowdown, undisturbed


def test_a_processor_that_is_always_as_fast_is_not_slowed_down() -> None:
    assert slowdown([0.02, 0.02, 0.02]) == 1.0


def test_a_processor_that_is_mostly_half_as_fast_is_slowed_down_so_much() -> None:
    assert slowdown([0.02, 0.04, 0.04, 0.04]) == pytest.approx(1.75)


async def test_work_is_done_once_and_never_told_as_longer_than_it_took() -> None:
    done = []

    def work() -> float:
        done.append("once")
        return 6.0

    took_s, quiet_s = await undisturbed(work)

    assert done == ["once"]
    assert took_s == 6.0
    assert 0 < quiet_s <= took_s
