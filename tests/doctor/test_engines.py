"""Engines in the doctor's report and in `lyceum setup`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.clock import SYSTEM_CLOCK
from bot.runtime.checks.engine_checks import check_engines
from bot.settings import Settings
from bot.settings.host_settings import EngineSettings
from bot.settings.model_settings import ModelSettings
from tests.cli_process import Lyceum
from tests.lab.engines import EngineLab, EngineModelOfLab, Kind
from tests.lab.ollama.script import Reply


async def found(lab: EngineLab, *, key: str = "", allow_remote: bool = False) -> dict[str, str]:
    engine = EngineSettings(url=lab.url, key=SecretStr(key) if key else None)
    settings = Settings(engines={"gpu": engine}, model=ModelSettings(allow_remote=allow_remote))
    return {each.area: each.notice.key for each in await check_engines(settings, SYSTEM_CLOCK)}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in {Kind.OLLAMA, Kind.RAY}])
async def test_a_sound_engine_is_well(kind: Kind) -> None:
    async with EngineLab(kind, key="sk-1") as lab:
        assert await found(lab, key="sk-1") == {"engines.host": "check.engine"}


async def test_a_model_whose_window_nobody_tells_is_named() -> None:
    async with EngineLab(Kind.RAY) as lab:
        assert await found(lab) == {"engines.host": "check.engine", "engines.windows": "check.engine_windows"}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.OLLAMA])
async def test_a_wrong_key_is_found_also_where_the_list_needs_none(kind: Kind) -> None:
    async with EngineLab(kind, key="sk-1") as lab:
        assert await found(lab, key="sk-2") == {"engines.host": "check.engine_refused"}


def breaks(lab: EngineLab) -> None:
    lab.next_reply("/v1/models", Reply(200, body="<html>"))


def loads(lab: EngineLab) -> None:
    lab.is_loading = True


@pytest.mark.parametrize("plant", [breaks, loads])
async def test_an_engine_that_cannot_be_used_is_found(plant: Callable[[EngineLab], None]) -> None:
    async with EngineLab(Kind.LLAMA) as lab:
        plant(lab)
        assert await found(lab) == {"engines.host": "check.engine_refused"}


async def test_an_ollama_host_among_the_engines_is_found() -> None:
    async with EngineLab(Kind.OLLAMA) as lab:
        assert await found(lab) == {"engines.host": "check.engine_refused"}


async def test_an_engine_without_a_model_that_chats_is_found() -> None:
    async with EngineLab(Kind.VLLM, [EngineModelOfLab(id="nomic-embed-text")]) as lab:
        assert await found(lab) == {"engines.host": "check.engine_empty"}


async def test_models_that_a_gateway_asks_elsewhere_are_named() -> None:
    far = EngineModelOfLab(id="far", bases=("https://198.51.100.7/v1",))
    async with EngineLab(Kind.LITELLM, [far]) as lab:
        assert (await found(lab))["engines.remote"] == "check.engine_barred"
        assert (await found(lab, allow_remote=True))["engines.remote"] == "check.engine_remote"


async def test_setup_takes_an_engine_at_the_address_and_asks_for_its_key(tmp_path: Path) -> None:
    async with EngineLab(Kind.VLLM, key="sk-1") as lab:
        said = f"\n\n{lab.url}\nsk-wrong\nsk-1\nsmollm2:135m\n"
        done = await Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})("setup", said=said.encode())

    assert (tmp_path / ".env").read_text() == (
        f"LYCEUM_ENGINES__MAIN__URL={lab.url}\nLYCEUM_ENGINES__MAIN__KEY=sk-1\nLYCEUM_MODEL__DEFAULT=smollm2:135m\n"
    )
    assert "sk-1" not in done.out
    assert f"An engine with OpenAI's API answers at {lab.url}" in done.out


async def test_the_settings_are_listed_without_the_key(tmp_path: Path) -> None:
    variables = {"ENGINES__GPU__URL": "http://10.1.2.3:8000", "ENGINES__GPU__KEY": "sk-secret"}
    done = await Lyceum(tmp_path, variables)("settings")

    assert "LYCEUM_ENGINES__GPU__URL=http://10.1.2.3:8000\n" in done.out
    assert "sk-secret" not in done.out
