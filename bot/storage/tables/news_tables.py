"""What is known of models, what changed of them, and where that was told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class KnownModelRow(Base):
    """What was last seen of a model on one host; see `KnownModel`."""

    __tablename__ = "known_models"

    model: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    licence: Mapped[str]
    seen_at: Mapped[datetime]
    missing_since: Mapped[datetime | None]


class ModelNewsRow(Base):
    """A change of a model. `key` is what makes one that comes twice the same; ids are the order of noticing."""

    __tablename__ = "model_news"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    model: Mapped[str]
    was: Mapped[str]
    now: Mapped[str]
    noted_at: Mapped[datetime] = mapped_column(index=True)


class NewsPlaceRow(Base):
    """Up to which news a place was told, and which ones a worker is telling it at this moment.

    The row of the name "" is no place: its worker looks after the models.
    """

    __tablename__ = "news_places"

    place: Mapped[str] = mapped_column(primary_key=True)
    up_to: Mapped[int]
    taken_to: Mapped[int]
    worker: Mapped[str]
    taken_at: Mapped[datetime]
    taken_until: Mapped[datetime]


class ReplacementRow(Base):
    """One model put in the place of another in all choices of a place; who did it stands in the audit log."""

    __tablename__ = "replacements"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    old: Mapped[str]
    new: Mapped[str]
    made_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
