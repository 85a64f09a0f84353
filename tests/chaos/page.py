"""docs/reference/chaos.md, written from a run: never by hand."""

from __future__ import annotations

from tests.chaos.report import picture, table, verdict
from tests.chaos.run import Result
from tests.cli_process import ROOT

PATH = "docs/reference/chaos.md"
FILE = ROOT / PATH
MADE = "<!-- Made by `python -m tests.chaos --write`; run it again, do not edit. -->\n"


def written(result: Result) -> str:
    """Return the page."""
    return f"""# Chaos, counted

{MADE}
One real process of `lyceum run` answers people on Discord and Slack while it is killed again and again, the platforms
fail and repeat themselves, and somebody holds its database. Each message must get exactly one answer, and the answers
of a conversation must stand in the order of its questions.

```
{table(result)}
{picture(result)}
{verdict(result)}
```
"""
