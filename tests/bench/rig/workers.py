"""The processes that answer a load together, and what they saw as one."""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import asdict, dataclass, replace

from tests.bench.rig.crowd import Load
from tests.bench.rig.worker import Seen
from tests.cli_process import ROOT

# A load on a store whose processes see each other only by polling takes a while.
WITHIN_S = 300.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What all processes saw: rates by the time from the first question to the last answer."""

    turns: int
    turns_per_s: float
    first_words_ms: float
    late_words_ms: float
    processor_ms: float
    per_turn: dict[str, float]


class Workers:
    """Processes over one store, each of which answers its share of a load."""

    def __init__(self, processes: Sequence[asyncio.subprocess.Process]) -> None:
        self._processes = processes

    async def answer(self, load: Load) -> Outcome:
        """Share the load out, let all begin at once, and wait until all have ended."""
        async with asyncio.timeout(WITHIN_S):
            for process, share in zip(self._processes, shares(load, len(self._processes)), strict=True):
                _tell(process, json.dumps(asdict(share), default=list))
            for process in self._processes:
                await _hear(process)
            for process in self._processes:
                _tell(process, "go")
            return together([Seen(**json.loads(await _hear(process))) for process in self._processes])


@asynccontextmanager
async def workers(location: str, count: int) -> AsyncIterator[Workers]:
    """Run so many processes over the store."""
    async with AsyncExitStack() as stack:
        yield Workers([await stack.enter_async_context(_worker(location, f"w{number}")) for number in range(count)])


def shares(load: Load, count: int) -> list[Load]:
    """Deal the conversations out; one that is alone belongs to all, and each process asks its part of the questions."""
    if len(load.conversations) < count:
        return [replace(load, turns=-(-load.turns // count), period_s=load.period_s * count) for _ in range(count)]
    return [replace(load, conversations=load.conversations[number::count]) for number in range(count)]


def together(seen: Sequence[Seen]) -> Outcome:
    """Add up what each process saw."""
    waits_s = sorted(wait_s for each in seen for wait_s in each.first_words_s)
    turns = len(waits_s)
    counts = sum((Counter(each.counts) for each in seen), Counter[str]())
    taken_s = max(each.ended_at for each in seen) - min(each.began_at for each in seen)
    return Outcome(
        turns=turns,
        turns_per_s=turns / taken_s,
        first_words_ms=statistics.median(waits_s) * 1e3,
        late_words_ms=waits_s[int(turns * 0.95)] * 1e3,
        processor_ms=sum(each.processor_s for each in seen) / turns * 1e3,
        per_turn={what: count / turns for what, count in counts.items()},
    )


@asynccontextmanager
async def _worker(location: str, name: str) -> AsyncIterator[asyncio.subprocess.Process]:
    pipe = asyncio.subprocess.PIPE
    command = (sys.executable, "-m", "tests.bench.rig.worker", location, name)
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe, limit=2**24)
    try:
        yield process
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


def _tell(process: asyncio.subprocess.Process, line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(f"{line}\n".encode())


async def _hear(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    line = (await process.stdout.readline()).decode()
    assert line, "the process has ended"
    return line
