from __future__ import annotations

from tests.bench.crowd import Plan, measured
from tests.bench.rig import pace_page
from tests.bench.rig.gathering import Heard, is_whole
from tests.bench.rig.report import table

TINY = Plan(people=2, tokens=60)


async def test_every_number_is_measured_through_the_real_doors() -> None:
    rows = await measured(TINY)

    assert [row.cells[0] for row in rows] == [
        "one alone: first text after the first token, Discord",
        "one alone: last edit after the last token, Discord",
        "one alone: first text after the first token, Slack",
        "one alone: last edit after the last token, Slack",
        "2 in one channel: the latest last edit, Discord",
        "2 in one channel: answers not whole, Discord",
        "calls answered 429, Discord",
        "2 in one channel: the latest last edit, Slack",
        "2 in one channel: answers not whole, Slack",
        "calls answered 429, Slack",
    ]
    assert [row.measured for row in rows if row.unit == ""] == [0, 0, 0, 0]
    assert table(rows) in pace_page.written(rows, "On a machine.")


def test_an_answer_with_a_gap_or_something_twice_is_not_whole() -> None:
    assert is_whole(Heard("1 2\n3", ()), 3)
    assert not is_whole(Heard("1 3", ()), 3)
    assert not is_whole(Heard("1 2 2 3", ()), 3)
