"""What the engine asks of the world, on one page. Whoever implements one says "See `ports.X.y`"."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.course import Chunk, Document, LessonQuestion, Passage
from bot.domain import (
    Address,
    ChatMessage,
    ChatRequest,
    Choice,
    CommandCall,
    Level,
    ModelCard,
    ModelEvent,
    Outlook,
    Post,
    StoredAnswer,
    StoredMessage,
    Turn,
)


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

        Closing the generator ends the generation on the host. A thinking model's reasoning is never a delta.

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


class Turns(Protocol):
    """The turns, as rows that all processes of the bot share: accepted once, claimed in order, closed once.

    A worker is one process. It owns the turns it accepted, or took over, while it renews its lease on them; a turn
    whose lease ran out, or that was released, is an orphan. All methods raise `Unavailable` when the store does.
    """

    async def accept(self, message: ChatMessage, *, worker: str) -> Turn | None:
        """Store event, message and turn in one transaction, owned by the worker; None when event or message is known.

        However many copies arrive at once, one of them gets the turn.
        """
        ...

    async def accept_call(self, call: CommandCall) -> bool:
        """Remember the call's event; False when it is known already."""
        ...

    async def claim(self, worker: str, *, parallel: int) -> Sequence[int]:
        """Mark those of the worker's accepted turns as running that may run now, and return their ids.

        At most `parallel` turns run at once over all workers. Candidates are the accepted turns that are the oldest
        open ones of their conversations; among them the person with the fewest running turns comes first, then the
        lower id. Each claim counts for the next. A turn runs only where it is among as many candidates as there are
        free places, so that no worker overtakes another. An orphan is nobody's candidate and takes no place, but what
        was asked after it in its conversation waits until it is adopted and answered.
        """
        ...

    async def look(self, worker: str) -> Outlook:
        """Return how the worker's open turns stand. Reads only."""
        ...

    async def renew(self, worker: str, *, lease_s: float) -> None:
        """Extend the lease on all open turns of the worker to `lease_s` from now. `accept` and `adopt` grant 10 s."""
        ...

    async def release(self, turn_id: int, *, worker: str) -> None:
        """Give an open turn back unanswered: accepted again, an orphan at once. Nothing where another owns it."""
        ...

    async def adopt(self, worker: str, *, platform: str) -> Sequence[Turn]:
        """Take over the platform's orphans, oldest first: accepted, owned by the worker, `attempt` one higher.

        Each orphan is adopted by one worker only. The returned messages hold all that a reply needs.
        """
        ...

    async def find(self, turn_id: int) -> Turn | None:
        """Return an open turn; None when it is closed or unknown."""
        ...

    async def open_at(self, address: Address) -> Sequence[Turn]:
        """Return the open turns of a conversation, oldest first."""
        ...

    async def open_of(self, person_id: str, address: Address) -> Sequence[Turn]:
        """Return the person's open turns in the address's channel, its threads included, oldest first."""
        ...

    async def stop(self, turn_id: int) -> None:
        """Ask whoever owns the open turn to stop it."""
        ...

    async def note_post(self, turn_id: int, post: Post) -> None:
        """Remember a posted message of the turn's answer; the same key again replaces its message id."""
        ...

    async def finish(self, turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        """Store the answer and close the turn, in one transaction; empty text stores no message.

        False, and nothing is changed, when the turn is closed or another worker owns it by now. A question that was
        withdrawn gets no answer stored.
        """
        ...

    async def changed(self, *, timeout_s: float) -> None:
        """Return when an open turn may have changed, in any process, or after `timeout_s` at the latest."""
        ...


class History(Protocol):
    """What was said, per conversation, read back oldest first."""

    async def recent(self, conversation_id: int, *, before_turn: int) -> Sequence[StoredMessage]:
        """Return the messages in context, oldest first: what turns before this one said and were answered.

        Ordered by turn (question, then its answer); nothing from before the last reset or `forget_before`.
        Questions of turns that ended without words are left out.
        """
        ...

    async def forget_before(self, conversation_id: int, *, message_id: int) -> None:
        """Leave messages older than this one out of the context from now on. They stay stored. Never moves back."""
        ...

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
        WORKSPACE only where `address.workspace` is.
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

    async def find(self, question: LessonQuestion, *, count: int = 8) -> Sequence[Passage]:
        """Return the best passages, best first; empty where nothing is indexed.

        Raises:
            Unavailable: the index does not answer. Without its embedder it still finds, by words alone.
        """
        ...
