"""The tables, as the newest migration leaves them.

No relationship is mapped: a unit of work says what it reads. Should one be, let it be `lazy="raise"`, so that no loop
reads row by row unseen.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.assistant_tables import AssistantGreetingRow, AssistantRow, AssistantUseRow
from bot.storage.tables.audit_tables import AuditBoundRow, DeedRow
from bot.storage.tables.columns import Base
from bot.storage.tables.comparison_tables import VoteRow
from bot.storage.tables.course_tables import CourseChoiceRow, LessonSourceRow
from bot.storage.tables.lesson_tables import LessonChunkRow, LessonDocumentRow, LessonLanguageRow, LessonQuizRow
from bot.storage.tables.news_tables import KnownModelRow, ModelNewsRow, NewsPlaceRow
from bot.storage.tables.probe_tables import ModelProbeRow
from bot.storage.tables.usage_tables import UsageRow
from bot.storage.tables.work_tables import ModelWorkRow

# Written out, not bound: an index over some rows is used where its condition stands in the statement to the letter.
_OPEN = text("state IN ('accepted', 'running')")
# Work on a host's models holds up no answer.
_ANSWERING = text("state = 'running' AND job IS NULL")
_ABOUT = text("about_turn IS NOT NULL")


class ConversationRow(Base):
    """A scope key and where its context begins: with the message `context_from` of the turn `context_turn`.

    Both, because turns overlap: an answer may be written after a later question, and context goes by turn. `host` is
    the model host that has read it last, at `hosted_at`; None where there is only one.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("platform", "workspace", "channel", "thread"),
        Index(None, "hosted_at"),
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
    host: Mapped[str | None]
    hosted_at: Mapped[datetime | None]


class ContextWindowRow(Base):
    """What one model reads of a conversation: `from_turn` and what is newer; see `ContextWindow`.

    Every model that answered has its row. Summaries are words of the messages they were made from, and erased as such.
    """

    __tablename__ = "context_windows"
    __table_args__ = (UniqueConstraint("conversation_id", "model"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    model: Mapped[str]
    from_turn: Mapped[int]
    dropped: Mapped[int]
    cut_at: Mapped[datetime | None]
    summary: Mapped[str]
    summary_at: Mapped[datetime | None]
    next_turn: Mapped[int]
    next_summary: Mapped[str]
    next_at: Mapped[datetime | None]
    bytes_per_1000_tokens: Mapped[int]


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

    From `worker` on there is what an open turn needs to be answered by any process; what of it names a person or their
    message is gone once the turn is closed. `worker` is None where the turn was released; `lease_until` changes as
    long as its worker lives (see `leases`). `about_turn` is the turn whose question a button had answered again: it has
    the words of both. It is not a reference: where that turn is erased first, this one is a turn without a question.
    The lane is the host and the model that the turn runs on, or waits for; its host is "" once the model is done.
    `job` is a `ModelJob`, as JSON.
    """

    __tablename__ = "turns"
    __table_args__ = (
        # However many turns are closed, the open ones are found among themselves.
        Index("ix_turns_open", "conversation_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        # Whatever goes wrong in claiming, the turns of one person in a conversation do not run at once.
        Index(
            "uq_turns_running_of_one",
            "conversation_id",
            "person_id",
            unique=True,
            sqlite_where=_ANSWERING,
            postgresql_where=_ANSWERING,
        ),
        Index("ix_turns_about", "about_turn", sqlite_where=_ABOUT, postgresql_where=_ABOUT),
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
    lessons_only: Mapped[bool | None]
    lesson: Mapped[str | None]
    answer_language: Mapped[str | None]
    unseen: Mapped[str | None]
    hint: Mapped[str | None]
    about_turn: Mapped[int | None]
    continues: Mapped[bool | None]
    published_at: Mapped[datetime | None]
    compares: Mapped[str | None]
    lane_host: Mapped[str | None]
    lane_model: Mapped[str | None]
    job: Mapped[str | None]


class PostRow(Base):
    """A message of an open turn's answer as the platform has it; ids are the order of posting."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("turn_id", "key"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    key: Mapped[str]
    platform_message_id: Mapped[str]


class MessageRow(Base):
    """A question or an answer. `platform_message_id` and the person are the question's; the rest is the answer's.

    `written_by` is the turn that wrote the newest words, None where that is `turn_id`; `sources` are JSON. `reasoning`
    is what the newest words were reasoned with.
    """

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
    written_by: Mapped[int | None]
    sources: Mapped[str | None]
    reasoning: Mapped[str | None]


class QuoteRow(Base):
    """Others' words in front of a question: `chars` characters of its text, those of the earlier rows before them.

    They stay the words of `person_id`, and are erased as theirs; "" where the platform does not say whose they are.
    """

    __tablename__ = "quotes"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id", ondelete="CASCADE"), index=True)
    person_id: Mapped[str] = mapped_column(index=True)
    chars: Mapped[int]


class RatingRow(Base):
    """What one person thinks of the answer of one turn."""

    __tablename__ = "ratings"
    __table_args__ = (UniqueConstraint("turn_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    turn_id: Mapped[int] = mapped_column(ForeignKey("turns.id", ondelete="CASCADE"))
    person_id: Mapped[str] = mapped_column(index=True)
    verdict: Mapped[str]
    reason: Mapped[str]
    model: Mapped[str]
    rated_at: Mapped[datetime]


class ChoiceRow(Base):
    """A choice of model at one level of one scope; parts of the scope that the level does not reach down to are "".

    `think` is how much it is to think, None where nothing was chosen about that. `moved_by` is the replacement that put
    the model there, `moved_from` what it was before; None once somebody has chosen anew.
    """

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
    think: Mapped[str | None]
    moved_by: Mapped[int | None] = mapped_column(index=True)
    moved_from: Mapped[str | None]


class NoteRow(Base):
    """A small fact by its name."""

    __tablename__ = "notes"

    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    written_at: Mapped[datetime]


METADATA = Base.metadata
"""All tables, those of the lessons and of usage too."""

# What every turn needs is asked over the tables themselves, in statements made once, with their values bound: a tenth
# of the work of making them anew over the classes, and that work would bound how many turns a process can do.
CONTEXT_WINDOWS = METADATA.tables[ContextWindowRow.__tablename__]
CONVERSATIONS, EVENTS, TURNS, POSTS, MESSAGES, QUOTES, CHOICES, NOTES, RATINGS = (
    METADATA.tables[row.__tablename__]
    for row in (ConversationRow, EventRow, TurnRow, PostRow, MessageRow, QuoteRow, ChoiceRow, NoteRow, RatingRow)
)
USAGE = METADATA.tables[UsageRow.__tablename__]
MODEL_PROBES = METADATA.tables[ModelProbeRow.__tablename__]
MODEL_WORK = METADATA.tables[ModelWorkRow.__tablename__]
VOTES = METADATA.tables[VoteRow.__tablename__]
ASSISTANTS, ASSISTANT_USES, ASSISTANT_GREETINGS = (
    METADATA.tables[row.__tablename__] for row in (AssistantRow, AssistantUseRow, AssistantGreetingRow)
)
KNOWN_MODELS, MODEL_NEWS, NEWS_PLACES = (
    METADATA.tables[row.__tablename__] for row in (KnownModelRow, ModelNewsRow, NewsPlaceRow)
)
AUDIT_LOG, AUDIT_BOUNDS = (METADATA.tables[row.__tablename__] for row in (DeedRow, AuditBoundRow))
LESSON_DOCUMENTS, LESSON_CHUNKS, LESSON_QUIZZES, LESSON_LANGUAGES = (
    METADATA.tables[row.__tablename__] for row in (LessonDocumentRow, LessonChunkRow, LessonQuizRow, LessonLanguageRow)
)
COURSE_CHOICES, LESSON_SOURCES = (METADATA.tables[row.__tablename__] for row in (CourseChoiceRow, LessonSourceRow))
