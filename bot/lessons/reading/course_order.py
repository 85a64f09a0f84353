"""What the navigation files of a course say of its lessons: their titles, and numbers for those without one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from bot.lessons.course_layout import INDEX
from bot.lessons.files import NAVIGATION, CourseFile
from bot.lessons.reading.lesson_text import decoded
from bot.lessons.reading.navigation import located, navigation

# A lesson in its course: the course's name, the file's place in it.
Place = tuple[str, str]
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class CourseOrder:
    """Titles and numbers by course and place; what is listed twice keeps its first."""

    titles: Mapping[Place, str] = field(default_factory=dict)
    numbers: Mapping[Place, tuple[int, ...]] = field(default_factory=dict)


def course_order(files: Iterable[CourseFile], read: Callable[[str], bytes]) -> CourseOrder:
    """Return what the navigation files among these say."""
    places: defaultdict[str, set[str]] = defaultdict(set)
    guides: list[CourseFile] = []
    for file in files:
        places[file.course].add(file.place)
        if PurePosixPath(file.place).name.lower() in NAVIGATION:
            guides.append(file)
    titles: dict[Place, str] = {}
    numbers: dict[Place, tuple[int, ...]] = {}
    for file in sorted(guides, key=lambda each: (each.place.count("/"), each.place)):
        folder = str(PurePosixPath(file.place).parent)
        listed = navigation(file.place, _text(file, read))
        for place, entry in located(listed, "" if folder == "." else folder, places[file.course]):
            if entry.title:
                titles.setdefault((file.course, place), entry.title)
            if entry.number:
                numbers.setdefault((file.course, place), entry.number)
    return CourseOrder(titles, numbers)


def ranked(positions: Mapping[Place, float]) -> dict[Place, tuple[int, ...]]:
    """Return numbers for lessons by the positions they say they have, where those of a course are all of one folder."""
    courses: defaultdict[str, list[str]] = defaultdict(list)
    for course, place in positions:
        courses[course].append(place)
    found: dict[Place, tuple[int, ...]] = {}
    for course, places in courses.items():
        if len(places) > 1 and len({_shelf(place) for place in places}) == 1:
            ordered = sorted(places, key=lambda place: (positions[course, place], place))
            found |= {(course, place): (at,) for at, place in enumerate(ordered, 1)}
    return found


def _shelf(place: str) -> PurePosixPath:
    """Return the folder a lesson stands in among others; its first page stands for the folder itself."""
    path = PurePosixPath(place)
    return path.parent.parent if path.stem.lower() in INDEX and path.parent.name else path.parent


def _text(file: CourseFile, read: Callable[[str], bytes]) -> str:
    try:
        raw = read(file.path)
    except OSError:
        return ""
    return decoded(raw[:MOST_BYTES]) or ""
