"""Slack's events become values. Pure: dictionaries in, what happened out; who spoke is looked up elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from adapters.slack.dialect import plain_words
from adapters.slack.payload import Json, address_of, inner, is_direct, items, needed, text
from bot.domain import Address, ChatMessage, CommandCall, Person
from bot.engine.commands import parse_mention

# All other subtypes are changes, joins, bots and whatever else nobody said to us.
SPOKEN_SUBTYPES = frozenset({"", "file_share", "me_message", "thread_broadcast"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person spoke to the bot. `text` is as Slack wrote it; `reply_to` the ts of the thread the answer belongs in.

    `quoted` is what others wrote and the event carries along: messages that were forwarded, and the beginning of the
    thread where the reply is sent to the channel, too.
    """

    event_id: str
    message_id: str
    address: Address
    user: str
    text: str
    reply_to: str
    direct: bool
    quoted: str = ""


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
    if called := parse_mention(words):
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
    return ChatMessage(
        event_id=said.event_id,
        message_id=said.message_id,
        address=said.address,
        person=person,
        text=words,
        direct=said.direct,
        reply_to=_elsewhere(said),
        quoted=plain_words(said.quoted, bot_user=bot_user, names=names),
    )


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
    if is_direct(channel) != (text(event, "type") == "message"):
        return None
    return _said(body, event, bot_user, address_of(workspace, channel, text(event, "thread_ts") or needed(event, "ts")))


def _said(body: Json, event: Json, bot_user: str, address: Address) -> Said:
    ts = needed(event, "ts")
    return Said(
        event_id=needed(body, "event_id"),
        message_id=ts,
        address=address,
        user=needed(event, "user"),
        text=text(event, "text"),
        reply_to=text(event, "thread_ts") or ts,
        direct=is_direct(address.channel),
        quoted="\n\n".join(_carried(event, bot_user)),
    )


def _carried(event: Json, bot_user: str) -> Iterator[str]:
    """Give the texts of other messages in an event. Nothing more is asked for: no history is read for a prompt."""
    root = inner(event, "root")
    if text(root, "text") and not _is_from_bot(root, bot_user):
        yield text(root, "text")
    for attachment in items(event, "attachments"):
        if attachment.get("is_share") is True and text(attachment, "text"):
            yield text(attachment, "text")


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
