"""What an hour of a host costs, by hand."""

from __future__ import annotations

import pytest

from bot.domain import Costs, HostCost


@pytest.mark.parametrize(
    ("stated", "at_work", "at_rest"),
    [
        (HostCost(), None, None),
        (HostCost(per_hour=0.60), 0.60, 0.60),
        (HostCost(per_hour=0), 0, 0),
        # 350 W at 0.30 a kWh is 0.105 an hour; 60 W is 0.018.
        (HostCost(watts=350, idle_watts=60, kwh=0.30), 0.105, 0.018),
        (HostCost(watts=350, kwh=0.30), 0.105, None),
        (HostCost(per_hour=0.20, watts=350, idle_watts=60, kwh=0.30), 0.305, 0.218),
        (HostCost(per_hour=0.20, watts=350, kwh=0.30), 0.305, None),
        (HostCost(watts=350), None, None),
        (HostCost(per_hour=0.20, watts=350), None, None),
        (HostCost(kwh=0.30), None, None),
        (HostCost(per_hour=0.20, kwh=0.30), 0.20, 0.20),
    ],
)
def test_an_hour_costs_what_is_stated_and_else_is_unknown(
    stated: HostCost, at_work: float | None, at_rest: float | None
) -> None:
    assert stated.at_work == (at_work if at_work is None else pytest.approx(at_work))
    assert stated.at_rest == (at_rest if at_rest is None else pytest.approx(at_rest))


def test_a_host_nobody_named_has_no_cost_and_not_a_cost_of_nothing() -> None:
    assert Costs(hosts={"gpu": HostCost(per_hour=1)}).of("other").at_work is None


@pytest.mark.parametrize(
    ("costs", "dollar"),
    [
        (Costs(currency="USD"), 1.0),
        (Costs(currency="US$"), 1.0),
        # Seven countries call their money "$".
        (Costs(currency="$"), None),
        (Costs(currency="€"), None),
        (Costs(currency="€", dollar=0.92), 0.92),
        (Costs(), None),
    ],
)
def test_a_dollar_is_only_worth_what_somebody_said(costs: Costs, dollar: float | None) -> None:
    assert costs.per_dollar == dollar
