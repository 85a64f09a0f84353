"""Which course a place goes by, and what the lessons were taken from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class CourseChoiceRow(Base):
    """The course of a channel, or of a workspace; then `channel` is ""."""

    __tablename__ = "course_choices"
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    course: Mapped[str]
    chosen_by: Mapped[str] = mapped_column(index=True)
    chosen_at: Mapped[datetime]


class LessonSourceRow(Base):
    """A source of lessons; see `KnownSource`. `asked`, `courses` and `failure` are JSON.

    `worker` takes it in at this moment, until `held_until` at most; "" for nobody.
    """

    __tablename__ = "lesson_sources"

    source: Mapped[str] = mapped_column(primary_key=True)
    asked: Mapped[str]
    courses: Mapped[str]
    origin: Mapped[str]
    taken_at: Mapped[datetime]
    tried_at: Mapped[datetime]
    failure: Mapped[str]
    worker: Mapped[str]
    held_until: Mapped[datetime]
