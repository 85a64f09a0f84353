"""The page docs/reference/faults.md, made from what was lived through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults.table import Fault, Lived, percentile_99

PAGE = Path(__file__).parents[2] / "docs/reference/faults.md"
HEAD = """# Faults, and what people see of them

<!-- Made by `python -m tests.faults --write`; edit the code, not this. -->

Each row was lived through {times} times: one process of the bot, the real SDKs of both platforms, and loopback servers
in the place of Discord, Slack and Ollama; in the last rows there are two model hosts. The times are from a person's
message to the first thing they see of it, be it a state, the first words or a sentence, and to the last that they read:
the 99th percentile, which of fewer than 100 times is the slowest. A state is shown after {wait}, so that a quick answer
needs no placeholder. Every message gets one answer or one explanation, nothing is told twice, and in each row the next
message was answered. `tests/faults` holds these rows as tests.

"""
COLUMNS = (
    "| fault | how it comes about | where | first seen after | first seen | read after | finally read |\n"
    "|---|---|---|---|---|---|---|\n"
)
# Names and numbers of the run would make each page differ.
RUN = ((re.compile(r"\b[Aa]da\d+:"), "Ada:"), (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:11434"))


@dataclass(frozen=True, slots=True)
class Measured:
    """A row of the table, and how often it was lived through."""

    fault: Fault
    platform: str
    lived: Sequence[Lived]

    @property
    def first_ms(self) -> int:
        """From the message to the first thing seen, in milliseconds: what 99 of 100 do not exceed."""
        return round(percentile_99([each.first_s for each in self.lived]) * 1000)

    @property
    def read_ms(self) -> int:
        """From the message to the last that was read, in milliseconds: what 99 of 100 do not exceed."""
        return round(percentile_99([each.read_s for each in self.lived]) * 1000)


def page(rows: Sequence[Measured], *, times: int) -> str:
    """Return the page."""
    return HEAD.format(times=times, wait="0.6 s") + table(rows)


def table(rows: Sequence[Measured]) -> str:
    """Return the rows as Markdown."""
    return COLUMNS + "".join(_row(row) for row in rows)


def _row(row: Measured) -> str:
    last = row.lived[-1]
    seen, whole = f"{row.first_ms} ms", f"{row.read_ms} ms"
    cells = (row.fault.name, row.fault.caused, row.platform, seen, last.first, whole, last.read)
    return f"| {' | '.join(_cell(each) for each in cells)} |\n"


def _cell(text: str) -> str:
    for found, shown in RUN:
        text = found.sub(shown, text)
    lines = [line.removeprefix("-# ") for line in text.replace("|", "\\|").splitlines() if line.strip()]
    return "<br>".join(lines)
