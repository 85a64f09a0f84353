"""Replies: the parts a person is shown, and what is kept of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.citable import citable
from bot.domain.completion import MOST_TOKENS, Completion, Delta, disbelieve
from bot.domain.conversation import TurnState
from bot.domain.figures import Figures
from bot.domain.notices import Notice


class Doing(StrEnum):
    """What the bot is doing for a person who waits; also the end of a notice key (`state.<doing>`)."""

    QUEUED = "queued"
    LOADING = "loading"
    HELD_UP = "held_up"
    RETRYING = "retrying"
    THINKING = "thinking"
    READING = "reading"
    WRITING = "writing"
    COMPARING = "comparing"
    LISTENING = "listening"
    PULLING = "pulling"
    IMPORTING = "importing"
    REFRESHING = "refreshing"

    @property
    def stands(self) -> bool:
        """Whether people are to see it where the reply stands, as a message: it goes on for minutes or hours."""
        return self in {Doing.PULLING, Doing.IMPORTING, Doing.REFRESHING}


@dataclass(frozen=True, slots=True)
class State:
    """What the person may be shown while no text is there. Parameters fill the sentence `state.<doing>`."""

    doing: Doing
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """A passage an answer stands on. `url` is "" where it has none; `is_stale`: older than what it was made from."""

    title: str
    url: str
    is_stale: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", citable(self.url))


@dataclass(frozen=True, slots=True)
class Sources:
    """The passages of an answer, in the order of their citation numbers, from 1."""

    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """The end of a turn without an answer, or without all of it: the sentence the person is told."""

    notice: Notice


@dataclass(frozen=True, slots=True)
class Button:
    """What a person may press under an answer: it calls a command of the table with these arguments.

    `asks` names one more argument, which the person is first asked for in words; "" for none.
    """

    label: Notice
    command: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    asks: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The buttons under a finished answer, in order; a later offer takes an earlier one's place.

    `is_told`: the words above them number and name what can be pressed.
    """

    buttons: tuple[Button, ...]
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Attached:
    """A file for whoever reads the reply; it is never written out in its place."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Speaker:
    """The assistant that answers: its name stands above the answer."""

    name: str


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """All text of this answer so far is taken back: it was a model's reasoning, or its host was lost."""


@dataclass(frozen=True, slots=True)
class SpokenWords:
    """What was heard in the question's recordings, in one line: it stands above the answer, and is no part of it."""

    text: str


ReplyPart = (
    State
    | Speaker
    | SpokenWords
    | Delta
    | Withdrawal
    | Sources
    | Notice
    | Offer
    | Attached
    | Figures
    | Completion
    | Failed
)
"""A part of a reply.

A turn's reply ends with a `Completion` or a `Failed`. Whoever shows it asks for the next part only when all of it is
shown: then the turn is closed, and not before.
"""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """How a turn ended, to be kept: the text that reached the person, and the figures of the completion.

    `host` has read the conversation, "" where there is only one.
    `reasoning` is what the model reasoned before it, for the asker alone; it is kept as long as the text.
    """

    state: TurnState
    text: str
    model: str = ""
    prompt_tokens: int = 0
    answer_tokens: int = 0
    error_key: str = ""
    sources: tuple[Source, ...] = ()
    host: str = ""
    reasoning: str = ""

    def __post_init__(self) -> None:
        disbelieve(self, ("prompt_tokens", "answer_tokens"), most=MOST_TOKENS)
