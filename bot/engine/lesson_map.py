"""The map of the lessons: course by course, each by its title, and by the name that finds it where that is needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain import Document, Notice
from bot.engine.lesson_names import Editions, LessonNames, in_language, linked, numbered

# A map of more lessons names them without their addresses, which take most of it.
MOST_LINKED = 25
# Two screens of a phone. Of more lessons than that each of several courses has its share, and a map of its own.
MOST_SHOWN = 60
LEAST_SHOWN = 5
MOST_OF_ONE = 120


def mapped(names: LessonNames, language: str) -> Iterator[Notice]:
    """Yield the map of these lessons, in the language asked for."""
    languages = sorted({document.language for editions in names.lessons for document in editions})
    courses = names.courses
    head = {"count": len(names.lessons), "languages": ", ".join(languages)}
    yield Notice("lesson.list.head", head)
    share = _share(len(names.lessons), len(courses))
    for course in courses:
        lessons = names.of(course)
        yield Notice("lesson.list.course", {"course": course})
        yield from _rows(names, lessons[:share], language, has_links=len(names.lessons) <= MOST_LINKED)
        if lessons[share:]:
            key = "lesson.list.more" if len(courses) > 1 else "lesson.list.rest"
            yield Notice(key, {"count": len(lessons) - share, "course": course})
    yield Notice("lesson.list.tail_several" if len(courses) > 1 else "lesson.list.tail")


def _share(lessons: int, courses: int) -> int:
    """Return how many lessons of each course are named."""
    if courses == 1:
        return MOST_OF_ONE
    return max(LEAST_SHOWN, MOST_SHOWN // courses) if lessons > MOST_SHOWN else MOST_SHOWN


def _rows(names: LessonNames, lessons: Sequence[Editions], language: str, *, has_links: bool) -> Iterator[Notice]:
    for editions in lessons:
        document = in_language(editions, language)
        title = linked(document) if has_links else document.title
        if is_unclear(names, editions, document):
            yield Notice("lesson.list.row_named", {"named": numbered(document, title), "name": names.call(editions)})
        else:
            yield Notice("lesson.list.row", {"named": numbered(document, title)})


def is_unclear(names: LessonNames, editions: Editions, document: Document) -> bool:
    """Whether neither a lesson's number nor its title finds it alone."""
    return not names.is_clear(editions) and (bool(document.number) or names.same_title(document))
