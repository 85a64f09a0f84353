"""Every setting with values no operator means: taken, or told in one sentence that names it and what it wants."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bot.domain import Notice
from bot.i18n import LOCALES, sentence
from bot.settings import PREFIX, Settings, SettingsError, fields, load
from tests.cli_process import Lyceum
from tests.costs import is_ever, seconds

SECRET = "tell-nobody-3f9a81c7d2"
NUMBERS = ["ten", "1e3", "1e400", "-5", "5.5", "NaN", "inf", "∞", "½", "٣", "0x10", "1,000", "9" * 30, "10m", "true"]
TEXTS = [
    " ",
    "null",
    "[",
    "[1]",
    "{}",
    '["a"',
    "5;DROP",
    "${HOME}",
    "`x`",
    "@everyone",
    "\x1b[31mred",
    "a\nb",
    "\u200b5",
]
ADDRESSES = ["..", "C:\\x", "https://h:99999", "gpu:port", "http://[half", "ftp://h", "wss://h/p?x=1"]
SECRETS = [
    f"xoxb-{SECRET}",
    f"xapp-1-{SECRET}",
    f"http://dana:{SECRET}@h",
    f"postgresql://dana:{SECRET}@db/x",
    f"https://h/?key={SECRET}",
    f"MTk4NjIyNDgzNDcx.G{SECRET[:5]}.{SECRET}",
]
VALUES = [*NUMBERS, *TEXTS, *ADDRESSES, *SECRETS, "\udcff", "caf\udce9", "a" * 5000]
NAMES = [name for _, name, _ in fields()]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.upper().startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def problems(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> tuple[Notice, ...]:
    monkeypatch.setenv(name, value)
    try:
        load(Path("none"))
    except SettingsError as error:
        return error.problems
    return ()


@pytest.mark.parametrize("name", NAMES)
def test_each_odd_value_is_taken_or_told_with_what_is_wanted(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for value in VALUES:
        for problem in problems(monkeypatch, name, value):
            for said in (sentence(problem, locale) for locale in LOCALES):
                assert problem.key != "settings.wrong", (value, said)
                assert name in said or "SLACK" in name or "ENGINES" in name, (value, said)
                assert SECRET not in said, (value, said)
                assert SECRET[:5] not in said or "tell" not in value, (value, said)
                assert said.isprintable(), (value, said)


def test_a_long_value_costs_as_much_as_it_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(letters: int) -> float:
        return seconds(lambda: problems(monkeypatch, "LYCEUM_MODEL__PARALLEL", "a" * letters))

    assert is_ever(lambda: told(12_000) < 6 * told(3_000))


@pytest.mark.parametrize("name", [name for name in NAMES if "LIMITS" in name])
@pytest.mark.parametrize("value", NUMBERS)
def test_a_quota_that_is_no_number_ends_the_start(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    (problem,) = problems(monkeypatch, name, value)

    assert problem.key in {"settings.whole_number", "settings.at_least", "settings.at_most"}


@pytest.mark.parametrize("value", ["caf\udce9", "\udcff"])
@pytest.mark.parametrize("name", ["MODEL__SYSTEM_PROMPT", "ACCESS__ADMINS", "STORAGE__PATH", "DISCORD__TOKEN"])
def test_a_value_that_is_no_text_is_told_as_such(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert problems(monkeypatch, PREFIX + name, value) == (Notice("settings.no_text", {"variable": PREFIX + name}),)


@pytest.mark.parametrize("value", ["a b", "Bot abc", "schlüssel", "a\nb", "\x1b[31mabc", "“abc”"])
@pytest.mark.parametrize(("name", "begins"), [("DISCORD__TOKEN", ""), ("SLACK__BOT_TOKEN", "xoxb-")])
def test_a_token_that_cannot_be_one_is_told_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, name: str, begins: str, value: str
) -> None:
    told = problems(monkeypatch, PREFIX + name, begins + value)

    assert told[0] == Notice("settings.token", {"variable": PREFIX + name, "got": "***"})


@pytest.mark.parametrize("value", ["{}", "5;DROP", "`x`", "${HOME}", "∞", "\u200b5", '"5"', "a,b c", "gpu|x", "(gpu)"])
def test_a_host_has_letters_digits_hyphens_and_points(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert problems(monkeypatch, f"{PREFIX}OLLAMA__HOSTS", value)


@pytest.mark.parametrize(
    "value", ["gpu_1.lan", "bücher.example:80", "שרת.example", "xn--bcher-kva.example", "[::1%eth0]"]
)
def test_a_hosts_name_may_be_of_any_script(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    told = problems(monkeypatch, f"{PREFIX}OLLAMA__HOSTS", value)

    assert bool(told) == ("%" in value)


@pytest.mark.parametrize("name", ["MODEL__DEFAULT", "LESSONS__EMBEDDING_MODEL"])
@pytest.mark.parametrize("value", ["a\nb", "`x`", "two words", "\u200b", "a" * 1000, "@everyone", "<x>"])
def test_a_models_name_is_none_of_these(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    (problem,) = problems(monkeypatch, PREFIX + name, value)

    assert problem.key == "settings.model_name"


@pytest.mark.parametrize("value", ["qwen3:8b", " hf.co/Qwen/Qwen3-GGUF:Q4_K_M ", "registry.lan:5000/team/m", "  "])
def test_a_models_name_is_taken_as_ollama_writes_it(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(f"{PREFIX}MODEL__DEFAULT", value)

    assert load(Path("none")).model.default == value.strip()


@pytest.mark.parametrize("value", ["Always", "ALWAYS", " always "])
def test_a_choice_may_be_in_any_case(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(f"{PREFIX}DISCORD__THREADS", value)
    monkeypatch.setenv(f"{PREFIX}DISCORD__MESSAGE_CONTENT", " True ")
    settings: Settings = load(Path("none"))

    assert settings.discord.threads == "always"
    assert settings.discord.message_content


async def test_a_start_with_bytes_that_are_no_text_ends_in_sentences(tmp_path: Path) -> None:
    script = r"""export LYCEUM_ACCESS__ADMINS="$(printf '\377')" "LYCEUM_MODEL__DEFAULT=$(printf 'caf\351')";"""
    done = await Lyceum(tmp_path, {}).shell(
        script + f"{sys.executable} -m bot settings; {sys.executable} -m bot chat </dev/null"
    )

    assert (done.code, done.is_plain) == (2, True)
    assert "LYCEUM_ACCESS__ADMINS" in done.err
    assert "LYCEUM_MODEL__DEFAULT" in done.err
