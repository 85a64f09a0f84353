"""What the engine asks of the lessons: their index, finding passages, and answers from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.domain import (
    Chunk,
    Cited,
    Document,
    Finding,
    LessonQuestion,
    Passage,
    QuizItem,
    QuizQuestion,
)


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of some texts, in order, and the name of the model that made them."""

    model: str
    rows: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class NewDocument:
    """A document to be stored: `vectors` go with the chunks, in order; None where there is no embedder.

    `questions` are its quiz.
    """

    document: Document
    chunks: Sequence[Chunk]
    vectors: Vectors | None
    questions: Sequence[QuizQuestion] = ()


@dataclass(frozen=True, slots=True)
class IndexedLanguage:
    """All that is indexed in one language at one moment: passages with score 0, document by document in reading order.

    `vectors` go with the passages; None where a passage has none of the model asked for.
    """

    generation: int
    passages: Sequence[Passage]
    vectors: Sequence[Sequence[float] | None]


class Lessons(Protocol):
    """The index of all courses: documents with their chunks and vectors.

    Shared by all processes on one database. All methods raise `Unavailable` when the store does.
    """

    async def hashes(self, source: str) -> Mapping[str, str]:
        """Return the content hash of every document that came from this source, by path."""
        ...

    async def put(
        self,
        source: str,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Vectors | None,
        *,
        questions: Sequence[QuizQuestion] = (),
    ) -> None:
        """Store one document; see `put_all`."""
        ...

    async def put_all(self, source: str, documents: Sequence[NewDocument], *, gone: Sequence[str] = ()) -> None:
        """Store documents in place of those with their source and path, in one transaction, and take others out.

        `gone` are the paths of those. Whoever reads sees all of it or nothing.
        """
        ...

    async def remove(self, source: str, paths: Sequence[str]) -> None:
        """Take documents out of the index; unknown paths are no error."""
        ...

    async def courses(self) -> Mapping[str, Collection[str]]:
        """Return the sources that each course's documents came from, by the course's name."""
        ...

    async def documents(self) -> Sequence[Document]:
        """Return every document, by course, number, lesson, language and path."""
        ...

    async def chunks(self, document: Document) -> Sequence[Passage]:
        """Return a document's chunks in reading order, with score 0."""
        ...

    async def questions(self, document: Document) -> Sequence[QuizQuestion]:
        """Return the quiz that was written for a document, in its order; empty where none was."""
        ...

    async def generations(self) -> Mapping[str, int]:
        """Return a number for every language with documents; it grows with every change to one of them."""
        ...

    async def language_index(self, language: str, *, model: str) -> IndexedLanguage:
        """Return all passages whose document is in this language, and their vectors of this model."""
        ...

    async def passages(self, ids: Sequence[int]) -> Sequence[Passage]:
        """Return the passages of these ids in the order asked for, with score 0; ids that are gone are left out."""
        ...


class Retriever(Protocol):
    """Finds the passages a question is answered from."""

    async def find(self, question: LessonQuestion, *, count: int = 8, by_words: bool = False) -> Sequence[Passage]:
        """Return the best passages, best first; empty where nothing is indexed. `by_words`: quick, without meaning.

        Raises:
            Unavailable: the index does not answer. Without its embedder it still finds, by words alone.
        """
        ...


class Proof(Protocol):
    """Checks an answer, as it is written, against the passages it cites. Used by one answer."""

    async def feed(self, text: str) -> Cited:
        """Take the next piece of a model's answer; return what is checked by now: whole sentences that hold."""
        ...

    async def finish(self) -> Cited:
        """Check what is left. Afterwards `removed` counts the sentences that did not hold."""
        ...

    @property
    def removed(self) -> int:
        """How many sentences were left out because no passage supports them."""
        ...

    @property
    def kept(self) -> int:
        """How many sentences held, one that was said before aside."""
        ...

    @property
    def is_refusal(self) -> bool:
        """Whether the model said that the lessons do not answer the question."""
        ...


class LanguageTeller(Protocol):
    """Tells languages apart."""

    def language_of(self, text: str) -> str:
        """Return the tag of the language a text is surely in; "" where too little tells."""
        ...


class Teacher(LanguageTeller, Protocol):
    """Answers from the lessons: finds, quotes, briefs a model and checks what it writes."""

    async def look(self, question: LessonQuestion, *, by_words: bool = False) -> Finding:
        """Find the passages for a question and judge whether they answer it; `by_words` in some milliseconds.

        Raises:
            Unavailable: the index does not answer.
        """
        ...

    def quote(self, finding: Finding) -> Cited:
        """Return the sentences that answer best, as quotes with numbers, and the passages they are from."""
        ...

    def brief(self, finding: Finding, *, budget_tokens: int) -> str:
        """Return what a model reads before the question: how to answer, and the numbered passages, as data."""
        ...

    def proof(self, finding: Finding) -> Proof:
        """Begin checking an answer that was made with `brief`."""
        ...

    def summary(self, passages: Sequence[Passage]) -> str:
        """Return what a document says of itself at its beginning, in a few of its own sentences; "" where nothing."""
        ...

    def quiz(self, passages: Sequence[Passage], written: Sequence[QuizQuestion] = ()) -> Sequence[QuizItem]:
        """Return a document's quiz questions: those written for it that hold, then those its words give.

        `passages` are all of its chunks.
        """
        ...
