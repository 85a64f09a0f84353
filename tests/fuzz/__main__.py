"""The run as a program: `python -m tests.fuzz --cases 200000 --seed 7 --only "host streams"`, or `--again CASE`."""

from __future__ import annotations

import argparse
import sys
import time

import structlog

from tests.fuzz.run import again, run
from tests.fuzz.targets import SHARES, TARGETS

parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
parser.add_argument("--cases", type=int, default=20_000)
parser.add_argument("--seed", type=int, default=None, help="by default another one each time; it is printed")
parser.add_argument("--only", action="append", choices=[*TARGETS], help="may be repeated")
parser.add_argument("--again", metavar="CASE", help="run one case of a report again, with its traceback")


def main() -> int:
    """Run, print a line for each target and the faults, and return 1 where there are any."""
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    if chosen.again:
        print(repr(again(chosen.again, TARGETS)())[:2000])
        return 0
    seed = int(time.time()) if chosen.seed is None else chosen.seed
    targets = {name: TARGETS[name] for name in chosen.only or TARGETS}
    print(f"seed {seed}")
    reports = run(targets, SHARES, cases=chosen.cases, seed=seed)
    for name, report in reports.items():
        print(
            f"{name:22} {report.cases:7} cases  {report.refused:7} refused  slowest {report.slowest_s * 1000:6.1f} ms"
        )
    for report in reports.values():
        for case, fault in report.faults.items():
            print(f"\n{case}\n{fault}")
    return int(any(report.faults for report in reports.values()))


if __name__ == "__main__":
    sys.exit(main())
