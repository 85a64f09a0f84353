"""What Discord may write and discord.py does not expect: fields left out, or nulls in their place.

Optional fields that are missing get the value that says the same, and nulls where none belong are taken out.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Coroutine, MutableMapping
from typing import Any

from discord.http import HTTPClient
from discord.webhook.async_ import AsyncWebhookAdapter

from adapters.oddities import ODD_ERRORS

_LISTS = ("attachments", "components", "embeds", "mention_roles", "mentions", "reactions", "sticker_items")
_VALUES = {"content": "", "type": 0, "flags": 0, "tts": False, "pinned": False, "mention_everyone": False}
# Null says something of its own here: a message replied to that is deleted, one that was never edited.
_MAY_BE_NULL = ("edited_timestamp", "referenced_message")
# Where messages stand inside other answers and events.
_WITHIN = ("data", "message", "message_snapshots", "messages", "referenced_message", "resolved", "resource")
# What a message brings along beside its words.
_PARTS = ("activity", "application", "attachments", "call", "components", "embeds", "interaction",
          "interaction_metadata", "member", "mention_channels", "mention_roles", "message_reference",
          "message_snapshots", "poll",
          "purchase_notification", "reactions", "referenced_message", "role_subscription_data", "sticker_items",
          "thread")  # fmt: skip
LEAST_ATTACHMENT_BYTES = 10 * 1024 * 1024
# A reply and a forwarded message carry others, which carry no more of them.
_MOST_DEPTH = 6


def completed(data: Any, depth: int = 0) -> Any:
    """Complete what Discord wrote, in place: a message, a list of them, or what holds some."""
    if depth == _MOST_DEPTH:
        return data
    if isinstance(data, list):
        for each in data:
            completed(each, depth + 1)
    elif isinstance(data, MutableMapping):
        # An event about a message that holds only what has changed has no author.
        if "channel_id" in data and "author" in data:
            _complete(data)
        _complete_interaction(data)
        _complete_snapshots(data)
        _end_poll(data)
        for name in _WITHIN:
            inner = data.get(name)
            completed(list(inner.values()) if name == "messages" and isinstance(inner, dict) else inner, depth + 1)
    return data


def _complete_interaction(data: MutableMapping[str, Any]) -> None:
    """Complete an interaction: fields that discord.py asks for, and that came with years."""
    if "application_id" in data and "token" in data:
        data.setdefault("version", 1)
        data.setdefault("attachment_size_limit", LEAST_ATTACHMENT_BYTES)
        if "channel" not in data and "channel_id" in data:
            data["channel"] = {"id": data["channel_id"]}


def _complete(message: MutableMapping[str, Any]) -> None:
    for name in [name for name, value in message.items() if value is None and name not in _MAY_BE_NULL]:
        del message[name]
    for name in _LISTS:
        message.setdefault(name, [])
    for name, value in _VALUES.items():
        message.setdefault(name, value)


def _complete_snapshots(message: MutableMapping[str, Any]) -> None:
    """Complete what is forwarded: it has no author, and of its other fields those that Discord thinks of."""
    snapshots = message.get("message_snapshots")
    for snapshot in snapshots if isinstance(snapshots, list) else ():
        carried = snapshot.get("message") if isinstance(snapshot, MutableMapping) else None
        if isinstance(carried, MutableMapping):
            _complete(carried)
            carried.setdefault("edited_timestamp", None)


def without_odd_parts(parse: Callable[[Any], None], message: Any) -> bool:
    """Read a message without the part of it that cannot be read, or without all of them; return whether that helped."""
    if not isinstance(message, MutableMapping):
        return False
    parts = [part for part in _PARTS if part in message]
    for left_out in (*([part] for part in parts), parts):
        try:
            parse(completed({name: value for name, value in message.items() if name not in left_out}))
        except ODD_ERRORS:
            continue
        return True
    return False


def _end_poll(message: MutableMapping[str, Any]) -> None:
    """Let a poll without an end, which it may be, end where its message begins: discord.py reckons with an end."""
    poll = message.get("poll")
    if isinstance(poll, MutableMapping) and not poll.get("expiry"):
        poll["expiry"] = message.get("timestamp")


def understood(answer: Any) -> Any:
    """Return an answer as JSON, where discord.py left it as text; Discord itself answers nothing else, or nothing.

    Raises:
        ValueError: it is a page of what stands in between, whatever its status says.
    """
    return json.loads(answer) if isinstance(answer, str) and answer else answer


def complete_answers(http: HTTPClient) -> None:
    """Complete the answers of a client's calls. discord.py makes its client itself, so that it is changed here."""
    request: Callable[..., Coroutine[Any, Any, Any]] = http.request

    async def completing(*where: Any, **call: Any) -> Any:
        try:
            return completed(understood(await request(*where, **call)))
        except asyncio.CancelledError:
            # Who meets a limit on all calls holds the others back until it has waited, and now it never will.
            http._global_over.set()  # noqa: SLF001 - discord.py has no way to say so
            raise

    http.request = completing  # type: ignore[method-assign]


class CompletingWebhooks(AsyncWebhookAdapter):
    """discord.py's calls by an interaction's token, whose answers are completed."""

    async def request(self, *where: Any, **call: Any) -> Any:
        """See `AsyncWebhookAdapter.request`."""
        return completed(understood(await super().request(*where, **call)))
