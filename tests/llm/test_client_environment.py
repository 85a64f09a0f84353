"""Variables of the environment that Ollama's client reads: one that cannot be used is told by name, as settings are."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from bot.domain import Notice
from bot.errors import ConfigurationError
from bot.i18n import sentence
from bot.llm.client_environment import check_environment
from bot.llm.ollama import OllamaBackend
from tests.cli_process import Lyceum
from tests.lab.certificates import CERTIFICATE
from tests.lab.ollama import OllamaLab
from tests.llm.ollama_talk import events, text_of

WRONG = [
    ("HTTP_PROXY", "http://[half"),
    ("http_proxy", "http://user:hunter2@proxy.example:99999"),
    ("HTTPS_PROXY", "ftp://proxy.example"),
    ("HTTPS_PROXY", "proxy.example:port"),
    ("ALL_PROXY", "socks5://127.0.0.1:9"),
    ("all_proxy", "socks5h://hunter2@127.0.0.1:9"),
    ("NO_PROXY", "localhost,[::1"),
    ("no_proxy", "a b@c:d"),
    ("SSL_CERT_FILE", "/nope"),
    ("SSL_CERT_FILE", __file__),
    ("SSLKEYLOGFILE", "/nope/keys"),
    ("OLLAMA_HOST", "http://[half"),
    ("OLLAMA_HOST", "0.0.0.0:99999"),
    ("OLLAMA_HOST", "http://gpu:port"),
    ("OLLAMA_API_KEY", "hunter2\n"),
    ("OLLAMA_API_KEY", "schlüssel"),
    ("OLLAMA_API_KEY", "  "),
]
RIGHT = [
    ("HTTP_PROXY", "proxy.example:3128"),
    ("HTTPS_PROXY", "http://user:password@[2001:db8::1]:3128/"),
    ("ALL_PROXY", ""),
    ("NO_PROXY", "localhost, ::1,.example.com,,10.0.0.0/8,2001:db8::/32,http://gpu"),
    ("NO_PROXY", "*"),
    ("NO_PROXY", "[::1,*"),
    ("SSL_CERT_FILE", str(CERTIFICATE)),
    ("OLLAMA_HOST", "0.0.0.0"),
    ("OLLAMA_HOST", ":11434"),
    ("OLLAMA_HOST", "[::]:11434/ollama/"),
    ("OLLAMA_API_KEY", "sk-0.a_b/c+d=="),
]


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.upper().endswith("_PROXY")]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(("variable", "value"), WRONG)
def test_a_variable_that_cannot_be_used_is_told_by_name(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ConfigurationError) as caught:
        check_environment()

    for locale in ("en", "he"):
        said = sentence(Notice(caught.value.key, caught.value.parameters), locale)
        assert f"`{variable}`" in said
        assert "hunter2" not in said


@pytest.mark.parametrize(("variable", "value"), RIGHT)
def test_a_variable_that_can_be_used_is_left_alone(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    check_environment()


@pytest.mark.parametrize(("variable", "value"), [WRONG[5], WRONG[6], WRONG[8], WRONG[11], WRONG[15]])
async def test_a_start_ends_with_one_sentence_and_no_traceback(tmp_path: Path, variable: str, value: str) -> None:
    lyceum = Lyceum(tmp_path, {"OLLAMA__HOSTS": "127.0.0.1:9", "STORAGE__PATH": "x.db"})
    done = await lyceum.shell(f"{variable}='{value}' {sys.executable} -m bot chat </dev/null")

    assert (done.code, done.is_plain) == (2, True)
    assert f"{variable} in the environment" in done.err
    assert "hunter2" not in done.out + done.err


async def test_this_machine_is_asked_without_the_proxy(lab: OllamaLab, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    backend = OllamaBackend(host=lab.url)
    answer = text_of(await events(backend))
    await backend.close()

    assert answer
