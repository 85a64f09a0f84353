from __future__ import annotations

import asyncio
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from io import StringIO
from pathlib import Path

import pytest

from adapters.base import Content
from adapters.console.poster import ConsolePoster
from adapters.console.terminal import Lines, Screen, locale_of_console
from tests.cli_process import TIMEOUT_S, Lyceum, read_until, reader_of
from tests.lab.ollama import OllamaLab, Say

COUNT = "count to 500"
LAST_OF_GREETING = "/quit ends."


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab() as lab:
        yield lab


@pytest.fixture
def lyceum(tmp_path: Path, ollama: OllamaLab) -> Lyceum:
    return Lyceum(tmp_path, {"OLLAMA__HOSTS": ollama.url, "MODEL__DEFAULT": "qwen2.5-coder:0.5b"})


async def test_a_pipe_is_answered_line_by_line_and_ends_well(lyceum: Lyceum, ollama: OllamaLab) -> None:
    done = await lyceum("chat", said=b"first words\nsecond words\n")

    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Models come from {ollama.url}: 3 installed that can chat.\n")
    assert re.search(r"You said: first words\n.*\n\nYou said: second words\n", done.out)
    assert "> " not in done.out
    assert "\x1b" not in done.out


async def test_commands_answer_in_the_chat(lyceum: Lyceum) -> None:
    done = await lyceum("chat", said=b"/model list\n/model use smollm2:135m\n/model why\n/help\n/quit\nunheard\n")

    assert "Installed models: 4" in done.out
    assert "smollm2:135m now answers for you here." in done.out
    assert "smollm2:135m answers you here." in done.out
    assert "• /quit: leave the console" in done.out
    assert "unheard" not in done.out
    assert "**" not in done.out


async def test_a_question_by_command_is_answered_from_the_lessons(lyceum: Lyceum) -> None:
    done = await lyceum("chat", said=b"/ask Which licence is Mistral 7B under? private yes\n/ask\n")

    assert "Apache 2.0" in done.out
    assert "Families of open models \u203a Mistral" in done.out
    assert "question is missing, so nothing was done." in done.out


async def test_an_unknown_command_says_what_there_is(lyceum: Lyceum) -> None:
    done = await lyceum("chat", said=b"/sing a song\n/model sing\n")

    assert done.code == 0
    assert "I do not know that command, so nothing was done. Try: /ask QUESTION" in done.out
    assert "I do not know that command, so nothing was done. Try: /model list" in done.out


async def test_the_conversation_and_the_choice_of_model_outlive_the_process(lyceum: Lyceum, ollama: OllamaLab) -> None:
    await lyceum("chat", said=b"/model use smollm2:135m\nremember OWL-4711\n")
    done = await lyceum("chat", said=b"what was it?\n")

    assert "I remember: OWL-4711." in done.out
    assert ollama.chats[-1].body["model"] == "smollm2:135m"


async def test_bytes_that_are_no_text_and_lines_without_end_are_answered(lyceum: Lyceum) -> None:
    done = await lyceum("chat", said=b"caf\xe9 \xff\r\nno end")

    assert done.code == 0
    assert "You said: caf� �\n" in done.out
    assert "You said: no end\n" in done.out


async def test_a_line_of_100_kb_is_one_message(lyceum: Lyceum) -> None:
    done = await lyceum("chat", said=b"word " * 20_000 + b"\nshort\n")

    assert done.code == 0
    assert "Your message is too long for this model" in done.out
    assert "You said: short" in done.out


async def test_a_file_is_read_like_a_pipe(lyceum: Lyceum) -> None:
    file = lyceum.folder / "questions.txt"
    file.write_text("one question\n\n\nanother question\n")
    with file.open("rb") as source:
        async with lyceum.running("chat", stdin=source.fileno()) as process:
            out, _ = await process.communicate()

    assert out.decode().count("You said: ") == 2
    assert process.returncode == 0


async def test_a_silent_host_is_told_at_once_and_again_with_each_message(lyceum: Lyceum) -> None:
    done = await lyceum.with_(OLLAMA__HOSTS="127.0.0.1:1")("chat", said=b"hello\n")

    assert done.code == 0
    assert "http://127.0.0.1:1 does not answer. Does Ollama run there" in done.out
    assert "I cannot reach the model host now" in done.out
    assert done.is_plain


async def test_reasoning_in_a_hosts_answer_is_not_printed_nor_sent_to_it_again(
    lyceum: Lyceum, ollama: OllamaLab
) -> None:
    ollama.tokens_per_second = 100
    ollama.next_chat(Say("They want three words.\n</think>\n\nHello my friend"))
    done = await lyceum("chat", said=b"greet me\nagain\n")

    assert "Hello my friend" in done.out
    assert "They want" not in done.out
    assert "Hello my friend" in str(ollama.chats[1].body)
    assert "They want" not in str(ollama.chats[1].body)


async def test_the_embedded_model_is_called_a_demonstration(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    done = await Lyceum(tmp_path, {"MODEL__EMBEDDED": "always"})("chat")

    assert done.code == 0
    assert "A small demonstration model inside the bot answers" in done.out


async def test_the_embedded_model_lets_the_lessons_speak_and_says_what_it_cannot_read(tmp_path: Path) -> None:
    pytest.importorskip("xllamacpp")
    said = "מי יצר את Falcon?\nמה שלומך היום?\n"
    done = await Lyceum(tmp_path, {"MODEL__EMBEDDED": "always"})("chat", said=said.encode())

    assert done.code == 0
    assert "[1] משפחות של מודלים פתוחים › Falcon" in done.out
    assert "שיודע אנגלית בלבד" in done.out
    assert not re.search(r"^— smollm2:135m-instruct", done.out, re.MULTILINE)


async def test_a_reader_that_goes_away_ends_the_chat_quietly(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.tokens_per_second = 100
    async with lyceum.running("chat") as process:
        assert process.stdin
        assert process.stderr
        process.stdin.write(COUNT.encode() + b"\nunread\n")
        await read_until(process.stdout, "20 21")
        process.stdout._transport.close()  # type: ignore[union-attr]  # noqa: SLF001 - as `| head` does

        async with asyncio.timeout(TIMEOUT_S):
            assert (await process.wait(), await process.stderr.read()) == (0, b"")
    assert ollama.running == 0


async def test_ctrl_c_stops_the_answer_and_the_next_line_is_answered(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.tokens_per_second = 50
    async with lyceum.running("chat") as process:
        assert process.stdin
        process.stdin.write(COUNT.encode() + b"\nhello\n")
        await read_until(process.stdout, "1 2 3")
        process.send_signal(signal.SIGINT)
        rest = await read_until(process.stdout, "You said: hello")
        process.stdin.close()

        assert "stopped" in rest.lower()
        assert " 400" not in rest
        assert await process.wait() == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_without_an_answer_ends_the_chat(lyceum: Lyceum, number: signal.Signals) -> None:
    async with lyceum.running("chat") as process:
        await read_until(process.stdout, LAST_OF_GREETING)
        process.send_signal(number)
        _, errors = await process.communicate()

        assert (process.returncode, errors) == (0, b"")


async def test_leaving_in_the_middle_of_an_answer_frees_the_host(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.first_token_s = 30
    async with lyceum.running("chat") as process:
        assert process.stdin
        process.stdin.write(b"hello\n")
        await ollama.until(lambda: ollama.running == 1)
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(TIMEOUT_S):
            _, errors = await process.communicate()

        assert (process.returncode, errors) == (0, b"")
    await ollama.until(lambda: ollama.running == 0)


async def test_a_terminal_has_a_prompt_and_one_line_of_state(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.first_token_s = 1.5
    ours, theirs = pty.openpty()
    async with lyceum.running("chat", stdin=theirs, stdout=theirs) as process:
        os.close(theirs)
        terminal = await reader_of(ours)
        await read_until(terminal, "\n> ")
        os.write(ours, b"hello\n")
        shown = await read_until(terminal, "You said: hello")
        await read_until(terminal, "\n> ")
        os.write(ours, b"\x04")

        assert await process.wait() == 0
    assert re.search(r"\r\x1b\[K[^\n]*qwen2.5-coder:0.5b[^\n]*\r\x1b\[KYou said", shown)


async def test_an_edit_prints_only_what_is_new() -> None:
    out = StringIO()
    poster = ConsolePoster(Screen(out))
    message = await poster.post(Content("The owl", running=True), key="k:0")
    await poster.edit(message, Content("The owl of Minerva", running=True))
    await poster.edit(message, Content("The owl of Minerva"))

    assert out.getvalue() == "The owl of Minerva\n"


async def test_nothing_is_read_ahead_of_the_question() -> None:
    theirs, ours = os.pipe()
    os.write(ours, b"one\ntwo\n\nthree")
    os.close(ours)
    lines = Lines(theirs)
    read = [await lines.next() for _ in range(6)]
    os.close(theirs)

    assert read == ["one", "two", "", "three", None, None]


@pytest.mark.parametrize(
    ("variables", "locale"),
    [
        ({"LANG": "he_IL.UTF-8"}, "he-IL"),
        ({"LANG": "he_IL.UTF-8", "LC_ALL": "en_GB"}, "en-GB"),
        ({"LANG": "C"}, "C"),
        ({}, "en"),
    ],
)
def test_the_language_is_the_terminals(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], locale: str) -> None:
    for name in ("LANG", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert locale_of_console() == locale


def test_what_renders_is_loaded_in_a_terminal_alone() -> None:
    program = "import sys; from bot.observe import logs; import bot.runtime.serve; print('rich' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
