"""Completions: what a model is asked, and what comes back from its host."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.conversation import Role
from bot.domain.probes import ProbeResult

_PARAMETERS = re.compile(r"(\d+(?:\.\d+)?)\s*([KMBT])", re.IGNORECASE)
_IN_BILLIONS = {"K": 1e-6, "M": 1e-3, "B": 1.0, "T": 1e3}
_BY_LEVEL, _SEPARATORS = re.compile(r"(.*/)?gptoss"), re.compile(r"[-_. ]")


class Think(StrEnum):
    """How much a model is asked to reason before it answers. Some take levels, most only yes or no."""

    OFF = "off"
    ON = "on"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class PromptMessage:
    """One message of a prompt, as a model reads it.

    `images` are the files that it sees, or hears, with it: pictures, and recordings as WAV files.
    """

    role: Role
    content: str
    images: tuple[bytes, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What is known of an installed model. Sizes in bytes, the context window in tokens; None where nobody says.

    `is_unreadable`: the host lists it and does not tell what it is, so it cannot be chosen. `is_remote`: the host
    passes on what it is asked to a machine elsewhere; `is_barred`: and nobody allowed that, so it answers nobody.
    `tells_thinking`: its host says of its models whether they can think. `hosts` are those it is on, where there are
    several. `digest` stands for its whole content, where the host names one.
    `languages` are the tags of the only languages it understands; empty where nobody says. `server` is the version of
    what runs it, "" where it is not told. `probe` is what it was measured to make of lessons, None before that.
    `token_bytes` is the memory that a token of its context takes on its host; 0 where nobody says.
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
    token_bytes: int = 0
    digest: str = ""
    hosts: tuple[str, ...] = ()
    is_barred: bool = False
    tells_thinking: bool = True
    server: str = ""
    probe: ProbeResult | None = None

    @property
    def billions(self) -> float:
        """How many parameters it has, in billions, as it says of itself; 0 where it does not."""
        size = _PARAMETERS.search(self.parameters)
        return float(size[1]) * _IN_BILLIONS[size[2].upper()] if size else 0.0

    @property
    def can_chat(self) -> bool:
        """Whether the model answers chat messages (an embedding model does not, nor one that nobody may ask)."""
        return "completion" in self.capabilities and not self.is_barred

    @property
    def can_see(self) -> bool:
        """Whether the model looks at pictures."""
        return "vision" in self.capabilities

    @property
    def can_hear(self) -> bool:
        """Whether the model listens to recordings, and anybody may ask it to."""
        return "audio" in self.capabilities and not self.is_barred

    @property
    def can_think(self) -> bool:
        """Whether the model writes out its reasoning before it answers unless told not to."""
        return "thinking" in self.capabilities

    @property
    def thinks_by_level(self) -> bool:
        """Whether it always thinks, and only how much can be said: `gpt-oss` is made so."""
        return any(_BY_LEVEL.match(_SEPARATORS.sub("", each.lower())) for each in (self.family, self.name))


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRequest:
    """One completion asked of a model: `prompt` oldest first; both limits in tokens.

    `host` is where a place was taken for it, "" for whichever host has the model. `temperature` is how freely it words
    its answer, None for as it does by itself.
    """

    model: str
    prompt: tuple[PromptMessage, ...]
    context_tokens: int
    answer_tokens: int
    think: Think | None = None
    host: str = ""
    temperature: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechRequest:
    """A piece of a recording, a WAV file of at most half a minute, to be written down by a model that hears.

    The limits and `host` are those of `ChatRequest`.
    """

    model: str
    sound: bytes = field(repr=False)
    context_tokens: int
    answer_tokens: int
    host: str = ""


@dataclass(frozen=True, slots=True)
class Delta:
    """The next piece of an answer's text, never empty."""

    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    """The model is reasoning: the next piece of it, "" where its host does not tell. It is no part of the answer."""

    text: str = ""


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

    `worked_s` is all that it was at it, loading and reading included. A figure that nobody can have counted or measured
    says nothing either. `host` wrote it, "" where there is only one.
    `window_tokens` is what the host holds of a conversation where that is not what it was asked to hold. `is_remote`: a
    machine elsewhere made the answer.
    `is_whole`: its host is known to refuse a prompt that is too long, so that all of this one was read.
    `is_part_counted`: it is known to count of a prompt only what it did not hold from an earlier one.
    """

    reason: FinishReason
    model: str
    prompt_tokens: int = 0
    answer_tokens: int = 0
    load_s: float = 0.0
    answer_s: float = 0.0
    worked_s: float = 0.0
    host: str = ""
    window_tokens: int = 0
    is_remote: bool = False
    is_whole: bool = False
    is_part_counted: bool = False

    def __post_init__(self) -> None:
        disbelieve(self, ("prompt_tokens", "answer_tokens", "window_tokens"), most=MOST_TOKENS)
        disbelieve(self, ("load_s", "answer_s", "worked_s"), most=MOST_SECONDS)


ModelEvent = Delta | Thought | Completion


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a model wrote down, "" where it heard no words. `is_remote`: a machine elsewhere did.

    `completion` is what its host counted and measured, None where it does not say.
    """

    text: str
    is_remote: bool = False
    completion: Completion | None = field(default=None, compare=False)
