"""What the engine asks of the world, on one page. Whoever implements one says "See `ports.X.y`"."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from bot.domain import (
    Address,
    ChatMessage,
    ChatRequest,
    Choice,
    CommandCall,
    Level,
    ModelCard,
    ModelEvent,
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


class History(Protocol):
    """What was said, per conversation: accepted once, read back oldest first, closed with an answer."""

    async def accept(self, message: ChatMessage) -> Turn | None:
        """Store event, message and turn in one transaction; None when the event or the message is known already."""
        ...

    async def accept_call(self, call: CommandCall) -> bool:
        """Remember the call's event; False when it is known already."""
        ...

    async def recent(self, conversation_id: int, *, before_turn: int) -> Sequence[StoredMessage]:
        """Return the messages in context, oldest first: what turns before this one said and were answered.

        Ordered by turn (question, then its answer); nothing from before the last reset or `forget_before`.
        Questions of turns that failed without an answer are left out.
        """
        ...

    async def forget_before(self, conversation_id: int, *, message_id: int) -> None:
        """Leave messages older than this one out of the context from now on. They stay stored. Never moves back."""
        ...

    async def reset(self, address: Address) -> bool:
        """Leave all that was said here so far out of the context; False when there was nothing."""
        ...

    async def start(self, turn_id: int) -> None:
        """Mark the turn as running."""
        ...

    async def finish(self, turn_id: int, answer: StoredAnswer) -> None:
        """Store the answer and close the turn, in one transaction. Empty text stores no message."""
        ...

    async def withdraw(self, address: Address, *, message_id: str) -> int | None:
        """Take a deleted message, and what was answered to it, out of the store; the turn's id, None when unknown.

        `address` is the conversation's, `message_id` the platform's.
        """
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
