"""Documents, chunks and vectors as rows, and rows as documents, passages and vectors."""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Sequence
from typing import Any, TypeAlias

import structlog
from sqlalchemy import Row

from bot.domain import Chunk, Document, Passage, QuizQuestion
from bot.storage.database.sql_dialects import Values

Stored: TypeAlias = Row[*tuple[Any, ...]]
"""A row of either table; what its columns hold, the tables say."""

HALF = 2
"""Bytes of a number of a vector. Four of its digits stay: two vectors of length 1 come out as near to within 0.001."""

MOST_DIGITS = 9
"""No part of a lesson's number has more."""

log = structlog.get_logger(__name__)


def document_values(source: str, document: Document, *, model: str) -> Values:
    """Return the columns of a document's row."""
    return {
        "source": source,
        "path": document.path,
        "course": document.course,
        "lesson": document.lesson,
        "number": ".".join(map(str, document.number)),
        "title": document.title,
        "language": document.language,
        "url": document.url,
        "content_hash": document.content_hash,
        "model": model,
        "is_stale": document.is_stale,
    }


def to_document(row: Stored) -> Document:
    """Read a document's row."""
    return Document(
        course=row.course,
        lesson=row.lesson,
        number=_number(row.number),
        title=row.title,
        language=row.language,
        path=row.path,
        url=row.url,
        content_hash=row.content_hash,
        is_stale=row.is_stale,
    )


def chunk_values(document_id: int, position: int, chunk: Chunk, vector: Sequence[float] | None) -> Values:
    """Return the columns of a chunk's row."""
    return {
        "document_id": document_id,
        "position": position,
        "section": chunk.section,
        "heading_path": json.dumps(chunk.heading_path, ensure_ascii=False),
        "anchor": chunk.anchor,
        "text": chunk.text,
        "language": chunk.language,
        "vector": None if vector is None else struct.pack(f"<{len(vector)}e", *vector),
    }


def to_passage(row: Stored, document: Document) -> Passage:
    """Read a chunk's row."""
    chunk = Chunk(
        section=row.section,
        heading_path=_heading_path(row.heading_path),
        anchor=row.anchor,
        text=row.text,
        language=row.language,
    )
    return Passage(id=row.id, document=document, chunk=chunk, score=0.0)


def quiz_values(document_id: int, position: int, question: QuizQuestion) -> Values:
    """Return the columns of a quiz question's row."""
    return {
        "document_id": document_id,
        "position": position,
        "question": question.question,
        "answer": question.right,
        "wrong": json.dumps(question.wrong, ensure_ascii=False),
        "proof": question.proof,
    }


def to_question(row: Stored) -> QuizQuestion:
    """Read a quiz question's row; one whose wrong answers are damaged has none, and is asked nobody."""
    wrong = _texts(row.wrong)
    if wrong is None:
        log.warning("storage.quiz_damaged")
    return QuizQuestion(question=row.question, right=row.answer, wrong=tuple(wrong or ()), proof=row.proof)


def to_vector(stored: object) -> Sequence[float] | None:
    """Read a chunk's vector; one that was cut in the middle of a number is none."""
    if not isinstance(stored, bytes) or len(stored) % HALF:
        return None
    return array("f", struct.unpack(f"<{len(stored) // HALF}e", stored))


def in_order(documents: Sequence[Document]) -> Sequence[Document]:
    """Sort documents as `ports.Lessons.documents` returns them."""
    return sorted(documents, key=lambda one: (one.course, one.number, one.lesson, one.language, one.path))


def _heading_path(stored: str) -> tuple[str, ...]:
    """Read the headings above a chunk; without them its words are as good."""
    read = _texts(stored)
    if read is None:
        log.warning("storage.headings_damaged")
    return tuple(read or ())


def _texts(stored: str) -> list[str] | None:
    """Read a list of texts; None where it is none."""
    try:
        read = json.loads(stored)
    except (ValueError, TypeError, RecursionError):
        return None
    return [str(each) for each in read] if isinstance(read, list) else None


def _number(stored: str) -> tuple[int, ...]:
    """Read a lesson's number; one that is none does not count."""
    parts = stored.split(".") if stored else []
    if all(len(part) <= MOST_DIGITS and part.isascii() and part.isdecimal() for part in parts):
        return tuple(map(int, parts))
    log.warning("storage.number_damaged")
    return ()
