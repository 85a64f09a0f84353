from __future__ import annotations

import pytest

from bot.engine.money import common_digits, money, percent


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0, "0 €"),
        (1234.5, "1,234 €"),
        (140, "140 €"),
        (99.999, "100.00 €"),
        (1.2, "1.20 €"),
        (0.5, "0.50 €"),
        (0.042, "0.042 €"),
        (0.00041999, "0.00042 €"),
        (1e-12, "0.000000000 €"),
        (-0.5, "-0.50 €"),
    ],
)
def test_an_amount_is_written_with_what_it_means(value: float, written: str) -> None:
    assert money(value, "€") == written


@pytest.mark.parametrize(
    ("share", "written"), [(0, "0.0"), (0.0000001, "< 0.1"), (0.0123, "1.2"), (0.375, "38"), (1.0, "100")]
)
def test_a_share_is_written_with_what_it_means(share: float, written: str) -> None:
    assert percent(share) == written


def test_an_amount_without_a_currency_is_a_number() -> None:
    assert money(1.5, "") == "1.50"


@pytest.mark.parametrize(
    ("amounts", "digits"), [([], 0), ([140, 2000], 0), ([140, 0.065], 2), ([1.5, 0.5], 2), ([0.0041, 0.00002], 4)]
)
def test_amounts_beside_each_other_have_digits_in_common(amounts: list[float], digits: int) -> None:
    assert common_digits(amounts) == digits
