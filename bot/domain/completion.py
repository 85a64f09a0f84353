"""Completions: what a model is asked, and what comes back from its host."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.conversation import Role


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a prompt, as a model reads it; `images` are the files of pictures that it sees with it."""

    role: Role
    content: str
    images: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is known of an installed model. Sizes in bytes, the context window in tokens; None where nobody says.

    `is_unreadable`: the host lists it and does not tell what it is, so it cannot be chosen. `is_remote`: the host
    passes on what it is asked to a machine elsewhere. `hosts` are those it is on, where there are several. `digest`
    stands for its whole content, where the host names one.
    `languages` are the tags of the only languages it understands; empty where nobody says.
    """

    name: str
    size_bytes: int = 0
    family: str = ""
    parameters: str = ""
    context_tokens: int | None = None
    licence: str | None = None
    capabilities: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    is_loaded: bool = False
    is_demonstration: bool = False
    is_unreadable: bool = False
    is_remote: bool = False
    digest: str = ""
    hosts: tuple[str, ...] = ()

    @property
    def can_chat(self) -> bool:
        """Whether the model answers chat messages (an embedding model does not)."""
        return "completion" in self.capabilities

    @property
    def can_see(self) -> bool:
        """Whether the model looks at pictures."""
        return "vision" in self.capabilities

    @property
    def can_think(self) -> bool:
        """Whether the model writes out its reasoning before it answers unless told not to."""
        return "thinking" in self.capabilities


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One completion asked of a model: `prompt` oldest first; both limits in tokens.

    `host` is where a place was taken for it, "" for whichever host has the model.
    """

    model: str
    prompt: tuple[PromptMessage, ...]
    context_tokens: int
    answer_tokens: int
    think: bool | None = None
    host: str = ""


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of an answer's text, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """The model is reasoning; what it reasons is nobody's business and is not carried."""


class FinishReason(StrEnum):
    """Why a completion ended: by itself, at the token limit, or because a person stopped it."""

    STOP = "stop"
    LENGTH = "length"
    STOPPED = "stopped"


# What a column of either database holds.
MOST_TOKENS = 2**31 - 1


MOST_SECONDS = 10**6


def disbelieve(value: object, names: Iterable[str], *, most: int) -> None:
    """Set figures to 0 that are negative, no number, or beyond the most there can be."""
    for name in names:
        if not 0 <= getattr(value, name) <= most:
            object.__setattr__(value, name, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """The end of an answer: tokens counted and seconds measured by the model's host; 0 where it does not say.

    A figure that nobody can have counted or measured says nothing either. `host` wrote it, "" where there is only one.
    """

    reason: FinishReason
    model: str
    prompt_tokens: int = 0
    answer_tokens: int = 0
    load_s: float = 0.0
    answer_s: float = 0.0
    host: str = ""

    def __post_init__(self) -> None:
        disbelieve(self, ("prompt_tokens", "answer_tokens"), most=MOST_TOKENS)
        disbelieve(self, ("load_s", "answer_s"), most=MOST_SECONDS)


ModelEvent = Delta | Thought | Completion
