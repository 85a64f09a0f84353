from __future__ import annotations

from tests.bench.context import Plan, measured
from tests.bench.rig import context_page
from tests.bench.rig.report import table

# Long enough for a window of 2,048 tokens to be full, short enough for a test.
TINY = Plan(turns=40, last=5, prompt_tokens_per_s=20_000, rounds=1, overflows=12, mixed=12)


async def test_every_number_is_measured_through_the_engine() -> None:
    rows = await measured(TINY, embedded=False)
    names = [row.cells[0] for row in rows]

    assert names[0].startswith("40 turns, 1 overflows, against a sliding window: first token")
    assert names[1].endswith("prompt tokens evaluated in all")
    assert names[2] == "first token at turn 25, beside that at turn 5, window not full"
    assert names[3].startswith("12 planted overflows")
    assert names[4].startswith("false alarms in ")
    assert names[5] == "loads beyond the first in 12 turns over three models"
    assert [row.measured for row in rows[3:]] == [0, 0, 0]
    assert rows[1].measured < (rows[1].baseline or 0)
    assert table(rows) in context_page.written(rows, "On a machine.")
