"""What scenes keep courses with: choices in the stores of the scene, sources taken in anew in this process."""

from __future__ import annotations

from pathlib import Path

from bot.engine.course_desk import KeptCourses
from bot.lessons.reading.sorting import ALL
from bot.lessons.sources.opening import Wanted
from bot.lessons.taking_in import TakingIn
from tests.lessons.courses import write
from tests.memory import FakeCourseChoices, FakeLessons, FakeStore

HARBOUR: dict[str, str | bytes] = {"01-setup/README.md": "# Setup\n\nThe mascot of the course is a tiger.\n"}
BOATS: dict[str, str | bytes] = {"01-setup/README.md": "# Setup\n\nThe mascot of the course is a whale.\n"}


def kept_courses(store: FakeStore, lessons: FakeLessons | None) -> KeptCourses | None:
    """Return what an engine over these lessons keeps courses with."""
    if lessons is None:
        return None
    taking_in = TakingIn(lessons=lessons, sources=lessons.sources)
    return KeptCourses(choices=FakeCourseChoices(store), sources=lessons.sources, refresher=taking_in)


async def two_courses(folder: Path) -> FakeLessons:
    """Take in the courses `harbour` and `boats`, which answer one question differently."""
    lessons = FakeLessons()
    for name, files in (("harbour", HARBOUR), ("boats", BOATS)):
        taking_in = TakingIn(lessons=lessons, sources=lessons.sources)
        await taking_in.take(Wanted(source=str(write(folder / name, files))), ALL)
    return lessons
