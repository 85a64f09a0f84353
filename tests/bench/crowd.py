"""Eight people at once in one channel, and one alone, each with an answer of 6 kB: `python -m tests.bench.crowd`.

`--write` also writes docs/reference/pace.md. Nothing fails on a number: what misses its aim is said.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from ollama import AsyncClient

from tests.bench.rig import bare, pace_page
from tests.bench.rig.gathering import DiscordRoom, Heard, Room, SlackRoom, gathered, is_whole
from tests.bench.rig.machine import Watch
from tests.bench.rig.measures import counted
from tests.bench.rig.platforms import OnDiscord, OnSlack
from tests.bench.rig.programs import Servers, bot, described, program
from tests.bench.rig.report import Aim, Row, table, verdict

TOKENS_PER_S = 60.0
FIRST_TOKEN_S = 0.1
FIRST_WORDS_MS, ALONE_MS, CROWD_MS = 50.0, 300.0, 1500.0
ANSWER_TOKENS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured. 1,420 numbers are 6 kB."""

    people: int = 8
    tokens: int = 1420

    @property
    def answer_s(self) -> float:
        """How long the model writes one answer."""
        return self.tokens / TOKENS_PER_S


@dataclass(frozen=True, slots=True)
class Rooms:
    """The running programs, and the rooms people meet in."""

    using: Servers
    discord: Sequence[DiscordRoom]
    slack: SlackRoom


async def measured(plan: Plan) -> list[Row]:
    """Measure one alone and then all at once, on both platforms at the same time."""
    async with AsyncExitStack() as stack:
        rooms = await opened(stack, plan)
        using = rooms.using
        alone, crowd = rooms.discord
        first_bare, last_bare = await bare_ms(using, plan)
        one = await asyncio.gather(*(heard(room, plan, "one", people=1) for room in (alone, rooms.slack)))
        many = await asyncio.gather(*(heard(room, plan, "many", people=plan.people) for room in (crowd, rooms.slack)))
        chats = await using.chats()
        refused = [await crowd.refused(), await rooms.slack.refused()]
    rows = []
    for name, answers in zip(("Discord", "Slack"), one, strict=True):
        chat = chat_of(chats, question("one", name, 0, plan))
        first_ms = (answers[0].first_at(chat["first_token_at"]) - chat["first_token_at"]) * 1000
        last_ms = (answers[0].last_at - chat["last_token_at"]) * 1000
        rows.append(after("one alone: first text after the first token", name, first_bare, first_ms, FIRST_WORDS_MS))
        rows.append(after("one alone: last edit after the last token", name, last_bare, last_ms, ALONE_MS))
    for name, answers, count in zip(("Discord", "Slack"), many, refused, strict=True):
        group = f"{plan.people} in one channel"
        late_ms = [
            (answer.last_at - chat_of(chats, question("many", name, person, plan))["last_token_at"]) * 1000
            for person, answer in enumerate(answers)
        ]
        rows.append(after(f"{group}: the latest last edit", name, last_bare, max(late_ms), CROWD_MS))
        wrong = plan.people - sum(is_whole(answer, plan.tokens) for answer in answers)
        rows.append(
            Row(group=f"{group}: answers not whole", name=name, unit="", measured=wrong, aim=Aim.ALONE, limit=0)
        )
        rows.append(Row(group="calls answered 429", name=name, unit="", measured=count, aim=Aim.ALONE, limit=0))
    return rows


def after(group: str, name: str, baseline: float, measured: float, limit: float) -> Row:
    """Return the row of a delay."""
    return Row(
        group=group,
        name=name,
        unit="ms",
        baseline=baseline,
        measured=measured,
        aim=Aim.MORE_THAN_BASELINE_BY,
        limit=limit,
    )


async def opened(stack: AsyncExitStack, plan: Plan) -> Rooms:
    """Run the stand-ins, with their rate limits, and the bot."""
    enter = stack.enter_async_context
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lyceum-crowd-")))
    http = await enter(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)))
    pace = ("--tokens-per-second", str(TOKENS_PER_S), "--first-token-s", str(FIRST_TOKEN_S))
    ollama = await described(await enter(program("tests.lab.ollama", *pace, "--parallel", "64")))
    there = await described(
        await enter(program("tests.lab.discord", "--no-schemas", "--channels", "2", "--users", str(plan.people)))
    )
    here = await described(await enter(program("tests.lab.slack", "--no-schemas")))
    client = await enter(AsyncClient(ollama["url"]))
    using = Servers(http, client, str(ollama["url"]), OnDiscord(http, there), OnSlack(http, here))
    slack = SlackRoom(http, here)
    await slack.enter(plan.people)
    more = {"MODEL__ANSWER_TOKENS": str(ANSWER_TOKENS), "MODEL__CONTEXT_TOKENS": str(4 * ANSWER_TOKENS)}
    await enter(bot(folder, using, using.platforms, more))
    return Rooms(using, [DiscordRoom(http, there, channel) for channel in range(2)], slack)


async def bare_ms(using: Servers, plan: Plan) -> tuple[float, float]:
    """Return how long after the first and the last token the bare client has them."""
    asked = question("bare", "", 0, plan)
    received = await bare.ask(using.bare, asked, answer_tokens=ANSWER_TOKENS)
    chat = chat_of(await using.chats(), asked)
    return (received.first_at - chat["first_token_at"]) * 1000, (received.last_at - chat["last_token_at"]) * 1000


async def heard(room: Room, plan: Plan, which: str, *, people: int) -> list[Heard]:
    """Let so many people ask at once; in the worst case they are answered one after another."""
    questions = [question(which, room.name, person, plan) for person in range(people)]
    return await gathered(room, questions, tokens=plan.tokens, within_s=people * (plan.answer_s + 5) + 20)


def chat_of(chats: Sequence[Mapping[str, Any]], asked: str) -> Mapping[str, Any]:
    """Return the model server's record of a question."""
    return next(chat for chat in chats if chat["asked"].endswith(asked))


def question(which: str, platform: str, person: int, plan: Plan) -> str:
    """Return a question nobody else asks."""
    return f"count to {plan.tokens}, {which} {platform} {person}".strip()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.crowd", description=__doc__)
    parser.add_argument("--write", action="store_true", help=f"write {pace_page.PATH}")
    chosen = parser.parse_args()
    plan, watch = Plan(), Watch()
    print(f"Some four minutes; each answer has {len(counted(plan.tokens))} characters …", flush=True)
    rows = asyncio.run(measured(plan))
    told = pace_page.circumstances(others=watch.others())
    print("\n".join([told, "", table(rows), verdict(rows)]))
    if chosen.write:
        pace_page.FILE.write_text(pace_page.written(rows, told), encoding="utf-8")


if __name__ == "__main__":
    main()
