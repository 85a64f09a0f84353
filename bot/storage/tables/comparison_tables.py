"""Answers that were compared, and the votes on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class ComparedAnswerRow(Base):
    """One of the answers a turn compares. It goes with the turn."""

    __tablename__ = "compared_answers"

    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str]
    digest: Mapped[str]
    chars: Mapped[int]
    first_s: Mapped[float]
    answer_s: Mapped[float]
    answer_tokens: Mapped[int]


class VoteRow(Base):
    """What one person said of two models in one comparison. It outlives the turn: `turn_id` is no reference."""

    __tablename__ = "votes"
    __table_args__ = (
        UniqueConstraint("turn_id", "person_id", "first", "second"),
        Index(None, "platform", "workspace"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int]
    platform: Mapped[str]
    workspace: Mapped[str]
    person_id: Mapped[str] = mapped_column(index=True)
    first: Mapped[str]
    first_digest: Mapped[str]
    first_chars: Mapped[int]
    second: Mapped[str]
    second_digest: Mapped[str]
    second_chars: Mapped[int]
    outcome: Mapped[float]
    reason: Mapped[str]
    voted_at: Mapped[datetime]
