"""Assistants, where they are used, and which conversations they have greeted."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class AssistantRow(Base):
    """An assistant of a person (`owner_id`, on the whole platform), a channel or a workspace, as `home` says.

    `author_id` is who made it there, "" once they were forgotten; `made_in` is the workspace in which they did.
    `source_id` is no reference: a copy outlives what it was made of.
    """

    __tablename__ = "assistants"
    __table_args__ = (
        UniqueConstraint(
            *("platform", "workspace", "channel", "home", "owner_id", "name_key"), name="uq_assistants_home_name"
        ),
        # An id used twice would let a conversation go on with an assistant that nobody chose there.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    home: Mapped[str]
    owner_id: Mapped[str]
    name: Mapped[str]
    name_key: Mapped[str]
    prompt: Mapped[str]
    model: Mapped[str]
    lessons: Mapped[str]
    greeting: Mapped[str]
    author_id: Mapped[str] = mapped_column(index=True)
    made_in: Mapped[str]
    made_at: Mapped[datetime]
    source_id: Mapped[int] = mapped_column(index=True)
    version: Mapped[int]


class AssistantUseRow(Base):
    """Which assistant was chosen at a level, as `ChoiceRow` keeps a model. `assistant_id` is no reference.

    One that is gone is told of by the turn `told_turn`.
    """

    __tablename__ = "assistant_uses"
    __table_args__ = (
        UniqueConstraint(
            *("platform", "workspace", "channel", "thread", "level", "person_id"), name="uq_assistant_uses_scope"
        ),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str]
    level: Mapped[str]
    person_id: Mapped[str] = mapped_column(index=True)
    assistant_id: Mapped[int] = mapped_column(index=True)
    name: Mapped[str]
    chosen_by: Mapped[str] = mapped_column(index=True)
    chosen_at: Mapped[datetime]
    told_turn: Mapped[int | None]


class AssistantGreetingRow(Base):
    """The turn of a conversation that begins with an assistant's greeting."""

    __tablename__ = "assistant_greetings"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    assistant_id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int]
