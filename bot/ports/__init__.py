"""What the engine asks of the world; turns and answers have pages of their own.

Whoever implements one says "See `ports.X.y`".
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain import (
    Address,
    ChatRequest,
    Choice,
    Chunk,
    Document,
    LessonQuestion,
    Level,
    ModelCard,
    ModelEvent,
    Passage,
    StoredMessage,
)
from bot.ports.answers import Answer, Answers, Rating, Verdict
from bot.ports.lessons import LanguageTeller, Proof, Teacher
from bot.ports.turns import Turns

__all__ = [
    "Answer",
    "Answers",
    "Choices",
    "Embedder",
    "History",
    "LanguageTeller",
    "Lessons",
    "ModelBackend",
    "Notes",
    "Proof",
    "Rating",
    "RecentHistory",
    "Retriever",
    "Teacher",
    "Turns",
    "Vectors",
    "Verdict",
]


class ModelBackend(Protocol):
    """Something that serves open models: one Ollama host, the embedded runtime, or a fake.

    Every method raises `Unavailable` when the host cannot be reached or does not answer as it should.
    """

    @property
    def host(self) -> str:
        """What people call this backend: a host's address, or the name of the embedded runtime."""
        ...

    async def models(self) -> Sequence[ModelCard]:
        """Return every installed model, sorted by name; empty when none is installed."""
        ...

    def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """Stream a completion: deltas and thoughts as they come, then exactly one `Completion`, the last.

        Closing the generator ends the generation on the host. Reasoning is a delta only where a model wrote it
        into its text and the host did not tell it apart.

        Raises:
            ModelMissing: the model is not installed.
            PromptTooLong: the prompt does not fit `context_tokens`; nothing was generated.
            UserError: the model cannot do what is asked (it does not chat, say).
            Unavailable: the host is down, busy, out of memory or silent, or the stream broke off; deltas may have come.
        """
        ...

    async def close(self) -> None:
        """Free connections, threads and memory."""
        ...


class RecentHistory(Protocol):
    """What was said in a conversation as far as it is in context: what a prompt is made from."""

    async def recent(self, conversation_id: int, *, before_turn: int) -> Sequence[StoredMessage]:
        """Return the messages in context, oldest first: what turns before this one said and were answered.

        Ordered by turn (question, then its answer); nothing from before the last reset or `forget_before`.
        Questions of turns that ended without words are left out.
        """
        ...

    async def forget_before(self, conversation_id: int, *, message_id: int) -> None:
        """Leave messages older than this one out of the context from now on. They stay stored. Never moves back."""
        ...


class History(RecentHistory, Protocol):
    """What was said, per conversation, read back oldest first."""

    async def reset(self, address: Address) -> bool:
        """Leave all that was said here so far out of the context; False when there was nothing."""
        ...

    async def withdraw(self, address: Address, *, message_id: str) -> int | None:
        """Take a deleted message, and what was answered to it, out of the store; the turn's id, None when unknown.

        `address` is the conversation's, `message_id` the platform's.
        """
        ...

    async def forget_person(self, platform: str, person_id: str, *, workspace: str = "") -> int:
        """Erase a person's messages, what was answered to them, and their choices; return how many messages.

        Everywhere on the platform, or in one workspace where one is named. Open turns of theirs end without words.
        What others were, or are just being, answered after the person spoke in their conversation may repeat it: it is
        erased as well, uncounted, and their questions stay in the context.
        """
        ...

    async def expire(self, *, before: datetime, platform: str = "", workspace: str = "") -> int:
        """Erase messages, turns and events that are older; return how many messages. "" means every one."""
        ...


class Choices(Protocol):
    """Which model was chosen where."""

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        """Return the stored choices that bear on this person here, nearest level first; levels without one left out.

        ME is this person in this conversation (the whole address); THREAD exists only where `address.thread` is set;
        WORKSPACE only where `address.workspace` is. In a private conversation the choices of its channel hold.
        """
        ...

    async def choose(self, level: Level, address: Address, person_id: str, *, model: str) -> None:
        """Store a choice; the last one at a level wins."""
        ...

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        """Forget the choice at this level; False when there was none."""
        ...


class Notes(Protocol):
    """Small facts the adapters keep between starts, such as the hash of the last command synchronisation."""

    async def read(self, name: str) -> str | None:
        """Return the fact, None when it was never written."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Store the fact."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how near in meaning they are, over languages.

    Raises `Unavailable` when the model host does not answer.
    """

    @property
    def name(self) -> str:
        """The model's name; vectors of different names are not comparable."""
        ...

    @property
    def dimensions(self) -> int:
        """The length of a vector."""
        ...

    async def questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return a vector of length 1 (Euclidean) for each question, in order."""
        ...

    async def passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """Return a vector of length 1 (Euclidean) for each passage, in order."""
        ...

    async def close(self) -> None:
        """Free what it holds."""
        ...


@dataclass(frozen=True, slots=True)
class Vectors:
    """The vectors of some texts, in order, and the name of the model that made them."""

    model: str
    rows: Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Shelf:
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

    async def put(self, source: str, document: Document, chunks: Sequence[Chunk], vectors: Vectors | None) -> None:
        """Store a document in place of the one with its source and path, in one transaction.

        `vectors` go with the chunks, in order; None where there is no embedder.
        """
        ...

    async def remove(self, source: str, paths: Sequence[str]) -> None:
        """Take documents out of the index; unknown paths are no error."""
        ...

    async def documents(self) -> Sequence[Document]:
        """Return every document, by course, number, lesson, language and path."""
        ...

    async def chunks(self, document: Document) -> Sequence[Passage]:
        """Return a document's chunks in reading order, with score 0."""
        ...

    async def generations(self) -> Mapping[str, int]:
        """Return a number for every language with documents; it grows with every change to one of them."""
        ...

    async def shelf(self, language: str, *, model: str) -> Shelf:
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
