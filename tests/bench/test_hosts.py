from __future__ import annotations

from pathlib import Path

from tests.bench.hosts import Plan, in_one_channel, long_conversations, one_killed

TINY = Plan(people=3, slots=2, tokens=30, conversations=2, turns=3, begun_words=100)


async def test_people_in_one_channel_are_measured_through_the_real_doors(tmp_path: Path) -> None:
    rows = await in_one_channel(tmp_path, TINY)

    assert rows[0].baseline
    assert [row.measured for row in rows[1:]] == [0, 0]


async def test_a_host_that_is_killed_loses_no_turn(tmp_path: Path) -> None:
    lost, slow = await one_killed(tmp_path, TINY)

    assert lost.measured == 0
    assert slow.is_met


async def test_what_is_reused_is_measured_of_both_ways_to_spread(tmp_path: Path) -> None:
    rows = await long_conversations(tmp_path, TINY)

    assert rows[1].measured >= rows[0].measured
    assert rows[1].is_met
