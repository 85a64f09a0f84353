"""What the engine asks of what serves models, and of what embeds texts."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol, runtime_checkable

from bot.domain import (
    ChatRequest,
    ModelCard,
    ModelEvent,
    PromptMessage,
    SpeechRequest,
    Transcript,
)
from bot.domain.model_news import HostModels


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

    async def has_loaded(self, model: str) -> bool:
        """Tell whether a model is in memory at this moment; one that is being loaded is not yet."""
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


@runtime_checkable
class Inventory(Protocol):
    """A backend of one or several hosts that tells which of them has which models."""

    async def inventory(self) -> Sequence[HostModels]:
        """Ask every host now what it has; one that does not tell in time has no cards. Raises nothing of theirs."""
        ...


@runtime_checkable
class TokenCounter(Protocol):
    """A backend that has its models' tokenizers at hand. Others count with the answer alone."""

    async def count_tokens(self, model: str, prompt: Sequence[PromptMessage]) -> int:
        """Return how many tokens a prompt has, the model's own template included; nothing is generated."""
        ...


@runtime_checkable
class Transcriber(Protocol):
    """A backend whose models may hear. Others have none that do."""

    async def transcribe(self, request: SpeechRequest) -> Transcript:
        """Return what is said in a piece of a recording; cancelling it ends the work on the host.

        Raises:
            ModelMissing, UserError, Unavailable: as `ModelBackend.chat` does; the model may not hear after all.
        """
        ...


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how near in meaning they are, over languages.

    Raises `Unavailable` when the model host does not answer.
    """

    @property
    def name(self) -> str:
        """The model's name; vectors of different names are not comparable."""
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
