"""Which course a place goes by: `ports.CourseChoices` on SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Level
from bot.domain.deeds import Deed, DeedKind
from bot.domain.place_courses import COURSE_LEVELS, CourseChoice, PlacedCourse, RecordedCourse
from bot.storage.audit_store import note_deed
from bot.storage.choice_store import exists
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_replace
from bot.storage.tables.chat_tables import COURSE_CHOICES
from bot.storage.tables.course_tables import CourseChoiceRow

Place = tuple[str, str, str]
KEY = ("platform", "workspace", "channel")
_PLACE = tuple_(*(getattr(CourseChoiceRow, name) for name in KEY))


class SqlCourseChoices:
    """See `ports.CourseChoices`."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def chosen(self, address: Address) -> CourseChoice | None:
        """See `ports.CourseChoices.chosen`."""
        return await self._database.read(lambda session: chosen(session, address))

    async def choose(self, level: Level, address: Address, person_id: str, *, course: str) -> None:
        """See `ports.CourseChoices.choose`."""
        place, now = place_of(level, address), self._clock.utc()
        values = {"course": course, "chosen_by": person_id, "chosen_at": now}
        deed = Deed(kind=DeedKind.COURSE_CHOSE, person_id=person_id, address=address, level=level, other=course)

        def work(session: Session) -> None:
            insert_or_replace(session, COURSE_CHOICES, at=dict(zip(KEY, place, strict=True)), values=values)
            note_deed(session, deed, now=now)

        await self._database.write(work)

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        """See `ports.CourseChoices.clear`. A level that does not exist here has no choice."""
        if not exists(level, address):
            return False
        place, now = place_of(level, address), self._clock.utc()

        def work(session: Session) -> bool:
            gone = delete(CourseChoiceRow).where(_PLACE.in_([place])).returning(CourseChoiceRow.course)
            course = session.scalar(gone)
            if course is None:
                return False
            kind = DeedKind.COURSE_CLEARED
            note_deed(
                session, Deed(kind=kind, person_id=person_id, address=address, level=level, other=course), now=now
            )
            return True

        return await self._database.write(work)

    async def all(self) -> Sequence[PlacedCourse]:
        """See `ports.CourseChoices.all`."""
        return await self._database.read(_all)


def place_of(level: Level, address: Address) -> Place:
    """Return what identifies the choice of this level: values of the columns `KEY`.

    Raises:
        ValueError: the level does not exist here, or has no course.
    """
    if level not in COURSE_LEVELS or not exists(level, address):
        raise ValueError(f"no level {level.value!r} at this address")
    return address.platform, address.workspace, "" if level is Level.WORKSPACE else address.channel


def chosen(session: Session, address: Address) -> CourseChoice | None:
    """Read the nearest choice that reaches an address."""
    places = [place_of(level, address) for level in COURSE_LEVELS if exists(level, address)]
    rows = {bool(row.channel): row for row in session.scalars(select(CourseChoiceRow).where(_PLACE.in_(places)))}
    row = rows.get(True) or rows.get(False)
    if row is None:
        return None
    return CourseChoice(level=_level(row), course=row.course, chosen_by=row.chosen_by)


def _all(session: Session) -> list[PlacedCourse]:
    return [
        PlacedCourse(platform=row.platform, workspace=row.workspace, channel=row.channel, course=row.course)
        for row in session.scalars(select(CourseChoiceRow).order_by(CourseChoiceRow.id))
    ]


def _level(row: CourseChoiceRow) -> Level:
    return Level.CHANNEL if row.channel else Level.WORKSPACE


def forget_course_choices(session: Session, person_id: str, *, platform: str, workspace: str) -> None:
    """Let nobody have made what a person chose: it stays, for others go by it."""
    here = [CourseChoiceRow.platform == platform, CourseChoiceRow.chosen_by == person_id]
    here += [CourseChoiceRow.workspace == workspace] if workspace else []
    session.execute(update(CourseChoiceRow).where(*here).values(chosen_by=""))


def courses_chosen_by(session: Session, platform: str, person_id: str) -> list[RecordedCourse]:
    """Read which courses a person chose, oldest first."""
    mine = (CourseChoiceRow.platform == platform, CourseChoiceRow.chosen_by == person_id)
    rows = session.scalars(select(CourseChoiceRow).where(*mine).order_by(CourseChoiceRow.chosen_at, CourseChoiceRow.id))
    return [RecordedCourse(row.chosen_at, _level(row).value, row.workspace, row.channel, row.course) for row in rows]
