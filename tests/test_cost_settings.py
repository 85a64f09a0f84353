"""What hosts cost, as settings say it."""

from __future__ import annotations

import pytest

from tests.test_settings import Read, read, refusals

__all__ = ["read"]


def test_costs_are_unknown_unless_somebody_states_them(read: Read) -> None:
    cost = read().cost

    assert (cost.currency, cost.per_hour, cost.watts, cost.kwh, cost.dollar) == ("", (), (), None, None)
    assert cost.time_zone == "UTC"


@pytest.mark.parametrize("named", ["gpu", "http://gpu:11434", "GPU:11434", "vllm", "VLLM", "embedded"])
def test_a_cost_is_of_a_host_by_any_of_its_names(read: Read, named: str) -> None:
    settings = read(
        OLLAMA__HOSTS="gpu", ENGINES__VLLM__URL="http://e:8000", COST__CURRENCY="€", COST__PER_HOUR=f"{named}=0.60"
    )

    assert settings.cost.per_hour == (f"{named}=0.60",)


@pytest.mark.parametrize(
    ("variables", "told"),
    [
        ({"COST__PER_HOUR": "0.60"}, "`LYCEUM_COST__CURRENCY` is missing"),
        ({"COST__WATTS": "300", "COST__CURRENCY": "€"}, "`LYCEUM_COST__KWH` is missing"),
        ({"COST__PER_HOUR": "elsewhere=1", "COST__CURRENCY": "€"}, "`elsewhere`, which is no host of yours"),
        ({"COST__PER_HOUR": "0.60,1.20", "COST__CURRENCY": "€"}, "wants one figure for all hosts"),
        ({"COST__PER_HOUR": "0,60", "COST__CURRENCY": "€"}, "wants one figure for all hosts"),
        ({"COST__PER_HOUR": "0.60,embedded=1", "COST__CURRENCY": "€"}, "wants one figure for all hosts"),
        ({"COST__PER_HOUR": "embedded=1,embedded=2", "COST__CURRENCY": "€"}, "has `embedded` twice"),
        ({"COST__PER_HOUR": "-1", "COST__CURRENCY": "€"}, "wants one figure for all hosts"),
        ({"COST__PER_HOUR": "٣", "COST__CURRENCY": "€"}, "wants one figure for all hosts"),
        ({"COST__PER_HOUR": "a=b=1", "COST__CURRENCY": "€"}, "`a=b`, which is no host of yours"),
        ({"COST__PER_HOUR": "nan", "COST__CURRENCY": "€"}, "wants one figure for all hosts"),
        ({"COST__PER_HOUR": "embedded=", "COST__CURRENCY": "€"}, "wants one figure for all hosts"),
        ({"COST__CURRENCY": "a very long name"}, "at most 12 characters"),
        ({"COST__CURRENCY": "`x`"}, "at most 12 characters"),
        ({"COST__CURRENCY": "€2"}, "at most 12 characters"),
        ({"COST__TIME_ZONE": "Europe/Atlantis"}, "`LYCEUM_COST__TIME_ZONE` is no time zone that this machine knows"),
        ({"COST__TIME_ZONE": "../../etc/passwd"}, "no time zone that this machine knows"),
        ({"COST__TIME_ZONE": "Europe"}, "no time zone that this machine knows"),
        ({"COST__DOLLAR": "0"}, "more than 0"),
        ({"COST__KWH": "inf"}, "wants a number"),
    ],
)
def test_a_cost_that_cannot_be_is_refused(read: Read, variables: dict[str, str], told: str) -> None:
    assert told in " ".join(refusals(read, **variables))


@pytest.mark.parametrize("currency", ["€", "EUR", "US$", "₪", "Kč", "ש״ח", "credits", "R$"])
def test_a_currency_is_called_as_its_people_call_it(read: Read, currency: str) -> None:
    assert read(COST__CURRENCY=currency).cost.currency == currency


def test_a_cost_of_a_host_is_not_looked_at_where_the_hosts_are_wrong(read: Read) -> None:
    (told,) = refusals(read, OLLAMA__HOSTS="a b", COST__CURRENCY="€", COST__PER_HOUR="gpu=1")

    assert "LYCEUM_OLLAMA__HOSTS" in told
