"""Messages as Discord may write them and discord.py does not expect them: without a field, or with a null in its place.

Optional fields that are missing get the value that says the same, and nulls where none belong are taken out.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, MutableMapping
from typing import Any

from discord.http import HTTPClient
from discord.webhook.async_ import AsyncWebhookAdapter

_LISTS = ("attachments", "components", "embeds", "mention_roles", "mentions", "reactions", "sticker_items")
_VALUES = {"content": "", "type": 0, "flags": 0, "tts": False, "pinned": False, "mention_everyone": False}
# Null says something of its own here: a message replied to that is deleted, one that was never edited.
_MAY_BE_NULL = ("edited_timestamp", "referenced_message")
# Where messages stand inside other answers and events.
_WITHIN = ("data", "message", "message_snapshots", "messages", "referenced_message", "resolved", "resource")
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
        _end_poll(data)
        for name in _WITHIN:
            inner = data.get(name)
            completed(list(inner.values()) if name == "messages" and isinstance(inner, dict) else inner, depth + 1)
    return data


def _complete(message: MutableMapping[str, Any]) -> None:
    for name in [name for name, value in message.items() if value is None and name not in _MAY_BE_NULL]:
        del message[name]
    for name in _LISTS:
        message.setdefault(name, [])
    for name, value in _VALUES.items():
        message.setdefault(name, value)


def _end_poll(message: MutableMapping[str, Any]) -> None:
    """Let a poll without an end, which it may be, end where its message begins: discord.py reckons with an end."""
    poll = message.get("poll")
    if isinstance(poll, MutableMapping) and not poll.get("expiry"):
        poll["expiry"] = message.get("timestamp")


def complete_answers(http: HTTPClient) -> None:
    """Complete the answers of a client's calls. discord.py makes its client itself, so that it is changed here."""
    request: Callable[..., Coroutine[Any, Any, Any]] = http.request

    async def completing(*where: Any, **call: Any) -> Any:
        return completed(await request(*where, **call))

    http.request = completing  # type: ignore[method-assign]


class CompletingWebhooks(AsyncWebhookAdapter):
    """discord.py's calls by an interaction's token, whose answers are completed."""

    async def request(self, *where: Any, **call: Any) -> Any:
        """See `AsyncWebhookAdapter.request`."""
        return completed(await super().request(*where, **call))
