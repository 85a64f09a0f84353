"""`ports.Lessons` in memory."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain import Chunk, Document, Passage, QuizQuestion
from bot.errors import Unavailable
from bot.ports import IndexedLanguage, NewDocument, Vectors
from tests.memory.courses import FakeCourseSources


@dataclass(frozen=True)
class FakeDocument:
    """A document as it is kept."""

    source: str
    document: Document
    passages: Sequence[Passage]
    vectors: Vectors | None
    questions: Sequence[QuizQuestion] = ()

    def vectors_of(self, model: str) -> Sequence[Sequence[float] | None]:
        return self.vectors.rows if self.vectors and self.vectors.model == model else [None] * len(self.passages)


@dataclass
class FakeLessons:
    """See `ports.Lessons`. Set `broken` and each method raises it. `sources` are what they were taken from."""

    broken: Unavailable | None = None
    kept: dict[tuple[str, str], FakeDocument] = field(default_factory=dict)
    grown: dict[str, int] = field(default_factory=dict)
    last_id: int = 0
    sources: FakeCourseSources = field(default_factory=FakeCourseSources)

    async def hashes(self, source: str) -> Mapping[str, str]:
        self._check()
        return {path: one.document.content_hash for (origin, path), one in self.kept.items() if origin == source}

    async def put(
        self,
        source: str,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors | None,
        *,
        questions: Sequence[QuizQuestion] = (),
    ) -> None:
        await self.put_all(source, [NewDocument(document, chunks, vectors, questions)])

    async def put_all(self, source: str, documents: Sequence[NewDocument], *, gone: Sequence[str] = ()) -> None:
        self._check()
        if any(each.vectors and len(each.vectors.rows) != len(each.chunks) for each in documents):
            raise ValueError("each chunk needs its vector")
        changed = self._delete(source, gone)
        for each in documents:
            changed |= self._put(source, each)
        self._grow(changed)

    def _put(self, source: str, new: NewDocument) -> set[str]:
        document, chunks, vectors = new.document, new.chunks, new.vectors
        first = self.last_id + 1
        self.last_id += len(chunks)
        passages = [
            Passage(id=number, document=document, chunk=chunk, score=0.0) for number, chunk in enumerate(chunks, first)
        ]
        languages = {document.language} | self._delete(source, [document.path])
        self.kept[source, document.path] = FakeDocument(source, document, passages, vectors, tuple(new.questions))
        return languages

    async def remove(self, source: str, paths: Sequence[str]) -> None:
        self._check()
        self._grow(self._delete(source, paths))

    async def courses(self) -> Mapping[str, Collection[str]]:
        self._check()
        found: dict[str, set[str]] = {}
        for one in self.kept.values():
            found.setdefault(one.document.course, set()).add(one.source)
        return found

    async def documents(self) -> Sequence[Document]:
        self._check()
        documents = [one.document for one in self.kept.values()]
        return sorted(documents, key=lambda one: (one.course, one.number, one.lesson, one.language, one.path))

    async def chunks(self, document: Document) -> Sequence[Passage]:
        self._check()
        return next((one.passages for one in self.kept.values() if one.document == document), ())

    async def questions(self, document: Document) -> Sequence[QuizQuestion]:
        self._check()
        return next((one.questions for one in self.kept.values() if one.document == document), ())

    async def generations(self) -> Mapping[str, int]:
        self._check()
        return {one.document.language: self.grown[one.document.language] for one in self.kept.values()}

    async def language_index(self, language: str, *, model: str) -> IndexedLanguage:
        self._check()
        here = [one for one in self.kept.values() if one.document.language == language]
        return IndexedLanguage(
            self.grown.get(language, 0),
            [passage for one in here for passage in one.passages],
            [vector for one in here for vector in one.vectors_of(model)],
        )

    async def passages(self, ids: Sequence[int]) -> Sequence[Passage]:
        self._check()
        found = {passage.id: passage for one in self.kept.values() for passage in one.passages}
        return [found[id_] for id_ in ids if id_ in found]

    def _delete(self, source: str, paths: Sequence[str]) -> set[str]:
        gone = [self.kept.pop((source, path)) for path in paths if (source, path) in self.kept]
        return {one.document.language for one in gone}

    def _grow(self, languages: set[str]) -> None:
        self.grown.update({language: self.grown.get(language, 0) + 1 for language in languages})

    def _check(self) -> None:
        if self.broken:
            raise self.broken
