"""A Discord channel in memory that counts calls as Discord does, in virtual time: the calls an answer costs."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field

from adapters.base import Content
from adapters.delivery.buckets import FixedWindow, Told
from adapters.delivery.deliver import deliver
from adapters.delivery.governor import Governor
from adapters.delivery.layout import Rules
from adapters.discord.editing_poster import EditingPoster
from adapters.discord.rates import RATE, name
from bot.domain import Completion, Delta, Doing, FinishReason, ReplyPart, State
from tests.clocks import VirtualClock
from tests.lab.discord.buckets import RateLimits

PLACE = "channels/1/messages"
ROUTES = {
    "POST": "POST /channels/{channel_id}/messages",
    "PATCH": "PATCH /channels/{channel_id}/messages/{message_id}",
    "DELETE": "DELETE /channels/{channel_id}/messages/{message_id}",
}
# From a call to its answer.
CALL_S = 0.05
WORDS = 10


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made: when, by whom, and what the message reads then."""

    at: float
    method: str
    person: int
    text: str = ""


@dataclass
class CountedChannel:
    """The channel, the people who ask there one after another, and what they are shown.

    `rate` is calls in seconds, for posts and for edits. A call that is refused is made again, as discord.py does.
    """

    rate: tuple[int, float] = (5, 5.0)
    clock: VirtualClock = field(default_factory=VirtualClock)
    calls: list[Made] = field(default_factory=list)
    refused: int = 0
    messages: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.granted: Counter[str] = Counter()
        self.governor = Governor(new_bucket=lambda bucket: _CountedWindow(bucket, self.granted), clock=self.clock)
        self.rules = Rules(governor=self.governor)
        self._limits = RateLimits(self.clock)
        for method in ("POST", "PATCH"):
            self._limits.set(ROUTES[method], *self.rate)
        self._began = self.clock.now()
        self._line: list[int] = []
        self._moved = asyncio.Event()
        self.whole_at: dict[int, float] = {}

    @property
    def now(self) -> float:
        """The seconds since the beginning."""
        return self.clock.now() - self._began

    @staticmethod
    def said(person: int) -> list[str]:
        """Return the words the model says to a person."""
        return [f"w{person}x{number}" for number in range(WORDS)]

    def read(self, person: int) -> list[str]:
        """Return the words that stand in the channel for a person."""
        return [word for whose, text in self.messages.values() if whose == person for word in text.split()]

    def made(self, method: str, *, by: int | None = None) -> list[Made]:
        """Return the calls of a method, in order."""
        return [call for call in self.calls if call.method == method and by in (None, call.person)]

    def ask(self, model_s: Sequence[float]) -> None:
        """Let as many people ask at once, whose answers take the model so long each; return when all are whole."""

        async def scene() -> None:
            self._line = list(range(len(model_s)))
            await asyncio.gather(*(self._answered(person, takes_s) for person, takes_s in enumerate(model_s)))

        asyncio.run(self.clock.run(scene()))

    async def call(self, method: str, person: int, text: str = "") -> None:
        """Make a call, as often as it takes."""
        while True:
            await self.clock.sleep(CALL_S)
            verdict = self._limits.take(ROUTES[method], {"channel_id": "1"})
            if verdict.passes:
                break
            self.refused += 1
            self.rules.governor.refuse(name(method, PLACE), verdict.retry_after_s)
            await self.clock.sleep(verdict.retry_after_s)
        self.calls.append(Made(round(self.now, 2), method, person, text))
        if method != "DELETE":
            told = {key.removeprefix("X-RateLimit-"): value for key, value in verdict.headers.items()}
            self.rules.governor.learn(
                name(method, PLACE),
                Told(int(told["Limit"]), int(told["Remaining"]), float(told["Reset-After"])),
                shared=f"{told['Bucket']} {PLACE}",
            )

    async def _answered(self, person: int, takes_s: float) -> None:
        poster = _Poster(self, person)
        key = f"turn-{person + 1}"
        await deliver(self._reply(person, takes_s), poster, key=key, locale="en", rules=self.rules, clock=self.clock)
        self.whole_at[person] = self.now

    async def _reply(self, person: int, takes_s: float) -> AsyncGenerator[ReplyPart, None]:
        """Wait for one's place in line, as turns of one conversation do, and say the words evenly."""
        told = 0
        while position := self._line.index(person):
            if position != told:
                told = position
                yield State(Doing.QUEUED, {"position": position, "total": len(self._line) - 1})
            await self._moved.wait()
            await asyncio.sleep(0)
        yield State(Doing.WRITING, {"model": "m"})
        for word in self.said(person):
            await self.clock.sleep(takes_s / WORDS)
            yield Delta(f"{word} ")
        yield Completion(reason=FinishReason.STOP, model="m")
        # Asked for once more, all of it is shown, and the next one's turn has come.
        self._line.remove(person)
        self._moved.set()
        self._moved = asyncio.Event()


class _CountedWindow(FixedWindow):
    """A bucket as assumed of Discord, that counts the calls it was asked leave for."""

    def __init__(self, bucket: str, granted: Counter[str]) -> None:
        super().__init__(RATE)
        self._method = bucket.partition(" ")[0]
        self._granted = granted

    def take(self, now: float) -> None:
        self._granted[self._method] += 1
        super().take(now)

    def give_back(self) -> None:
        self._granted[self._method] -= 1
        super().give_back()


class _Poster(EditingPoster):
    """One reply's messages in the channel."""

    def __init__(self, channel: CountedChannel, person: int) -> None:
        super().__init__(place=PLACE)
        self._channel = channel
        self._person = person

    async def _send(self, content: Content, *, key: str) -> str:
        await self._channel.call("POST", self._person, content.text)
        message_id = f"{len(self._channel.calls)} {key}"
        self._channel.messages[message_id] = self._person, content.text
        return message_id

    async def _change(self, message_id: str, content: Content) -> None:
        await self._channel.call("PATCH", self._person, content.text)
        self._channel.messages[message_id] = self._person, content.text

    async def _erase(self, message_id: str) -> None:
        await self._channel.call("DELETE", self._person)
        del self._channel.messages[message_id]
