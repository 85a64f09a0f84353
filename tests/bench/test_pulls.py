from __future__ import annotations

from pathlib import Path

from tests.bench.pulls import GB, PullPlan, measured

# Of five seconds; whoever is killed is missed after ten more.
SHORT = PullPlan(bytes_per_s=GB, kill_after_s=1.0)
# A machine that does other things beside is slower; that nothing is ever shown, or stopped, is told all the same.
BUSY = 5


async def test_a_pull_of_five_gigabytes_is_shown_stopped_and_gone_on_with_after_a_kill(tmp_path: Path) -> None:
    rows = {f"{row.group}, {row.name}": row for row in await measured(tmp_path, SHORT)}
    counts = [row.measured for row in rows.values() if not row.unit]

    assert counts == [0] * 6
    assert all(row.compared <= row.limit * BUSY for row in rows.values()), rows
