"""What the doctor prints for people, and for machines where the settings themselves are wrong."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.clock import SYSTEM_CLOCK
from bot.runtime.checks import model_checks
from bot.settings import Settings
from bot.settings.host_settings import OllamaSettings
from bot.storage.database import database_checkup
from bot.storage.database.database_checkup import check_file
from tests.cli_process import Lyceum
from tests.doctor.setup import SetUp, sound
from tests.lab.ollama import LabModel, OllamaLab, Reply
from tests.lab.sqlite import make_file


@pytest.fixture
def lyceum(tmp_path: Path) -> Lyceum:
    return Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[SetUp]:
    async with sound(tmp_path) as made:
        yield made


async def test_all_is_well_in_words(there: SetUp) -> None:
    done = await Lyceum(there.folder, there.variables)("doctor")

    assert done.code == 0
    assert "problem" not in done.out.lower()
    assert there.ollama.url in done.out
    assert "smollm2:135m answers." in done.out
    assert done.out.endswith("All is well.\n")
    assert there.discord.token not in done.out


async def test_a_fault_is_told_with_how_it_shows_and_the_fix(there: SetUp) -> None:
    there.slack.workspace.socket_mode = False
    done = await Lyceum(there.folder, there.variables)("doctor")
    told = done.out.splitlines()
    at = told.index("problem  Socket Mode is switched off for the app.")

    assert told[at + 1] == "         How it shows: On Slack the bot stays offline and answers nobody."
    assert told[at + 2].startswith("         Fix: Switch on Enable Socket Mode")
    assert told[-1] == "Problems: 1."


async def test_a_fault_is_told_in_hebrew(there: SetUp) -> None:
    there.slack.workspace.socket_mode = False
    done = await Lyceum(there.folder, there.variables, "he_IL.UTF-8")("doctor")

    assert "Socket Mode כבוי באפליקציה" in done.out
    assert "איך זה נראה" in done.out


async def test_each_problem_of_nothing_set_up_says_what_to_do(lyceum: Lyceum) -> None:
    done = await lyceum.with_(OLLAMA__HOSTS="127.0.0.1:1")("doctor")

    assert done.code == 1
    assert "problem  http://127.0.0.1:1 does not answer. Does Ollama run there" in done.out
    assert "problem  No platform is set up. For Discord set LYCEUM_DISCORD__TOKEN" in done.out
    assert "Problems: 2." in done.out
    assert done.is_plain


async def test_a_default_model_that_is_gone_is_told_with_the_command_that_brings_it(there: SetUp) -> None:
    there.variables["MODEL__DEFAULT"] = "gone:1b"
    done = await Lyceum(there.folder, there.variables)("doctor")

    assert done.code == 1
    assert "ollama pull gone:1b" in done.out


async def test_a_model_the_host_tells_nothing_of_is_named(there: SetUp) -> None:
    there.ollama.fail_card("think-demo", Reply(500, "unexpected EOF"))
    done = await Lyceum(there.folder, there.variables)("doctor")

    assert done.code == 1
    assert "problem  The model host does not tell what think-demo:latest is" in done.out
    assert "Problems: 1." in done.out


async def test_a_damaged_database_is_told_with_where_its_copies_are(lyceum: Lyceum) -> None:
    async with OllamaLab() as ollama:
        (await make_file(lyceum.folder / "torn.db")).chmod(0o600)
        whole = (lyceum.folder / "torn.db").read_bytes()
        (lyceum.folder / "torn.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
        done = await lyceum.with_(STORAGE__PATH="torn.db", OLLAMA__HOSTS=ollama.url)("doctor")

    assert done.code == 1
    assert "torn.db is damaged" in done.out
    assert "backups" in done.out
    assert done.is_plain


async def test_wrong_settings_are_json_too(lyceum: Lyceum) -> None:
    done = await lyceum.with_(MODEL__PARALLEL="many", DISCORD__TOKN="tell-nobody")("doctor", "--json")
    told = json.loads(done.out)

    assert done.code == 2
    assert told["well"] is False
    assert [each["key"] for each in told["findings"]] == ["settings.whole_number", "settings.unknown_near"]
    assert "tell-nobody" not in done.out + done.err


@pytest.mark.parametrize("channel", ["general", "discord:12", "slack:C0123", "irc:1", "discord:C0123456"])
async def test_a_channel_that_can_be_none_is_refused(lyceum: Lyceum, channel: str) -> None:
    done = await lyceum.with_(DISCORD__TOKEN="x")("doctor", "--channel", channel)

    assert done.code == 1
    assert f"{channel} cannot be a channel" in done.err
    assert done.is_plain


async def test_a_model_that_is_still_being_loaded_is_no_fault(there: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_checks, "FIRST_TOKEN_S", 0.3)
    there.ollama.runners.load_s = 60
    settings = Settings(ollama=OllamaSettings(hosts=(there.ollama.url,)))
    found = await model_checks.check_models(settings, SYSTEM_CLOCK)

    assert [each.state.value for each in found if each.area == "models.answer"] == ["note"]
    assert all(each.is_well for each in found)


@pytest.mark.parametrize(("allowed", "state"), [("true", "note"), ("false", "ok")])
async def test_models_elsewhere_are_noted_where_they_may_be_asked(there: SetUp, allowed: str, state: str) -> None:
    there.ollama.may_use_cloud = True
    there.variables["MODEL__ALLOW_REMOTE"] = allowed
    told = await there.doctor()

    assert told.problems == {}
    assert told.states("models.cloud") == [state]


@pytest.mark.parametrize(("allowed", "key"), [("true", "check.host_remote"), ("false", "check.host_barred")])
async def test_models_elsewhere_that_are_installed_are_named(there: SetUp, allowed: str, key: str) -> None:
    there.ollama.install(LabModel(name="kimi:cloud", remote_host="https://ollama.com", remote_model="kimi"))
    there.variables["MODEL__ALLOW_REMOTE"] = allowed
    told = await there.doctor()

    assert told.problems == {}
    assert [each["key"] for each in told.findings if each["area"] == "models.cloud"] == [key]


async def test_a_default_model_that_runs_elsewhere_is_found(there: SetUp) -> None:
    there.ollama.install(LabModel(name="kimi:cloud", remote_host="https://ollama.com", remote_model="kimi"))
    there.variables["MODEL__DEFAULT"] = "kimi:cloud"
    told = await there.doctor()

    assert told.problems == {"models.default": "check.default_barred"}


async def test_an_old_host_that_does_not_know_the_cloud_is_sound(there: SetUp) -> None:
    there.ollama.is_old = True
    told = await there.doctor()

    assert told.problems == {}
    assert told.states("models.cloud") == []


def test_a_database_that_another_program_holds_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_checkup, "HELD_S", 0.01)
    file = tmp_path / "lyceum.db"
    with closing(sqlite3.connect(file)) as holder:
        holder.execute("CREATE TABLE kept (text)")
        holder.execute("BEGIN EXCLUSIVE")
        found = check_file(str(file))

    assert [each.notice.key for each in found if not each.is_well] == ["check.database_held"]


def test_a_disk_without_room_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_checkup, "LEAST_FREE_MB", 10**9)
    found = check_file(str(tmp_path / "new" / "lyceum.db"))

    assert [each.notice.key for each in found if not each.is_well] == ["check.database_space"]
