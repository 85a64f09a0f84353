"""A host that takes connections and says nothing holds up nobody who changes models."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.engine.keepers import Keepers
from bot.errors import Unavailable
from bot.llm import ollama_keeper
from bot.llm.ollama_keeper import OllamaKeeper
from tests.lab.ollama import OllamaLab


@pytest.fixture
async def silent(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[OllamaKeeper]:
    """Open a keeper of a host that never answers."""
    monkeypatch.setattr(ollama_keeper, "ANSWER_S", 0.2, raising=False)

    async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while await reader.read(1000):
            pass
        writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    keeper = OllamaKeeper(host=f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    yield keeper
    await keeper.close()
    server.close()


async def test_what_it_has_is_not_waited_for_long(silent: OllamaKeeper) -> None:
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable) as error:
            await silent.room()

    assert error.value.key == "error.host_unreachable"


async def test_where_a_model_runs_is_not_waited_for_long(silent: OllamaKeeper) -> None:
    async with asyncio.timeout(5):
        with pytest.raises(Unavailable) as error:
            await silent.check_here("smollm2:135m")

    assert error.value.key == "error.host_silent"


async def test_the_other_hosts_are_chosen_from(silent: OllamaKeeper) -> None:
    async with OllamaLab() as lab:
        other = OllamaKeeper(host=lab.url)
        async with asyncio.timeout(5):
            chosen = await Keepers([silent, other]).best_for("olmo2:7b", need_bytes=0)
        await other.close()

    assert chosen is other
