"""The model backends that must keep the contract: one async context manager each, by name.

A new backend joins by one function here and one line in `BACKENDS`; the suite cannot forget it.
"""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import pytest

from bot.llm.embedded import MODEL as EMBEDDED_MODEL
from bot.llm.embedded import EmbeddedBackend
from bot.llm.ollama import OllamaBackend
from bot.llm.pool import Pool
from bot.ports import ModelBackend
from tests.fakes import FakeBackend, Speech, card
from tests.lab.ollama import Fault, OllamaLab, Say, echo
from tests.lab.ollama.cards import EMBEDDING

STORY = "Count to 900. Write every number out, one after the other, and nothing else."
STORY_STOPS_AT = 20  # tokens


@dataclass(frozen=True, slots=True)
class Harness:
    """A backend to be tested, an installed model of it that chats, and the window to ask for, in tokens."""

    backend: ModelBackend
    model: str
    context_tokens: int = 2048


@asynccontextmanager
async def fake() -> AsyncGenerator[Harness]:
    """The fake of the engine's tests. The story never ends, so that a slot that is not freed shows."""
    backend = FakeBackend(card("smollm2:135m"), card("all-minilm"), parallel=2)
    repeat = backend.answer
    story = Speech(STORY * 9, holds=True, after=STORY_STOPS_AT)
    backend.answer = lambda request: story if request.prompt[-1].content == STORY else repeat(request)
    yield Harness(backend, "smollm2:135m")
    await backend.close()


@asynccontextmanager
async def ollama() -> AsyncGenerator[Harness]:
    """`OllamaBackend` on the loopback stand-in, where the story never ends either."""
    story = Say(STORY * 9, fault=Fault.STALL, after=STORY_STOPS_AT)
    async with OllamaLab(parallel=2, answer=lambda chat: story if chat.last == STORY else echo(chat)) as lab:
        backend = OllamaBackend(host=lab.url)
        yield Harness(backend, "smollm2:135m")
        await backend.close()


@asynccontextmanager
async def pool() -> AsyncGenerator[Harness]:
    """`Pool` over three hosts: one without the model, one with it, one that is not there."""
    async with ollama() as one, OllamaLab(models=(EMBEDDING,)) as other, OllamaLab() as third:
        gone = third.url
        await third.stop()
        hosts = [OllamaBackend(host=gone), OllamaBackend(host=other.url), one.backend]
        backend = Pool([(host, 2) for host in hosts])
        await backend.models()
        yield Harness(backend, one.model)
        await backend.close()


@asynccontextmanager
async def pool_of_one() -> AsyncGenerator[Harness]:
    """`Pool` over one host."""
    async with ollama() as one:
        backend = Pool([(one.backend, 2)])
        yield Harness(backend, one.model)
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


@asynccontextmanager
async def embedded() -> AsyncGenerator[Harness]:
    """The embedded model itself, at a temperature that lets it tell the same story each time. Loads in a second."""
    backend = EmbeddedBackend(temperature=0.0)
    yield Harness(backend, EMBEDDED_MODEL)
    await backend.close()


BACKENDS: dict[str, Callable[[], AbstractAsyncContextManager[Harness]]] = {
    "fake": fake,
    "ollama": ollama,
    "pool": pool,
    "pool_of_one": pool_of_one,
    "live_ollama": live_ollama,
    "embedded": embedded,
}
MARKS = {"embedded": pytest.mark.embedded}
PARAMETERS = [pytest.param(name, marks=MARKS.get(name, ())) for name in sorted(BACKENDS)]
