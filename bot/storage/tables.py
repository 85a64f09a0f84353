"""The tables, as the newest migration leaves them.

No relationship is mapped: a unit of work says what it reads. Should one be, let it be `lazy="raise"`, so that no loop
reads row by row unseen.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    MetaData,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    # Every constraint has a name, so that a migration can drop it on any database.
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


# Written out, not bound: an index over some rows is used where its condition stands in the statement to the letter.
_OPEN = text("state IN ('accepted', 'running')")
_RUNNING = text("state = 'running'")


class StorableText(TypeDecorator[str]):
    """Text as a database takes it: halves of surrogate pairs, which are no characters, and NUL become U+FFFD."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - SQLAlchemy's shape
        """Clean what is stored and what is looked for alike, so that a cleaned id is found again."""
        return None if value is None else storable(value)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone; it is taken off on the way in and put on again on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert to UTC; a time without a zone would mean a different moment on each machine and is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """Put UTC on again."""
        return None if value is None else value.replace(tzinfo=UTC)


def storable(text: str) -> str:
    """Return the text with everything replaced that no database stores; the very text when there is nothing."""
    try:
        text.encode()
    except UnicodeEncodeError:
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text.replace("\0", "\ufffd")


class Base(DeclarativeBase):
    """The registry of the tables below."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: StorableText, datetime: Instant}  # noqa: RUF012 - SQLAlchemy reads it off the class


class ConversationRow(Base):
    """A scope key and where its context begins: with the message `context_from` of the turn `context_turn`.

    Both, because turns overlap: an answer may be written after a later question, and context goes by turn.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "channel", "thread"),
        # An id used twice would show one conversation to a turn of another.
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str]
    context_turn: Mapped[int] = mapped_column(default=0)
    context_from: Mapped[int] = mapped_column(default=0)


class EventRow(Base):
    """A delivery that was accepted, and the message it brought, if any: what makes accepting idempotent.

    It holds no words and no person, and stays when the message is withdrawn, so that a redelivery brings nothing back.
    """

    __tablename__ = "events"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "event_id"),
        UniqueConstraint("platform", "workspace", "channel", "platform_message_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    event_id: Mapped[str]
    channel: Mapped[str | None]
    platform_message_id: Mapped[str | None]
    received_at: Mapped[datetime] = mapped_column(index=True)


class TurnRow(Base):
    """A message accepted and the answer it is owed. Ids are never used twice: they are the order of the turns.

    From `worker` on there is what an open turn needs to be answered by any process; it is gone once the turn is closed.
    `worker` is None where the turn was released; `lease_until` is when its worker is to be taken for dead.
    """

    __tablename__ = "turns"
    __table_args__ = (
        # However many turns are closed, the open ones are found among themselves.
        Index("ix_turns_open", "conversation_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        # Whatever goes wrong in claiming, the turns of a conversation do not run at once.
        Index("uq_turns_running", "conversation_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    state: Mapped[str]
    accepted_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    model: Mapped[str] = mapped_column(default="")
    error_key: Mapped[str] = mapped_column(default="")
    prompt_tokens: Mapped[int] = mapped_column(default=0)
    answer_tokens: Mapped[int] = mapped_column(default=0)
    attempt: Mapped[int] = mapped_column(default=0, server_default="0")
    worker: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    stop_requested_at: Mapped[datetime | None]
    event_id: Mapped[str | None]
    platform_message_id: Mapped[str | None]
    reply_to: Mapped[str | None]
    is_direct: Mapped[bool | None]
    person_id: Mapped[str | None]
    person_name: Mapped[str | None]
    person_is_admin: Mapped[bool | None]
    person_locale: Mapped[str | None]


class PostRow(Base):
    """A message of an open turn's answer as the platform has it; ids are the order of posting."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("turn_id", "key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    key: Mapped[str]
    platform_message_id: Mapped[str]


class MessageRow(Base):
    """A question or an answer. `platform_message_id` and the person are the question's; `model` is the answer's."""

    __tablename__ = "messages"
    __table_args__ = (
        UniqueConstraint("conversation_id", "platform_message_id"),
        Index(None, "conversation_id", "turn_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"), index=True)
    role: Mapped[str]
    platform_message_id: Mapped[str | None]
    person_id: Mapped[str | None] = mapped_column(index=True)
    person_name: Mapped[str] = mapped_column(default="")
    text: Mapped[str]
    model: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class ChoiceRow(Base):
    """A choice of model at one level of one scope; parts of the scope that the level does not reach down to are ""."""

    __tablename__ = "choices"
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel", "thread", "level", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    platform: Mapped[str]
    workspace: Mapped[str]
    channel: Mapped[str]
    thread: Mapped[str]
    level: Mapped[str]
    person_id: Mapped[str] = mapped_column(index=True)
    model: Mapped[str]
    chosen_by: Mapped[str] = mapped_column(index=True)
    chosen_at: Mapped[datetime]


class NoteRow(Base):
    """A small fact by its name."""

    __tablename__ = "notes"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    written_at: Mapped[datetime]


# What every turn needs is asked over the tables themselves, in statements made once, with their values bound: a tenth
# of the work of making them anew over the classes, and that work would bound how many turns a process can do.
CONVERSATIONS, EVENTS, TURNS, POSTS, MESSAGES, CHOICES, NOTES = (
    Base.metadata.tables[row.__tablename__]
    for row in (ConversationRow, EventRow, TurnRow, PostRow, MessageRow, ChoiceRow, NoteRow)
)
