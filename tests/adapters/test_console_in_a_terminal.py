"""`lyceum chat` in a real terminal, as the person in front of it sees it."""

from __future__ import annotations

import asyncio
import codecs
import fcntl
import os
import pty
import signal
import struct
import termios
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.adapters.terminal import Emulator, streamed
from tests.adapters.test_console_terminal import SHORT_ANSWERS
from tests.cli_process import TIMEOUT_S, Lyceum, reader_of
from tests.lab.ollama import OllamaLab

SIZES = ((80, 24), (40, 12))
ANSWERS = {kind: SHORT_ANSWERS[kind] for kind in ("code", "a table", "lists", "hebrew", "links")}
CUT_SHORT = ["— The answer reached its length limit. Say “go on” to read more."]
INTERRUPT = b"\x03"


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab(cut=list, tokens_per_second=1500) as lab:
        yield lab


@pytest.fixture
def lyceum(tmp_path: Path, ollama: OllamaLab) -> Lyceum:
    return Lyceum(
        tmp_path, {"OLLAMA__HOSTS": ollama.url, "MODEL__EMBEDDED": "never", "MODEL__DEFAULT": "qwen2.5-coder:0.5b"}
    )


class Chat:
    """A chat, and the terminal it runs in."""

    def __init__(self, process: asyncio.subprocess.Process, descriptor: int, columns: int, lines: int) -> None:
        self.process = process
        self.emulator = Emulator(columns, lines)
        self._descriptor = descriptor

    def type(self, line: str) -> None:
        """Type a line, and Enter."""
        os.write(self._descriptor, f"{line}\n".encode())

    def press_ctrl_c(self) -> None:
        """Press it: the terminal shows it where it shows what is typed, and the process is told."""
        os.write(self._descriptor, INTERRUPT)
        self.process.send_signal(signal.SIGINT)

    async def watch(self) -> None:
        reader = await reader_of(self._descriptor)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while read := await reader.read(65536):
            self.emulator.feed(decoder.decode(read))

    async def until(self, condition: Callable[[list[str]], object]) -> list[str]:
        """Wait until the rows are such, and return them."""
        async with asyncio.timeout(TIMEOUT_S):
            while not condition(self.emulator.rows):  # noqa: ASYNC110 - nothing tells when a terminal was written to
                await asyncio.sleep(0.01)
        return self.emulator.rows

    async def answered(self, question: str) -> list[str]:
        """Wait for the prompt behind an answer; return the rows between both."""
        rows = await self.until(lambda rows: f"> {question}" in rows and rows[-1] == ">")
        return rows[rows.index(f"> {question}") + 1 : -2]


@asynccontextmanager
async def chat_of(lyceum: Lyceum, *, columns: int = 80, lines: int = 24) -> AsyncIterator[Chat]:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
    async with lyceum.running("chat", stdin=theirs, stdout=theirs) as process:
        os.close(theirs)
        chat = Chat(process, ours, columns, lines)
        watching = asyncio.create_task(chat.watch())
        try:
            await chat.until(lambda rows: rows and rows[-1] == ">")
            yield chat
            os.write(ours, b"\x04")
            async with asyncio.timeout(TIMEOUT_S):
                assert await process.wait() == 0
        finally:
            watching.cancel()
            await asyncio.wait([watching])
    os.close(ours)


@pytest.mark.parametrize(("columns", "lines"), SIZES)
async def test_answers_are_rendered_as_they_come(lyceum: Lyceum, ollama: OllamaLab, columns: int, lines: int) -> None:
    ollama.answer = lambda chat: ANSWERS[chat.last]
    async with chat_of(lyceum, columns=columns, lines=lines) as chat:
        for question, text in ANSWERS.items():
            chat.type(question)

            assert await chat.answered(question) == (await streamed(text, columns=columns, size=999))[-1]


async def test_an_answer_cut_short_in_its_code_is_closed_above_what_is_told(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.answer = lambda _: ANSWERS["code"]
    async with chat_of(lyceum.with_(MODEL__ANSWER_TOKENS="30")) as chat:
        chat.type("q")

        assert await chat.answered("q") == ["Here:", "", "─── python", "def add(a, b)", "───", "", *CUT_SHORT]


async def test_a_trouble_is_told_without_marks(lyceum: Lyceum) -> None:
    async with chat_of(lyceum.with_(OLLAMA__HOSTS="127.0.0.1:1")) as chat:
        chat.type("q")
        told = " ".join(await chat.answered("q"))

    assert "I cannot reach the model host" in told
    assert "`" not in told


async def test_ctrl_c_amid_code_leaves_a_clean_screen(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.answer = lambda _: "```py\n" + "x = 1\n" * 500
    ollama.tokens_per_second = 100
    async with chat_of(lyceum) as chat:
        chat.type("q")
        await chat.until(lambda rows: rows.count("x = 1") > 3)
        chat.press_ctrl_c()
        *code, edge, blank, told = await chat.answered("q")

    assert code[0] == "─── py"
    assert all("x = 1".startswith(row) for row in code[1:])
    assert (edge, blank, told) == ("───", "", "— Stopped.")


async def test_what_is_typed_amid_an_answer_is_seen_behind_the_next_prompt(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.answer = lambda chat: "A list:\n\n" + "- owl\n" * 30 if chat.last == "one" else "Two."
    ollama.tokens_per_second = 200
    async with chat_of(lyceum) as chat:
        chat.type("one")
        await chat.until(lambda rows: "• owl" in rows)
        chat.type("two")
        second = await chat.answered("two")
        rows = chat.emulator.rows

    assert second == ["Two."]
    assert rows[rows.index("> one") + 1 : rows.index("> two")] == ["A list:", "", *["• owl"] * 30, ""]


async def test_typing_is_seen_again_after_an_answer(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.answer = lambda _: "Yes."
    async with chat_of(lyceum) as chat:
        chat.type("one")
        await chat.answered("one")
        os.write(chat._descriptor, b"half a li")  # noqa: SLF001

        assert (await chat.until(lambda rows: rows[-1] == "> half a li"))[-1]
        chat.type("ne")
        await chat.answered("half a line")


async def test_a_state_wider_than_the_terminal_leaves_nothing_behind(lyceum: Lyceum, ollama: OllamaLab) -> None:
    ollama.first_token_s = 1.0
    ollama.answer = lambda _: "Yes."
    async with chat_of(lyceum, columns=20) as chat:
        chat.type("q")
        await chat.until(lambda rows: rows[-1] not in (">", "> q"))

        assert await chat.answered("q") == ["Yes."]
