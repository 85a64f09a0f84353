"""Amounts of money and shares as people read them: with what means something, the currency as it is named."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10

from bot.domain import Amount

# From here on cents say nothing.
WHOLE, CENTS = 100, 1
MEANT_DIGITS = 2
MOST_DIGITS = 9
LEAST_PERCENT, MANY_PERCENT = 0.1, 10


def digits_of(amount: float) -> int:
    """Return how many digits behind the point an amount is written with: "0.0042", "1.20", "140"."""
    size = abs(amount)
    if size == 0 or size >= WHOLE:
        return 0
    if size >= CENTS:
        return MEANT_DIGITS
    return min(MOST_DIGITS, MEANT_DIGITS - 1 - floor(log10(size)))


def common_digits(amounts: Sequence[float]) -> int:
    """Return how many digits amounts beside each other are written with: those of the smallest, as far as it helps."""
    needed = [digits_of(amount) for amount in amounts]
    return min(max(needed, default=0), max(MEANT_DIGITS, min(needed, default=0)))


def percent(share: float) -> str:
    """Return a share in per cent; what is less than a tenth of one is said to be that."""
    hundredths = 100 * share
    if 0 < hundredths < LEAST_PERCENT:
        return f"< {LEAST_PERCENT}"
    return f"{hundredths:.0f}" if hundredths >= MANY_PERCENT else f"{hundredths:.1f}"


def amount_of(value: float) -> Amount:
    """Return a sum of money as a number to read."""
    return Amount(value, digits=digits_of(value))


def money(value: float, currency: str) -> str:
    """Return a sum of money with its currency."""
    return f"{amount_of(value).written} {currency}".strip()
