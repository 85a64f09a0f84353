"""Slack's payloads become values. Pure: dictionaries in, what happened out; who spoke is looked up elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from adapters.slack.markup import plain_words
from bot.domain import Address, ChatMessage, CommandCall, Person
from bot.engine.commands import parse_mention, parse_slash

PLATFORM = "slack"
Json: TypeAlias = Mapping[str, object]
# All other subtypes are changes, joins, bots and whatever else nobody said to us.
SPOKEN_SUBTYPES = frozenset({"", "file_share", "me_message", "thread_broadcast"})


class Malformed(ValueError):
    """A payload without what every payload of its kind has; the text names the missing field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person spoke to the bot. `text` is as Slack wrote it; `reply_to` the ts of the thread the answer belongs in."""

    event_id: str
    message_id: str
    address: Address
    user: str
    text: str
    reply_to: str
    direct: bool


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

    channel: str
    user: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A person pressed our Stop under the answer to a turn; `thread` is "" outside one."""

    turn_id: int
    address: Address
    user: str
    thread: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slashed:
    """A slash command as it was typed: `name` without its slash, `text` what follows it."""

    event_id: str
    address: Address
    user: str
    name: str
    text: str
    direct: bool


Event: TypeAlias = Said | Deleted | NativeStop | MessagesOpened


def parse_event(body: Json, *, bot_user: str) -> Event | None:
    """Read an envelope of the Events API; None for what is not for the bot.

    Raises:
        Malformed: a field that every such event has is missing.
    """
    event = _inner(body, "event")
    match _text(event, "type"):
        case "message" | "app_mention":
            return _message(body, event, bot_user)
        case "agent_session_stopped":
            return _native_stop(body, event)
        case "app_home_opened" if _text(event, "tab") == "messages":
            return MessagesOpened(_needed(event, "channel"), _needed(event, "user"))
    return None


def parse_press(body: Json) -> Pressed:
    """Read a press of our Stop button.

    Raises:
        Malformed: no channel, no person, or no turn in the button.
    """
    actions = body.get("actions")
    action = actions[0] if isinstance(actions, list) and actions and isinstance(actions[0], Mapping) else {}
    value = _text(action, "value")
    if not value.isdecimal():
        raise Malformed("actions.value")
    message = _inner(body, "message")
    channel = _needed(_inner(body, "channel"), "id")
    thread = _text(message, "thread_ts")
    address = _address(_text(_inner(body, "team"), "id"), channel, thread)
    return Pressed(turn_id=int(value), address=address, user=_needed(_inner(body, "user"), "id"), thread=thread)


def parse_slashed(body: Json) -> Slashed:
    """Read a slash command. Slack has none in threads: the channel or the DM is the address.

    Raises:
        Malformed: a field that every such command has is missing.
    """
    channel = _needed(body, "channel_id")
    return Slashed(
        event_id=_needed(body, "trigger_id"),
        address=Address(PLATFORM, _needed(body, "team_id"), channel),
        user=_needed(body, "user_id"),
        name=_needed(body, "command").removeprefix("/"),
        text=_text(body, "text"),
        direct=_is_direct(channel),
    )


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
        )
    return ChatMessage(
        event_id=said.event_id,
        message_id=said.message_id,
        address=said.address,
        person=person,
        text=words,
        direct=said.direct,
        reply_to="" if said.reply_to in (said.message_id, said.address.thread) else said.reply_to,
    )


def to_call(slashed: Slashed, person: Person) -> CommandCall:
    """Make the call of a slash command.

    Raises:
        UserError: it is not typed as the command table says; the sentence says how it is.
    """
    command, arguments = parse_slash(slashed.name, slashed.text)
    return CommandCall(
        event_id=slashed.event_id,
        address=slashed.address,
        person=person,
        command=command,
        arguments=arguments,
        direct=slashed.direct,
    )


def _message(body: Json, event: Json, bot_user: str) -> Said | Deleted | None:
    subtype = _text(event, "subtype")
    if subtype == "message_deleted":
        return _deleted(body, event, _inner(event, "previous_message"), bot_user)
    if subtype == "message_changed":
        # A root with replies is not deleted but replaced by a tombstone. All other edits change nothing for us.
        is_tombstone = _text(_inner(event, "message"), "subtype") == "tombstone"
        return _deleted(body, event, _inner(event, "previous_message"), bot_user) if is_tombstone else None
    if subtype not in SPOKEN_SUBTYPES or _is_from_bot(event, bot_user):
        return None
    channel = _needed(event, "channel")
    # In a channel only a mention is for us, and it comes as app_mention; in a DM everything comes as message.
    if _is_direct(channel) != (_text(event, "type") == "message"):
        return None
    return _said(body, event, channel)


def _said(body: Json, event: Json, channel: str) -> Said:
    ts = _needed(event, "ts")
    thread = _text(event, "thread_ts") or ts
    return Said(
        event_id=_needed(body, "event_id"),
        message_id=ts,
        address=_address(_needed(body, "team_id"), channel, thread),
        user=_needed(event, "user"),
        text=_text(event, "text"),
        reply_to=thread,
        direct=_is_direct(channel),
    )


def _deleted(body: Json, event: Json, previous: Json, bot_user: str) -> Deleted | None:
    ts = _text(event, "deleted_ts") or _text(previous, "ts")
    if not ts or _is_from_bot(previous, bot_user):
        return None
    thread = _text(previous, "thread_ts") or ts
    return Deleted(_address(_needed(body, "team_id"), _needed(event, "channel"), thread), ts)


def _native_stop(body: Json, event: Json) -> NativeStop:
    channel, thread = _needed(event, "channel"), _needed(event, "thread_ts")
    address = _address(_needed(body, "team_id"), channel, thread)
    return NativeStop(address=address, thread=thread, user=_needed(event, "user"))


def _address(workspace: str, channel: str, thread: str) -> Address:
    """Return the conversation's address: a DM is one conversation, in whatever thread one writes."""
    return Address(PLATFORM, workspace, channel, "" if _is_direct(channel) else thread)


def _is_direct(channel: str) -> bool:
    return channel.startswith("D")


def _is_from_bot(message: Json, bot_user: str) -> bool:
    return bool(_text(message, "bot_id")) or _text(message, "user") == bot_user


def _inner(values: Json, name: str) -> Json:
    value = values.get(name)
    return value if isinstance(value, Mapping) else {}


def _text(values: Json, name: str) -> str:
    value = values.get(name)
    return value if isinstance(value, str) else ""


def _needed(values: Json, name: str) -> str:
    if value := _text(values, name):
        return value
    raise Malformed(name)
