"""Names of lessons and courses: what each is called by, and which one a person means. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain import Document, is_within
from bot.domain.editions import outdated
from bot.engine.numbers import MOST_DIGITS
from bot.errors import UserError

# Where a name fits several lessons, so many are named.
MOST_CANDIDATES = 8
DEFAULT_LANGUAGE = "en"
Editions = Sequence[Document]
"""One lesson in its languages."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What a person means by a name: one lesson, or a course, or a part of one with all its lessons.

    `key` is the lesson's, the course's or the part's.
    """

    key: str
    lessons: Sequence[Editions]

    @property
    def lesson(self) -> Editions | None:
        """The one lesson that is meant; None where it is a course."""
        return self.lessons[0] if self.key == self.lessons[0][0].key else None


class LessonNames:
    """The lessons there are, and what they can be called by.

    `within` are the courses or parts that count, or all; `titles` are what sites call courses, by their names.
    """

    def __init__(
        self, documents: Iterable[Document], *, within: Sequence[str] = (), titles: Mapping[str, str] | None = None
    ) -> None:
        self.lessons = [each for each in arranged(documents) if is_within(each[0].key, within)]
        self._calls: Mapping[str, list[Editions]] = _calls(self.lessons)
        self._outdated = outdated(editions[0].key for editions in self.lessons)
        self.course_titles = {course: title for course, title in (titles or {}).items() if title}
        self._titles = Counter(title for each in self.lessons for title in {folded(one.title) for one in each})

    @property
    def courses(self) -> list[str]:
        """The names of the courses, in the order of their lessons."""
        return list(dict.fromkeys(editions[0].course for editions in self.lessons))

    def of(self, key: str) -> list[Editions]:
        """Return the lessons of a course, or of a part of one."""
        return [editions for editions in self.lessons if is_within(editions[0].key, (key,))]

    def course(self, name: str) -> str:
        """Return the course that a name is, or that alone has it in its own; "" for none."""
        said = folded(name)
        exact = [course for course in self.courses if said in self._called(course)]
        alike = exact or [
            course for course in self.courses if said and any(said in each for each in self._called(course))
        ]
        return alike[0] if len(alike) == 1 or name in alike[:1] else ""

    def find(self, name: str) -> Meant:
        """Return what a person means by a number, a name, words of a title, or the name of a course.

        Raises:
            UserError: there is none, or more than one.
        """
        if whole := self._exactly(name):
            return whole
        found = [editions for editions in self.lessons if means(name, editions)]
        current = [editions for editions in found if editions[0].key not in self._outdated]
        if len(current or found) == 1:
            return _one((current or found)[0])
        if not found:
            raise UserError("error.lesson_unknown", lesson=name)
        names = ", ".join(f"`{self.call(editions)}`" for editions in found[:MOST_CANDIDATES])
        raise UserError("error.lesson_unclear", lesson=name, names=names)

    def call(self, editions: Editions) -> str:
        """Return the shortest name that finds this lesson, and no other."""
        for name in _names(editions[0]):
            if len(self._calls[folded(name)]) == 1:
                return name
        return editions[0].key

    def is_clear(self, editions: Editions) -> bool:
        """Whether a lesson's number alone finds it."""
        number = number_of(editions[0])
        return bool(number) and len(self._calls[folded(number)]) == 1

    def same_title(self, document: Document) -> bool:
        """Whether another lesson has the same title in this language."""
        return self._titles[folded(document.title)] > 1

    def _exactly(self, name: str) -> Meant | None:
        """Return what a whole name is of: a course, a lesson, or a part of a course."""
        said = folded(name)
        courses = [course for course in self.courses if said in self._called(course)]
        if name in courses or len(courses) == 1:
            course = name if name in courses else courses[0]
            lessons = self.of(course)
            # A course of one lesson, as a file makes one, is that lesson.
            return Meant(course, lessons) if len(lessons) > 1 else _one(lessons[0])
        called = self._calls.get(said, [])
        current = [editions for editions in called if editions[0].key not in self._outdated]
        if len(current or called) == 1:
            return _one((current or called)[0])
        return None if called else self._part(said)

    def _called(self, course: str) -> set[str]:
        """Return what a course is called: its name, and the title of its site."""
        return {folded(each) for each in (course, self.course_titles.get(course, "")) if each}

    def _part(self, said: str) -> Meant | None:
        parts = {part for editions in self.lessons for part in _parts(editions[0].key) if _ends(folded(part), said)}
        if len(parts) != 1:
            return None
        (part,) = parts
        return Meant(part, self.of(part))


class SuggestedName(NamedTuple):
    """A lesson as it is suggested: `words` are all that people may call it by, case folded."""

    key: str
    number: str
    words: str


def names_of(documents: Iterable[Document]) -> list[SuggestedName]:
    """Return what each lesson can be called by, in their order."""
    return [
        SuggestedName(
            editions[0].key,
            number_of(editions[0]),
            "\n".join([number_of(editions[0]), editions[0].key, *(each.title for each in editions)]).casefold(),
        )
        for editions in arranged(documents)
    ]


def arranged(documents: Iterable[Document]) -> list[Editions]:
    """Group documents by lesson, course by course; what a newer edition of the course has comes last in it.

    A lesson's editions here are its languages.
    """
    lessons: dict[str, list[Document]] = {}
    for document in documents:
        lessons.setdefault(document.key, []).append(document)
    old = outdated(lessons)
    return sorted(lessons.values(), key=lambda one: (one[0].course, one[0].key in old))


def in_language(editions: Editions, language: str) -> Document:
    """Return the edition in this language, else the nearest to it, else English, else the first."""
    base = language.replace("_", "-").split("-")[0].lower()
    wanted = (language.lower(), base, DEFAULT_LANGUAGE)
    for each in wanted:
        for document in editions:
            if document.language.lower() == each or document.language.lower().split("-")[0] == each:
                return document
    return editions[0]


def means(name: str, editions: Editions) -> bool:
    """Whether a person may mean this lesson: its number, its name, or words of its name or a title."""
    said = name.strip().casefold()
    if said == number_of(editions[0]) and said:
        return True
    if said.isdecimal():
        return len(said) <= MOST_DIGITS and editions[0].number == (int(said),)
    return any(said in text.casefold() for each in editions for text in (each.key, each.title))


def number_of(document: Document) -> str:
    """Return a lesson's number as people write it: "2.3"; "" without one."""
    return ".".join(map(str, document.number))


def numbered(document: Document, title: str) -> str:
    """Return a lesson's title behind its number, where it has one."""
    return f"{number_of(document)} {title}".lstrip()


def linked(document: Document) -> str:
    """Return a lesson's title, as a link where it has an address."""
    return f"[{document.title}]({document.url})" if document.url else document.title


def folded(name: str) -> str:
    """Return a name as names are told apart: in any case, with blanks, hyphens and underscores alike."""
    return re.sub(r"[-_\s]+", "-", name.strip().strip("`").casefold())


def _one(editions: Editions) -> Meant:
    return Meant(editions[0].key, [editions])


def _names(document: Document) -> Iterator[str]:
    """Yield the names of a lesson, the shortest first: its number, the ends of its path, these with its course."""
    number = number_of(document)
    if number:
        yield number
        yield f"{document.course}/{number}"
    parts = document.lesson.split("/")
    yield from ("/".join(parts[-length:]) for length in range(1, len(parts) + 1))
    yield document.key


def _calls(lessons: Iterable[Editions]) -> dict[str, list[Editions]]:
    """Return the lessons by each of their names."""
    found: dict[str, list[Editions]] = {}
    for editions in lessons:
        for name in dict.fromkeys(map(folded, _names(editions[0]))):
            found.setdefault(name, []).append(editions)
    return found


def _parts(key: str) -> Iterator[str]:
    """Yield the parts of courses that a lesson lies in."""
    folders = key.split("/")
    yield from ("/".join(folders[:length]) for length in range(2, len(folders)))


def _ends(part: str, said: str) -> bool:
    return part == said or part.endswith(f"/{said}")
