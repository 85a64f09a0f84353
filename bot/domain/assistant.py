"""Assistants: named personas a person, a channel or a workspace has, and which of them answers where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain.choices import Level
from bot.domain.defaults import ASSISTANTS_PERSON, ASSISTANTS_PLACE

ALL_LESSONS, NO_LESSONS = "all", "none"
HOMES = (Level.ME, Level.CHANNEL, Level.WORKSPACE)
"""Whose an assistant may be: a person's, a channel's, a workspace's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """What people say of an assistant when they make it.

    `key` is its name as names are told apart. `model` is "" where it has none of its own. `lessons` are the courses, or
    lessons, that its lesson questions are answered from, a line each, `ALL_LESSONS` or `NO_LESSONS`.
    """

    name: str
    key: str
    prompt: str
    model: str = ""
    lessons: str = ALL_LESSONS
    greeting: str = ""

    @property
    def asks_lessons(self) -> bool:
        """Whether it answers from any lessons."""
        return self.lessons != NO_LESSONS

    @property
    def within(self) -> tuple[str, ...]:
        """The courses or lessons it answers from; empty where that is all of them, or none."""
        return () if self.lessons in {ALL_LESSONS, NO_LESSONS} else tuple(self.lessons.split("\n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """A stored assistant: its home, and who made it there, "" for nobody any more.

    `version` grows with every change. `source` is the id of the assistant of a person that it is a copy of, 0 for none.
    """

    id: int
    home: Level
    persona: Persona
    author_id: str = ""
    version: int = 1
    source: int = 0

    @property
    def name(self) -> str:
        """What it is called."""
        return self.persona.name


@dataclass(frozen=True, slots=True, kw_only=True)
class AssistantInUse:
    """Which assistant was chosen at a level, and by whom. `assistant` is None where it is not there any more.

    `told_in` is the turn that told people so, 0 where none has.
    """

    id: int
    level: Level
    name: str
    chosen_by: str
    assistant: Assistant | None = None
    told_in: int = 0


@dataclass(frozen=True, slots=True)
class AssistantTraces:
    """Where an assistant is used, by level, and how many copies of it channels and workspaces have."""

    uses: Mapping[Level, int] = field(default_factory=dict)
    copies: int = 0


@dataclass(frozen=True, slots=True)
class AssistantLimits:
    """How many assistants a person, and how many a channel or a workspace, may have."""

    person: int = ASSISTANTS_PERSON
    place: int = ASSISTANTS_PLACE

    def of(self, home: Level) -> int:
        """Return how many a home may have."""
        return self.person if home is Level.ME else self.place


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAssistant:
    """An assistant's name, and to whom it may be named: `owner_id` "" to everybody in its place."""

    name: str
    home: Level
    platform: str
    workspace: str = ""
    channel: str = ""
    owner_id: str = ""


@dataclass(frozen=True, slots=True)
class RecordedAssistant:
    """An assistant that a person made, for themselves or a place."""

    made_at: datetime
    home: str
    workspace: str
    channel: str
    persona: Persona


@dataclass(frozen=True, slots=True)
class RecordedAssistantUse:
    """An assistant that a person chose, for themselves or for others."""

    chosen_at: datetime
    level: str
    workspace: str
    channel: str
    thread: str
    name: str
