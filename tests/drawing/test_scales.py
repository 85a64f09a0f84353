from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bot.drawing.scales import MOST_STEPS, scale_of

VALUES = st.lists(st.floats(-1e9, 1e9).filter(lambda value: value == 0 or abs(value) > 1e-6), min_size=1, max_size=9)


@given(VALUES)
def test_every_value_has_a_place_between_few_ticks(values: list[float]) -> None:
    scale = scale_of(values)

    assert all(-1e-9 <= scale.share(value) <= 1 + 1e-9 for value in values)
    assert 2 <= len(scale.ticks) <= MOST_STEPS + 3
    assert len({scale.written(tick) for tick in scale.ticks}) == len(scale.ticks)


@given(st.lists(st.floats(1e-4, 1e6), min_size=1, max_size=9))
def test_what_is_far_apart_is_shown_by_ratios(values: list[float]) -> None:
    scale = scale_of(values, may_be_log=True)

    assert all(-1e-9 <= scale.share(value) <= 1 + 1e-9 for value in values)
    assert scale.is_log == (max(values) / min(values) >= 60)


def test_ticks_are_round_numbers() -> None:
    assert [scale_of([3, 47]).written(tick) for tick in scale_of([3, 47]).ticks] == ["0", "10", "20", "30", "40", "50"]
    assert [scale_of([0.1, 0.34]).written(tick) for tick in scale_of([0.1, 0.34]).ticks][:2] == ["0.10", "0.15"]
    log = scale_of([0.03, 44], may_be_log=True)
    assert [log.written(tick) for tick in log.ticks] == ["0.01", "0.1", "1", "10", "100"]
    large = scale_of([0, 12_000_000])
    assert [large.written(tick) for tick in large.ticks][:3] == ["0", "2M", "4M"]
    wide = scale_of([20, 5e7], may_be_log=True)
    assert [wide.written(tick) for tick in wide.ticks][-4:] == ["100,000", "1M", "10M", "100M"]


def test_bars_begin_at_nothing() -> None:
    assert scale_of([40, 90], has_zero=True).low == 0
    assert scale_of([-40, -90], has_zero=True).high == 0
