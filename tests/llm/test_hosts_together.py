"""Several hosts as one, and what is chosen where the settings name engines."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from bot.clock import SYSTEM_CLOCK
from bot.domain import Notice
from bot.errors import ModelMissing, Transient
from bot.llm.hosts_together import HostsTogether
from bot.runtime.backends import choose_backend
from bot.settings import Settings
from bot.settings.schema import EngineSettings, ModelSettings, OllamaSettings
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
    assert (chosen.answers, chosen.silent, chosen.hosts) == (True, [], [ollama.url, vllm.url])
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
    assert [each.key for each in chosen.silent] == ["host.engine_silent"]
    assert chosen.statement == Notice("host.answers", {"host": ollama.url, "count": 1})


async def test_where_no_host_answers_that_is_told() -> None:
    chosen = await choose_backend(settings_of(NOBODY, hosts=NOBODY), clock=SYSTEM_CLOCK)
    await chosen.backend.close()

    assert not chosen.answers
    assert chosen.cards == ()


async def test_an_ollama_host_named_as_an_engine_is_not_asked() -> None:
    async with EngineLab(Kind.OLLAMA) as lab:
        chosen = await choose_backend(settings_of(lab.url, hosts=NOBODY), clock=SYSTEM_CLOCK)
        await chosen.backend.close()

    assert "host.engine_is_ollama" in [each.key for each in chosen.silent]


async def test_a_model_on_two_hosts_stands_in_the_list_once() -> None:
    first, second = FakeBackend(card("both"), card("one"), host="a"), FakeBackend(card("both"), card("two"), host="b")
    together = HostsTogether([first, second])

    assert [each.name for each in await together.models()] == ["both", "one", "two"]
    assert together.host == "a, b"


async def test_a_host_that_comes_back_is_asked_again() -> None:
    first, second = FakeBackend(card("one"), host="a"), FakeBackend(card("two"), host="b")
    together = HostsTogether([first, second])
    second.down = Transient("error.host_unreachable", host="b")
    before = [each.name for each in await together.models()]
    second.down = None

    assert before == ["one"]
    assert [each.name for each in await together.models()] == ["one", "two"]


async def test_all_hosts_down_is_what_the_first_of_them_says() -> None:
    first, second = FakeBackend(host="a"), FakeBackend(host="b")
    first.down, second.down = Transient("error.host_busy"), Transient("error.host_unreachable", host="b")

    with pytest.raises(Transient) as raised:
        await HostsTogether([first, second]).models()

    assert raised.value.key == "error.host_busy"


async def test_a_model_that_no_host_has_is_missing() -> None:
    together = HostsTogether([FakeBackend(card("one"), host="a")])

    with pytest.raises(ModelMissing):
        async for _ in together.chat(ASKED):
            pass
    assert not await together.has_loaded(MODEL)


async def test_a_routers_model_is_asked_though_it_is_not_loaded() -> None:
    async with EngineLab(Kind.ROUTER, [EngineModelOfLab(id=MODEL, status="unloaded")]) as lab:
        chosen = await choose_backend(settings_of(lab.url, hosts=NOBODY), clock=SYSTEM_CLOCK)
        loaded = await chosen.backend.has_loaded(MODEL)
        answer = words(await said(chosen.backend))  # type: ignore[arg-type]
        await chosen.backend.close()

    assert not loaded
    assert answer
