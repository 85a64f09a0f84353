"""Scales: which round numbers stand at an axis, and where on it a value is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from bot.domain import Amount

MOST_STEPS = 6
# From so many times the smallest value on, equal steps would put most values into one heap.
WIDE = 60
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)
_MOST_DIGITS = 6
_SHORT = ((1e12, "T"), (1e9, "B"), (1e6, "M"))


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis from `low` to `high` with its ticks; `is_log`: equal distances are equal ratios."""

    low: float
    high: float
    ticks: tuple[float, ...]
    digits: int
    is_log: bool = False

    def share(self, value: float) -> float:
        """Return where a value is, 0 at the low end and 1 at the high one."""
        if self.is_log:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)

    def written(self, tick: float) -> str:
        """Return how a tick reads; of millions and more only the number of them."""
        largest = tick if self.is_log else max(abs(self.low), abs(self.high)) / 2
        size, sign = next(((size, sign) for size, sign in _SHORT if largest >= size), (1.0, ""))
        if sign:
            return f"{tick / size:,.4g}{sign if tick else ''}"
        digits = max(0, -floor(log10(tick))) if self.is_log and tick < 1 else 0 if self.is_log else self.digits
        return Amount(tick, digits).written


def scale_of(values: Sequence[float], *, has_zero: bool = False, may_be_log: bool = False) -> Scale:
    """Return the scale on which all of these values have a place, with a little room where they are all alike."""
    low, high = min(values), max(values)
    if may_be_log and low > 0 and high / low >= WIDE:
        return _log_scale(low, high)
    if has_zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high - low <= abs(high) * 1e-9:
        low, high = low - (abs(low) / 2 or 1.0), high + (abs(high) / 2 or 1.0)
    step = _step((high - low) / MOST_STEPS)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = tuple(number * step for number in range(first, last + 1))
    digits = next((n for n in range(_MOST_DIGITS) if abs(round(step, n) - step) < step * 1e-6), _MOST_DIGITS)
    return Scale(ticks[0], ticks[-1], ticks, digits)


def _step(least: float) -> float:
    power = 10.0 ** floor(log10(least))
    return next(power * factor for factor in _ROUND if power * factor >= least * (1 - 1e-9))


def _log_scale(low: float, high: float) -> Scale:
    first, last = floor(log10(low)), ceil(log10(high))
    return Scale(10.0**first, 10.0**last, tuple(10.0**number for number in range(first, last + 1)), 0, is_log=True)
