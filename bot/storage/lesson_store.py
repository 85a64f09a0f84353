"""The index of the lessons: `ports.Lessons` on SQL. What is near to what in meaning is not known here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeVar

import structlog
from sqlalchemy import Column, ScalarSelect, delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from bot.domain import Chunk, Document, Passage, QuizQuestion
from bot.ports import IndexedLanguage, NewDocument, Vectors
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_nothing, one_at_a_time
from bot.storage.lesson_rows import (
    Stored,
    chunk_values,
    document_values,
    in_order,
    quiz_values,
    to_document,
    to_passage,
    to_question,
    to_vector,
)
from bot.storage.tables.chat_tables import LESSON_CHUNKS as CHUNKS
from bot.storage.tables.chat_tables import LESSON_DOCUMENTS as DOCUMENTS
from bot.storage.tables.chat_tables import LESSON_LANGUAGES as LANGUAGES
from bot.storage.tables.chat_tables import LESSON_QUIZZES as QUIZZES

CHANGING = 0x6C79_6C65_7373
"""The lock under which lessons are changed: of two processes that ingest at once, one document goes after another."""

FEW = 500
"""Values bound in one statement: SQLite has long taken no more than 999."""

Value = TypeVar("Value", int, str)
log = structlog.get_logger(__name__)


class SqlLessons:
    """See `ports.Lessons`. Every method raises `Unavailable` when the database is locked, full, away or broken."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def hashes(self, source: str) -> Mapping[str, str]:
        """See `ports.Lessons.hashes`."""
        return await self._database.read(lambda session: hashes(session, source))

    async def put(
        self,
        source: str,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors | None,
        *,
        questions: Sequence[QuizQuestion] = (),
    ) -> None:
        """See `ports.Lessons.put`. A `ValueError` says that there are not as many vectors as chunks."""
        await self.put_all(source, [NewDocument(document, chunks, vectors, questions)])

    async def put_all(self, source: str, documents: Sequence[NewDocument], *, gone: Sequence[str] = ()) -> None:
        """See `ports.Lessons.put_all`. A `ValueError` as of `put`; nothing is stored then."""
        if any(each.vectors and len(each.vectors.rows) != len(each.chunks) for each in documents):
            raise ValueError("each chunk needs its vector")
        await self._database.write(lambda session: put_all(session, source, documents, gone=gone))

    async def remove(self, source: str, paths: Sequence[str]) -> None:
        """See `ports.Lessons.remove`."""
        await self._database.write(lambda session: remove(session, source, paths))

    async def courses(self) -> Mapping[str, Collection[str]]:
        """See `ports.Lessons.courses`."""
        return await self._database.read(courses)

    async def documents(self) -> Sequence[Document]:
        """See `ports.Lessons.documents`."""
        return await self._database.read(documents)

    async def chunks(self, document: Document) -> Sequence[Passage]:
        """See `ports.Lessons.chunks`."""
        return await self._database.read(lambda session: chunks_of(session, document))

    async def questions(self, document: Document) -> Sequence[QuizQuestion]:
        """See `ports.Lessons.questions`."""
        return await self._database.read(lambda session: questions_of(session, document))

    async def generations(self) -> Mapping[str, int]:
        """See `ports.Lessons.generations`."""
        return await self._database.read(generations)

    async def language_index(self, language: str, *, model: str) -> IndexedLanguage:
        """See `ports.Lessons.language_index`."""
        return await self._database.read(lambda session: language_index(session, language, model=model))

    async def passages(self, ids: Sequence[int]) -> Sequence[Passage]:
        """See `ports.Lessons.passages`."""
        return await self._database.read(lambda session: passages(session, ids))


def hashes(session: Session, source: str) -> dict[str, str]:
    """Read the hashes of one source."""
    asked = select(DOCUMENTS.c.path, DOCUMENTS.c.content_hash).where(DOCUMENTS.c.source == source)
    return {row.path: row.content_hash for row in session.execute(asked)}


def put_all(session: Session, source: str, documents: Sequence[NewDocument], *, gone: Sequence[str]) -> None:
    """Replace documents, and delete others."""
    one_at_a_time(session, CHANGING)
    changed = _delete(session, source, [*gone, *(each.document.path for each in documents)])
    for each in documents:
        _insert(session, source, each)
    _grow(session, sorted({*changed, *(each.document.language for each in documents)}))


def _insert(session: Session, source: str, new: NewDocument) -> None:
    vectors = new.vectors
    values = document_values(source, new.document, model=vectors.model if vectors else "")
    document_id = session.scalars(insert(DOCUMENTS).returning(DOCUMENTS.c.id), values).one()
    rows = zip(range(len(new.chunks)), new.chunks, vectors.rows if vectors else repeat(None), strict=False)
    if new.chunks:
        session.execute(insert(CHUNKS), [chunk_values(document_id, *row) for row in rows])
    if new.questions:
        rows_of_quiz = [quiz_values(document_id, at, each) for at, each in enumerate(new.questions)]
        session.execute(insert(QUIZZES), rows_of_quiz)


def remove(session: Session, source: str, paths: Sequence[str]) -> None:
    """Delete documents with their chunks."""
    one_at_a_time(session, CHANGING)
    _grow(session, _delete(session, source, paths))


def courses(session: Session) -> dict[str, set[str]]:
    """Read which sources each course came from."""
    found: dict[str, set[str]] = {}
    for course, source in session.execute(select(DOCUMENTS.c.course, DOCUMENTS.c.source).distinct()):
        found.setdefault(course, set()).add(source)
    return found


def documents(session: Session) -> Sequence[Document]:
    """Read all documents."""
    return in_order([to_document(row) for row in session.execute(select(DOCUMENTS))])


def chunks_of(session: Session, document: Document) -> Sequence[Passage]:
    """Read a document's passages; of documents that two sources have alike, the first one's."""
    asked = select(CHUNKS).where(CHUNKS.c.document_id == _first(document)).order_by(CHUNKS.c.position)
    return [to_passage(row, document) for row in session.execute(asked)]


def questions_of(session: Session, document: Document) -> Sequence[QuizQuestion]:
    """Read a document's quiz, as `chunks_of` reads its passages."""
    asked = select(QUIZZES).where(QUIZZES.c.document_id == _first(document)).order_by(QUIZZES.c.position)
    return [to_question(row) for row in session.execute(asked)]


def _first(document: Document) -> ScalarSelect[Any]:
    same = [DOCUMENTS.c[name] == getattr(document, name) for name in ("course", "lesson", "language", "path")]
    first = select(func.min(DOCUMENTS.c.id)).where(*same, DOCUMENTS.c.content_hash == document.content_hash)
    return first.scalar_subquery()


def generations(session: Session) -> dict[str, int]:
    """Read the generation of each language that has documents."""
    has_documents = exists().where(DOCUMENTS.c.language == LANGUAGES.c.language)
    return {row.language: row.generation for row in session.execute(select(LANGUAGES).where(has_documents))}


def language_index(session: Session, language: str, *, model: str) -> IndexedLanguage:
    """Read a language's passages and vectors, all of one moment."""
    generation = session.scalar(select(LANGUAGES.c.generation).where(LANGUAGES.c.language == language)) or 0
    here = DOCUMENTS.c.language == language
    known = {row.id: (to_document(row), row.model == model) for row in session.execute(select(DOCUMENTS).where(here))}
    asked = select(CHUNKS).where(CHUNKS.c.document_id.in_(select(DOCUMENTS.c.id).where(here)))
    rows = session.execute(asked.order_by(CHUNKS.c.document_id, CHUNKS.c.position)).all()
    vectors = _alike([to_vector(row.vector) if known[row.document_id][1] else None for row in rows])
    return IndexedLanguage(generation, [to_passage(row, known[row.document_id][0]) for row in rows], vectors)


def _alike(vectors: Sequence[Sequence[float] | None]) -> Sequence[Sequence[float] | None]:
    """Return the vectors without those that are not as long as most: no model made them."""
    sizes = Counter(len(vector) for vector in vectors if vector is not None)
    if len(sizes) <= 1:
        return vectors
    [(size, alike)] = sizes.most_common(1)
    log.warning("storage.vectors_damaged", vectors=sizes.total() - alike)
    return [vector if vector is not None and len(vector) == size else None for vector in vectors]


def passages(session: Session, ids: Sequence[int]) -> Sequence[Passage]:
    """Read passages by their ids."""
    rows = list(_rows(session, CHUNKS.c.id, ids))
    known = {row.id: to_document(row) for row in _rows(session, DOCUMENTS.c.id, {row.document_id for row in rows})}
    found = {row.id: to_passage(row, known[row.document_id]) for row in rows}
    return [found[id_] for id_ in ids if id_ in found]


def _rows(session: Session, column: Column[int], ids: Collection[int]) -> Iterator[Stored]:
    """Read the rows of a table with one of these ids, in any order."""
    for few in _fews(sorted(ids)):
        yield from session.execute(select(column.table).where(column.in_(few)))


def _delete(session: Session, source: str, paths: Sequence[str]) -> set[str]:
    """Delete documents and return the languages they were in."""
    languages: set[str] = set()
    for few in _fews(paths):
        gone = delete(DOCUMENTS).where(DOCUMENTS.c.source == source, DOCUMENTS.c.path.in_(few))
        languages.update(session.scalars(gone.returning(DOCUMENTS.c.language)))
    return languages


def _grow(session: Session, languages: Collection[str]) -> None:
    for language in languages:
        insert_or_nothing(session, LANGUAGES, {"language": language, "generation": 0})
    grown = LANGUAGES.c.generation + 1
    session.execute(update(LANGUAGES).where(LANGUAGES.c.language.in_(languages)).values(generation=grown))


def _fews(values: Sequence[Value]) -> Iterator[Sequence[Value]]:
    for start in range(0, len(values), FEW):
        yield values[start : start + FEW]
