"""In a sound set-up the doctor finds nothing wrong, and says no secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.database.open_database import open_database
from tests.cli_process import Lyceum, read_until
from tests.doctor.setup import MOST_S, free_port, sound
from tests.lab.postgres import shared


async def test_nothing_is_wrong_where_nothing_is(tmp_path: Path) -> None:
    async with sound(tmp_path) as there:
        told = await there.doctor()

    assert told.problems == {}
    assert (told.code, told.errors) == (0, "")
    assert told.took_s < MOST_S
    assert there.discord.violations == []
    assert there.slack.workspace.violations == []


async def test_every_part_is_looked_at(tmp_path: Path) -> None:
    async with sound(tmp_path) as there:
        there.variables["HEALTH__PORT"] = str(free_port())
        told = await there.doctor()

    assert {each["area"] for each in told.findings} >= {
        *("settings", "database", "database.space", "files", "models.host", "models.version", "models.installed"),
        *("models.default", "models.answer", "models.cloud", "lessons.index", "port", "clock"),
        *("discord.token", "discord.intents", "discord.servers", "discord.commands", "discord.gateway"),
        *("discord.channel", "slack.bot_token", "slack.scopes", "slack.events", "slack.app_token", "slack.socket"),
    }


async def test_no_secret_is_printed(tmp_path: Path) -> None:
    async with sound(tmp_path) as there:
        told = await there.doctor()
        secrets = [there.discord.token, there.slack.bot_token, there.slack.app_token]

    assert [secret for secret in secrets if secret in told.printed + told.errors] == []


async def test_a_first_start_that_has_not_been_is_no_fault(tmp_path: Path) -> None:
    async with sound(tmp_path) as there:
        there.database.unlink()
        there.discord.core.commands.clear()
        told = await there.doctor()

    assert told.problems == {}
    assert told.states("discord.commands") == ["note"]
    assert not there.database.exists()


async def test_a_bot_that_runs_beside_it_is_no_fault(tmp_path: Path) -> None:
    async with sound(tmp_path) as there:
        there.variables["HEALTH__PORT"] = str(free_port())
        async with Lyceum(tmp_path, there.variables).running("run") as running:
            await read_until(running.stdout, "Slack is connected")
            told = await there.doctor()

    assert told.problems == {}
    assert [each["key"] for each in told.findings if each["area"] == "port"] == ["check.port_ours"]


@pytest.mark.parametrize("language", ["en_US.UTF-8", "he_IL.UTF-8"])
async def test_postgres_is_as_sound(tmp_path: Path, language: str) -> None:
    async with shared().database() as url, sound(tmp_path) as there:
        async with await open_database(url):
            there.variables["STORAGE__URL"] = url
        there.environment["LANG"] = language
        told = await there.doctor()

    assert told.problems == {}
    assert told.states("database.server") == ["ok"]
    assert "p%40ss" not in told.printed
