"""A run over the targets: so many cases each, from one seed, and what of it was a fault."""

from __future__ import annotations

import signal
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.targets import MEANT, Target

# Processor seconds after which an input counts as one that hangs; the slowest takes some hundredths.
HANGS_S = 5.0


class Hang(Exception):
    """An input takes for ever."""


@dataclass(slots=True)
class Report:
    """What came of one target: how many cases, how many ended in an error of our own, and the faults by case."""

    cases: int = 0
    refused: int = 0
    slowest_s: float = 0.0
    faults: dict[str, str] = field(default_factory=dict)


def fuzz(target: Target, name: str, *, cases: int, seed: int) -> Report:
    """Run a target over its cases; `NAME:SEED:NUMBER` makes one of them again."""
    report = Report()
    for number in range(cases):
        began = time.thread_time()
        try:
            with bounded():
                target(Random(f"{name}:{seed}:{number}"))
        except MEANT:
            report.refused += 1
        except (Exception, Hang) as fault:  # noqa: BLE001 - whatever else comes out of it is what is looked for
            report.faults[f"{name}:{seed}:{number}"] = "".join(traceback.format_exception(fault)[-6:])
        report.cases += 1
        report.slowest_s = max(report.slowest_s, time.thread_time() - began)
    return report


def run(targets: Mapping[str, Target], shares: Mapping[str, float], *, cases: int, seed: int) -> dict[str, Report]:
    """Run every target over its share of the cases."""
    whole = sum(shares[name] for name in targets)
    counts = {name: max(1, round(cases * shares[name] / whole)) for name in targets}
    return {name: fuzz(target, name, cases=counts[name], seed=seed) for name, target in targets.items()}


def again(case: str, targets: Mapping[str, Target]) -> Callable[[], object]:
    """Return one case of a report, to be run again."""
    return lambda: targets[case.split(":", maxsplit=1)[0]](Random(case))


@contextmanager
def bounded() -> Iterator[None]:
    """End what takes for ever, where signals come: in the main thread."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGVTALRM, _hang)
    signal.setitimer(signal.ITIMER_VIRTUAL, HANGS_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _hang(*_: object) -> None:
    raise Hang(f"no end after {HANGS_S:g} s")
