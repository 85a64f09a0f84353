"""Which course a channel or a workspace goes by: `/lesson course list`, `use` and `reset`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import CommandCall, Level, Notice, ReplyPart
from bot.domain.place_courses import KnownSource
from bot.engine.access import Right
from bot.engine.authority import Authority
from bot.engine.commands import HERE, CommandRun
from bot.engine.courses_in_use import CoursesInUse
from bot.engine.lesson_names import LessonNames
from bot.engine.levels import level_notice, levels_of
from bot.errors import UserError
from bot.ports import AuditLog, CourseChoices, CourseRefresher, CourseSources

# So many are named where a course is not known.
MOST_NAMED = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCourses:
    """What courses are kept with: who chose one where, what they were taken from, who takes that in anew, the log."""

    choices: CourseChoices
    sources: CourseSources
    refresher: CourseRefresher | None = None
    audit: AuditLog | None = None


class CourseDesk:
    """Runs the commands that begin with `lesson course`."""

    def __init__(self, *, kept: KeptCourses, courses: CoursesInUse, authority: Authority) -> None:
        self._choices = kept.choices
        self._sources = kept.sources
        self._courses = courses
        self._authority = authority

    @property
    def runs(self) -> Mapping[str, CommandRun]:
        """What runs each command, by its name in the table."""
        return {
            "lesson course list": self.listed,
            "lesson course use": self.used,
            "lesson course reset": self.left,
        }

    async def listed(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Tell which courses there are, how many lessons each has, and by which one this place goes."""
        place, names = await self._courses.at(call.address), await self._courses.all_names()
        known = await self._sources.known()
        yield Notice("lesson.course.head", {"count": len(names.courses)})
        for course in names.courses:
            mark = "▶" if course in place.within else "•"
            taken = _taken_at(course, known)
            title = names.course_titles.get(course, "")
            told = {"mark": mark, "course": course, "count": len(names.of(course)), "at": taken}
            told["title"] = f" · {title}" if title and title != course else ""
            yield Notice("lesson.course.row_taken" if taken else "lesson.course.row", told)
            if self._authority.is_admin(call.person, call.address):
                for failure in _failures(course, known):
                    yield Notice("lesson.course.failed", {"reason": failure})
        if place.choice is None:
            yield Notice("lesson.course.all")
        else:
            here = {"course": place.choice.course, "level": level_notice(place.choice.level)}
            yield Notice("lesson.course.gone" if place.is_gone else "lesson.course.here", here)

    async def used(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Have a place go by one course alone."""
        level = await self._level(call)
        course = named_course(await self._courses.all_names(), call.arguments["course"])
        await self._choices.choose(level, call.address, call.person.id, course=course)
        yield Notice("lesson.course.used", {"course": course, "level": level_notice(level)})
        for notice in await self._outranked(call, course):
            yield notice

    async def left(self, call: CommandCall) -> AsyncGenerator[ReplyPart, None]:
        """Have a place go by no course of its own any more."""
        level = await self._level(call)
        is_left = await self._choices.clear(level, call.address, call.person.id)
        yield Notice("lesson.course.left" if is_left else "lesson.course.left_none", {"level": level_notice(level)})
        for notice in await self._outranked(call, ""):
            yield notice

    async def _outranked(self, call: CommandCall, course: str) -> Sequence[Notice]:
        """Say by which course this place goes, where that is another one."""
        choice = await self._choices.chosen(call.address)
        if choice is None or choice.course == course:
            return ()
        return [Notice("lesson.course.here", {"course": choice.course, "level": level_notice(choice.level)})]

    async def _level(self, call: CommandCall) -> Level:
        """Read the option `at`; a level must exist here and be this person's to set at this moment."""
        level = Level.CHANNEL if call.arguments.get("at", HERE) == HERE else Level.WORKSPACE
        if level not in levels_of(call):
            raise UserError("error.no_such_level", level=level_notice(level))
        if not (call.direct and level is Level.CHANNEL):
            await self._authority.check(Right.CHOOSE_COURSE, person=call.person, address=call.address)
        return level


def named_course(names: LessonNames, name: str) -> str:
    """Return the course a person means. Raises `UserError` where there is none, or more than one."""
    if course := names.course(name):
        return course
    courses = ", ".join(f"`{each}`" for each in names.courses[:MOST_NAMED])
    raise UserError("error.course_unknown", course=name, courses=courses)


def _taken_at(course: str, known: Sequence[KnownSource]) -> str:
    """Return when a course was last taken in; "" where nobody knows."""
    moments = [each.taken_at for each in known if course in each.courses]
    return f"{max(moments):%Y-%m-%d %H:%M}" if moments else ""


def _failures(course: str, known: Sequence[KnownSource]) -> list[Notice]:
    return [each.failure for each in known if course in each.courses and each.failure]
