"""The measurements themselves: what is asked, and which moments count."""

from __future__ import annotations

import asyncio
import itertools
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path

import psutil

from tests.bench.rig import bare
from tests.bench.rig.platforms import Asked, Platform, Step, shown
from tests.bench.rig.programs import FIRST_TOKEN_S, TOKENS_PER_S, Servers, bot, gone

MB = 1_000_000
SHORT_TOKENS = 8
BETWEEN_QUESTIONS_S = 0.1


class Stopwatch:
    """Asks through the bot and through the bare client, and finds each question's chat in the stand-in's records."""

    def __init__(self, using: Servers) -> None:
        self._using = using
        self._client = using.bare
        self._numbers = itertools.count(1)

    async def warm_up(self, platforms: Sequence[Platform], *, conversations: int) -> None:
        """Ask once everywhere, so that no measurement pays for a first time."""
        await self._bare_rate(1, SHORT_TOKENS)
        for platform in platforms:
            await self._rate(platform, conversations, SHORT_TOKENS)

    async def first_words_ms(self, platforms: Sequence[Platform], *, questions: int) -> list[float]:
        """Return the median delay after the model's first token: of the bare client, then of each platform."""
        asking: list[Callable[[int], Awaitable[float]]] = [
            self._bare_delay,
            *(partial(self._delay, platform) for platform in platforms),
        ]
        delays = [[await ask(number) for ask in asking] for number in range(questions)]
        return [statistics.median(each) * 1000 for each in zip(*delays, strict=True)]

    async def rates(
        self, platforms: Sequence[Platform], *, conversations: int, tokens: int, rounds: int
    ) -> list[float]:
        """Return tokens per second, all streams together: of the bare client, then of each platform.

        They take turns, round by round; the median of the rounds counts.
        """
        found = []
        for _ in range(rounds):
            rates = [await self._bare_rate(conversations, tokens)]
            rates += [await self._rate(platform, conversations, tokens) for platform in platforms]
            found.append(rates)
        return [statistics.median(each) for each in zip(*found, strict=True)]

    async def _bare_delay(self, _: int) -> float:
        question = self._question(SHORT_TOKENS)
        received = await bare.ask(self._client, question)
        return received.first_at - await self._first_token_at(question)

    async def _delay(self, platform: Platform, conversation: int) -> float:
        question = self._question(SHORT_TOKENS)
        steps = await self._answer(platform, conversation, question, SHORT_TOKENS)
        await asyncio.sleep(BETWEEN_QUESTIONS_S)
        first_token_at = await self._first_token_at(question)
        return next(step.at for step in steps if step.at >= first_token_at) - first_token_at

    async def _bare_rate(self, conversations: int, tokens: int) -> float:
        questions = [self._question(tokens) for _ in range(conversations)]
        received = await asyncio.gather(*(bare.ask(self._client, question) for question in questions))
        return await self._together(questions, [each.last_at for each in received], tokens)

    async def _rate(self, platform: Platform, conversations: int, tokens: int) -> float:
        questions = [self._question(tokens) for _ in range(conversations)]
        answers = await asyncio.gather(
            *(self._answer(platform, number, question, tokens) for number, question in enumerate(questions))
        )
        return await self._together(questions, [whole_at(steps, tokens) for steps in answers], tokens)

    async def _together(self, questions: Sequence[str], ends: Sequence[float], tokens: int) -> float:
        begins = [await self._first_token_at(question) for question in questions]
        return sum(tokens / (end - begin) for begin, end in zip(begins, ends, strict=True))

    async def _answer(self, platform: Platform, conversation: int, question: str, tokens: int) -> list[Step]:
        asked: Asked = await platform.ask(conversation, question)
        nominal_s = FIRST_TOKEN_S + tokens / TOKENS_PER_S
        return await shown(platform, asked, chars=len(counted(tokens)), not_before_s=nominal_s)

    async def _first_token_at(self, question: str) -> float:
        chats = await self._using.chats()
        return float(next(chat["first_token_at"] for chat in reversed(chats) if chat["asked"].endswith(question)))

    def _question(self, tokens: int) -> str:
        return f"count to {tokens}, as question {next(self._numbers)}"


def counted(tokens: int) -> str:
    """Return what the stand-in answers when it is asked to count: one token a number."""
    return " ".join(str(number) for number in range(1, tokens + 1))


def whole_at(steps: Sequence[Step], tokens: int) -> float:
    """Return when the whole answer was there to be read."""
    return next(step.at for step in steps if step.chars >= len(counted(tokens)))


async def started(folder: Path, using: Servers, platforms: Sequence[Platform], *, idle_s: float) -> tuple[float, float]:
    """Start the bot in a folder: the seconds until all platforms see it connected, and its memory when it idled.

    The memory is that of the bot and its children, `idle_s` later, in millions of bytes.
    """
    begun = time.monotonic()
    async with bot(folder, using, platforms) as process_id:
        taken_s = time.monotonic() - begun
        await asyncio.sleep(idle_s)
        process = psutil.Process(process_id)
        memory = sum(each.memory_info().rss for each in [process, *process.children(recursive=True)])
    await gone(platforms)
    return taken_s, memory / MB
