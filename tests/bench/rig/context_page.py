"""docs/reference/context-speed.md, written from a run: never by hand."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.rig.machine import described
from tests.bench.rig.report import Row, table, verdict
from tests.cli_process import ROOT

PATH = "docs/reference/context-speed.md"
FILE = ROOT / PATH
MADE = "<!-- Made by `python -m tests.bench.context --write`; measure again, do not edit. -->\n"


def circumstances(*, others: float) -> str:
    """Say where and beside what was measured."""
    return f"Measured on {described()}; other programs took {others:.0%} of the processors meanwhile."


def written(rows: Sequence[Row], told: str) -> str:
    """Return the page."""
    return f"""# Long conversations, measured

{MADE}
What it is worth that a prompt begins as the one before did ([why](../how-to/context.md)), whether a cut is told, and
whether a request of the bot loads a model anew. Both ways of each comparison were taken in the same run.

{table(rows)}
{told} {verdict(rows)}

## How it is measured

`make bench ONLY=context` runs it; it takes some two minutes. Nothing fails on a number.

- The model host is the loopback stand-in of `tests/lab`, which evaluates 3,000 prompt tokens a second, those alone that
  no slot holds from an earlier prompt, as llama.cpp does. The engine runs over a SQLite database; its time counts.
- *A sliding window* sends the system prompt and as many of the last messages as fit, counted without an error.
- *Planted overflows*: conversations of ordinary words, digits, code, Hebrew, single letters, base64 and emoji, then a
  message that does not fit beside them: to models of both kinds of template, on hosts that refuse with figures, that
  refuse without, and on older ones that cut in silence. Avoided: all that was sent was read. Told: the person learned
  of it.
- *Loads*: six people with three models ask at once, again and again, with windows of 2,048 tokens.
- The embedded model, in a window of 512 tokens, is a check that the stand-in's cost is a real one.
"""
