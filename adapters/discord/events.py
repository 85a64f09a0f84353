"""Discord's messages as values of the domain. Pure: no I/O, no engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import discord
from discord.abc import Snowflake

from bot.domain import Address, ChatMessage, CommandCall, Incoming, Person
from bot.engine.commands import parse_mention

PLATFORM = "discord"
_WRITTEN_BY_PEOPLE = frozenset({discord.MessageType.default, discord.MessageType.reply})
_MENTION = re.compile(r"<(?P<kind>@!|@&|@|#)(?P<id>\d{1,20})>")
_HEBREW = re.compile(r"[\u05d0-\u05ea]")


def is_for_bot(message: discord.Message, bot: Snowflake, *, message_content: bool) -> bool:
    """Tell whether a person says this to the bot.

    They do in a DM, by mentioning the bot or its own role, and by replying to one of its messages; with the message
    content intent also in a thread the bot opened or joined (it joins where it answers) unless they turn to another.
    """
    if message.author.bot or message.webhook_id or message.type not in _WRITTEN_BY_PEOPLE:
        return False
    if _guild_id(message) is None or _is_addressed(message, bot):
        return True
    return message_content and _is_part_of(message.channel, bot) and not _turns_to_another(message)


def is_withheld(message: discord.Message, bot: Snowflake, *, message_content: bool) -> bool:
    """Tell whether Discord kept the text back: without the intent it gives only DMs and messages that mention the bot.

    A reply whose author has switched the ping off, or a mention of the bot's role, arrives empty.
    """
    if message_content or message.content or _guild_id(message) is None:
        return False
    return all(user.id != bot.id for user in message.mentions)


def to_incoming(message: discord.Message, bot: Snowflake) -> Incoming:
    """Read a message for the bot: a command said in words, or a chat message."""
    said = to_chat_message(message, bot)
    command = parse_mention(said.text)
    if command is None:
        return said
    name, arguments = command
    return CommandCall(
        event_id=said.event_id,
        address=said.address,
        person=said.person,
        command=name,
        arguments=arguments,
        direct=said.direct,
        message_id=said.message_id,
    )


def to_chat_message(message: discord.Message, bot: Snowflake) -> ChatMessage:
    """Translate a message; the bot's mention is taken out, the others read as names."""
    guild_id = _guild_id(message)
    return ChatMessage(
        event_id=str(message.id),
        message_id=str(message.id),
        address=to_address(message.channel, guild_id),
        person=to_author(message),
        text=readable_text(message, bot),
        direct=guild_id is None,
        quoted=_quoted(message, bot),
    )


def to_address(channel: object, guild_id: int | None) -> Address:
    """Return the conversation held in a channel; a thread belongs to its parent's."""
    workspace, channel_id = str(guild_id or ""), str(getattr(channel, "id", ""))
    if isinstance(channel, discord.Thread):
        return Address(PLATFORM, workspace, str(channel.parent_id), channel_id)
    return Address(PLATFORM, workspace, channel_id)


def to_author(message: discord.Message) -> Person:
    """Return who wrote a message. Hebrew letters say the language better than the guild's setting."""
    author = message.author
    # In a guild that the bot has left, a member belongs to none.
    is_admin = isinstance(author, discord.Member) and bool(author.guild) and author.guild_permissions.manage_guild
    return Person(str(author.id), author.display_name, is_admin, _locale(message))


def readable_text(message: discord.Message, bot: Snowflake) -> str:
    """Return the text as people read it, without the bot's mention at either end."""
    names = dict(_names(message))
    text = _without_ends(message.content, [f"<@{bot.id}>", f"<@!{bot.id}>", *_own_roles(message, bot)])
    return _MENTION.sub(lambda found: names.get((found["kind"].rstrip("!"), int(found["id"])), found[0]), text).strip()


def _without_ends(text: str, mentions: Sequence[str]) -> str:
    """Return a text without the mentions at its ends, and what sets the words apart from those before them.

    Blanks are stripped and not matched: a search for them would try each one of many again.
    """
    own = "|".join(map(re.escape, mentions))
    if begun := re.match(rf"(?:\s*(?:{own}))+[\s,:]*", text):
        text = text[begun.end() :]
    while (rest := text.rstrip()).endswith(tuple(mentions)):
        text = rest[: rest.rindex("<")]
    return text


def is_hebrew(text: str) -> bool:
    """Whether a text has Hebrew letters: they say the language better than a client's or a guild's setting."""
    return _HEBREW.search(text) is not None


def _quoted(message: discord.Message, bot: Snowflake) -> str:
    """Return what a message replies to, where the conversation does not hold it: others' words, as far as told."""
    replied = message.reference.resolved if message.reference else None
    if not isinstance(replied, discord.Message) or (replied.author.id == bot.id and not _was_published(replied)):
        return ""
    text = readable_text(replied, bot)
    return f"{replied.author.display_name}: {text}" if text else ""


def _was_published(message: discord.Message) -> bool:
    """Whether a button brought it here, out of a private conversation."""
    pressed = message.interaction_metadata
    return pressed is not None and pressed.type is discord.InteractionType.component


def _names(message: discord.Message) -> Iterator[tuple[tuple[str, int], str]]:
    yield from ((("@", user.id), f"@{user.display_name}") for user in message.mentions)
    yield from ((("@&", role.id), f"@{role.name}") for role in message.role_mentions)
    yield from ((("#", channel.id), f"#{channel.name}") for channel in message.channel_mentions)


def _own_roles(message: discord.Message, bot: Snowflake) -> Iterator[str]:
    return (f"<@&{role.id}>" for role in message.role_mentions if _belongs_to(role, bot))


def _belongs_to(role: discord.Role, bot: Snowflake) -> bool:
    return role.tags is not None and role.tags.bot_id == bot.id


def _guild_id(message: discord.Message) -> int | None:
    # A guild that is not in the cache is still no DM.
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)


def _is_addressed(message: discord.Message, bot: Snowflake) -> bool:
    mentioned = any(user.id == bot.id for user in message.mentions)
    return mentioned or any(_belongs_to(role, bot) for role in message.role_mentions) or _replied_to(message) == bot.id


def _replied_to(message: discord.Message) -> int | None:
    replied = message.reference.resolved if message.reference else None
    return replied.author.id if isinstance(replied, discord.Message) else None


def _is_part_of(channel: object, bot: Snowflake) -> bool:
    return isinstance(channel, discord.Thread) and (channel.me is not None or channel.owner_id == bot.id)


def _turns_to_another(message: discord.Message) -> bool:
    return bool(message.mentions or message.role_mentions or message.mention_everyone or message.reference)


def _locale(message: discord.Message) -> str:
    if is_hebrew(message.content):
        return "he"
    return str(message.guild.preferred_locale.value) if message.guild else "en"
