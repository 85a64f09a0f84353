"""What the gateway dispatches: who hears an event, and how it is written down for a session."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

from tests.lab.discord import payloads, permissions
from tests.lab.discord.interactions import Interaction, interaction_event
from tests.lab.discord.state import Channel, Guild, Json, Member, Message, Role, User


class Intents(IntFlag):
    """The gateway intents the lab knows by name."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intents.GUILD_MEMBERS | Intents.GUILD_PRESENCES | Intents.MESSAGE_CONTENT
KNOWN_INTENTS = (1 << 26) - 1


@dataclass(frozen=True, slots=True)
class Dispatch:
    """An event before it is written down: `intent` 0 reaches every session, `guild` None the first shard."""

    intent: int
    guild: Guild | None
    write: Callable[[int], Json]
    channel: Channel | None = None

    def reaches(self, intents: int, shard: tuple[int, int]) -> bool:
        """Whether a session with these intents on this shard hears of it."""
        if self.intent and not intents & self.intent:
            return False
        if self.intent and self.channel and not self.channel.has_bot:
            return False
        if self.intent and self.guild and not self.guild.has_bot:
            return False
        if self.intent and self.channel and not permissions.of_bot(self.channel) & permissions.BITS["view_channel"]:
            return False
        return shard_of(self.guild, shard[1]) == shard[0]


def shard_of(guild: Guild | None, shards: int) -> int:
    """Return the shard that hears of a guild; DMs are the first one's."""
    return (guild.id >> 22) % shards if guild else 0


def dispatch(event: str, thing: Any) -> Dispatch:
    """Say who hears an event and how it reads."""
    if event.startswith("MESSAGE_REACTION"):
        return _reaction(*thing)
    if isinstance(thing, Message):
        return _message(event, thing)
    if isinstance(thing, Interaction):
        return Dispatch(0, thing.channel.guild, lambda _: interaction_event(thing))
    if isinstance(thing, Channel):
        return _channel(event, thing)
    return _guild(thing)


def _message(event: str, thing: Message) -> Dispatch:
    channel = thing.channel
    intent = Intents.GUILD_MESSAGES if channel.guild else Intents.DIRECT_MESSAGES

    def write(intents: int) -> Json:
        if event == "MESSAGE_DELETE":
            guild = {"guild_id": str(channel.guild.id)} if channel.guild else {}
            return {"id": str(thing.id), "channel_id": str(channel.id), **guild}
        return payloads.message_event(thing, content_intent=bool(intents & Intents.MESSAGE_CONTENT))

    return Dispatch(intent, channel.guild, write, channel)


def _reaction(message: Message, who: User, emoji: str) -> Dispatch:
    guild = message.channel.guild
    intent = Intents.GUILD_MESSAGE_REACTIONS if guild else Intents.DIRECT_MESSAGE_REACTIONS
    written: Json = {
        "user_id": str(who.id),
        "channel_id": str(message.channel.id),
        "message_id": str(message.id),
        "message_author_id": str(message.author.id),
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }
    if guild:
        written |= {"guild_id": str(guild.id), "member": payloads.member(guild.members[who.id])}
    return Dispatch(intent, guild, lambda _: written, message.channel)


def _channel(event: str, thing: Channel) -> Dispatch:
    fresh = {"newly_created": True} if event == "THREAD_CREATE" else {}
    return Dispatch(Intents.GUILDS, thing.guild, lambda _: {**payloads.channel(thing), **fresh}, thing)


def _guild(thing: Guild | Member | tuple[Guild, Role]) -> Dispatch:
    if isinstance(thing, Guild):
        return Dispatch(Intents.GUILDS, thing, lambda intents: guild_create(thing, intents))
    if isinstance(thing, Member):
        written = {**payloads.member(thing), "guild_id": str(thing.guild.id)}
        return Dispatch(Intents.GUILD_MEMBERS, thing.guild, lambda _: written)
    guild, role = thing
    return Dispatch(Intents.GUILDS, guild, lambda _: {"guild_id": str(guild.id), "role": payloads.role(role)})


def guild_create(guild: Guild, intents: int) -> Json:
    """Write GUILD_CREATE down for a session with these intents."""
    return payloads.guild(guild, everybody=bool(intents & Intents.GUILD_PRESENCES))
