"""Turns as rows, measured against the same engine over stores in memory: `python -m tests.bench.turns`.

`--write` also writes docs/reference/turns-speed.md. Nothing fails on a number.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rig import turns_page, windows
from tests.bench.rig.crowd import Load
from tests.bench.rig.machine import Watch
from tests.bench.rig.turns_page import Measured, Results
from tests.bench.rig.worker import MEMORY
from tests.bench.rig.workers import workers
from tests.bench.storage import LARGE, SMALL
from tests.lab.postgres import SETTINGS, CannotStartError, PostgresServer

IN_MEMORY = "memory"
# As a server is run: what is committed is on the disk.
AS_RUN = SETTINGS | {"fsync": "on", "shared_buffers": "128MB"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured. `turns` are per conversation, by how many there are."""

    turns: dict[int, int]
    paced_turns: int = 100
    paced_turns_per_s: float = 20.0
    processes: Sequence[int] = (1, 2)
    messages: Sequence[int] = (SMALL, LARGE)


WHOLE = Plan(turns={1: 60, 50: 12, 200: 5})


async def measured(plan: Plan, server: PostgresServer | None) -> Results:
    """Measure everything, on Postgres only where there is a server."""
    with tempfile.TemporaryDirectory(prefix="lyceum-turns-") as name:
        folder = Path(name)
        rows = await on_store(plan, IN_MEMORY, MEMORY, processes=1)
        for processes in plan.processes:
            rows += await on_store(plan, "SQLite", f"{folder / f'{processes}.db'}", processes=processes)
        reading = [await windows.in_sqlite(folder, plan.messages)]
        if server:
            for processes in plan.processes:
                async with server.database() as url:
                    rows += await on_store(plan, "Postgres", url, processes=processes)
            reading.append(await windows.in_postgres(server, plan.messages))
    return Results(memory=IN_MEMORY, rows=rows, windows=reading, paced_turns_per_s=plan.paced_turns_per_s)


async def on_store(plan: Plan, store: str, location: str, *, processes: int) -> list[Measured]:
    """Put every load on processes over one store."""
    async with workers(location, processes) as at_work:
        return [
            Measured(
                store=store,
                processes=processes,
                conversations=count,
                busy=await at_work.answer(Load(name=f"busy {count}", conversations=range(count), turns=turns)),
                paced=await at_work.answer(paced(plan, count)),
            )
            for count, turns in plan.turns.items()
        ]


def paced(plan: Plan, count: int) -> Load:
    """Return the load of so many conversations at the plan's pace."""
    turns = max(1, plan.paced_turns // count)
    return Load(name=f"paced {count}", conversations=range(count), turns=turns, period_s=count / plan.paced_turns_per_s)


@contextmanager
def postgres() -> Iterator[PostgresServer | None]:
    """Run a server, or say why there is none."""
    try:
        server = PostgresServer(settings=AS_RUN)
    except (CannotStartError, OSError) as error:
        print(f"Without Postgres: {error}")
        yield None
        return
    try:
        yield server
    finally:
        server.remove()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.turns", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {turns_page.PATH}")
    chosen = parser.parse_args()
    load, watch = os.getloadavg()[0], Watch()
    print("Some four minutes; the workers run in processes of their own …", flush=True)
    with postgres() as server:
        results = asyncio.run(measured(WHOLE, server))
        told = turns_page.circumstances(others=watch.others(), load=load)
    print(f"{turns_page.shown(results)}\n{told}")
    if chosen.write:
        turns_page.FILE.write_text(turns_page.written(results, told), encoding="utf-8")


if __name__ == "__main__":
    main()
