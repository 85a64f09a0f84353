"""A crowd on both platforms: who speaks where, each with a canary word, and what the bot answered to each.

A place is a conversation: a DM, a thread, or a channel. What is said names its place and its speaker, and the stand-in
for Ollama repeats both the question and every canary of its prompt, so that a prompt tells where it belongs.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
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

PLACE = re.compile(r"\bat (place\w+)\b")
CANARY = re.compile(r"\bOWL-\d+\b")
# All of them at once; on a machine that does nothing else it takes five seconds. What ends here hangs.
ANSWERED_WITHIN_S = 180.0
ALONE, SHARED = 1, 5


class Spoken(Protocol):
    """Something a person said, of which the bot's answers can be read."""

    def answers(self) -> Sequence[str]:
        """Return the finished messages of the bot to this, oldest first."""
        ...


class Place(Protocol):
    """A conversation."""

    @property
    def name(self) -> str:
        """What it is called in everything that is said there."""
        ...

    async def say(self, speaker: int, words: str) -> Spoken:
        """Let the place's member of this number say something to the bot."""
        ...


@dataclass(frozen=True)
class Person:
    """Somebody with a canary: their place, their number in it, and where they write alone."""

    number: int
    place: Place
    seat: int
    alone: Place | None = None

    @property
    def canary(self) -> str:
        """The word that only this person's conversation may bring up."""
        return f"OWL-{1000 + self.number}"

    async def plant(self) -> Spoken:
        """Tell the bot the canary."""
        return await self._say(self.place, self.seat, f"my word is {self.canary}")

    async def ask(self, round_name: str) -> Spoken:
        """Ask for the canary where it was told."""
        return await self._say(self.place, self.seat, f"which words do you know, {round_name}")

    async def ask_alone(self) -> Spoken:
        """Ask for it in another conversation."""
        assert self.alone is not None
        return await self._say(self.alone, 0, "which words do you know, elsewhere")

    async def forget(self) -> Spoken:
        """Be forgotten."""
        return await self.place.say(self.seat, "forget yes")

    async def _say(self, place: Place, seat: int, words: str) -> Spoken:
        return await place.say(seat, f"{words}, says person {self.number} at {place.name}")


@dataclass
class Crowd:
    """Everybody, and the labs they are in."""

    discord: DiscordLab
    slack: SlackLab
    people: list[Person] = field(default_factory=list)

    @property
    def places(self) -> dict[str, set[str]]:
        """The canaries that may come up in each place, by its name."""
        own: dict[str, set[str]] = {person.alone.name: set() for person in self.people if person.alone}
        for person in self.people:
            own.setdefault(person.place.name, set()).add(person.canary)
        return own

    @property
    def first_of_each_place(self) -> list[Person]:
        """One person of each place; the others there stay."""
        return list({person.place.name: person for person in reversed(self.people)}.values())

    async def answers(self, said: Sequence[Spoken]) -> list[str]:
        """Wait until each is answered and return the answers, in the same order.

        Raises:
            AssertionError: somebody was not answered, or twice.
        """
        waiting = list(said)

        def is_quiet() -> bool:
            waiting[:] = [each for each in waiting if not each.answers()]
            return not waiting

        try:
            async with asyncio.timeout(ANSWERED_WITHIN_S):
                while not is_quiet():  # noqa: ASYNC110 - two labs change, and nobody rings for both
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(f"{len(waiting)} of {len(said)} were not answered") from None
        answers = [each.answers() for each in said]
        assert [each for each in answers if len(each) != 1] == []
        return [each[0] for each in answers]


# --- Discord


@dataclass(frozen=True)
class SpokenOnDiscord:
    """See `Spoken`."""

    lab: DiscordLab
    message: DiscordMessage

    def answers(self) -> Sequence[str]:
        """See `Spoken.answers`."""
        wall = self.lab.wall(self.message.channel)
        return [each.text for each in wall if each.reply_to is self.message and "Stop" not in each.buttons]


@dataclass(frozen=True)
class DiscordPlace:
    """See `Place`: a DM, a channel, or a thread."""

    name: str
    lab: DiscordLab
    channel: DiscordChannel
    members: Sequence[DiscordUser]

    async def say(self, speaker: int, words: str) -> Spoken:
        """See `Place.say`."""
        said = await self.lab.say(self.channel, self.members[speaker], words, mention=True)
        return SpokenOnDiscord(self.lab, said)


# --- Slack


@dataclass(frozen=True)
class SpokenOnSlack:
    """See `Spoken`. `others` are the bot's posts that stood in the thread before."""

    lab: SlackLab
    channel: SlackChannel
    thread: str
    words: str
    others: frozenset[str]

    def answers(self) -> Sequence[str]:
        """See `Spoken.answers`. A question is known by its words, which the stand-in repeats; a command is alone."""
        posts = [one for one in self.lab.posts(self.channel) if one.thread_ts == self.thread]
        done = [one for one in posts if one.ts not in self.others and not self._is_running(one)]
        return [one.shown for one in done if self.words in one.shown or "place" not in self.words]

    @staticmethod
    def _is_running(post: SlackMessage) -> bool:
        return post.streaming or "stop" in post.action_ids


@dataclass
class SlackPlace:
    """See `Place`: a DM, or a thread, which begins with the first mention where nobody has begun it."""

    name: str
    lab: SlackLab
    channel: SlackChannel
    members: Sequence[SlackUser]
    thread: str | None = None

    async def say(self, speaker: int, words: str) -> Spoken:
        """See `Place.say`. In a DM each message is answered in a thread of its own."""
        others = frozenset(post.ts for post in self.lab.posts(self.channel))
        said = await self.lab.say(self.channel, self.members[speaker], words, thread=self.thread)
        if not self.channel.is_im:
            self.thread = self.thread or said.ts
        return SpokenOnSlack(self.lab, self.channel, self.thread or said.ts, words, others)


# --- who is where


def discord_crowd(lab: DiscordLab, *, places: int, numbers: Iterator[int]) -> Iterator[Person]:
    """Let people in: per place one in a DM, and five each in a channel and in a thread of that channel."""
    for index in range(places):
        guild = lab.add_guild(f"Guild {index % 2}")
        users = [lab.add_user(f"D{index}x{seat}") for seat in range(2 * SHARED)]
        for user in users:
            guild.add_member(user)
        channel = guild.add_channel(f"room-{index}")
        thread = channel.start_thread(f"thread-{index}")
        for name, where, members in (("channel", channel, users[:SHARED]), ("thread", thread, users[SHARED:])):
            place = DiscordPlace(f"placediscord{name}{index}", lab, where, members)
            for seat, user in enumerate(members):
                alone = DiscordPlace(f"{place.name}alone{seat}", lab, lab.dm(user), [user])
                yield Person(next(numbers), place, seat, alone)


def discord_dms(lab: DiscordLab, *, places: int, numbers: Iterator[int]) -> Iterator[Person]:
    """Let people in who write in their DMs."""
    for index in range(places):
        user = lab.add_user(f"D{index}")
        yield Person(next(numbers), DiscordPlace(f"placediscorddm{index}", lab, lab.dm(user), [user]), 0)


def slack_crowd(lab: SlackLab, *, places: int, numbers: Iterator[int]) -> Iterator[Person]:
    """Let people in: per place five in one thread of a channel, and five in threads of their own in that channel."""
    for index in range(places):
        users = [lab.add_user(f"s{index}x{seat}") for seat in range(2 * SHARED)]
        channel = lab.add_channel(f"room-{index}", users)
        shared = SlackPlace(f"placeslackthread{index}", lab, channel, users[:SHARED], _begun(lab, channel, users[0]))
        for seat, user in enumerate(users):
            alone = SlackPlace(f"placeslack{index}alone{seat}", lab, lab.dm(user), [user])
            own = SlackPlace(f"placeslack{index}own{seat}", lab, channel, [user])
            is_shared = seat < SHARED
            yield Person(next(numbers), shared if is_shared else own, seat if is_shared else 0, alone)


def slack_dms(lab: SlackLab, *, places: int, numbers: Iterator[int]) -> Iterator[Person]:
    """Let people in who write in their DMs."""
    for index in range(places):
        user = lab.add_user(f"s{index}")
        yield Person(next(numbers), SlackPlace(f"placeslackdm{index}", lab, lab.dm(user), [user]), 0)


def gather_crowd(discord: DiscordLab, slack: SlackLab) -> Crowd:
    """Let 200 people in: half on each platform; of each half 60 in shared places or channels and 40 in DMs."""
    numbers = count()
    people = [
        *discord_crowd(discord, places=6, numbers=numbers),
        *discord_dms(discord, places=40, numbers=numbers),
        *slack_crowd(slack, places=6, numbers=numbers),
        *slack_dms(slack, places=40, numbers=numbers),
    ]
    return Crowd(discord, slack, people)


def _begun(lab: SlackLab, channel: SlackChannel, user: SlackUser) -> str:
    """Let somebody begin a thread without the bot; return the thread."""
    message = SlackMessage(channel=channel.id, ts=lab.workspace.mint.ts(), author=user.id, text="good morning")
    lab.workspace.add(message)
    return message.ts
