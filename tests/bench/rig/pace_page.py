"""docs/reference/pace.md, written from a run: never by hand."""

from __future__ import annotations

from collections.abc import Sequence

from tests.bench.rig.machine import described
from tests.bench.rig.report import Row, table, verdict
from tests.cli_process import ROOT

PATH = "docs/reference/pace.md"
FILE = ROOT / PATH
MADE = "<!-- Made by `python -m tests.bench.crowd --write`; the words stand in tests/bench/rig/pace_page.py. -->\n"


def circumstances(*, others: float) -> str:
    """Say where and beside what was measured."""
    return f"Measured on {described()}; other programs took {others:.0%} of the processors meanwhile."


def written(rows: Sequence[Row], told: str) -> str:
    """Return the page."""
    return f"""# How answers keep pace with the platforms' limits

{MADE}
A platform takes only so many calls. All answers of a connection share what it takes, and one governor
([`adapters/delivery/governor.py`](../../adapters/delivery/governor.py)) says which call goes next. The model is never
held up: an answer asks for leave just before it calls, and then sends its newest words.

## What goes first

| rank | call | leaves to those above |
|---|---|---|
| 1 | the last edit, or the last post, of a finished answer | nothing |
| 2 | the first words of an answer | nothing |
| 3 | a message whose part of the answer is complete, sent once | one call, until a second before the window ends |
| 4 | a new message that will still grow | half as many calls as answers are written there |
| 5 | the growth of a message | as many calls as answers are written there |
| 6 | a state, such as the place in line | one more |

Among equals whoever was served, or came, longest ago comes first; a last edit that failed is made again before all.
Growth is spread evenly over what may be spent on it: one answer alone on Discord grows every 1.25 s, eight in one
channel share one such edit a window. No new message is begun while as many messages as fit a window await their last
edit.

Ranks 5 and 6 also leave what the replies in the same place will need that still wait in line: a post, first words and a
last edit each, as many as a window takes. What nobody came for is given free bit by bit over the window. So places in
line are told at once where the model is slow, and cost nothing where it is quick.

Leave is asked for the call that is made: an answer that is posted anew, since the message that told the place in line
is taken away, asks for a post. What an answer of Discord's says of its bucket is believed at once, also a larger one.

## The buckets

| bucket | assumed | corrected by |
|---|---|---|
| Discord, posts to a channel | 5 in 5 s | `X-RateLimit-*` of every answer; `Retry-After` |
| Discord, edits in a channel | 5 in 5 s | the same; routes that share an `X-RateLimit-Bucket` count as one |
| Slack, `chat.postMessage` to a channel | 5 in 5 s | `Retry-After`; then fewer for five windows |
| Slack, `chat.update` | 50 a minute | the same |
| Slack, `chat.appendStream` | 100 a minute | the same |
| Slack, `chat.startStream` and `chat.stopStream` | 20 a minute each | the same |

Where no stream could begin within half a second, or be ended when it is over, a Slack answer is posted and updated.

Slack promises "so many and more", and of calls of rank 1 more are made until it refuses one. Then it has said when it
takes the next: one of rank 1 is made at that time, and two seconds later as many as were taken since, and one, and so
on. Each further refusal within the five windows makes that pause two seconds longer.

## When calls fail

A call that fails is made again after 0.5, 1, 2, 4 and 8 s. A message that cannot be edited then, or that somebody
deleted in the middle, is taken away where that is possible, and posted anew with those below it. An answer that nobody
could be shown is given back, and shown by a later attempt.

## Measured

Each answer has 6 kB, which the model writes at 60 tokens a second; a bare `ollama` client read the same model server in
the same run. In one Discord channel answers follow one another; on Slack each has a thread of
its own, and they are written all at once.

{table(rows)}
{told} {verdict(rows)}

`make bench ONLY=crowd` runs it; it takes some four minutes. The model server, Discord and
Slack are the loopback stand-ins of `tests/lab` with all their rate limits; the bot is `lyceum run` with the real
discord.py and slack_bolt. `tests/adapters/test_pace.py` lets eight answers grow at once in one Discord channel as well:
three messages each are whole within a window of the model's end. Four messages each are 32 posts, which five in five
seconds do not take in the 25 s the models write: the last of them comes some seconds later, and none is refused.

`make bench ONLY=line` lets eight people ask at once in one Discord channel whose answers take the model a second each:
the last is whole after 1.2 times what a bare client takes for the same questions one after another.
`tests/adapters/test_crowded_channels.py` holds the plan of calls behind it in virtual time.
"""
