"""Reading Slack's JSON: fields that may be missing, ids, addresses. Knows of no event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from bot.domain import Address

PLATFORM = "slack"
Json: TypeAlias = Mapping[str, object]


class Malformed(ValueError):
    """A payload without what every payload of its kind has; the text names the missing field."""


def inner(values: Json, name: str) -> Json:
    """Return the object of this name, an empty one where there is none."""
    value = values.get(name)
    return value if isinstance(value, Mapping) else {}


def items(values: Json, name: str) -> list[Json]:
    """Return the objects of a list; whatever else it holds is left out."""
    value = values.get(name)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def text(values: Json, name: str) -> str:
    """Return the text of this name, "" where there is none."""
    value = values.get(name)
    return value if isinstance(value, str) else ""


def needed(values: Json, name: str) -> str:
    """Return a text that must not be missing.

    Raises:
        Malformed: it is.
    """
    if value := text(values, name):
        return value
    raise Malformed(name)


def seconds(ts: str) -> float:
    """Return a timestamp as seconds; 0 where it is none."""
    try:
        return float(ts)
    except ValueError:
        return 0.0


def address_of(workspace: str, channel: str, thread: str) -> Address:
    """Return the conversation's address: a DM is one conversation, in whatever thread one writes."""
    return Address(PLATFORM, workspace, channel, "" if is_direct(channel) else thread)


def is_direct(channel: str) -> bool:
    """Whether this is a conversation of two."""
    return channel.startswith("D")
