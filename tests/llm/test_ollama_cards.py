"""One model whose card fails: the others are listed at once, and it stays listed as what it is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace

import httpx
import pytest
from structlog.testing import capture_logs

from bot.domain import ModelCard, Notice
from bot.errors import Transient, Unavailable
from bot.llm import ollama_cards
from bot.llm.ollama import OllamaBackend
from bot.runtime.backends import choose_backend
from bot.settings.host_settings import OllamaSettings
from bot.settings.schema import Settings
from tests.lab.ollama import BUSY, Flood, LabModel, OllamaLab, Reply

OWL = "old-owl:cloud"
DEEP = "[" * 100_000 + "]" * 100_000
SILENT = Reply(0)
FAILING = [
    Reply(500, "unexpected EOF"),
    Reply(400, "invalid model name"),
    Reply(404, body="404 page not found", content_type="text/plain"),
    Reply(502, body="<html>Bad Gateway</html>"),
    Reply(307, location="http://127.0.0.1:1/"),
    BUSY,
    Reply(200, body="<html>"),
    Reply(200, body="[]"),
    Reply(200, body="{}"),
    Reply(200, body='{"model_info": []}'),
    Reply(200, body='{"model_info": {}, "capabilities": "completion"}'),
    Reply(200, body=f'{{"model_info": {DEEP}}}'),
    Reply(200, body="\xff"),
    Flood("\n" * 2**20),
]


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a card be late sooner."""
    monkeypatch.setattr(ollama_cards, "QUIET_S", 0.5)


@pytest.fixture
async def lab() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab([LabModel(name=name) for name in ("falcon:7b", "mistral:7b", OWL)]) as running:
        yield running


def names(cards: Sequence[ModelCard], *, unreadable: bool) -> list[str]:
    return [card.name for card in cards if card.is_unreadable is unreadable]


@pytest.mark.parametrize("reply", FAILING, ids=str)
async def test_a_card_that_fails_costs_its_own_model_only(
    lab: OllamaLab, backend: OllamaBackend, reply: Reply | Flood
) -> None:
    lab.fail_card(OWL, reply)
    with capture_logs() as logs:
        cards = await backend.models()
        await backend.models()

    assert names(cards, unreadable=False) == ["falcon:7b", "mistral:7b"]
    assert names(cards, unreadable=True) == [OWL]
    assert not next(card for card in cards if card.name == OWL).can_chat
    assert [(entry["event"], entry["model"]) for entry in logs] == [("model.unreadable", OWL)]


@pytest.mark.usefixtures("quick")
async def test_a_card_that_does_not_come_keeps_nobody_waiting(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.fail_card(OWL, SILENT)
    async with asyncio.timeout(ollama_cards.SHOW_S / 2):
        first = await backend.models()
    asked_at = time.monotonic()
    again = [await backend.models() for _ in range(5)]

    assert names(first, unreadable=False) == ["falcon:7b", "mistral:7b"]
    assert {tuple(names(cards, unreadable=True)) for cards in again} == {(OWL,)}
    assert time.monotonic() - asked_at < ollama_cards.QUIET_S


@pytest.mark.usefixtures("quick")
async def test_a_card_that_comes_late_is_read_with_a_later_listing(
    lab: OllamaLab, backend: OllamaBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ollama_cards, "SHOW_S", 0.7)
    lab.fail_card(OWL, SILENT)
    await backend.models()
    lab.mend_card(OWL)

    async with asyncio.timeout(5):
        while names(await backend.models(), unreadable=True):  # noqa: ASYNC110 - as the catalogue does, sooner
            await asyncio.sleep(0.01)


async def test_many_cards_are_asked_for_at_once(lab: OllamaLab, backend: OllamaBackend) -> None:
    for number in range(40):
        lab.install(LabModel(name=f"m{number}"))
    await backend.models()

    assert 2 < lab.connections <= ollama_cards.AT_ONCE


async def test_a_card_that_is_mended_is_read_at_once(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.fail_card(OWL, Reply(500, "unexpected EOF"))
    await backend.models()
    lab.mend_card(OWL)

    assert names(await backend.models(), unreadable=True) == []


async def test_a_model_that_was_read_stays_so(lab: OllamaLab, backend: OllamaBackend) -> None:
    await backend.models()
    lab.fail_card(OWL, Reply(500, "unexpected EOF"))

    assert names(await backend.models(), unreadable=True) == []


async def test_a_model_gone_from_the_list_is_forgotten(lab: OllamaLab, backend: OllamaBackend) -> None:
    await backend.models()
    owl = lab.models[OWL]
    lab.remove(OWL)
    await backend.models()
    lab.install(owl)
    lab.fail_card(OWL, Reply(500, "unexpected EOF"))

    assert names(await backend.models(), unreadable=True) == [OWL]


async def test_models_without_a_digest_are_told_apart(lab: OllamaLab, backend: OllamaBackend) -> None:
    lab.install(LabModel(name="embed", capabilities=("embedding",)))
    listed = Reply(200, body='{"models":[{"model":"embed"},{"model":"falcon:7b"}]}')
    lab.next_reply("/api/tags", listed, listed)
    first = await backend.models()
    lab.install(LabModel(name="embed"))

    assert [card.can_chat for card in first] == [False, True]
    assert [card.can_chat for card in await backend.models()] == [True, True]


async def test_where_no_card_comes_the_models_are_still_there(lab: OllamaLab, backend: OllamaBackend) -> None:
    for name in lab.models:
        lab.fail_card(name, Reply(500, "unexpected EOF"))

    assert names(await backend.models(), unreadable=True) == ["falcon:7b", "mistral:7b", OWL]


async def test_a_host_too_busy_for_any_card_is_busy(lab: OllamaLab, backend: OllamaBackend) -> None:
    for name in lab.models:
        lab.fail_card(name, BUSY)
    with pytest.raises(Transient) as caught:
        await backend.models()

    assert caught.value.key == "error.host_busy"


def test_a_host_that_went_down_while_it_told_of_its_models_is_down() -> None:
    down = httpx.ConnectError("refused")

    assert ollama_cards.failure_of_host([TimeoutError(), down]) is down
    assert ollama_cards.failure_of_host([TimeoutError(), down, ollama_cards.UNREAD]) is None


async def test_a_host_whose_cards_all_redirect_redirects(lab: OllamaLab, backend: OllamaBackend) -> None:
    async with OllamaLab() as elsewhere:
        for name in lab.models:
            lab.fail_card(name, Reply(308, location=f"{elsewhere.url}/api/show"))
        with pytest.raises(Unavailable) as caught:
            await backend.models()

    assert caught.value.key == "error.host_redirects"
    assert elsewhere.requests == []


async def test_a_start_names_the_models_when_none_can_be_read(lab: OllamaLab) -> None:
    for name in ("falcon:7b", "mistral:7b"):
        lab.remove(name)
    lab.fail_card(OWL, Reply(500, "unexpected EOF"))
    chosen_backend = await choose_backend(Settings(ollama=OllamaSettings(hosts=(lab.url,))))
    await chosen_backend.backend.close()

    assert chosen_backend.statement == Notice("host.unreadable", {"host": lab.url, "models": OWL})


async def test_a_model_whose_weights_are_elsewhere_is_remote(lab: OllamaLab, backend: OllamaBackend) -> None:
    cloudy = LabModel(name="cloudy", size=196, remote_host="https://ollama.com:443", remote_model="gpt-oss:120b")
    lab.install(cloudy)
    lab.install(replace(cloudy, name="large-stub", size=98_362_745))
    lab.install(LabModel(name="unmarked-stub", size=174))
    cards = await backend.models()

    assert [card.name for card in cards if card.is_remote] == [
        "cloudy:latest",
        "large-stub:latest",
        OWL,
        "unmarked-stub:latest",
    ]
