"""Lists and cards of models as older hosts, and other servers, write them: read where they can be, and bounded."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from bot.domain import ModelCard
from bot.llm.ollama import OllamaBackend
from bot.llm.ollama_cards import MOST_MODELS
from tests.lab.raw_host import RawHost, answer

NONE_LOADED = '{"models":[]}'
CARD = '{"model_info":{"general.architecture":"llama","llama.context_length":8192},"capabilities":["completion"]}'
TAG = {"name": "one:1b", "model": "one:1b", "digest": "d", "size": 98_000_000}


async def listed(tags: str, *, ps: str = NONE_LOADED, card: str = CARD) -> Sequence[ModelCard]:
    answers = {"/api/tags": answer(tags), "/api/ps": answer(ps), "/api/show": answer(card)}
    async with RawHost(answers) as host:
        backend = OllamaBackend(host=host.url)
        try:
            return await backend.models()
        finally:
            await backend.close()


async def test_a_host_without_a_model_may_say_null() -> None:
    assert await listed('{"models":null}') == []


async def test_nothing_in_memory_may_be_null() -> None:
    assert [card.name for card in await listed(json.dumps({"models": [TAG]}), ps='{"models":null}')] == ["one:1b"]


@pytest.mark.parametrize("odd", [{"name": "one:1b"}, {"name": "one:1b", "model": None}, {"model": "one:1b", "name": 7}])
async def test_a_model_may_be_named_in_either_field(odd: dict[str, object]) -> None:
    assert [card.name for card in await listed(json.dumps({"models": [odd]}))] == ["one:1b"]


@pytest.mark.parametrize(
    "name",
    ["", "  ", "\u200b\u202e", "\n", "a\nb:1b", "`:1b", "a`@everyone`:1b", "\x1b[31mred", "\u202egpj", "x" * 3000],
)
async def test_a_name_nobody_can_read_or_type_names_no_model(name: str) -> None:
    odd = {"name": name, "model": name}

    assert [card.name for card in await listed(json.dumps({"models": [odd, TAG]}))] == ["one:1b"]


@pytest.mark.parametrize(
    "card",
    [
        '{"modelfile":"FROM x","template":"{{ .Prompt }}"}',
        '{"model_info":null,"capabilities":["completion"]}',
        '{"details":{"family":"llama"},"capabilities":[]}',
    ],
)
async def test_a_card_without_figures_is_a_card(card: str) -> None:
    (read,) = await listed(json.dumps({"models": [TAG]}), card=card)

    assert read.can_chat
    assert read.context_tokens is None


async def test_of_a_list_without_end_the_first_models_are_read() -> None:
    many = [{"name": f"m{number:06}:1b", "digest": "d"} for number in range(30_000)]
    cards = await listed(json.dumps({"models": many}))

    assert [card.name for card in cards] == [each["name"] for each in many[:MOST_MODELS]]


@pytest.mark.parametrize("odd", ["x" * 5_000_000, "a\nb", "`@everyone`", "\x1b[31mred\u202e"])
async def test_what_a_card_tells_is_one_short_line(odd: str) -> None:
    tag = TAG | {"details": {"family": odd, "parameter_size": odd}}
    card = json.dumps({"model_info": {"general.license": odd}, "license": odd, "capabilities": ["completion"]})
    (read,) = await listed(json.dumps({"models": [tag]}), card=card)

    for told in (read.family, read.parameters, read.licence or ""):
        assert len(told) <= 80
        assert told.isprintable()
        assert "`" not in told


@pytest.mark.parametrize("card", ["{}", '{"error":"no such file"}', '{"model_info":[]}', "[]"])
async def test_what_is_no_card_leaves_its_model_unread(card: str) -> None:
    (read,) = await listed(json.dumps({"models": [TAG]}), card=card)

    assert read.is_unreadable
