from __future__ import annotations

import pytest

from tests.bench.rig import page
from tests.bench.rig.report import Aim, Row, picture, table, verdict
from tests.bench.speed import Plan, measured

TINY = Plan(questions=1, conversations=(1,), tokens=8, rounds=1, starts=1, idle_s=0)
SLOWER = Row(
    group="tokens per second", name="Slack", unit="tokens/s", baseline=100, measured=90, aim=Aim.SHARE_OF_BASELINE,
    limit=0.95,
)  # fmt: skip
LATER = Row(
    group="first words", name="Discord", unit="ms", baseline=2, measured=12, aim=Aim.MORE_THAN_BASELINE_BY, limit=50
)
LARGE = Row(group="idle memory", name="", unit="MB", measured=121, aim=Aim.ALONE, limit=120)


async def test_every_number_is_measured_through_the_real_doors() -> None:
    rows = await measured(TINY)

    assert [row.cells[0] for row in rows] == [
        "first visible text after the first token, Discord",
        "first visible text after the first token, Slack",
        "tokens per second, 1 at once, Discord",
        "tokens per second, 1 at once, Slack",
        "tokens per second, 1 with Slack's rate limits, Slack",
        "idle memory, new database",
        "idle memory, started again",
        "start until connected to both",
    ]
    assert all(row.measured > 0 for row in rows)


@pytest.mark.parametrize(("row", "compared", "is_met"), [(SLOWER, 0.9, False), (LATER, 10, True), (LARGE, 121, False)])
def test_a_row_is_judged_by_its_aim(row: Row, compared: float, is_met: bool) -> None:  # noqa: FBT001 - an example
    assert (row.compared, row.is_met) == (compared, is_met)


def test_the_page_shows_the_table_the_bars_and_what_was_missed() -> None:
    rows = [LATER, SLOWER, LARGE]
    shown = page.written(rows, "On a machine.")

    assert table(rows) in shown
    assert picture(rows) in shown
    assert verdict(rows).splitlines() == [
        "MISSED: tokens per second, Slack: 90.0 tokens/s, aim ≥ 0.95",
        "MISSED: idle memory: 121.0 MB, aim ≤ 120 MB",
    ]
