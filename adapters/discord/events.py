"""Discord's messages as values of the domain. Pure: no I/O, no engine."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import discord
from discord.abc import Snowflake

from adapters.discord.shown_words import shown_words
from adapters.hearing import Heard, Made, Place, calls_late, command_in, hint_for, is_fetched, said_to
from adapters.oddities import reading
from adapters.offered_files import OfferedFile, shown_name
from bot.domain import OWN_WORDS, REPLIED, Address, ChatMessage, CommandCall, Incoming, Person, QuotedMessage

PLATFORM = "discord"
_WRITTEN_BY_PEOPLE = frozenset({discord.MessageType.default, discord.MessageType.reply})
_MENTION = re.compile(r"<(?P<kind>@!|@&|@|#)(?P<id>\d{1,20})>")
_HEBREW = re.compile(r"[\u05d0-\u05ea]")


@reading
def to_heard(message: discord.Message, bot: Snowflake) -> Heard | None:
    """Say of a message what decides whether the bot answers it; None for what no person wrote."""
    if message.author.bot or message.webhook_id or message.type not in _WRITTEN_BY_PEOPLE:
        return None
    return Heard(
        place=_place(message, bot),
        made=_made(message, bot),
        is_addressed=_is_addressed(message, bot),
        turns_away=_turns_to_another(message),
    )


def calls_by_edit(message: discord.Message, bot: Snowflake) -> bool:
    """Tell whether the edit of a message calls the bot. Discord tells of more changes, such as a link's preview."""
    heard = to_heard(message, bot)
    if heard is None or message.edited_at is None:
        return False
    after = message.edited_at - message.created_at
    return calls_late(is_addressed=heard.is_addressed, place=heard.place, after_s=after.total_seconds())


@reading
def is_withheld(message: discord.Message, bot: Snowflake, *, message_content: bool) -> bool:
    """Tell whether Discord kept the text back: without the intent it gives only DMs and messages that mention the bot.

    A reply whose author has switched the ping off, or a mention of the bot's role, arrives empty.
    """
    if message_content or message.content or _guild_id(message) is None:
        return False
    return all(user.id != bot.id for user in message.mentions)


@reading
def to_incoming(message: discord.Message, bot: Snowflake) -> Incoming:
    """Read a message for the bot: a command said in words, or a chat message."""
    said = to_chat_message(message, bot)
    command = command_in(said.text)
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


@reading
def to_chat_message(message: discord.Message, bot: Snowflake) -> ChatMessage:
    """Translate a message; the bot's mention is taken out, the others read as names."""
    guild_id, text, quotes = _guild_id(message), readable_text(message, bot), tuple(_quotes(message, bot))
    made = _made(message, bot)
    hint = "" if text else hint_for(made)
    return ChatMessage(
        event_id=str(message.id),
        message_id=str(message.id),
        address=to_address(message.channel, guild_id),
        person=to_author(message),
        text=text,
        direct=guild_id is None,
        quotes=() if hint and not is_fetched(made) else quotes,
        unseen=_unseen(message, bot) if hint and not is_fetched(made) else _kept_back(message, bot),
        hint=hint,
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
    """Return what is said to the bot as people read it: its mention is left out at the ends, the others are names."""
    own = "|".join(map(re.escape, [f"<@{bot.id}>", f"<@!{bot.id}>", *_own_roles(message, bot)]))
    return _named(said_to(message.content or "", re.compile(own)), message)


def written_text(message: discord.Message) -> str:
    """Return what is written in a message as people read it: its words, a poll's, and those of one it forwards."""
    poll = [message.poll.question, *(answer.text for answer in message.poll.answers)] if message.poll else []
    own = [_named(shown_words(message), message), *(f"- {line}" if index else line for index, line in enumerate(poll))]
    return "\n".join(filter(None, [*own, *_forwarded(message)])).strip()


def offered(message: discord.Message, bot: Snowflake) -> Iterator[OfferedFile]:
    """Give the files that come with a message, with one that it forwards, and with another's that it replies to."""
    replied = _replied(message)
    yield from _files_of(message)
    for snapshot in message.message_snapshots:
        yield from _files_of(snapshot, is_others=True)
    if replied and replied.author.id != bot.id:
        is_others = replied.author.id != message.author.id
        of_author = {"author": replied.author.display_name, "author_id": str(replied.author.id)}
        yield from _files_of(replied, is_others=is_others, **of_author)
        for snapshot in replied.message_snapshots:
            yield from _files_of(snapshot, is_others=True)


def _files_of(
    message: discord.Message | discord.MessageSnapshot,
    *,
    is_others: bool = False,
    author: str = "",
    author_id: str = "",
) -> Iterator[OfferedFile]:
    for file in message.attachments:
        kind = file.content_type or ""
        seconds = file.duration if isinstance(file.duration, int | float) else 0.0
        yield OfferedFile(file.filename, file.url, file.size, kind, is_others, author, author_id, seconds)


def _named(text: str, message: discord.Message) -> str:
    names = dict(_names(message))
    return _MENTION.sub(lambda found: names.get((found["kind"].rstrip("!"), int(found["id"])), found[0]), text).strip()


def _forwarded(message: discord.Message) -> list[str]:
    """Return the texts of the messages that one forwards; Discord does not say who wrote them."""
    shown = (shown_words(snapshot) for snapshot in message.message_snapshots)
    return [_named(words, message) for words in shown if words]


def is_hebrew(text: str) -> bool:
    """Whether a text has Hebrew letters: they say the language better than a client's or a guild's setting."""
    return _HEBREW.search(text) is not None


def _quotes(message: discord.Message, bot: Snowflake) -> Iterator[QuotedMessage]:
    """Give what a message forwards or replies to, where the conversation does not hold it, as far as told."""
    for text in _forwarded(message):
        yield QuotedMessage(text)
    replied = _replied(message)
    if replied and (replied.author.id != bot.id or _was_published(replied)):
        author_id = OWN_WORDS if replied.author.id == bot.id else str(replied.author.id)
        yield QuotedMessage(written_text(replied), replied.author.display_name, author_id)


def _replied(message: discord.Message) -> discord.Message | None:
    """Return the message one replies to, where Discord tells it; what is forwarded is no reply."""
    replied = message.reference.resolved if message.reference else None
    return replied if isinstance(replied, discord.Message) else None


def _unseen(message: discord.Message, bot: Snowflake) -> tuple[str, ...]:
    return tuple(shown_name(file.name) for file in offered(message, bot))


def _kept_back(message: discord.Message, bot: Snowflake) -> tuple[str, ...]:
    """Say so where Discord keeps back what a message replies to, as it does without the message content intent."""
    replied = _replied(message)
    if replied is None or replied.author.id == bot.id or replied.type not in _WRITTEN_BY_PEOPLE:
        return ()
    company = (replied.attachments, replied.embeds, replied.stickers, replied.message_snapshots, replied.components)
    return () if replied.content or replied.poll or any(company) else (REPLIED,)


def _was_published(message: discord.Message) -> bool:
    """Whether a button brought it here, out of a private conversation."""
    pressed = message.interaction_metadata
    return pressed is not None and pressed.type is discord.InteractionType.component


def _names(message: discord.Message) -> Iterator[tuple[tuple[str, int], str]]:
    yield from ((("@", user.id), f"@{user.display_name}") for user in message.mentions)
    yield from ((("@&", role.id), f"@{role.name}") for role in _roles(message))
    yield from ((("#", channel.id), f"#{channel.name}") for channel in message.channel_mentions)


def _roles(message: discord.Message) -> Sequence[discord.Role]:
    """Return the roles a message mentions: discord.py has none of a guild that it does not know."""
    return getattr(message, "role_mentions", ())


def _own_roles(message: discord.Message, bot: Snowflake) -> Iterator[str]:
    return (f"<@&{role.id}>" for role in _roles(message) if _belongs_to(role, bot))


def _belongs_to(role: discord.Role, bot: Snowflake) -> bool:
    return role.tags is not None and role.tags.bot_id == bot.id


def _guild_id(message: discord.Message) -> int | None:
    # A guild that is not in the cache is still no DM.
    return message.guild.id if message.guild else getattr(message.channel, "guild_id", None)


def _is_addressed(message: discord.Message, bot: Snowflake) -> bool:
    mentioned = any(user.id == bot.id for user in message.mentions)
    return mentioned or any(_belongs_to(role, bot) for role in _roles(message)) or _replied_to(message) == bot.id


def _replied_to(message: discord.Message) -> int | None:
    replied = _replied(message)
    return replied.author.id if replied else None


def _place(message: discord.Message, bot: Snowflake) -> Place:
    if _guild_id(message) is None:
        return Place.DIRECT
    if not isinstance(message.channel, discord.Thread):
        return Place.CHANNEL
    return Place.OWN_THREAD if message.channel.owner_id == bot.id else Place.OTHER_THREAD


def _made(message: discord.Message, bot: Snowflake) -> Made:
    """Return what a message is made of, in the order of what people mean by it."""
    if readable_text(message, bot):
        return Made.WORDS
    if message.flags.voice:
        return Made.VOICE
    if not message.attachments and any(quote.text for quote in _quotes(message, bot)):
        return Made.QUOTES
    if files := list(offered(message, bot)):
        return Made.TEXT_FILE if all(file.is_read for file in files) else Made.FILE
    return _made_of_no_words(message, bot)


def _made_of_no_words(message: discord.Message, bot: Snowflake) -> Made:
    if message.stickers:
        return Made.STICKER
    if _kept_back(message, bot):
        return Made.WITHHELD
    return Made.POLL if message.poll else Made.NOTHING


def _turns_to_another(message: discord.Message) -> bool:
    replied = _replied(message)
    is_forward = message.reference is not None and message.reference.type is discord.MessageReferenceType.forward
    is_own = replied is not None and replied.author.id == message.author.id
    is_reply = message.reference is not None and not is_forward and not is_own
    others = [user for user in message.mentions if user.id != message.author.id]
    return bool(others or _roles(message) or message.mention_everyone or is_reply)


def _locale(message: discord.Message) -> str:
    if is_hebrew(message.content or ""):
        return "he"
    return str(message.guild.preferred_locale.value) if message.guild else "en"
