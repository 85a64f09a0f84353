"""docs/reference/chaos.md, written from a run: never by hand."""

from __future__ import annotations

from tests.bench.rig.machine import described
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
fail and repeat themselves, and somebody else holds its database. Each message must get exactly one whole answer, and
the answers to a person in a conversation must stand in the order of their questions.

```
{table(result)}
{picture(result)}
{verdict(result)}
```

Run on {described()}, together with the stand-ins of both platforms and of the model server; other programs took
{result.elsewhere:.0%} of the processors meanwhile.

## How it is run

`make chaos` plays {result.plan.messages} messages; `make chaos ARGS="--messages 200 --seed {result.plan.seed}"` fewer,
by a seed that decides who says what where and all that goes wrong. The seed of each run is printed. `--keep FOLDER`
keeps the database and the log. The exit code is 0 only when every message has its one answer and no request broke a
rule of a platform. `make test` plays a short run.

What goes wrong:

- `kill -9` of the bot at any moment, while it starts too; it is started again at once.
- The same message delivered twice or three times, at once or some seconds later.
- Calls that post or edit: carried out, but the answer is lost; lost on the way; refused with 429 or 500.
- The database held by another process (`BEGIN EXCLUSIVE`) for up to four seconds.
- Answers with a line that moderation refuses, or with nothing else: Discord's 200000 and 240000, Slack's `msg_blocked`.
- The right to write lost in a channel or a thread, and given back: Discord's 50013, Slack's `restricted_action`.
- The model host dies, in the middle of answers too, and comes back some seconds later.
- The bot's clock set a day, an hour or ten minutes back, or ahead, and right again.
- Figures of no possible size in the host's last line: 2^63 tokens, 2^63 nanoseconds.

## How it is counted

Each question asks for an answer of so many words, and each word says which question it answers and which word it is.
The walls are read when nothing is open any more, and once more some seconds later. A message is *answered* when its
words stand there once each, in order, and nothing else answers it; *lost* when they do not all stand there and no
sentence says why; a *duplicate* when a word stands there twice or something else answers it too. The order is compared
three times: where the answers to one person stand in a place, from top to bottom; when their first words could be read;
and in the history, over all people. People in one place are answered side by side, each answer beginning below those to
earlier questions; how often that was not so, as one had waited 15 s for its place, is counted besides.

One plain sentence is the right answer, *told*, where there can be no other: to a message whose turn was closed because
the model host was away, to one whose whole answer moderation refuses, and, directly to who asked, to one that was asked
where the bot could not write. An answer with a refused line left out is whole. At the end no turn is open, and the bot
says at `/health` that it is well.

## What the platforms promise, and so what counts as accepted

A message is accepted when its row is in the bot's database, or its platform has the bot's acknowledgement.

- Slack keeps an event that nobody acknowledged and delivers it again; so does its stand-in.
- Discord replays what a session missed only when that session is resumed, which a killed process cannot do. What is
  said while no session is connected was never given to the bot, and nobody owes it an answer; so people wait here until
  the bot is connected. A message that reached the bot, but was not stored when the kill hit, is delivered again to the
  next session, as the gateway's replay or the person would do it.
- The next message of a place is said only when the one before it is accepted: the order of the questions is then the
  order in which the bot heard them.
"""
