from __future__ import annotations

import asyncio

from tests.bench.rig import turns_page
from tests.bench.rig.crowd import Load
from tests.bench.rig.worker import Seen
from tests.bench.rig.workers import shares, together
from tests.bench.turns import Plan, measured
from tests.lab import postgres

TINY = Plan(turns={2: 2}, paced_turns=2, processes=(2,), messages=(100, 200))
LOAD = Load(name="load", conversations=range(5), turns=4, period_s=1.0)


async def test_every_store_is_measured_through_real_processes() -> None:
    results = await measured(TINY, await asyncio.to_thread(postgres.shared))

    assert [(row.name, row.busy.turns, row.paced.turns) for row in results.rows] == [
        ("memory, 1 process", 4, 2),
        ("SQLite, 2 processes", 4, 2),
        ("Postgres, 2 processes", 4, 2),
    ]
    assert [sorted(row.busy.per_turn) for row in results.rows] == [
        [],
        ["commits", "reads", "writes"],
        ["commits", "reads", "writes"],
    ]
    assert [windows.store for windows in results.windows] == ["SQLite", "Postgres"]
    assert turns_page.shown(results) in turns_page.written(results, "On a machine.")


def test_conversations_are_dealt_out_and_a_single_one_is_shared() -> None:
    dealt = [list(share.conversations) for share in shares(LOAD, 2)]
    single = shares(Load(name="load", conversations=[0], turns=5, period_s=1.0), 2)

    assert dealt == [[0, 2, 4], [1, 3]]
    assert [(list(share.conversations), share.turns, share.period_s) for share in single] == [([0], 3, 2.0)] * 2


def test_what_two_processes_saw_is_one_outcome() -> None:
    one = Seen(began_at=10, ended_at=12, processor_s=0.2, first_words_s=[0.1, 0.3], counts={"commits": 4})
    other = Seen(began_at=11, ended_at=14, processor_s=0.2, first_words_s=[0.2, 0.2], counts={"commits": 4})

    assert together([one, other]).turns_per_s == 1.0
    assert together([one, other]).first_words_ms == 200
    assert together([one, other]).per_turn == {"commits": 2.0}
