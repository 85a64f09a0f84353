"""What hosts cost, from the settings to what people read: over an Ollama host and an engine, and a real database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from bot.domain import Address, ChatMessage, CommandCall, Figures, ModelWork, Notice, Person
from bot.engine.access import Access
from bot.engine.engine import Engine
from bot.i18n import sentence
from bot.runtime.accounts import costs_of
from bot.runtime.compose import Services, compose
from bot.settings import Settings
from bot.settings.host_settings import EngineSettings, OllamaSettings
from bot.settings.limit_settings import CostSettings
from bot.settings.model_settings import ModelSettings
from bot.settings.storage_settings import RetentionSettings, StorageSettings
from tests.clocks import NOON
from tests.engine.talk import Heard, accepted, heard
from tests.lab.engines import EngineLab, Kind
from tests.lab.engines.kinds import EngineModelOfLab
from tests.lab.ollama import OllamaLab

HERE = Address("lab", "W1", "C1")
PIA = Person("p1", "Pia")
ON_ENGINE = "qwen3-8b"
FAR = NOON.replace(year=2100)
CALLS = iter(range(1_000))


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab(parallel=2) as lab:
        yield lab


@pytest.fixture
async def engine_lab() -> AsyncIterator[EngineLab]:
    async with EngineLab(Kind.VLLM, [EngineModelOfLab(id=ON_ENGINE, window=8192)]) as lab:
        yield lab


@asynccontextmanager
async def composed(folder: Path, ollama: OllamaLab, engine_lab: EngineLab, **groups: Any) -> AsyncIterator[Services]:
    """Compose the bot over both hosts."""
    settings = Settings(
        ollama=OllamaSettings(hosts=(ollama.url,)),
        engines={"GPU2": EngineSettings(url=engine_lab.url)},
        model=ModelSettings(default="smollm2:135m"),
        storage=StorageSettings(path=str(folder / "lyceum.db")),
        **groups,
    )
    async with compose(settings, access=Access()) as services:
        yield services


def stated(ollama: OllamaLab, **more: Any) -> CostSettings:
    return CostSettings(currency="€", per_hour=(f"{ollama.url}=3.60", "gpu2=7.20"), **more)


async def say(engine: Engine, text: str) -> Heard:
    message = ChatMessage(event_id=f"event {text}", message_id=f"message {text}", address=HERE, person=PIA, text=text)
    turn = await accepted(engine, message)
    assert turn is not None
    return await heard(engine.reply(turn))


async def command(engine: Engine, called: str, /, **arguments: str) -> Heard:
    event_id = f"call {next(CALLS)}"
    call = CommandCall(event_id=event_id, address=HERE, person=PIA, command=called, arguments=arguments)
    return await heard(engine.execute(call))


def read(answer: Heard) -> str:
    lines = [sentence(part, "en") for part in answer.of(Notice)]
    return "\n".join([*lines, *(sentence(line, "en") for each in answer.of(Figures) for line in each.told)])


async def works(services: Services) -> list[ModelWork]:
    await services.engine.usage.work_book.store()
    return list(await services.stores.work_log.beside(NOON.replace(year=2000), FAR))


async def test_an_answer_of_an_ollama_host_is_booked_as_it_tells(
    tmp_path: Path, ollama: OllamaLab, engine_lab: EngineLab
) -> None:
    async with composed(tmp_path, ollama, engine_lab, cost=stated(ollama)) as services:
        await say(services.engine, "What is an owl?")
        (work,) = await works(services)
        told = read(await command(services.engine, "usage"))

    assert (work.model, work.host) == ("smollm2:135m", ollama.url)
    assert work.digest
    assert work.is_counted
    assert not work.is_measured
    assert work.worked_s > 0
    assert "1 turns" in told
    assert "€ at work" in told
    assert "GPT-6.1 Sol" in told


async def test_an_answer_of_an_engine_that_tells_no_times_is_timed(
    tmp_path: Path, ollama: OllamaLab, engine_lab: EngineLab
) -> None:
    async with composed(tmp_path, ollama, engine_lab, cost=stated(ollama)) as services:
        await command(services.engine, "model use", name=ON_ENGINE)
        await say(services.engine, "What is an owl?")
        (work,) = await works(services)
        told = read(await command(services.engine, "usage"))

    assert (work.model, work.host) == (ON_ENGINE, engine_lab.url)
    assert work.is_measured
    assert work.is_counted
    assert "For 1 of 1 answers their host tells no times" in told


async def test_an_engine_that_counts_nothing_leaves_tokens_unknown(
    tmp_path: Path, ollama: OllamaLab, engine_lab: EngineLab
) -> None:
    engine_lab.tells_usage = False
    async with composed(tmp_path, ollama, engine_lab, cost=stated(ollama)) as services:
        await command(services.engine, "model use", name=ON_ENGINE)
        await say(services.engine, "What is an owl?")
        told = read(await command(services.engine, "usage"))

    assert "What they cost is unknown" in told
    assert "their host told no tokens" in told


async def test_answers_side_by_side_share_their_hosts_time(
    tmp_path: Path, ollama: OllamaLab, engine_lab: EngineLab
) -> None:
    ollama.tokens_per_second = 20
    ollama.answer = lambda _: "one two three four five six seven eight nine ten"
    async with composed(tmp_path, ollama, engine_lab, cost=stated(ollama)) as services:
        people = [Person(f"p{number}", "P") for number in range(2)]
        messages = [
            ChatMessage(event_id=each.id, message_id=each.id, address=HERE, person=each, text="Hello")
            for each in people
        ]
        turns = [await accepted(services.engine, message) for message in messages]
        await asyncio.gather(*(heard(services.engine.reply(turn)) for turn in turns if turn))
        booked = await works(services)
        sums = services.engine.usage.sums
        assert sums
        report = (await sums.of_days(1, lambda _: True)).report

    span_s = (max(work.ended_at for work in booked) - min(work.began_at for work in booked)).total_seconds()
    assert len(booked) == 2
    assert report.total.seconds <= span_s + 1e-6
    assert report.total.seconds < 0.8 * sum(work.worked_s for work in booked)


async def test_what_was_counted_outlives_a_restart_and_counting_goes_on_from_where_it_began(
    tmp_path: Path, ollama: OllamaLab, engine_lab: EngineLab
) -> None:
    async with composed(tmp_path, ollama, engine_lab, cost=stated(ollama)) as services:
        await say(services.engine, "What is an owl?")
        since = await services.engine.usage.work_book.since(ollama.url)
    async with composed(tmp_path, ollama, engine_lab, cost=stated(ollama)) as services:
        again = await services.engine.usage.work_book.since(ollama.url)
        told = read(await command(services.engine, "usage"))

    assert since == again
    assert "1 turns" in told


async def test_work_is_counted_no_longer_than_it_is_kept(
    tmp_path: Path, ollama: OllamaLab, engine_lab: EngineLab
) -> None:
    retention = RetentionSettings(days=90, workspaces=("slack:T0123=5",))
    async with composed(tmp_path, ollama, engine_lab, retention=retention) as services:
        await services.stores.notes.write("work.since", NOON.replace(year=2000).isoformat())
        await say(services.engine, "What is an owl?")
        sums = services.engine.usage.sums
        assert sums
        period = (await sums.of_days(30, lambda _: True)).period

    assert (period.until - period.since).days in {4, 5}
    assert period.is_cut


def test_figures_of_hosts_are_found_by_whatever_they_are_called() -> None:
    settings = Settings(
        ollama=OllamaSettings(hosts=("http://gpu:11434", "https://far.example:443")),
        engines={
            "VLLM": EngineSettings(url="http://other:8000/v1"),
            "FAR": EngineSettings(url="https://api.example/v1"),
        },
        cost=CostSettings(
            currency="€",
            per_hour=("gpu:11434=0.5", "https://far.example=1.5", "vllm=2", "far=3", "embedded=0"),
            watts=("GPU:11434=300",),
            kwh=0.3,
        ),
    )
    hosts = ["https://far.example", "http://other:8000", "https://api.example", "embedded"]
    costs = costs_of(settings, ["http://gpu:11434", *hosts])

    assert costs.of("http://gpu:11434").at_work == pytest.approx(0.59)
    assert [costs.of(host).at_rest for host in hosts] == [1.5, 2, 3, 0]


def test_one_figure_is_of_all_hosts() -> None:
    settings = Settings(cost=CostSettings(currency="€", per_hour=("0.5",)))

    assert costs_of(settings, ["http://127.0.0.1:11434"]).of("http://127.0.0.1:11434").at_work == 0.5
