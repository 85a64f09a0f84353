"""Several model hosts, and several people in one channel: `python -m tests.bench.hosts`.

Eight people ask in one channel of a host with four slots; two hosts are compared with one; one of two is killed under
load; eight long conversations go over two hosts. The hosts are stand-ins with the pace, the slots and the prompt caches
of real ones. Nothing fails on a number: what misses its aim is said.
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, aclosing, closing
from dataclasses import dataclass
from itertools import cycle, pairwise
from pathlib import Path
from typing import Any

import aiohttp
from ollama import AsyncClient

from bot.domain import ChatRequest, ModelCard, ModelEvent
from bot.ports import ModelBackend
from tests.bench.rig.gathering import DiscordRoom, gathered
from tests.bench.rig.hosts import Answered, Bench, over_hosts
from tests.bench.rig.machine import Watch, described
from tests.bench.rig.platforms import OnDiscord, OnSlack
from tests.bench.rig.programs import Servers, bot, program
from tests.bench.rig.programs import described as told_by
from tests.bench.rig.report import Aim, Row, table, verdict

MOST_TIMES_ONE = 2.5
LEAST_TIMES_TOKENS = 1.9
LEAST_REUSED = 0.9
MOST_SLOW = 1
# Of a prompt that goes on at least this much was read before.
REUSED_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured. An answer of `tokens` numbers fits one message of Discord."""

    people: int = 8
    slots: int = 4
    tokens: int = 460
    tokens_per_s: float = 60.0
    conversations: int = 8
    turns: int = 8
    spread_tokens: int = 120
    begun_words: int = 1200


async def measured(plan: Plan) -> list[Row]:
    """Measure everything, one after the other."""
    with tempfile.TemporaryDirectory(prefix="lyceum-hosts-") as name:
        folder = Path(name)
        return [
            *await in_one_channel(folder, plan),
            *await two_against_one(folder, plan),
            *await one_killed(folder, plan),
            *await long_conversations(folder, plan),
        ]


# --- eight people in one channel


async def in_one_channel(folder: Path, plan: Plan) -> list[Row]:
    """Let one ask, and then all at once, through the bot on Discord."""
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        http = await enter(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(30)))
        pace = ("--tokens-per-second", str(plan.tokens_per_s), "--first-token-s", "0.1")
        ollama = await told_by(await enter(program("tests.lab.ollama", *pace, "--parallel", str(plan.slots))))
        there = await told_by(
            await enter(program("tests.lab.discord", "--no-schemas", "--channels", "2", "--users", str(plan.people)))
        )
        client = await enter(AsyncClient(ollama["url"]))
        discord = OnDiscord(http, there)
        using = Servers(http, client, str(ollama["url"]), discord, OnSlack(http, {}))
        more = {"OLLAMA__SLOTS": str(plan.slots), "MODEL__ANSWER_TOKENS": "1024"}
        await enter(bot(folder, using, [discord], more))
        one_s = await _took_s(DiscordRoom(http, there, 0), plan, people=1)
        all_s = await _took_s(DiscordRoom(http, there, 1), plan, people=plan.people)
        posts = await _order_of_posts(http, there)
    group = f"{plan.people} in one channel, {plan.slots} slots"
    return [
        Row(
            group=f"{group}: until the last answer is whole",
            name="",
            unit="s",
            baseline=one_s,
            measured=all_s,
            aim=Aim.TIMES_BASELINE,
            limit=MOST_TIMES_ONE,
        ),
        _none(f"{group}: first posts out of order", _disorder(posts)),
        _none(f"{group}: history out of order", _disorder(_order_of_history(folder / "data" / "lyceum.db"))),
    ]


async def _took_s(room: DiscordRoom, plan: Plan, *, people: int) -> float:
    begun = time.time()
    questions = [f"count to {plan.tokens}, person {person} of {people}" for person in range(people)]
    answers = await gathered(room, questions, tokens=plan.tokens, within_s=120.0)
    return max(answer.last_at for answer in answers) - begun


async def _order_of_posts(http: aiohttp.ClientSession, lab: dict[str, Any]) -> list[int]:
    """Return the questions that the bot's messages in the second channel reply to, from top to bottom."""
    async with http.get(f"{lab['control_url']}/wall", params={"channel": lab["channels"][1]}) as answer:
        wall = sorted(await answer.json(), key=lambda message: int(message["id"]))
    return [int(message["reply_to"]) for message in wall if message["by_bot"] and message["reply_to"]]


def _order_of_history(database: Path) -> list[int]:
    """Return the platform's ids of the questions in the order of the history."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        rows = connection.execute(
            "SELECT platform_message_id FROM messages WHERE role = 'user' "
            "AND turn_id IN (SELECT turn_id FROM messages WHERE role = 'assistant') ORDER BY conversation_id, turn_id"
        ).fetchall()
    return [int(message) for (message,) in rows]


def _disorder(ids: Sequence[int]) -> int:
    return sum(one > other for one, other in pairwise(ids))


# --- two hosts


async def two_against_one(folder: Path, plan: Plan) -> list[Row]:
    """Compare the tokens of a second that two hosts write with those of one."""
    rates = []
    for count in (1, 2):
        async with over_hosts(folder, count, "--tokens-per-second", "30", slots=plan.slots) as bench:
            await bench.ask(-1, 0, "Hello")
            begun = time.monotonic()
            answers = await _all_ask(bench, people=4 * plan.slots, turns=2, text=f"count to {plan.spread_tokens}")
            rates.append(sum(answer.tokens for answer in answers) / (time.monotonic() - begun))
    return [
        Row(
            group="two hosts against one",
            name="",
            unit="tokens/s",
            baseline=rates[0],
            measured=rates[1],
            aim=Aim.SHARE_OF_BASELINE,
            limit=LEAST_TIMES_TOKENS,
        )
    ]


async def one_killed(folder: Path, plan: Plan) -> list[Row]:
    """Kill one of two hosts while all conversations go on."""
    arguments = ("--tokens-per-second", "60", "--prompt-tokens-per-second", "3000")
    async with over_hosts(folder, 2, *arguments, slots=plan.conversations, context_tokens=8192) as bench:
        asking = asyncio.create_task(_all_converse(bench, plan))
        await asyncio.sleep(3.0)
        killed_at = time.time()
        bench.hosts[0].kill()
        answers = await asking
        slow = _slow_since(await bench.chats(), killed_at)
    lost = sum(not answer.is_whole for answer in answers)
    return [
        _none("one of two killed: turns lost", lost),
        Row(
            group="one of two killed: slow turns of one conversation, at most",
            name="",
            unit="",
            measured=max(slow.values(), default=0),
            aim=Aim.ALONE,
            limit=MOST_SLOW,
        ),
    ]


async def long_conversations(folder: Path, plan: Plan) -> list[Row]:
    """Let long conversations go over two hosts: by the pool, and one host after the other."""
    arguments = ("--tokens-per-second", "120", "--prompt-tokens-per-second", "6000")
    shares = []
    for spread in (RoundRobin, None):
        async with over_hosts(folder, 2, *arguments, slots=plan.slots, context_tokens=8192, spread=spread) as bench:
            await _all_converse(bench, plan)
            shares.append(_reused_share(await bench.chats()))
    return [
        Row(
            group=f"{plan.conversations} long conversations over two hosts: round robin reuses the prefix",
            name="",
            unit="of turns",
            measured=shares[0],
            aim=Aim.ALONE,
            limit=1.0,
        ),
        Row(
            group=f"{plan.conversations} long conversations over two hosts: the pool reuses the prefix",
            name="",
            unit="of turns",
            baseline=1.0,
            measured=shares[1],
            aim=Aim.SHARE_OF_BASELINE,
            limit=LEAST_REUSED,
        ),
    ]


async def _all_ask(bench: Bench, *, people: int, turns: int, text: str) -> list[Answered]:
    answers = await asyncio.gather(*(bench.converse(person, [text] * turns) for person in range(people)))
    return [answer for each in answers for answer in each]


async def _all_converse(bench: Bench, plan: Plan) -> list[Answered]:
    """Let every conversation begin with a long message of its own and go on with short ones."""

    def texts(conversation: int) -> list[str]:
        begun = " ".join(f"c{conversation}w{number}" for number in range(plan.begun_words))
        return [f"Talk {conversation}: {begun}", *(f"Talk {conversation}: count to 20" for _ in range(plan.turns - 1))]

    conversations = range(plan.conversations)
    answers = await asyncio.gather(*(bench.converse(each, texts(each)) for each in conversations))
    return [answer for each in answers for answer in each]


def _reused_share(chats: Sequence[dict[str, Any]]) -> float:
    """Return in which share of the turns that go on what was read before was not read again."""
    by_talk = _by_talk(chats)
    later = [chat for talk in by_talk.values() for chat in talk[1:]]
    return sum(_is_reused(chat) for chat in later) / max(1, len(later))


def _slow_since(chats: Sequence[dict[str, Any]], since: float) -> Counter[str]:
    """Count, by conversation, the turns since then whose prompt was read from its beginning."""
    after = [chat for chat in chats if chat["started_at"] > since and not _is_reused(chat)]
    return Counter(talk for talk, own in _by_talk(after).items() for _ in own)


def _by_talk(chats: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    talks: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for chat in chats:
        talks[str(chat["asked"]).partition("Talk ")[2].partition(":")[0]].append(chat)
    return talks


def _is_reused(chat: dict[str, Any]) -> bool:
    return bool(chat["cached_tokens"] >= REUSED_SHARE * max(1, chat["prompt_tokens"]))


class RoundRobin:
    """What is compared with: each chat goes to the next host. See `ports.ModelBackend`."""

    def __init__(self, backends: Sequence[ModelBackend]) -> None:
        self._backends = backends
        self._next = cycle(backends)

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return "round robin"

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`."""
        return await self._backends[0].models()

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`."""
        return await self._backends[0].has_loaded(model)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`."""
        async with aclosing(next(self._next).chat(request)) as events:
            async for event in events:
                yield event

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        await asyncio.gather(*(backend.close() for backend in self._backends))


def _none(group: str, measured: float) -> Row:
    return Row(group=group, name="", unit="", measured=measured, aim=Aim.ALONE, limit=0)


def main() -> None:
    """Measure and print."""
    argparse.ArgumentParser(prog="python -m tests.bench.hosts", description=__doc__).parse_args()
    watch = Watch()
    print("Some two minutes …", flush=True)
    rows = asyncio.run(measured(Plan()))
    told = f"Measured on {described()}; other programs took {watch.others():.0%} of the processors meanwhile."
    print("\n".join([told, "", table(rows), verdict(rows)]))


if __name__ == "__main__":
    main()
