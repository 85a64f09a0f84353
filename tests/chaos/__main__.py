"""Everything that can go wrong, at once: `python -m tests.chaos --messages 1000 --seed 1`.

Exits 0 only when every message has exactly one whole answer and the answers of each conversation stand in order.
`--write` also writes docs/reference/chaos.md.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from pathlib import Path

from tests.chaos import page
from tests.chaos.plan import make_plan
from tests.chaos.report import complaints, picture, table, verdict
from tests.chaos.run import run

MESSAGES = 1000


def main() -> int:
    """Play a plan and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--messages", type=int, default=MESSAGES)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument("--write", action="store_true", help=f"write {page.PATH}")
    parser.add_argument("--keep", type=Path, help="keep the database and the log in this folder, made anew")
    arguments = parser.parse_args()
    print(f"{arguments.messages} messages, seed {arguments.seed}", flush=True)
    plan = make_plan(arguments.seed, arguments.messages)
    with tempfile.TemporaryDirectory(prefix="lyceum-chaos-") as made:
        folder = arguments.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        result = asyncio.run(run(plan, folder))
    print(f"{table(result)}\n{picture(result)}\n{verdict(result)}")
    if not result.is_perfect:
        print(f"\n{complaints(result)}\n\nThe bot's log ends:\n{result.log}\n\nAgain: --seed {plan.seed}")
    if arguments.write:
        page.FILE.write_text(page.written(result), encoding="utf-8")
    return 0 if result.is_perfect else 1


if __name__ == "__main__":
    sys.exit(main())
