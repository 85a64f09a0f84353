"""Which course a place goes by, and what lessons are there for it. Courses are shared by all workspaces of a bot."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Address
from bot.domain.place_courses import CourseChoice
from bot.engine.lesson_names import LessonNames, Meant
from bot.errors import UserError
from bot.ports import CourseChoices, CourseSources, Lessons


@dataclass(frozen=True, slots=True)
class PlaceCourse:
    """The course of a place. `is_gone`: it is not in the index any more, and the place goes by all lessons."""

    choice: CourseChoice | None = None
    is_gone: bool = False

    @property
    def within(self) -> tuple[str, ...]:
        """The course whose lessons count; empty for all of them."""
        return (self.choice.course,) if self.choice and not self.is_gone else ()


class CoursesInUse:
    """Says what lessons there are at an address. Without a store of choices every place goes by all of them."""

    def __init__(
        self, lessons: Lessons, choices: CourseChoices | None = None, sources: CourseSources | None = None
    ) -> None:
        self._lessons = lessons
        self.choices = choices
        self._sources = sources

    async def at(self, address: Address) -> PlaceCourse:
        """Return the course of a place. Raises `Unavailable` where a store does not answer."""
        choice = await self.choices.chosen(address) if self.choices else None
        if choice is None:
            return PlaceCourse()
        return PlaceCourse(choice, is_gone=choice.course not in await self._lessons.courses())

    async def count(self) -> int:
        """Return how many courses there are."""
        return len(await self._lessons.courses())

    async def names(self, address: Address) -> LessonNames:
        """Return the lessons that count at an address.

        Raises:
            UserError: there are none at all.
        """
        return await self._names(await self.at(address))

    async def all_names(self) -> LessonNames:
        """Return all lessons, wherever they count. Raises `UserError` where there are none."""
        return await self._names(PlaceCourse())

    async def meant(self, name: str, address: Address) -> Meant:
        """Return what a person means by a name at an address.

        Raises:
            UserError: there is nothing of that name, more than one thing, or it is no part of the place's course.
        """
        place = await self.at(address)
        try:
            return (await self._names(place)).find(name)
        except UserError as error:
            if not place.within or error.key != "error.lesson_unknown":
                raise
            other = (await self.all_names()).find(name)
            course = other.key.partition("/")[0]
            raise UserError("error.lesson_elsewhere", lesson=name, other=course, course=place.within[0]) from error

    async def _names(self, place: PlaceCourse) -> LessonNames:
        known = await self._sources.known() if self._sources else ()
        titles = {course: title for each in known for course, title in each.courses.items()}
        names = LessonNames(await self._lessons.documents(), within=place.within, titles=titles)
        if not names.lessons:
            raise UserError("error.lessons_none")
        return names
