"""docs/reference/turns-speed.md, written from a run: never by hand; and the same on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.bench.rig.machine import described
from tests.bench.rig.windows import Windows
from tests.bench.rig.workers import Outcome
from tests.cli_process import ROOT

PATH = "docs/reference/turns-speed.md"
FILE = ROOT / PATH
MADE = "<!-- Made by `python -m tests.bench.turns --write`; measure again, do not edit. -->\n"
BAR_CHARS = 40
MOST_RATIO = 1.5
SPEED = (
    "conversations",
    "store",
    "processes",
    "turns/s",
    "of memory's",
    "first word",
    "p95",
    "first word, paced",
    "p95",
)
COST = ("conversations", "store", "processes", "processor", "commits", "statements that write", "that read")
READING = ("store", "few messages", "many messages", "ratio", f"aim ≤ {MOST_RATIO}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One store with so many processes and conversations: as fast as it goes, and paced."""

    store: str
    processes: int
    conversations: int
    busy: Outcome
    paced: Outcome

    @property
    def name(self) -> str:
        """The store and the processes, in words."""
        return f"{self.store}, {self.processes} process{'es' if self.processes > 1 else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """A whole run. `memory` is the store everything is compared with."""

    memory: str
    rows: Sequence[Measured]
    windows: Sequence[Windows]
    paced_turns_per_s: float

    def share(self, row: Measured) -> float:
        """Return the row's rate as a share of that of the stores in memory with as many conversations."""
        bases = {each.conversations: each.busy.turns_per_s for each in self.rows if each.store == self.memory}
        return row.busy.turns_per_s / bases[row.conversations]


def shown(results: Results) -> str:
    """Return the tables and the bars."""
    rows = sorted(results.rows, key=lambda row: row.conversations)
    return "\n".join(
        (
            _table(SPEED, [_speed(row, results) for row in rows]),
            "Per turn, as fast as it goes:\n",
            _table(COST, [_cost(row) for row in rows if row.busy.per_turn]),
            "Reading the newest 50 messages of a conversation:\n",
            _table(READING, [_reading(each) for each in results.windows]),
            f"```\n{picture(rows)}```\n",
        )
    )


def picture(rows: Sequence[Measured]) -> str:
    """Return turns per second as bars, those with as many conversations on one scale."""
    return "\n".join(_bars(count, list(each)) for count, each in groupby(rows, key=lambda row: row.conversations))


def written(results: Results, told: str) -> str:
    """Return the page."""
    return f"""# Turns, measured

{MADE}
What it costs that every turn is a row that all processes share: accepted, claimed, noted and closed in the database,
and never lost. Each number stands beside that of the same engine over stores in memory, in the same run.

{shown(results)}
{told}

## How it is measured

`make bench ONLY=turns` runs it; it takes some minutes and wants a quiet machine. Nothing
fails on a number.

- Each process is one worker of the bot: `bot.engine` and `adapters.delivery` with a platform that takes everything at
  once, and a model in the process that says eight words at once. So storage and scheduling are what takes time. At most
  256 turns run at once. With two processes each conversation belongs to one of them; a single one is asked by both.
- SQLite and Postgres wait for the disk at every commit (`synchronous = FULL`, `fsync = on`). The Postgres server runs
  on the same machine and takes its share of the processors; *processor* is the bot's time alone.
- *turns/s*: every conversation asks again as soon as it has its answer. *First word*: the median time from the event
  (`Engine.take` is called) to the first delta that the engine gives to delivery; *p95* is what 95 of 100 stay below.
  As fast as it goes, conversations wait for each other: that time is mostly the queue. *Paced*, all conversations
  together ask at most {results.paced_turns_per_s:g} times a second.
- On SQLite a process sees what another one closed only by polling (0.4 s), so one conversation that two processes share
  is slow there; Postgres wakes them.
- Reading: medians of 200 reads; the small and the large database are read by turns.
- *Stores in memory* are those of the tests, which look through all they hold for everything they are asked.
"""


def circumstances(*, others: float, load: float) -> str:
    """Say where and beside what was measured."""
    return (
        f"Figures of one run, measured on {described()}; load average {load:.1f} at the start; other programs took "
        f"{others:.0%} of the processors meanwhile (a Postgres server that runs as another user among them)."
    )


def _speed(row: Measured, results: Results) -> tuple[str, ...]:
    busy, paced = row.busy, row.paced
    return (
        *_heads(row),
        f"{busy.turns_per_s:.1f}",
        f"{results.share(row):.2f}",
        *(f"{value:.1f} ms" for value in (busy.first_words_ms, busy.late_words_ms)),
        *(f"{value:.1f} ms" for value in (paced.first_words_ms, paced.late_words_ms)),
    )


def _cost(row: Measured) -> tuple[str, ...]:
    per_turn: Mapping[str, float] = row.busy.per_turn
    counted = (f"{per_turn.get(what, 0):.2f}" for what in ("commits", "writes", "reads"))
    return *_heads(row), f"{row.busy.processor_ms:.1f} ms", *counted


def _heads(row: Measured) -> tuple[str, str, str]:
    return str(row.conversations), row.store, str(row.processes)


def _reading(windows: Windows) -> tuple[str, ...]:
    cells = (f"{seconds * 1e3:.2f} ms of {size:,}" for size, seconds in (windows.seconds[0], windows.seconds[-1]))
    return windows.store, *cells, f"{windows.ratio:.2f}", "met" if windows.ratio <= MOST_RATIO else "MISSED"


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [titles, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    padded = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    return "\n".join([padded[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *padded[1:]]) + "\n"


def _bars(count: int, rows: Sequence[Measured]) -> str:
    scale = BAR_CHARS / max(row.busy.turns_per_s for row in rows)
    width = max(len(row.name) for row in rows)
    lines = (
        f"  {row.name.ljust(width)}  {'█' * max(1, round(row.busy.turns_per_s * scale))} {row.busy.turns_per_s:.1f}\n"
        for row in rows
    )
    return f"{count} conversation{'s' if count > 1 else ''}, turns/s\n" + "".join(lines)
