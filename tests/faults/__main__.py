"""`python -m tests.faults` lives through every fault, several times, and prints the table; `--write` makes its page."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.faults.page import PAGE, Measured, page, table
from tests.faults.stage import Stage, staged
from tests.faults.table import FAULTS, OF_SEVERAL, Fault, live_through


def main() -> int:
    """Measure, print, and write where that is asked for; 1 where somebody was told something twice or not at all."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--times", type=int, default=5, help="how often each row is lived through (5)")
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name}")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lyceum-faults-") as folder:
        folders = Path(folder, "one"), Path(folder, "two")
        for each in folders:
            each.mkdir()
        rows = asyncio.run(measured(*folders, times=options.times))
    print(table(rows))
    if options.write:
        PAGE.write_text(page(rows, times=options.times), encoding="utf-8")
    return 0


async def measured(one: Path, two: Path, *, times: int) -> list[Measured]:
    """Live through all rows so often, each kind on a stage of its own."""
    of_one = await _of(FAULTS, one, hosts=1, times=times)
    return of_one + await _of(OF_SEVERAL, two, hosts=2, times=times)


async def _of(faults: Sequence[Fault], folder: Path, *, hosts: int, times: int) -> list[Measured]:
    async with staged(folder, hosts=hosts) as stage:
        rows = [await _row(fault, platform, stage, times) for fault in faults for platform in fault.where]
        await stage.at_rest()
        touched = [(lived.read, lived.differs) for row in rows for lived in row.lived if lived.differs]
        assert touched == [], touched
        return rows


async def _row(fault: Fault, platform: str, stage: Stage, times: int) -> Measured:
    lived = [await live_through(fault, stage, platform) for _ in range(times)]
    print(f"{fault.name}, {platform}: {max(each.first_s for each in lived) * 1000:.0f} ms", file=sys.stderr)
    return Measured(fault, platform, lived)


if __name__ == "__main__":
    sys.exit(main())
