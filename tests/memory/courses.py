"""`ports.CourseChoices` and `ports.CourseSources` in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Level, Notice
from bot.domain.deeds import Deed, DeedKind
from bot.domain.place_courses import (
    COURSE_LEVELS,
    CourseChoice,
    KnownSource,
    PlacedCourse,
    RecordedCourse,
    SourceRequest,
)
from bot.errors import Unavailable
from tests.memory.choices import exists
from tests.memory.store import FakeStore

Place = tuple[str, str, str]


class FakeCourseChoices:
    """See `ports.CourseChoices`. Give it the store of the history that shall forget who made a choice."""

    def __init__(self, store: FakeStore | None = None, *, broken: Unavailable | None = None) -> None:
        self.store = store or FakeStore()
        self.broken = broken

    async def chosen(self, address: Address) -> CourseChoice | None:
        self._check()
        places = [place(level, address) for level in COURSE_LEVELS if exists(level, address)]
        return next((self.store.courses[each][0] for each in places if each in self.store.courses), None)

    async def choose(self, level: Level, address: Address, person_id: str, *, course: str) -> None:
        self._check()
        if level not in COURSE_LEVELS or not exists(level, address):
            raise ValueError(f"no {level} here")
        choice = CourseChoice(level=level, course=course, chosen_by=person_id)
        self.store.courses[place(level, address)] = choice, self.store.clock.utc()
        self._note(DeedKind.COURSE_CHOSE, level, address, person_id, course)

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        self._check()
        cleared = self.store.courses.pop(place(level, address), None) if exists(level, address) else None
        if cleared:
            self._note(DeedKind.COURSE_CLEARED, level, address, person_id, cleared[0].course)
        return cleared is not None

    async def all(self) -> Sequence[PlacedCourse]:
        self._check()
        return [
            PlacedCourse(platform=platform, workspace=workspace, channel=channel, course=choice.course)
            for (platform, workspace, channel), (choice, _) in self.store.courses.items()
        ]

    def _note(self, kind: DeedKind, level: Level, address: Address, person_id: str, course: str) -> None:
        self.store.note_deed(Deed(kind=kind, person_id=person_id, address=address, level=level, other=course))

    def _check(self) -> None:
        if broken := self.broken or self.store.broken:
            raise broken


def place(level: Level, address: Address) -> Place:
    return address.platform, address.workspace, "" if level is Level.WORKSPACE else address.channel


def forget_courses(store: FakeStore, platform: str, person_id: str, workspace: str) -> None:
    """Let nobody have made what a person chose."""
    for (its_platform, its_workspace, channel), (choice, at) in list(store.courses.items()):
        is_here = its_platform == platform and workspace in {"", its_workspace}
        if is_here and choice.chosen_by == person_id:
            store.courses[its_platform, its_workspace, channel] = replace(choice, chosen_by=""), at


def recorded_courses(store: FakeStore, platform: str, person_id: str) -> tuple[RecordedCourse, ...]:
    """Return which courses a person chose."""
    return tuple(
        RecordedCourse(at, choice.level.value, workspace, channel, choice.course)
        for (its_platform, workspace, channel), (choice, at) in store.courses.items()
        if its_platform == platform and choice.chosen_by == person_id
    )


class FakeCourseSources:
    """See `ports.CourseSources`."""

    def __init__(self, clock: Clock = SYSTEM_CLOCK, *, broken: Unavailable | None = None) -> None:
        self.clock = clock
        self.broken = broken
        self.kept: dict[str, KnownSource] = {}
        self.held: dict[str, tuple[str, datetime]] = {}

    async def known(self) -> Sequence[KnownSource]:
        self._check()
        return [self.kept[name] for name in sorted(self.kept)]

    async def taken(self, name: str, request: SourceRequest, *, courses: Mapping[str, str], origin: str = "") -> None:
        self._check()
        now = self.clock.utc()
        self.held.pop(name, None)
        self.kept[name] = KnownSource(
            name=name, request=request, courses=dict(courses), origin=origin, taken_at=now, tried_at=now
        )

    async def failed(self, name: str, failure: Notice) -> None:
        self._check()
        if name in self.kept:
            self.held.pop(name, None)
            self.kept[name] = replace(self.kept[name], failure=failure, tried_at=self.clock.utc())

    async def forget(self, name: str) -> None:
        self._check()
        self.kept.pop(name, None)

    async def hold(self, name: str, worker: str, *, for_s: float) -> bool:
        self._check()
        now = self.clock.utc()
        holder, until = self.held.get(name, ("", now))
        if name not in self.kept or (holder not in {"", worker} and until > now):
            return False
        self.held[name] = (worker if for_s else "", now + timedelta(seconds=for_s))
        return True

    def _check(self) -> None:
        if self.broken:
            raise self.broken
