"""The idempotency key of a post: a value. Written, it is what the store, Discord's nonces and Slack's metadata hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from bot.domain import IN_LINE


@dataclass(frozen=True, slots=True)
class PostKey:
    """Which message of which reply: `reply` names the turn or the event that is answered, the same on every attempt.

    `index` counts the reply's messages from 0; None is the message that tells a place in line, and is no answer.
    """

    reply: str
    index: int | None = None

    @property
    def written(self) -> str:
        """The key as it is kept. It never changes: messages of processes that ended are known by it."""
        return f"{self.reply}:{IN_LINE if self.index is None else self.index}"

    @classmethod
    def read(cls, written: str) -> Self | None:
        """Read what `written` says; None where it is no key of a reply's message."""
        reply, _, place = written.rpartition(":")
        if reply and place == IN_LINE:
            return cls(reply)
        return cls(reply, int(place)) if reply and place.isascii() and place.isdecimal() else None


def begins_reply(written: str) -> bool:
    """Whether a written key is that of a reply's first message, or of one that takes its place."""
    place = written.rpartition(":")[2]
    return place.partition(" ")[0] == "0"


def is_again(written: str) -> bool:
    """Whether a written key is that of a message that takes the place of one that was given up."""
    return " again " in written.rpartition(":")[2]


def turn_key(turn_id: int) -> str:
    """Return what names a turn's reply in the keys of its messages."""
    return f"turn-{turn_id}"


def is_in_line(written: str) -> bool:
    """Whether a written key is that of a message that tells a place in line."""
    key = PostKey.read(written)
    return key is not None and key.index is None
