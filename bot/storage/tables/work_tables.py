"""What completions took of their hosts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class ModelWorkRow(Base):
    """One completion's tokens and seconds, see `ModelWork`. It outlives its turn: `turn_id` is no reference.

    Both ends are stored: what ran at the same time is looked for by them.
    """

    __tablename__ = "model_work"
    __table_args__ = (
        Index(None, "ended_at"),
        Index(None, "person_id", "platform"),
        Index(None, "turn_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime]
    worked_s: Mapped[float]
    model: Mapped[str]
    digest: Mapped[str]
    host: Mapped[str]
    prompt_tokens: Mapped[int]
    answer_tokens: Mapped[int]
    is_counted: Mapped[bool]
    is_measured: Mapped[bool]
    is_remote: Mapped[bool]
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    person_id: Mapped[str]
    turn_id: Mapped[int]
