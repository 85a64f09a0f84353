"""The tables of the lessons, as the newest migration leaves them."""

from __future__ import annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.tables.columns import Base


class LessonDocumentRow(Base):
    """A document and where it came from; `number` is "2.3" for (2, 3), `model` the one that made its vectors, or ""."""

    __tablename__ = "lesson_documents"
    # A passage named in an answer must never become another one.
    __table_args__ = (UniqueConstraint("source", "path"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    path: Mapped[str]
    course: Mapped[str]
    lesson: Mapped[str]
    number: Mapped[str]
    title: Mapped[str]
    language: Mapped[str] = mapped_column(index=True)
    url: Mapped[str]
    content_hash: Mapped[str]
    model: Mapped[str]
    is_stale: Mapped[bool]


class LessonChunkRow(Base):
    """A chunk; `position` counts those of its document, `heading_path` is a JSON list, `vector` halves of floats."""

    __tablename__ = "lesson_chunks"
    __table_args__ = (UniqueConstraint("document_id", "position"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("lesson_documents.id", ondelete="CASCADE"))
    position: Mapped[int]
    section: Mapped[int]
    heading_path: Mapped[str]
    anchor: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    vector: Mapped[bytes | None]


class LessonQuizRow(Base):
    """A quiz question that was written for a document; `position` counts them, `wrong` is a JSON list."""

    __tablename__ = "lesson_quizzes"

    document_id: Mapped[int] = mapped_column(ForeignKey("lesson_documents.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]
    answer: Mapped[str]
    wrong: Mapped[str]
    proof: Mapped[str]


class LessonLanguageRow(Base):
    """How often the documents of a language have changed. It stays when they are gone, so that it never goes back."""

    __tablename__ = "lesson_languages"

    language: Mapped[str] = mapped_column(primary_key=True)
    generation: Mapped[int]
