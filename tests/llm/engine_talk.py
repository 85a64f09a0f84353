"""What the tests of engines ask, and how they read what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.domain import ChatRequest, Completion, Delta, ModelEvent, PromptMessage, Role, Thought
from bot.errors import BotError
from bot.llm.openai_engine import EngineBackend
from tests.lab.engines import EngineLab

MODEL = "smollm2:135m"
ASKED = ChatRequest(
    model=MODEL,
    prompt=(PromptMessage(Role.SYSTEM, "You are brief."), PromptMessage(Role.USER, "Say hi.")),
    context_tokens=2048,
    answer_tokens=100,
)
PATIENCE_S = 30.0


@asynccontextmanager
async def talking(lab: EngineLab, **options: object) -> AsyncIterator[EngineBackend]:
    """Give a backend on a stand-in, with other options than the usual."""
    backend = EngineBackend(url=lab.url, **options)  # type: ignore[arg-type]
    try:
        yield backend
    finally:
        await backend.close()


async def said(backend: EngineBackend, request: ChatRequest = ASKED) -> list[ModelEvent]:
    """Return every event of a chat."""
    async with asyncio.timeout(PATIENCE_S):
        return [event async for event in backend.chat(request)]


async def failed(backend: EngineBackend, request: ChatRequest = ASKED) -> tuple[list[ModelEvent], BotError | None]:
    """Return what came of a chat, and the error that it ended with."""
    events: list[ModelEvent] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for event in backend.chat(request):
                events.append(event)  # noqa: PERF401 - what came before the error is wanted
    except BotError as error:
        return events, error
    return events, None


def words(events: list[ModelEvent]) -> str:
    """Return the answer's text."""
    return "".join(event.text for event in events if isinstance(event, Delta))


def thoughts(events: list[ModelEvent]) -> str:
    """Return the reasoning."""
    return "".join(event.text for event in events if isinstance(event, Thought))


def end(events: list[ModelEvent]) -> Completion:
    """Return the completion that a chat ended with."""
    assert isinstance(events[-1], Completion)
    return events[-1]
