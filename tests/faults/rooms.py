"""A conversation on a platform, as its person lives through it: what they ask, what they see and when, what stays."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Protocol

from tests.lab.discord import Channel as DiscordChannel
from tests.lab.discord import DiscordLab
from tests.lab.discord import Message as DiscordMessage
from tests.lab.discord import User as DiscordUser
from tests.lab.slack import Channel as SlackChannel
from tests.lab.slack import Message as SlackMessage
from tests.lab.slack import SlackLab
from tests.lab.slack import User as SlackUser

READ_WITHIN_S = 40.0
NUMBERS = count(1)


@dataclass(frozen=True)
class Sight:
    """Something the person saw: when (seconds since 1970), and what it read."""

    at: float
    text: str


class Question(Protocol):
    """A message to the bot, said at `asked_at` (seconds since 1970)."""

    @property
    def asked_at(self) -> float: ...

    def sights(self) -> list[Sight]:
        """Return all the person has seen of the bot's doing for this question, oldest first."""
        ...

    def finished(self) -> list[str]:
        """Return the messages of the bot to this question that look finished, as they read now."""
        ...

    def standing(self) -> list[str]:
        """Return every message of the bot to this question, finished or not, as it reads now."""
        ...


class Room(Protocol):
    """A fresh conversation with one person in it; `asked` is what they have said so far."""

    asked: list[Question]
    platform: str

    async def ask(self, words: str) -> Question:
        """Let the person say something to the bot."""
        ...


async def read(question: Question, *words: str) -> str:
    """Wait until an answer stands finished that holds these words, and return what it reads.

    Raises:
        AssertionError: it did not come; what the person saw instead is told.
    """

    def found() -> list[str]:
        return [text for text in question.finished() if all(each in text for each in words)]

    try:
        async with asyncio.timeout(READ_WITHIN_S):
            while not found():  # noqa: ASYNC110 - the wall is looked at as a person does
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not told {words}; seen: {[sight.text for sight in question.sights()]}") from None
    return found()[0]


async def seen(question: Question) -> Sight:
    """Wait until the person sees anything at all, and return it.

    Raises:
        TimeoutError: they did not.
    """
    async with asyncio.timeout(READ_WITHIN_S):
        while not question.sights():  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.02)
    return question.sights()[0]


# --- Discord


@dataclass(frozen=True)
class AskedOnDiscord:
    """See `Question`."""

    lab: DiscordLab
    message: DiscordMessage
    asked_at: float

    def sights(self) -> list[Sight]:
        """See `Question.sights`: every text any message to it ever had."""
        replies = [each for each in self.message.channel.messages.values() if each.reply_to is self.message]
        sights = (Sight(at, text) for each in (*replies, *self._letters()) for at, text in each.history)
        return sorted(sights, key=lambda sight: sight.at)

    def finished(self) -> list[str]:
        """See `Question.finished`: without a Stop button."""
        return [each.text for each in (*self._replies(), *self._letters()) if "Stop" not in each.buttons]

    def standing(self) -> list[str]:
        """See `Question.standing`."""
        return [each.text for each in (*self._replies(), *self._letters())]

    def _letters(self) -> Sequence[DiscordMessage]:
        """Return what the bot wrote to the person directly since: nobody writes to it there."""
        dm = self.lab.dm(self.message.author)
        return [each for each in self.lab.wall(dm) if each.author.bot and self.message.created_at < each.created_at]

    def _replies(self) -> Sequence[DiscordMessage]:
        return [each for each in self.lab.wall(self.message.channel) if each.reply_to is self.message]


@dataclass
class DiscordRoom:
    """See `Room`: a channel of its own."""

    lab: DiscordLab
    channel: DiscordChannel
    person: DiscordUser
    asked: list[Question] = field(default_factory=list)
    platform: str = "Discord"

    async def ask(self, words: str) -> Question:
        """See `Room.ask`."""
        asked_at = self.lab.clock.now()
        said = await self.lab.say(self.channel, self.person, words, mention=True)
        self.asked.append(AskedOnDiscord(self.lab, said, asked_at))
        return self.asked[-1]


def discord_room(lab: DiscordLab) -> DiscordRoom:
    """Open a channel with one person in it."""
    number = next(NUMBERS)
    guild = next(iter(lab.world.guilds.values()), None) or lab.add_guild("School")
    ada = lab.add_user(f"Ada{number}")
    guild.add_member(ada)
    return DiscordRoom(lab, guild.add_channel(f"room-{number}"), ada)


# --- Slack


@dataclass(frozen=True)
class AskedOnSlack:
    """See `Question`. It is alone in its thread."""

    lab: SlackLab
    channel: SlackChannel
    person: SlackUser
    ts: str
    asked_at: float

    def sights(self) -> list[Sight]:
        """See `Question.sights`: the status line and every text any message in the thread ever had."""
        lines = [Sight(each.set_at, each.text) for each in self.lab.statuses(self.channel, self.ts) if each.text]
        messages = [one for one in self.lab.workspace.messages if one.author == self.lab.bot_user]
        mine = [one for one in messages if one.channel == self.channel.id and one.thread_ts == self.ts]
        mine += self._alone()
        texts = [Sight(change.at, change.text) for one in mine for change in one.history if change.text]
        return sorted([*lines, *texts], key=lambda sight: sight.at)

    def finished(self) -> list[str]:
        """See `Question.finished`: neither streaming nor with a Stop button."""
        posts = [one for one in self.lab.posts(self.channel) if one.thread_ts == self.ts]
        whole = [one.shown for one in posts if not one.streaming and "stop" not in one.action_ids]
        return whole + [one.shown for one in self._alone()]

    def standing(self) -> list[str]:
        """See `Question.standing`."""
        posts = [one.shown for one in self.lab.posts(self.channel) if one.thread_ts == self.ts]
        return posts + [one.shown for one in self._alone()]

    def _alone(self) -> list[SlackMessage]:
        """Return what the person alone was shown since, beside the channel or directly."""
        shown = [*self.lab.private(self.channel, self.person), *self.lab.posts(self.lab.dm(self.person))]
        return [one for one in shown if float(one.ts) > float(self.ts)]


@dataclass
class SlackRoom:
    """See `Room`: a channel of its own; each question begins a thread."""

    lab: SlackLab
    channel: SlackChannel
    person: SlackUser
    asked: list[Question] = field(default_factory=list)
    platform: str = "Slack"

    async def ask(self, words: str) -> Question:
        """See `Room.ask`."""
        asked_at = time.time()
        said = await self.lab.say(self.channel, self.person, words)
        self.asked.append(AskedOnSlack(self.lab, self.channel, self.person, said.ts, asked_at))
        return self.asked[-1]


def slack_room(lab: SlackLab) -> SlackRoom:
    """Open a channel with one person in it."""
    number = next(NUMBERS)
    ada = lab.add_user(f"ada{number}")
    return SlackRoom(lab, lab.add_channel(f"room-{number}", [ada]), ada)
