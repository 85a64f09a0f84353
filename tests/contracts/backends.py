"""The model backends that must keep the contract: one async context manager each, by name.

A new backend joins by one function here and one line in `BACKENDS`; the suite cannot forget it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.llm.ollama import OllamaBackend
from bot.ports import ModelBackend
from tests.fakes import FakeBackend, card
from tests.lab.ollama import OllamaLab


@dataclass(frozen=True, slots=True)
class Harness:
    """A backend to be tested, an installed model of it that chats, and the window to ask for, in tokens."""

    backend: ModelBackend
    model: str
    context_tokens: int = 2048


@asynccontextmanager
async def fake() -> AsyncGenerator[Harness]:
    """The fake of the engine's tests: one chat at a time, so that a slot that is not freed shows."""
    backend = FakeBackend(card("smollm2:135m"), card("all-minilm"), parallel=2)
    yield Harness(backend, "smollm2:135m")
    await backend.close()


@asynccontextmanager
async def ollama() -> AsyncGenerator[Harness]:
    """`OllamaBackend` on the loopback stand-in, so slow that only a freed slot lets the next chat in."""
    async with OllamaLab(tokens_per_second=200, parallel=2) as lab:
        backend = OllamaBackend(host=lab.url)
        yield Harness(backend, "smollm2:135m")
        await backend.close()


@asynccontextmanager
async def live_ollama() -> AsyncGenerator[Harness]:
    """`OllamaBackend` on the real server at LYCEUM_TEST_OLLAMA, with its smallest model that chats."""
    host = os.environ.get("LYCEUM_TEST_OLLAMA")
    if not host:
        pytest.skip("LYCEUM_TEST_OLLAMA names no server")
    backend = OllamaBackend(host=host)
    installed = [each for each in await backend.models() if each.can_chat]
    if not installed:
        pytest.skip("the server at LYCEUM_TEST_OLLAMA has no model that chats")
    yield Harness(backend, min(installed, key=lambda each: each.size_bytes).name, context_tokens=1024)
    await backend.close()


BACKENDS: dict[str, Callable[[], AbstractAsyncContextManager[Harness]]] = {
    "fake": fake,
    "ollama": ollama,
    "live_ollama": live_ollama,
}
