"""What is known of an engine's models: cards from its lists, each engine's in its own shape."""

from __future__ import annotations

import pytest

from bot.domain import ModelCard
from bot.errors import Unavailable
from bot.llm.openai_cards import Windows, shown_name
from bot.llm.openai_engine import EngineBackend
from tests.lab.engines import EngineLab, EngineModelOfLab, Kind
from tests.lab.ollama.script import Reply
from tests.llm.engine_talk import MODEL, talking


async def cards_of(kind: Kind, *models: EngineModelOfLab, **options: object) -> dict[str, ModelCard]:
    async with EngineLab(kind, models) as lab, talking(lab, **options) as backend:
        return {card.name: card for card in await backend.models()}


@pytest.mark.parametrize(
    ("kind", "window"),
    [
        (Kind.LLAMA, 4096),
        (Kind.ROUTER, 4096),
        (Kind.VLLM, 4096),
        (Kind.SGLANG, 4096),
        (Kind.LITELLM, 4096),
        (Kind.RAY, None),
    ],
)
async def test_a_window_is_what_the_engine_says_of_it(kind: Kind, window: int | None) -> None:
    cards = await cards_of(kind, EngineModelOfLab(id=MODEL, window=4096))

    assert cards[MODEL].context_tokens == window


@pytest.mark.parametrize(
    ("windows", "window"), [(Windows(1024), 1024), (Windows(1024, {MODEL: 512}), 512), (Windows(0, {"x": 9}), 4096)]
)
async def test_what_the_operator_set_comes_before_what_the_engine_says(windows: Windows, window: int) -> None:
    cards = await cards_of(Kind.VLLM, EngineModelOfLab(id=MODEL, window=4096), windows=windows)

    assert cards[MODEL].context_tokens == window


async def test_an_adapter_has_the_window_of_its_base() -> None:
    base, adapter = EngineModelOfLab(id="base", window=4096), EngineModelOfLab(id="adapter", parent="base")

    assert (await cards_of(Kind.VLLM, base, adapter))["adapter"].context_tokens == 4096


async def test_a_routers_models_are_loaded_or_not() -> None:
    asleep, away = EngineModelOfLab(id="asleep", status="sleeping"), EngineModelOfLab(id="away", status="unloaded")
    cards = await cards_of(Kind.ROUTER, EngineModelOfLab(id=MODEL), asleep, away)

    assert {name: card.is_loaded for name, card in cards.items()} == {MODEL: True, "asleep": False, "away": False}
    assert cards["away"].context_tokens is None


async def test_llamas_properties_tell_what_a_model_can() -> None:
    for kind in (Kind.LLAMA, Kind.ROUTER):
        cards = await cards_of(kind, EngineModelOfLab(id=MODEL, thinks=True, sees=True))

        assert cards[MODEL].capabilities == {"completion", "thinking", "vision"}
        assert (cards[MODEL].parameters, cards[MODEL].size_bytes) == ("134.5M", 96_576_768)


@pytest.mark.parametrize(
    ("kind", "model"),
    [
        (Kind.VLLM, EngineModelOfLab(id="BAAI/bge-reranker-v2")),
        (Kind.VLLM, EngineModelOfLab(id="nomic-embed-text")),
        (Kind.LITELLM, EngineModelOfLab(id="team-vectors", mode="embedding")),
    ],
)
async def test_a_model_that_makes_vectors_does_not_chat(kind: Kind, model: EngineModelOfLab) -> None:
    assert not (await cards_of(kind, model))[model.id].can_chat


@pytest.mark.parametrize(
    ("model_id", "name"),
    [
        ("models/qwen2.5-coder-1.5b-instruct-q4_k_m.gguf", "qwen2.5-coder-1.5b-instruct-q4_k_m"),
        ("/data/models/Qwen3-8B", "Qwen3-8B"),
        ("/data/models/Qwen3-8B/", "Qwen3-8B"),
        (r"C:\models\qwen.gguf", "qwen"),
        ("./qwen.gguf", "qwen"),
        ("Qwen/Qwen3-8B", "Qwen/Qwen3-8B"),
        ("qwen.gguf", "qwen.gguf"),
        ("smollm2:135m", "smollm2:135m"),
        ("/", "/"),
    ],
)
def test_nobody_reads_the_path_of_a_file(model_id: str, name: str) -> None:
    assert shown_name(model_id) == name


async def test_models_whose_files_are_named_alike_stay_apart() -> None:
    cards = await cards_of(Kind.ROUTER, EngineModelOfLab(id="/a/qwen.gguf"), EngineModelOfLab(id="/b/qwen.gguf"))

    assert set(cards) == {"qwen", "/b/qwen.gguf"}


@pytest.mark.parametrize(
    "listed",
    ["<html>", "[]", "{}", '{"data": {}}', '{"models": []}'],
)
async def test_a_list_of_another_shape_is_told_as_such(listed: str) -> None:
    async with EngineLab(Kind.VLLM) as lab, talking(lab) as backend:
        lab.next_reply("/v1/models", Reply(200, body=listed))
        with pytest.raises(Unavailable) as raised:
            await backend.models()

    assert raised.value.key == "error.engine_odd"


async def test_rows_of_another_shape_are_left_out() -> None:
    async with EngineLab(Kind.VLLM) as lab, talking(lab) as backend:
        row = '{"id":"good","owned_by":"vllm","max_model_len":"many"}'
        lab.next_reply("/v1/models", Reply(200, body=f'{{"data":[5,{{"id":7}},{{}},{row}]}}'))
        cards = await backend.models()

    assert [(card.name, card.context_tokens) for card in cards] == [("good", None)]


@pytest.mark.parametrize("base", ["", "/v1", "/v1/", "/"])
async def test_an_address_is_taken_with_or_without_its_version(base: str) -> None:
    async with EngineLab(Kind.VLLM, prefix="/team/llm") as lab:
        backend = EngineBackend(url=f"{lab.url}{base}")
        cards = await backend.models()
        await backend.close()

    assert [card.name for card in cards] == [MODEL]
