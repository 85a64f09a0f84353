"""What the lessons were taken from, and how: `ports.CourseSources` on SQL."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice
from bot.domain.place_courses import KnownSource, SourceRequest, read_request
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_replace
from bot.storage.tables.chat_tables import LESSON_SOURCES
from bot.storage.tables.course_tables import LessonSourceRow

log = structlog.get_logger(__name__)


class SqlCourseSources:
    """See `ports.CourseSources`."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def known(self) -> Sequence[KnownSource]:
        """See `ports.CourseSources.known`."""
        return await self._database.read(known)

    async def taken(self, name: str, request: SourceRequest, *, courses: Mapping[str, str], origin: str = "") -> None:
        """See `ports.CourseSources.taken`."""
        now = self._clock.utc()
        values = {
            "asked": request.written(),
            "courses": json.dumps(dict(courses), ensure_ascii=False),
            "origin": origin,
            "taken_at": now,
            "tried_at": now,
            "failure": "",
            "worker": "",
            "held_until": now,
        }
        await self._database.write(
            lambda session: insert_or_replace(session, LESSON_SOURCES, at={"source": name}, values=values)
        )

    async def failed(self, name: str, failure: Notice) -> None:
        """See `ports.CourseSources.failed`."""
        told = {"key": failure.key, "parameters": {key: str(value) for key, value in failure.parameters.items()}}
        values = {"failure": json.dumps(told, ensure_ascii=False), "tried_at": self._clock.utc(), "worker": ""}
        here = LessonSourceRow.source == name
        await self._database.write(lambda session: _run(session, update(LessonSourceRow).where(here).values(values)))

    async def forget(self, name: str) -> None:
        """See `ports.CourseSources.forget`."""
        here = LessonSourceRow.source == name
        await self._database.write(lambda session: _run(session, delete(LessonSourceRow).where(here)))

    async def hold(self, name: str, worker: str, *, for_s: float) -> bool:
        """See `ports.CourseSources.hold`."""
        now = self._clock.utc()
        return await self._database.write(lambda session: hold(session, name, worker, now=now, for_s=for_s))


def known(session: Session) -> list[KnownSource]:
    """Read every source; one that cannot be read, as of a later version, is none."""
    rows = session.scalars(select(LessonSourceRow).order_by(LessonSourceRow.source)).all()
    return [found for row in rows if (found := _source(row))]


def hold(session: Session, name: str, worker: str, *, now: datetime, for_s: float) -> bool:
    """Take, keep or give back a source in one statement."""
    free = or_(LessonSourceRow.worker.in_(["", worker]), LessonSourceRow.held_until <= now)
    values = {"worker": worker if for_s else "", "held_until": now + timedelta(seconds=for_s)}
    held = update(LessonSourceRow).where(LessonSourceRow.source == name, free).values(values)
    return session.scalar(held.returning(LessonSourceRow.source)) is not None


def _run(session: Session, statement: object) -> None:
    session.execute(statement)  # type: ignore[call-overload]


def _source(row: LessonSourceRow) -> KnownSource | None:
    request = read_request(row.asked)
    if request is None:
        log.warning("storage.source_damaged")
        return None
    return KnownSource(
        name=row.source,
        request=request,
        courses=_texts(row.courses),
        origin=row.origin,
        taken_at=row.taken_at,
        tried_at=row.tried_at,
        failure=_failure(row.failure),
    )


def _texts(written: str) -> dict[str, str]:
    told = _json(written)
    return {str(name): str(title) for name, title in told.items()} if isinstance(told, Mapping) else {}


def _failure(written: str) -> Notice | None:
    told = _json(written)
    if not isinstance(told, Mapping) or not isinstance(told.get("key"), str):
        return None
    parameters = told.get("parameters")
    return Notice(told["key"], dict(parameters) if isinstance(parameters, Mapping) else {})


def _json(written: str) -> object:
    try:
        return json.loads(written) if written else None
    except (ValueError, RecursionError):
        return None
