"""Asking an Ollama backend, and what came of it."""

from __future__ import annotations

from dataclasses import replace

from bot.domain import ChatRequest, Delta, ModelEvent, PromptMessage, Role
from bot.errors import BotError
from bot.llm.ollama import OllamaBackend

REQUEST = ChatRequest(
    model="smollm2:135m",
    prompt=(PromptMessage(Role.SYSTEM, "You are brief."), PromptMessage(Role.USER, "Say hi.")),
    context_tokens=2048,
    answer_tokens=256,
)
THINKER = replace(REQUEST, model="think-demo")


async def events(backend: OllamaBackend, request: ChatRequest = REQUEST) -> list[ModelEvent]:
    return [event async for event in backend.chat(request)]


async def ended(backend: OllamaBackend, request: ChatRequest = REQUEST) -> tuple[str, BotError]:
    """Return the text that came and the error that ended the chat."""
    text = ""
    try:
        async for event in backend.chat(request):
            text += event.text if isinstance(event, Delta) else ""
    except BotError as error:
        return text, error
    raise AssertionError("the chat ended without an error")


def text_of(every: list[ModelEvent]) -> str:
    return "".join(event.text for event in every if isinstance(event, Delta))
