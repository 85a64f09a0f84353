"""What is chosen where the settings name engines, and how they stand in a pool."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from bot.clock import SYSTEM_CLOCK
from bot.domain import Notice
from bot.errors import ModelMissing
from bot.llm.pool import Pool
from bot.runtime.backends import choose_backend
from bot.settings import Settings
from bot.settings.host_settings import EngineSettings, OllamaSettings
from bot.settings.model_settings import ModelSettings
from tests.fakes import FakeBackend, card
from tests.lab.engines import EngineLab, EngineModelOfLab, Kind
from tests.lab.ollama import LabModel, OllamaLab
from tests.llm.engine_talk import ASKED, MODEL, said, words

NOBODY = "http://127.0.0.1:9"


@pytest.fixture
async def ollama() -> AsyncGenerator[OllamaLab]:
    async with OllamaLab([LabModel(name="qwen3:8b")]) as lab:
        yield lab


@pytest.fixture
async def vllm() -> AsyncGenerator[EngineLab]:
    async with EngineLab(Kind.VLLM) as lab:
        yield lab


def settings_of(*engines: str, hosts: str | None = None, allow_remote: bool = False) -> Settings:
    return Settings(
        ollama=OllamaSettings(hosts=(hosts,)) if hosts else OllamaSettings(),
        engines={f"e{number}": EngineSettings(url=url) for number, url in enumerate(engines)},
        model=ModelSettings(allow_remote=allow_remote, embedded="never"),
    )


async def test_models_of_both_kinds_of_host_are_listed_and_asked(ollama: OllamaLab, vllm: EngineLab) -> None:
    chosen = await choose_backend(settings_of(vllm.url, hosts=ollama.url), clock=SYSTEM_CLOCK)
    answer = words(await said(chosen.backend))  # type: ignore[arg-type]
    await chosen.backend.close()

    assert [each.name for each in chosen.cards] == ["qwen3:8b", MODEL]
    assert (chosen.answers, chosen.hosts) == (True, [ollama.url, vllm.url])
    assert "Say hi." in answer
    assert len(vllm.chats) == 1


async def test_an_engine_is_enough(vllm: EngineLab) -> None:
    settings = settings_of(vllm.url)
    chosen = await choose_backend(settings, clock=SYSTEM_CLOCK)
    await chosen.backend.close()

    assert chosen.answers
    assert vllm.url in chosen.hosts


async def test_an_engine_that_does_not_answer_costs_its_own_models_only(ollama: OllamaLab) -> None:
    chosen = await choose_backend(settings_of(NOBODY, hosts=ollama.url), clock=SYSTEM_CLOCK)
    await chosen.backend.close()

    assert [each.name for each in chosen.cards] == ["qwen3:8b"]
    assert chosen.statement == Notice("host.some", {"host": ollama.url, "count": 1, "silent": f"`{NOBODY}`"})


async def test_where_no_host_answers_that_is_told() -> None:
    chosen = await choose_backend(settings_of(NOBODY, hosts=NOBODY), clock=SYSTEM_CLOCK)
    await chosen.backend.close()

    assert not chosen.answers
    assert chosen.cards == ()


async def test_an_ollama_host_named_as_an_engine_is_not_asked() -> None:
    async with EngineLab(Kind.OLLAMA) as lab:
        backend = (await choose_backend(settings_of(lab.url, hosts=NOBODY), clock=SYSTEM_CLOCK)).backend
        await backend.close()

    assert lab.chats == []


async def test_a_model_that_one_host_may_not_answer_is_asked_on_the_other() -> None:
    barred = replace(card(MODEL), is_remote=True, is_barred=True)
    far, here = FakeBackend(barred, host="far"), FakeBackend(card(MODEL), host="here")
    pool = Pool([(far, 4), (here, 4)])
    [listed] = await pool.models()
    answer = words([event async for event in pool.chat(ASKED)])
    await pool.close()

    assert (listed.is_barred, listed.can_chat) == (False, True)
    assert answer
    assert far.requests == []


async def test_a_model_that_no_host_may_answer_is_barred() -> None:
    barred = replace(card(MODEL), is_remote=True, is_barred=True)
    first, second = FakeBackend(barred, host="a"), FakeBackend(barred, host="b")
    pool = Pool([(first, 4), (second, 4)])
    [listed] = await pool.models()
    with pytest.raises(ModelMissing):
        async for _ in pool.chat(ASKED):
            pass
    await pool.close()

    assert listed.is_barred


async def test_a_routers_model_is_asked_though_it_is_not_loaded() -> None:
    async with EngineLab(Kind.ROUTER, [EngineModelOfLab(id=MODEL, status="unloaded")]) as lab:
        chosen = await choose_backend(settings_of(lab.url, hosts=NOBODY), clock=SYSTEM_CLOCK)
        loaded = await chosen.backend.has_loaded(MODEL)
        answer = words(await said(chosen.backend))  # type: ignore[arg-type]
        await chosen.backend.close()

    assert not loaded
    assert answer
