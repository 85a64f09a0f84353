"""Events that discord.py cannot read though Discord's documentation allows them: made readable before it sees them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

# What reading a payload raises that is not as Discord's documentation says.
NOT_AS_DOCUMENTED = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)

# A reply and a forwarded message carry others, which carry no more of them.
_MOST_DEPTH = 3


class Unread(Exception):
    """An event cannot be read; the text names the kind of error, and nothing of the event."""


def reading(read: Callable[P, T]) -> Callable[P, T]:
    """Make what reads an event raise `Unread` where the event is not as documented."""

    @wraps(read)
    def tolerant(*arguments: P.args, **named: P.kwargs) -> T:
        try:
            return read(*arguments, **named)
        except NOT_AS_DOCUMENTED as error:
            raise Unread(type(error).__name__) from error

    return tolerant


def mended(data: Any, depth: int = 0) -> Any:
    """Return a message's event as discord.py reads it: a poll without an end ends where the message begins."""
    if not isinstance(data, dict) or depth == _MOST_DEPTH:
        return data
    changed = dict(data)
    if isinstance(poll := data.get("poll"), Mapping) and poll.get("expiry") is None:
        changed["poll"] = {**poll, "expiry": data.get("timestamp")}
    if replied := data.get("referenced_message"):
        changed["referenced_message"] = mended(replied, depth + 1)
    if isinstance(forwarded := data.get("message_snapshots"), list):
        changed["message_snapshots"] = [_snapshot(each, depth) for each in forwarded]
    return changed


def _snapshot(data: Any, depth: int) -> Any:
    return {**data, "message": mended(data.get("message"), depth + 1)} if isinstance(data, dict) else data
