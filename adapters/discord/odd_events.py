"""Events that are not as discord.py takes them: mended where the documentation allows them, left out where it does not.

In discord.py an event it cannot read ends the whole connection, and with it every answer under way.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import structlog

# What reading a payload raises: a field is missing, of another type, or a number too large.
NOT_AS_DOCUMENTED = (KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)
_HANDSHAKE = ("READY", "RESUMED")
_WITH_MESSAGES = ("MESSAGE_CREATE", "MESSAGE_UPDATE", "INTERACTION_CREATE")
# A poll may have no end; discord.py counts with one.
_NEVER = "9999-12-31T00:00:00+00:00"
_DEEPEST = 12
log = structlog.get_logger(__name__)


def tolerate(parsers: dict[str, Callable[[Any], None]]) -> None:
    """Let no odd event end the connection."""
    for name in parsers.keys() - _HANDSHAKE:
        parsers[name] = _tolerant(name, parsers[name])


def mended(payload: Any, *, depth: int = 0) -> Any:
    """Return a payload in which every poll has an end."""
    if isinstance(payload, list):
        return [mended(each, depth=depth + 1) for each in payload] if depth < _DEEPEST else payload
    if not isinstance(payload, dict) or depth >= _DEEPEST:
        return payload
    read = {name: mended(value, depth=depth + 1) for name, value in payload.items()}
    poll = read.get("poll")
    if isinstance(poll, dict) and not poll.get("expiry"):
        read["poll"] = {**poll, "expiry": _NEVER}
    return read


@contextmanager
def reading(name: str) -> Iterator[None]:
    """Leave out what is odd in an event that is read here: the log says what and where, without a word of it."""
    try:
        yield
    except NOT_AS_DOCUMENTED as error:
        at = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-2:]]
        log.warning("discord.event_not_understood", dispatch=name, error=type(error).__name__, at=" ".join(at))


def _tolerant(name: str, parse: Callable[[Any], None]) -> Callable[[Any], None]:
    def parsed(data: Any) -> None:
        with reading(name):
            parse(mended(data) if name in _WITH_MESSAGES else data)

    return parsed
