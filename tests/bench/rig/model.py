"""A model that answers at once, so that what a turn costs is the bot's own work."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence

from bot.domain import ChatRequest, Completion, Delta, FinishReason, ModelCard, ModelEvent

WORDS = 8


class InstantModel:
    """See `ports.ModelBackend`. Eight words, each after the event loop has gone round once."""

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`."""
        return "instant"

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`."""
        return [ModelCard(name="instant", context_tokens=8192, capabilities=frozenset({"completion"}), is_loaded=True)]

    async def has_loaded(self, model: str) -> bool:  # noqa: ARG002 - the port's
        """See `ports.ModelBackend.has_loaded`."""
        return True

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`."""
        for _ in range(WORDS):
            await asyncio.sleep(0)
            yield Delta("word ")
        yield Completion(reason=FinishReason.STOP, model=request.model, answer_tokens=WORDS)

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
