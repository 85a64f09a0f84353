"""The files of courses as a source offers them: what is known of each before it is read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from bot.lessons.layout import Skip


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseFile:
    """One file. `path` is its path in the source, `place` its path in the course's own repository.

    `url` is its canonical address, "" where none is known. A manifest may tell `lesson` and `language`; "" elsewhere.
    """

    path: str
    place: str
    course: str
    url: str = ""
    lesson: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where courses come from: `name` is the same at every visit, `read` gives a file's bytes.

    `scope` are the folders that were looked into, () for all: what is missing elsewhere was not removed. `version` is
    the part of the addresses that changes with every change to any file (a commit), "" where there is none. `skipped`
    are files the source could not offer.
    """

    name: str
    files: tuple[CourseFile, ...]
    read: Callable[[str], bytes]
    scope: tuple[str, ...] = ()
    version: str = ""
    skipped: tuple[tuple[str, Skip], ...] = field(default=())
