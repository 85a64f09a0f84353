"""Courses, and the places that go by one: how a source was asked for and fared, and who chose a course where."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from bot.domain.choices import Level
from bot.domain.conversation import Address
from bot.domain.notices import Notice

COURSE_LEVELS = (Level.CHANNEL, Level.WORKSPACE)
"""Who may have a course of their own, nearest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseChoice:
    """The course a place goes by: at which level it was chosen, by whom, "" for nobody any more."""

    level: Level
    course: str
    chosen_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedCourse:
    """A choice with its place; `channel` is "" where the whole workspace goes by the course."""

    platform: str
    workspace: str
    channel: str
    course: str

    def is_at(self, address: Address) -> bool:
        """Whether an address lies in the place."""
        here = (self.platform, self.workspace) == (address.platform, address.workspace)
        return here and self.channel in {"", address.channel}


@dataclass(frozen=True, slots=True)
class RecordedCourse:
    """A course that a person chose for a place."""

    chosen_at: datetime
    level: str
    workspace: str
    channel: str
    course: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRequest:
    """How a source of lessons was asked for, in the words of `lyceum ingest`, without secrets.

    `source` is what was named: an address, or a path from the root of the disk. Empty means not said.
    """

    source: str
    ref: str = ""
    paths: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    base_url: str = ""
    site: str = ""
    name: str = ""

    def written(self) -> str:
        """Return it as it is stored."""
        return json.dumps({name: value for name, value in asdict(self).items() if value}, ensure_ascii=False)


def read_request(written: str) -> SourceRequest | None:
    """Read what `SourceRequest.written` wrote; None for what is none, as of a later version."""
    try:
        told = json.loads(written)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, Mapping) or not isinstance(told.get("source"), str):
        return None
    return SourceRequest(
        source=told["source"],
        ref=str(told.get("ref", "")),
        paths=_texts(told.get("paths")),
        without=_texts(told.get("without")),
        languages=_texts(told.get("languages")),
        base_url=str(told.get("base_url", "")),
        site=str(told.get("site", "")),
        name=str(told.get("name", "")),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownSource:
    """A source that was taken in: its lasting name, how it was asked for, and how the last try went.

    `courses` are those it holds, each with its title, "" where it has none of its own. `origin` is the address of the
    repository it is part of, "" where it is in none. `failure` is why the last try did not come to its end.
    """

    name: str
    request: SourceRequest
    courses: Mapping[str, str] = field(default_factory=dict)
    origin: str = ""
    taken_at: datetime
    tried_at: datetime
    failure: Notice | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it lies at an address, and not on a disk."""
        return re.match(r"/|[A-Za-z]:[/\\]", self.request.source) is None
