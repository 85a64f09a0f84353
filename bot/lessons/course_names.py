"""What the courses of a source are called: as somebody named them, or as their repository, folder or manifest does.

Two sources whose courses have the same name are told apart by what stands above them. Reads no file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from itertools import chain, count
from pathlib import PurePosixPath

from bot.errors import UserError
from bot.lessons.files import CourseSource

OWN = "lyceum:"
"""Begins the names of sources that come with the product: they make way for any other."""


def plain_name(name: str) -> str:
    """Return a course's name as it is kept: a slash would part it from a lesson's."""
    return re.sub(r"[\s/\\`]+", "-", name.strip()).strip("-")


def named(
    source: CourseSource, name: str, *, known: Mapping[str, Collection[str]], origins: Mapping[str, str]
) -> CourseSource:
    """Return a source with its courses called as they are to be.

    `name` is what somebody called the course, "" for nobody; `known` are the sources of the courses there are, and
    `origins` the repositories those sources are part of, as far as that is known.

    Raises:
        UserError: the source holds several courses, and cannot be called by one name.
    """
    courses = list(dict.fromkeys(file.course for file in source.files))
    if name and len(courses) > 1:
        raise UserError("error.lessons_several_courses", source=source.name, courses=", ".join(sorted(courses)))
    called = {each: plain_name(name) or _free(each, source, known, origins) for each in courses}
    files = tuple(replace(file, course=called[file.course]) for file in source.files)
    return replace(source, files=files)


def _free(course: str, source: CourseSource, known: Mapping[str, Collection[str]], origins: Mapping[str, str]) -> str:
    """Return the first name for a course that is its own: one it has already comes first."""
    names = _names(plain_name(course) or course, source.name)
    # Earlier versions kept names as they were.
    some = [course, *(next(names) for _ in range(_tried(source.name)))]
    own = [each for each in some if source.name in known.get(each, ())]
    free = (each for each in chain(some[1:], names) if not _is_anothers(each, source, known, origins))
    return own[0] if own else next(free)


def _is_anothers(
    name: str, source: CourseSource, known: Mapping[str, Collection[str]], origins: Mapping[str, str]
) -> bool:
    """Whether a course of this name is that of another source; parts of one repository share theirs."""
    others = [
        other
        for course, sources in known.items()
        if course.casefold() == name.casefold()
        for other in sources
        if other != source.name and not other.startswith(OWN)
    ]
    return any(not source.origin or source.origin not in {other, origins.get(other, "")} for other in others)


def _names(course: str, source: str) -> Iterator[str]:
    """Yield what a course may be called: its name, that behind what stands above it, and at last with a number."""
    yield course
    above = [part for part in re.split(r"[/:\\]+", source) if part]
    if above and PurePosixPath(above[-1]).stem.removesuffix(".tar") in {course, above[-1]}:
        above.pop()
    name = course
    for part in reversed(above):
        name = f"{plain_name(part)}-{name}"
        yield name
    yield from (f"{course}-{number}" for number in count(2))


def _tried(source: str) -> int:
    return len(re.split(r"[/:\\]+", source)) + 1
