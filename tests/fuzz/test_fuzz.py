"""Whatever others send ends in a value or an error of our own: no other exception, and nothing that hangs.

`make fuzz` runs more of the same, from another seed each time.
"""

from __future__ import annotations

from random import Random

import pytest

from tests.fuzz.mutations import changed, written
from tests.fuzz.run import Report, fuzz, run
from tests.fuzz.samples import SLACK_EVENTS
from tests.fuzz.targets import SHARES, TARGETS

CASES, SEED = 20_000, 1
# Processor seconds for one input, however busy the machine is; the slowest takes .06.
SLOW_S = 1.0


@pytest.fixture(scope="module")
def reports() -> dict[str, Report]:
    return run(TARGETS, SHARES, cases=CASES, seed=SEED)


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_in_ends_in_a_value_or_an_error_of_our_own(reports: dict[str, Report], name: str) -> None:
    assert reports[name].faults == {}


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_takes_long(reports: dict[str, Report], name: str) -> None:
    assert reports[name].slowest_s < SLOW_S


def test_a_run_has_as_many_cases_as_were_asked_for(reports: dict[str, Report]) -> None:
    assert abs(sum(report.cases for report in reports.values()) - CASES) < len(TARGETS)


def test_not_everything_is_refused(reports: dict[str, Report]) -> None:
    whole = [name for name, report in reports.items() if report.refused == report.cases]

    assert whole == ["host errors", "engine errors"]


def test_the_same_seed_changes_values_the_same_way() -> None:
    first, second = (written(changed(SLACK_EVENTS[0], Random("x"))) for _ in range(2))

    assert first == second


def test_a_fault_is_reported_with_the_case_that_makes_it_again() -> None:
    report = fuzz(lambda random: 1 / (random.random() < 0.5), "halves", cases=50, seed=1)

    assert 0 < len(report.faults) < report.cases
    assert all("ZeroDivisionError" in fault for fault in report.faults.values())
    assert all(Random(case).random() >= 0.5 for case in report.faults)


def test_what_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.run.HANGS_S", 0.05)

    report = fuzz(lambda _: for_ever(), "loops", cases=1, seed=1)

    assert "no end after" in report.faults["loops:1:0"]


def for_ever() -> None:
    while True:
        pass
