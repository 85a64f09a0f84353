"""Slack's events become values. Pure: dictionaries in, what happened out; who spoke is looked up elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from adapters.hearing import Made, Place, calls_late, command_in, hint_for, is_fetched
from adapters.offered_files import OfferedFile, shown_name
from adapters.slack.dialect import as_read, plain_words
from adapters.slack.payload import Json, address_of, inner, is_direct, needed, seconds, text
from adapters.slack.shared import carried, is_voice, offered, own_words
from bot.domain import OWN_WORDS, Address, ChatMessage, CommandCall, Person, QuotedMessage

# All other subtypes are changes, joins, bots and whatever else nobody said to us.
SPOKEN_SUBTYPES = frozenset({"", "file_share", "me_message", "thread_broadcast"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person spoke to the bot. `text` is as Slack wrote it; `reply_to` the ts of the thread the answer belongs in.

    `quotes` are what others wrote and the event carries along, as Slack wrote it: messages that were forwarded, and the
    beginning of the thread where the reply is sent to the channel, too. `files` are those that come with any of it.
    """

    event_id: str
    message_id: str
    address: Address
    user: str
    text: str
    reply_to: str
    direct: bool
    quotes: tuple[QuotedMessage, ...] = ()
    files: tuple[OfferedFile, ...] = ()
    is_voice: bool = False


@dataclass(frozen=True, slots=True)
class Deleted:
    """A person deleted a message."""

    address: Address
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeStop:
    """A person pressed Slack's own Stop, which belongs to a thread; Slack has ended the stream there by itself."""

    address: Address
    thread: str
    user: str


@dataclass(frozen=True, slots=True)
class MessagesOpened:
    """A person opened the DM with the bot."""

    address: Address
    user: str


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """A person opened the app's Home tab, beside the DM with the bot."""

    address: Address
    user: str


Event: TypeAlias = Said | Deleted | NativeStop | MessagesOpened | HomeOpened


def parse_event(body: Json, *, bot_user: str, workspace: str) -> Event | None:
    """Read an envelope of the Events API; None for what is not for the bot. `workspace` is whose place it tells of.

    Raises:
        Malformed: a field that every such event has is missing.
    """
    event = inner(body, "event")
    match text(event, "type"):
        case "message" | "app_mention":
            return _message(body, event, bot_user, workspace)
        case "agent_session_stopped":
            return _native_stop(event, workspace)
        case "app_home_opened" if text(event, "tab") == "messages":
            return MessagesOpened(address_of(workspace, needed(event, "channel"), ""), needed(event, "user"))
        case "app_home_opened" if text(event, "tab") == "home":
            address = address_of(workspace, needed(event, "channel"), "")
            return HomeOpened(address, needed(event, "user"))
    return None


def to_incoming(said: Said, person: Person, *, bot_user: str, names: Mapping[str, str]) -> ChatMessage | CommandCall:
    """Make what the engine reads of it: a command where the words are one ("model use llama3.2"), else a message."""
    words = plain_words(said.text, bot_user=bot_user, names=names)
    if called := command_in(words):
        command, arguments = called
        return CommandCall(
            event_id=said.event_id,
            address=said.address,
            person=person,
            command=command,
            arguments=arguments,
            direct=said.direct,
            message_id=said.message_id,
            reply_to=_elsewhere(said),
        )
    quotes = readable(said.quotes, names=names, own=(bot_user,))
    made = _made(said, quotes)
    hint = "" if words else hint_for(made)
    return ChatMessage(
        event_id=said.event_id,
        message_id=said.message_id,
        address=said.address,
        person=person,
        text=words,
        direct=said.direct,
        reply_to=_elsewhere(said),
        quotes=() if hint and not is_fetched(made) else quotes,
        unseen=tuple(shown_name(file.name) for file in said.files) if hint and not is_fetched(made) else (),
        hint=hint,
    )


def _made(said: Said, quotes: Iterable[QuotedMessage]) -> Made:
    """Return what a message without words is made of."""
    if said.is_voice:
        return Made.VOICE
    if any(quote.text for quote in quotes):
        return Made.QUOTES
    if said.files:
        return Made.TEXT_FILE if all(file.is_read for file in said.files) else Made.FILE
    return Made.NOTHING


def _elsewhere(said: Said) -> str:
    """Return the thread the answer belongs in, where that is neither the message's own nor the conversation."""
    return "" if said.reply_to in (said.message_id, said.address.thread) else said.reply_to


def _message(body: Json, event: Json, bot_user: str, workspace: str) -> Said | Deleted | None:
    subtype = text(event, "subtype")
    if subtype == "message_deleted":
        return _deleted(event, bot_user, workspace)
    if subtype == "message_changed":
        # A root with replies is not deleted but replaced by a tombstone. All other edits change nothing for us.
        is_tombstone = text(inner(event, "message"), "subtype") == "tombstone"
        return _deleted(event, bot_user, workspace) if is_tombstone else None
    if subtype not in SPOKEN_SUBTYPES or _is_from_bot(event, bot_user):
        return None
    channel = needed(event, "channel")
    # In a channel only a mention is for us, and it comes as app_mention; in a DM everything comes as message.
    if is_direct(channel) != (text(event, "type") == "message") or _is_late(event, channel):
        return None
    return _said(body, event, bot_user, address_of(workspace, channel, text(event, "thread_ts") or needed(event, "ts")))


def _is_late(event: Json, channel: str) -> bool:
    """Whether this is an edit that calls the bot too long after the message."""
    edited, place = text(inner(event, "edited"), "ts"), Place.DIRECT if is_direct(channel) else Place.CHANNEL
    if not edited:
        return False
    return not calls_late(is_addressed=True, place=place, after_s=seconds(edited) - seconds(needed(event, "ts")))


def _said(body: Json, event: Json, bot_user: str, address: Address) -> Said:
    ts = needed(event, "ts")
    return Said(
        event_id=text(body, "event_id") or f"{address.channel}:{ts}",
        message_id=ts,
        address=address,
        user=needed(event, "user"),
        text=own_words(event),
        reply_to=text(event, "thread_ts") or ts,
        direct=is_direct(address.channel),
        quotes=tuple(quote for quote in carried(event) if quote.author_id != bot_user),
        files=tuple(offered(event)),
        is_voice=is_voice(event),
    )


def readable(
    quotes: Iterable[QuotedMessage], *, names: Mapping[str, str], own: Collection[str]
) -> tuple[QuotedMessage, ...]:
    """Return quotes as people read them, with the names of their authors as far as they are known.

    `own` are the bot's ids: what it wrote is known as its own.
    """
    return tuple(
        replace(
            quote,
            text=as_read(quote.text, names=names),
            author=names.get(quote.author_id, quote.author),
            author_id=OWN_WORDS if quote.author_id in own else quote.author_id,
        )
        for quote in quotes
    )


def _deleted(event: Json, bot_user: str, workspace: str) -> Deleted | None:
    previous = inner(event, "previous_message")
    ts = text(event, "deleted_ts") or text(previous, "ts")
    if not ts or _is_from_bot(previous, bot_user):
        return None
    thread = text(previous, "thread_ts") or ts
    return Deleted(address_of(workspace, needed(event, "channel"), thread), ts)


def _native_stop(event: Json, workspace: str) -> NativeStop:
    channel, thread = needed(event, "channel"), needed(event, "thread_ts")
    address = address_of(workspace, channel, thread)
    return NativeStop(address=address, thread=thread, user=needed(event, "user"))


def _is_from_bot(message: Json, bot_user: str) -> bool:
    return bool(text(message, "bot_id")) or text(message, "user") == bot_user
