"""docs/reference/speed.md, written from a run: never by hand."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.rig.machine import described
from tests.bench.rig.report import Row, picture, table, verdict
from tests.cli_process import ROOT

PATH = "docs/reference/speed.md"
FILE = ROOT / PATH
MADE = "<!-- Made by `python -m tests.bench.speed --write`; measure again, do not edit. -->\n"
REMARK = (
    "Slack's own limits are for the whole app (some 100 appends to streams a minute) and would hold up 32 answers at\n"
    "once, so they are switched off but in the row that names them; Discord's are on throughout."
)


def circumstances(*, others: float) -> str:
    """Say where and beside what was measured."""
    return f"Measured on {described()}; other programs took {others:.0%} of the processors meanwhile."


def written(rows: Sequence[Row], told: str) -> str:
    """Return the page."""
    return f"""# Speed, measured

{MADE}
What the bot adds to the model's own time. Each number stands beside that of a bare `ollama` client which read the same
model server in the same run; memory and start have nothing to stand beside.

{table(rows)}
{told} {verdict(rows)}

```
{picture(rows)}```

## How it is measured

`make bench ONLY=speed` runs it; it takes some four minutes and wants a quiet machine.
Nothing fails on a number.

- The model server, Discord and Slack are the loopback stand-ins of `tests/lab`, each in a process of its own, without
  their checks of requests against published schemas. The bot is `lyceum run` with the real discord.py and slack_bolt.
  The model writes 50 tokens a second to each of up to 64 chats, after 0.1 s.
- *First visible text*: from the model server's writing of the first token to the first words on the platform; the
  median of 20 questions, and of the bare client the time until it has the token.
- *Tokens per second*: 300 tokens, from the model server's first one until the whole answer is on the platform, or the
  bare client has it all; the streams' rates added up, the median of three rounds in which bare client, Discord and
  Slack take turns. Each conversation has its own channel.
- *Start*: from the start of the process until both platforms see the bot connected, with a new database. *Idle memory*:
  resident memory of the bot and its children 5 s after that, in millions of bytes; started again, the tool that makes
  the tables is not loaded. Medians of three starts. Where only what the bot needs is installed it takes less: some
  libraries load `rich` and `pygments` when they find them among the development tools.

{REMARK}
"""
