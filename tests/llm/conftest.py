"""An Ollama stand-in and backends that talk to it."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from bot.llm.ollama import OllamaBackend
from tests.lab.ollama import OllamaLab


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab() as running:
        yield running


@pytest.fixture
async def backend(lab: OllamaLab) -> AsyncGenerator[OllamaBackend]:
    made = OllamaBackend(host=lab.url, keep_alive="10m")
    yield made
    await made.close()


@pytest.fixture
async def hasty(lab: OllamaLab) -> AsyncGenerator[OllamaBackend]:
    made = OllamaBackend(host=lab.url, first_byte_s=0.2, stall_s=0.2)
    yield made
    await made.close()
