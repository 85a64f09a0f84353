"""What a place in a text reads of it."""

from __future__ import annotations

from enum import Enum, auto
from typing import NamedTuple, Protocol

from bot.reasoning.marks import TextBefore


class Effect(Enum):
    """What is done about what was read."""

    SHOWN = auto()
    LEFT_OUT = auto()  # it is no part of the answer
    SPOKEN = auto()  # left out: the bot's own label, as in a conversation that is written down
    LISTED = auto()  # shown: a name at the beginning of a line of the answer
    REASONED = auto()  # left out, and it ended reasoning
    UNMASKED = auto()  # it ended reasoning that nobody saw begin
    STARTED = auto()  # the answer begins behind it
    WRAPPED = auto()  # left out; the mark that closes it is as well
    ENDED = auto()  # what follows is no part of the answer


class Read(NamedTuple):
    """What a place read up to `end`, and where one is then. Nothing read and nowhere else: more must come first."""

    end: int
    then: TextPlace
    effect: Effect = Effect.SHOWN


class TextPlace(Protocol):
    """Where in a text one is."""

    def read(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:
        """Read on in `text` from `at`; `before` is what was shown before, `is_end` says that nothing more comes."""
        ...
