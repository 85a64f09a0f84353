from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.cli.main import build_parser
from bot.settings import fields
from bot.storage.database.revisions import HEAD
from tests.cli_process import Lyceum
from tests.lab.ollama import OllamaLab
from tests.lab.postgres import shared

SECRET = "tell-nobody"


@pytest.fixture
def lyceum(tmp_path: Path) -> Lyceum:
    return Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab() as lab:
        yield lab


async def test_the_version_is_told(lyceum: Lyceum) -> None:
    done = await lyceum("--version")

    assert (done.code, done.out) == (0, "lyceum 0.1.0\n")


async def test_help_names_every_command(lyceum: Lyceum) -> None:
    done = await lyceum("--help")

    assert done.code == 0
    assert [name for name in ("run", "chat", "migrate", "doctor", "manifest", "settings") if name not in done.out] == []


@pytest.mark.parametrize("arguments", [(), ("sing",), ("run", "now"), ("manifest", "discord")])
async def test_wrong_usage_is_exit_code_2_and_says_how(lyceum: Lyceum, arguments: tuple[str, ...]) -> None:
    done = await lyceum(*arguments)

    assert done.code == 2
    assert "usage: lyceum" in done.err
    assert done.is_plain


async def test_run_without_any_platform_names_the_variables_to_set(lyceum: Lyceum) -> None:
    done = await lyceum("run")

    assert (done.code, done.out) == (2, "")
    assert "LYCEUM_DISCORD__TOKEN" in done.err
    assert "LYCEUM_SLACK__BOT_TOKEN and LYCEUM_SLACK__APP_TOKEN" in done.err
    assert "lyceum chat" in done.err
    assert done.is_plain


@pytest.mark.parametrize("command", ["run", "chat", "doctor", "migrate", "settings"])
async def test_all_wrong_settings_are_told_before_anything_starts(lyceum: Lyceum, command: str) -> None:
    done = await lyceum.with_(MODEL__PARALLEL="many", DISCORD__TOKN=SECRET, SLACK__BOT_TOKEN=SECRET)(command)

    assert done.code == 2
    assert "lyceum: LYCEUM_MODEL__PARALLEL is many; it wants a whole number." in done.err
    assert "Is LYCEUM_DISCORD__TOKEN meant?" in done.err
    assert "LYCEUM_SLACK__BOT_TOKEN is not the right kind of token" in done.err
    assert SECRET not in done.out + done.err
    assert done.is_plain
    assert not (lyceum.folder / "data").exists()


async def test_sentences_are_in_the_language_of_the_terminal(tmp_path: Path) -> None:
    done = await Lyceum(tmp_path, {"MODEL__PARALLEL": "many"}, "he_IL.UTF-8")("run")

    assert "נדרש מספר שלם" in done.err


async def test_a_settings_value_steers_no_terminal_and_stays_on_its_line(lyceum: Lyceum) -> None:
    done = await lyceum.with_(MODEL__SYSTEM_PROMPT="\x1b[31mred\nand\u202e more \u05e9\u05dc\u05d5\u05dd")("settings")
    (line,) = [each for each in done.out.splitlines() if each.startswith("LYCEUM_MODEL__SYSTEM_PROMPT=")]

    assert line == "LYCEUM_MODEL__SYSTEM_PROMPT=\\x1b[31mred\\nand\\u202e more \u05e9\u05dc\u05d5\u05dd"
    assert "\x1b" not in done.out


async def test_settings_are_listed_with_their_values_and_without_secrets(lyceum: Lyceum) -> None:
    (lyceum.folder / ".env").write_text("LYCEUM_MODEL__DEFAULT=qwen3:4b\n")
    done = await lyceum.with_(DISCORD__TOKEN=SECRET)("settings")

    assert done.code == 0
    assert [name for _, name, _ in fields() if f"\n{name}=" not in f"\n{done.out}"] == []
    assert "LYCEUM_MODEL__DEFAULT=qwen3:4b\n" in done.out
    assert "LYCEUM_DISCORD__TOKEN=**********\n" in done.out
    assert SECRET not in done.out


async def test_a_reader_that_goes_away_ends_a_listing_quietly(lyceum: Lyceum) -> None:
    async with lyceum.running("settings") as process:
        assert process.stdout is not None
        process.stdout._transport.close()  # type: ignore[attr-defined]  # noqa: SLF001 - as `| head` does
        assert process.stderr is not None
        errors = await process.stderr.read()

        assert (await process.wait(), errors) == (0, b"")


@pytest.mark.parametrize("command", ["settings", "chat", "doctor"])
async def test_a_closed_output_is_no_failure(lyceum: Lyceum, command: str) -> None:
    script = f"exec {sys.executable} -m bot {command} <&- >&-"
    done = await lyceum.with_(OLLAMA__HOSTS="127.0.0.1:1", DISCORD__TOKEN="x").shell(script)

    assert done.is_plain
    assert done.code == (1 if command == "doctor" else 0)


async def test_the_database_is_brought_up_and_back_with_a_copy(lyceum: Lyceum) -> None:
    assert "not there yet" in (await lyceum("migrate", "status")).out
    assert f"went from revision base to {HEAD}" in (await lyceum("migrate")).out
    assert f"at revision {HEAD} already" in (await lyceum("migrate")).out
    assert "is current" in (await lyceum("migrate", "status")).out
    back = await lyceum("migrate", "--to", "base")

    assert f"went from revision {HEAD} to base" in back.out
    assert "A copy from before is in" in back.out


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/proc/nowhere/lyceum.db", "/proc/nowhere"),
        ("postgresql://dana:hunter2@db/x", "LYCEUM_STORAGE__URL"),
        ("notes.txt", "notes.txt"),
    ],
)
@pytest.mark.parametrize("command", ["migrate", "chat"])
async def test_an_unusable_database_is_a_sentence_and_exit_code_2(
    lyceum: Lyceum, command: str, path: str, said: str
) -> None:
    (lyceum.folder / "notes.txt").write_text("No database at all, only notes.\n" * 100)
    done = await lyceum.with_(STORAGE__PATH=path)(command)

    assert done.code == 2
    assert said in done.err
    assert "hunter2" not in done.err
    assert done.is_plain


async def test_a_postgres_database_is_looked_at_and_brought_up_without_showing_its_password(lyceum: Lyceum) -> None:
    async with shared().database(template="template1") as url:
        there = lyceum.with_(STORAGE__URL=url)
        said = [await there("migrate", *arguments) for arguments in (["status"], [], ["status"])]
        said.append(await there("doctor"))
        shown = "".join(done.out + done.err for done in said)

        assert [done.code for done in said[:3]] == [0, 0, 0]
        assert f"went from revision base to {HEAD}" in said[1].out
        assert "is current" in said[3].out
        assert "p%40ss" not in shown
        assert not (lyceum.folder / "data").exists()


async def test_an_unknown_revision_is_refused(lyceum: Lyceum) -> None:
    done = await lyceum("migrate", "--to", "9999")

    assert done.code == 2
    assert "9999" in done.err
    assert done.is_plain


async def test_the_slack_manifest_is_printed(lyceum: Lyceum) -> None:
    done = await lyceum("manifest", "slack")

    assert done.code == 0
    assert "/model" in done.out


def test_every_command_has_a_description() -> None:
    text = build_parser().format_help()

    assert "answer on every platform" in text
