"""Where it happens: the loopback Discord, Slack and Ollama, their people and places, and the bot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import aiohttp

from tests.chaos.plan import POISON, REFUSED, Oddity, Plan, Question, Spot, answer_to, oddity_in
from tests.chaos.process import Bot
from tests.doctor.setup import free_port
from tests.forked import TURNED_CLOCK
from tests.lab import discord, slack
from tests.lab.discord import DiscordLab
from tests.lab.ollama import LabModel, OllamaLab, Say
from tests.lab.ollama.script import LabChat
from tests.lab.slack import SlackLab
from tests.lab.slack.rates import Rates
from tests.lab.slack.socket import Delivery

MODEL = "falcon:7b"
PARALLEL = 16
TOKENS_PER_S = 150.0
FIRST_TOKEN_S = 0.03
PLENTY = 1_000_000
OK = 200
FIGURES = "eval_count", "eval_duration", "prompt_eval_count"
# What a person is told who asked where the bot may not write.
CLOSED = "may not write in"
DISCORD_ROUTES = (
    "POST /channels/{channel_id}/messages",
    "PATCH /channels/{channel_id}/messages/{message_id}",
    "DELETE /channels/{channel_id}/messages/{message_id}",
    "GET /channels/{channel_id}/messages",
    "POST /channels/{channel_id}/typing",
)


class Said(Protocol):
    """A message on its platform; it can be delivered once more."""

    @property
    def id(self) -> str:
        """The platform's id of it."""
        ...

    async def again(self) -> None:
        """Deliver it once more."""
        ...

    @property
    def is_acknowledged(self) -> bool:
        """Whether the platform has the bot's word that it is accepted; Discord never has."""
        ...


@dataclass(frozen=True, slots=True)
class SaidOnDiscord:
    """See `Said`."""

    id: str
    message: discord.Message
    lab: DiscordLab

    async def again(self) -> None:
        """See `Said.again`."""
        await self.lab.gateway.redeliver(self.message)

    @property
    def is_acknowledged(self) -> bool:
        """See `Said.is_acknowledged`."""
        return False


@dataclass(frozen=True, slots=True)
class SaidOnSlack:
    """See `Said`."""

    id: str
    event: Delivery
    lab: SlackLab

    async def again(self) -> None:
        """See `Said.again`."""
        await self.lab.socket.redeliver(self.event)

    @property
    def is_acknowledged(self) -> bool:
        """See `Said.is_acknowledged`."""
        return self.event.acked


class DiscordPlace:
    """A channel, a thread or a DM on Discord."""

    def __init__(self, lab: DiscordLab, channel: discord.Channel, people: list[discord.User]) -> None:
        self.lab = lab
        self.channel = channel
        self._people = people

    @property
    def is_open(self) -> bool:
        """Whether what is said now reaches a session of the bot."""
        return self.lab.gateway.is_connected

    def close(self, *, is_closed: bool) -> None:
        """Take the right to write away, or give it back."""
        (self.channel.deny if is_closed else self.channel.allow)("send_messages")

    def told_directly(self, question: Question) -> bool:
        """Whether who asked was told in their direct messages that the bot may not write here."""
        letters = self.lab.wall(self.lab.dm(self._speaker(question)))
        return any(CLOSED in message.text and f"<#{self.channel.id}>" in message.text for message in letters)

    def _speaker(self, question: Question) -> discord.User:
        return self._people[question.speaker % len(self._people)]

    async def say(self, question: Question) -> Said:
        """Say it, with a mention where one is needed."""
        speaker = self._speaker(question)
        message = await self.lab.say(self.channel, speaker, question.text, mention=not self.channel.recipient)
        return SaidOnDiscord(str(message.id), message, self.lab)


class SlackPlace:
    """A channel, one thread in a channel, or a DM on Slack."""

    def __init__(self, lab: SlackLab, channel: slack.Channel, people: list[slack.User], *, is_thread: bool) -> None:
        self.lab = lab
        self.channel = channel
        self._people = people
        self._is_thread = is_thread
        self._root: str | None = None

    @property
    def is_open(self) -> bool:
        """Always: Slack keeps what the bot is not there for, and delivers it later."""
        return True

    def close(self, *, is_closed: bool) -> None:
        """Take the right to write away, or give it back."""
        self.channel.refuses = "restricted_action" if is_closed else ""

    def told_directly(self, question: Question) -> bool:
        """Whether who asked was told alone, here or directly, that the bot may not write here."""
        person = self._speaker(question)
        alone = [*self.lab.private(self.channel, person), *self.lab.posts(self.lab.dm(person))]
        return any(CLOSED in message.shown and f"<#{self.channel.id}>" in message.shown for message in alone)

    def _speaker(self, question: Question) -> slack.User:
        return self._people[question.speaker % len(self._people)]

    async def say(self, question: Question) -> Said:
        """Say it; in a thread the first message is the root."""
        speaker = self._speaker(question)
        said = await self.lab.say(self.channel, speaker, question.text, thread=self._root)
        if self._is_thread:
            self._root = self._root or said.ts
        return SaidOnSlack(said.ts, said.event, self.lab)


Place = DiscordPlace | SlackPlace


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything a run needs. `places` are in the order of the plan's spots; the clock's file turns the bot's date."""

    ollama: OllamaLab
    discord: DiscordLab
    slack: SlackLab
    places: tuple[Place, ...]
    bot: Bot
    database: Path
    clock: Path
    health: str

    async def is_well(self) -> bool:
        """Whether the bot says so of itself."""
        async with aiohttp.ClientSession() as session, session.get(self.health) as answer:
            return answer.status == OK


@asynccontextmanager
async def staged(plan: Plan, folder: Path) -> AsyncIterator[Stage]:
    """Set everything up, with the bot running; take it down again."""
    async with AsyncExitStack() as stack:
        ollama = await stack.enter_async_context(_model_server())
        there = await stack.enter_async_context(DiscordLab(identify_interval_s=0))
        here = await stack.enter_async_context(SlackLab(rates=Rates(limits={})))
        for route in DISCORD_ROUTES:
            there.rate_limits.set(route, PLENTY, 1.0)
        there.rate_limits.global_per_s = PLENTY
        there.troubles.moderated |= REFUSED
        here.workspace.moderated |= dict.fromkeys(REFUSED, "msg_blocked")
        places = _places(plan, there, here)
        clock, port = folder / TURNED_CLOCK, free_port()
        clock.write_text("0", encoding="utf-8")
        variables = _variables(ollama, there, here) | {"HEALTH__PORT": str(port)}
        bot = await stack.enter_async_context(Bot(folder, variables))
        database, health = folder / "data" / "lyceum.db", f"http://127.0.0.1:{port}/health"
        yield Stage(ollama, there, here, places, bot, database, clock, health)


def _model_server() -> OllamaLab:
    return OllamaLab(
        (LabModel(name=MODEL),),
        parallel=PARALLEL,
        tokens_per_second=TOKENS_PER_S,
        first_token_s=FIRST_TOKEN_S,
        answer=_said,
    )


def _said(chat: LabChat) -> Say:
    """Return what the model says, and with which figures."""
    is_poisoned = oddity_in(chat.last) is Oddity.POISONED
    figures: dict[str, object] = dict.fromkeys(FIGURES, POISON) if is_poisoned else {}
    return Say(answer_to(chat.last), figures=figures)


def _variables(ollama: OllamaLab, there: DiscordLab, here: SlackLab) -> dict[str, str]:
    return {
        "OLLAMA__HOSTS": ollama.url,
        "MODEL__DEFAULT": MODEL,
        "MODEL__PARALLEL": str(PARALLEL),
        # One person may ask as much as all together: the storm knows no patience.
        "LIMITS__PERSON_WAITING": "1000",
        "LIMITS__PERSON_MINUTE": "0",
        "DISCORD__TOKEN": there.token,
        "DISCORD__API_URL": there.api_url,
        "DISCORD__GATEWAY_URL": there.gateway_url,
        "SLACK__BOT_TOKEN": here.bot_token,
        "SLACK__APP_TOKEN": here.app_token,
        "SLACK__API_URL": here.api_url,
        "LOG__FORMAT": "json",
    }


def _places(plan: Plan, there: DiscordLab, here: SlackLab) -> tuple[Place, ...]:
    guild = there.add_guild("School")
    people_there = [there.add_user(f"Ada {number}") for number in range(plan.people)]
    people_here = [here.add_user(f"ada{number}") for number in range(plan.people)]
    for person in people_there:
        guild.add_member(person)

    def on_discord(spot: Spot) -> DiscordPlace:
        if spot.kind == "dm":
            return DiscordPlace(there, there.dm(people_there[spot.index]), people_there)
        channel = guild.add_channel(f"channel-{spot.index}")
        if spot.kind == "thread":
            channel = channel.start_thread(f"thread-{spot.index}")
        return DiscordPlace(there, channel, people_there)

    def on_slack(spot: Spot) -> SlackPlace:
        if spot.kind == "dm":
            return SlackPlace(here, here.dm(people_here[spot.index]), people_here, is_thread=False)
        channel = here.add_channel(f"channel-{spot.index}", people_here)
        return SlackPlace(here, channel, people_here, is_thread=spot.kind == "thread")

    return tuple(on_discord(spot) if spot.platform == "discord" else on_slack(spot) for spot in plan.spots)
