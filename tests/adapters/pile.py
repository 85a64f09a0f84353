"""Several answers that grow at once in one Discord channel, by the real discord.py: what people then read, and when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import discord
from discord.http import Route

from adapters.delivery.deliver import deliver
from adapters.delivery.keys import turn_key
from adapters.delivery.layout import Rules
from adapters.discord.client import Client
from adapters.discord.poster import ChannelPoster
from adapters.discord.rates import NoWaitRatelimit, governor
from adapters.discord.threads import Threads
from adapters.downloads import Downloads
from adapters.hearing import Follow
from adapters.sent_files import SentFiles
from bot.clock import SYSTEM_CLOCK
from bot.domain import Address, ChatMessage, Completion, Delta, FinishReason, Person, ReplyPart, Turn
from tests.adapters.discord_scene import MESSAGE, MESSAGES, Scene, make_scene
from tests.lab.discord import DiscordLab, Message


@dataclass
class Answer:
    """One person's answer: numbered words that name the person."""

    person: int
    words: int
    ended_at: float = 0.0
    messages: list[Message] = field(default_factory=list)

    @property
    def said(self) -> list[str]:
        return [f"w{self.person}x{number}" for number in range(self.words)]

    @property
    def read(self) -> list[str]:
        """What stands in its messages, without footnotes."""
        lines = [line for message in self.messages for line in message.text.splitlines()]
        return " ".join(line for line in lines if not line.startswith("-# ")).split()

    @property
    def late_s(self) -> float:
        """How long after the model's end the last of it was shown."""
        return max(at for message in self.messages for at, _ in message.history) - self.ended_at

    async def speak(self, within_s: float) -> AsyncGenerator[ReplyPart, None]:
        """Say the words evenly within this time."""
        begun = time.monotonic()
        for number, word in enumerate(self.said):
            await asyncio.sleep(max(0.0, begun + within_s * number / self.words - time.monotonic()))
            yield Delta(f"{word} ")
        self.ended_at = time.time()
        yield Completion(reason=FinishReason.STOP, model="m", answer_tokens=self.words, answer_s=within_s)


@dataclass
class Pile:
    """A channel, and a client that is logged in and hears nothing."""

    lab: DiscordLab
    scene: Scene
    client: Client
    rules: Rules

    @property
    def refused(self) -> int:
        return sum(seen.status == 429 for seen in self.lab.requests)

    async def answered(self, *answers: Answer, within_s: float) -> None:
        """Let all answers be said at once, each to a question of its own, and gather what stands there then."""
        await asyncio.gather(*(self._deliver(answer, within_s) for answer in answers))
        for answer in answers:
            mine = f"w{answer.person}x"
            answer.messages = [message for message in self.lab.wall(self.scene.channel) if mine in message.text]

    async def _deliver(self, answer: Answer, within_s: float) -> None:
        scene, person = self.scene, Person(str(self.scene.ada.id), "Ada")
        asked = await self.lab.say(scene.channel, scene.ada, f"question {answer.person}", mention=True)
        address = Address("discord", str(scene.guild.id), str(scene.channel.id))
        said = ChatMessage(
            event_id=str(asked.id), message_id=str(asked.id), address=address, person=person, text="question"
        )
        turn = Turn(answer.person + 1, 1, said)
        poster = ChannelPoster.for_turn(self.client, turn)
        reply = answer.speak(within_s)
        await deliver(reply, poster, key=turn_key(turn.id), locale="en", rules=self.rules, turn=turn)


@asynccontextmanager
async def pile(*, calls: int = 5, seconds: float = 5.0, file_chars: int = 0) -> AsyncIterator[Pile]:
    """Open a Discord whose channels take so many posts, and as many edits, within so many seconds.

    Answers of more than `file_chars` characters become files there.
    """
    async with DiscordLab() as lab:
        for route in (f"POST {MESSAGES}", f"PATCH {MESSAGE}"):
            lab.rate_limits.set(route, calls, seconds)
        scene, rules = make_scene(lab), Rules(governor=governor(SYSTEM_CLOCK), has_footer=True, file_chars=file_chars)
        Route.BASE = lab.api_url
        discord.http.Ratelimit = NoWaitRatelimit  # type: ignore[misc]
        client = Client(
            engine=scene.engine,
            notes=scene.notes,
            ready=asyncio.Event(),
            clock=SYSTEM_CLOCK,
            threads=Threads.NEVER,
            rules=rules,
            message_content=False,
            follow=Follow.ASKER,
            files=SentFiles(downloads=Downloads(hosts=())),
            gateway_url=None,
        )
        async with client:
            await client.login(lab.token)
            yield Pile(lab, scene, client, rules)
        assert not lab.violations, lab.violations
