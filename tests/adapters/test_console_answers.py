"""What the console prints is what the model wrote, character by character, and then what stands below it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.base import Limits
from adapters.console.poster import ConsolePoster
from adapters.console.terminal import Screen, visible
from adapters.delivery.deliver import deliver
from adapters.delivery.layout import Rules
from bot.domain import Completion, Delta, FinishReason, Notice, ReplyPart, Source, Sources, Withdrawal
from bot.errors import Unavailable
from tests.cli_process import Lyceum, read_until
from tests.lab.ollama import OllamaLab

LAST_OF_GREETING = "/quit ends.\n\n"
CODE = "Here:\n\n```python\ndef add(a, b):\n\treturn a + b  \n\n\nprint(add(1, 2))\n```\n\nThat is `all`."
ANSWERS = {
    "code": CODE,
    "code alone": CODE.partition("\n\n")[2].rpartition("\n\n")[0],
    "a fence in a longer one": "````markdown\n```python\nx = 1\n```\nmore\n````\n\nEnd.",
    "a fence of tildes": "~~~ini\n[a]\n```\nb = 1\n~~~\nEnd.",
    "code in a list": "1. One\n   ```sh\n   ls -l\n   ```\n2. Two\n   - **three**\n\n* four",
    "code in a quote": "> said:\n> ```\n> x = [1]\n> ```\n> done",
    "a table": "| a | b |\n|---|---|\n| 1 | **2** |\n| `x|y` | |\n\nEnd.",
    "emphasis that stays open": "This is **bold and *never closed, with `code and [a link](https://a.b",
    "code by indenting": "    first = 1\n        second = 2\n\nEnd.",
    "blank lines around": "\n\n  Words.\n\n\n\nMore words.  \n\n",
}
END = Completion(reason=FinishReason.STOP, model="m")
CUT_SHORT = "— The answer reached its length limit. Say “go on” to read more.\n"


@pytest.fixture
async def ollama() -> AsyncIterator[OllamaLab]:
    async with OllamaLab(cut=list, tokens_per_second=1500) as lab:
        yield lab


@pytest.fixture
def lyceum(tmp_path: Path, ollama: OllamaLab) -> Lyceum:
    return Lyceum(
        tmp_path, {"OLLAMA__HOSTS": ollama.url, "MODEL__EMBEDDED": "never", "MODEL__DEFAULT": "qwen2.5-coder:0.5b"}
    )


def line_ended(text: str) -> str:
    return text if text.endswith("\n") else f"{text}\n"


class TestThroughAPipe:
    async def test_answers_are_printed_as_they_were_written(self, lyceum: Lyceum, ollama: OllamaLab) -> None:
        ollama.answer = lambda chat: ANSWERS[chat.last]
        done = await lyceum("chat", said="\n".join(ANSWERS).encode())

        assert (done.code, done.err) == (0, "")
        assert done.out.partition(LAST_OF_GREETING)[2] == "".join(f"{line_ended(text)}\n" for text in ANSWERS.values())

    async def test_what_is_printed_at_each_moment_is_the_beginning_of_what_was_written(
        self, lyceum: Lyceum, ollama: OllamaLab
    ) -> None:
        ollama.answer = lambda _: CODE
        ollama.tokens_per_second = 50
        async with lyceum.running("chat") as process:
            assert process.stdin
            assert process.stdout
            await read_until(process.stdout, LAST_OF_GREETING)
            process.stdin.write(b"q\n")
            process.stdin.close()
            printed = [""]
            while read := await process.stdout.read(65536):
                printed.append(printed[-1] + read.decode())

        assert [text for text in printed[:-1] if not f"{CODE}\n\n".startswith(text)] == []
        assert printed[-1] == f"{CODE}\n\n"
        assert len(printed) > 10

    async def test_an_answer_cut_short_in_its_code_is_closed_above_what_is_told(
        self, lyceum: Lyceum, ollama: OllamaLab
    ) -> None:
        ollama.answer = lambda _: CODE
        done = await lyceum.with_(MODEL__ANSWER_TOKENS="30")("chat", said=b"q\n")

        assert done.out.partition(LAST_OF_GREETING)[2] == f"{CODE[:30]}\n```\n\n{CUT_SHORT}\n"

    async def test_an_answer_stopped_in_its_code_is_closed_above_what_is_told(
        self, lyceum: Lyceum, ollama: OllamaLab
    ) -> None:
        answer = "```\n" + "x = 1\n" * 500
        ollama.answer = lambda _: answer
        ollama.tokens_per_second = 200
        async with lyceum.running("chat") as process:
            assert process.stdin
            process.stdin.write(b"q\n")
            begun = await read_until(process.stdout, "x = 1\nx = 1\n")
            process.send_signal(signal.SIGINT)
            process.stdin.close()
            rest = await read_until(process.stdout, "Stopped.\n")

            assert await process.wait() == 0
        code, told, after = (begun + rest).partition(LAST_OF_GREETING)[2].rpartition("\n```\n\n— Stopped.\n")
        assert answer.startswith(code)
        assert (bool(told), after) in {(True, ""), (True, "\n")}

    async def test_an_answer_whose_code_was_never_closed_is_left_as_it_is(
        self, lyceum: Lyceum, ollama: OllamaLab
    ) -> None:
        ollama.answer = lambda chat: "```py\nx = 1" if chat.last == "one" else "Two."
        done = await lyceum("chat", said=b"one\ntwo\n")

        assert done.out.partition(LAST_OF_GREETING)[2] == "```py\nx = 1\n\nTwo.\n\n"


class Hasty(ConsolePoster):
    """A console that prints each piece by itself."""

    @property
    def limits(self) -> Limits:
        return replace(super().limits, edit_interval_s=0.0)


def said(pieces: list[str]) -> list[ReplyPart]:
    return [Delta(piece) for piece in pieces]


async def printed_for(*parts: ReplyPart | BaseException, rules: Rules | None = None) -> list[str]:
    """Deliver a reply; return what stands printed after each part, and at the end."""
    out = StringIO()
    states: list[str] = []

    async def reply() -> AsyncGenerator[ReplyPart, None]:
        for part in parts:
            if isinstance(part, BaseException):
                raise part
            yield part
            for _ in range(8):
                await asyncio.sleep(0)
            states.append(out.getvalue())

    await deliver(reply(), Hasty(Screen(out)), key="k", locale="en", rules=rules)
    return [*states, out.getvalue()]


SIGNS = st.sampled_from(
    ["```", "````", "~~~", "`", "``", "\n", "\n\n", "\n```\n", "\n```py\n", "\n~~~\n", "> ", ">", "- ", "1. ", "    ",
     "\t", " ", "**", "*", "_", "|", "|---|\n", "word", "x = 1", "# ", "<b>", "[", "](https://a.b)", "---\n", "$", "\\",
     "א", "🦉", "\r\n", "\x1b[2J", "\u2028"]
)  # fmt: skip
FENCES = st.lists(
    st.sampled_from(
        ["```", "````", "~~~", "`", "\n", "\n\n", "\n```\n", "\n```py\n", "\n~~~\n", "word", "x = 1", "**"]
    ),
    max_size=12,
)
PIECES = st.lists(SIGNS | st.characters(codec="utf-8"), max_size=30)


class TestAnyAnswer:
    @given(pieces=PIECES)
    async def test_each_piece_is_printed_after_what_stands_there(self, pieces: list[str]) -> None:
        states = await printed_for(*said(pieces), END)
        written = [visible("".join(pieces[:count])) for count in range(1, len(pieces) + 1)]

        assert states[: len(pieces)] == [text if text.strip() else "" for text in written]
        assert states[-1] == (line_ended(written[-1]) if written and written[-1].strip() else states[-1])

    @given(pieces=PIECES, reason=st.sampled_from(FinishReason))
    async def test_what_is_told_stands_once_below_what_was_written(
        self, pieces: list[str], reason: FinishReason
    ) -> None:
        end = Completion(reason=reason, model="m", answer_tokens=10, answer_s=1.0)
        told: list[ReplyPart] = [Sources((Source("Owls", "https://owl.example"),)), Notice("notice.length")]
        printed = (await printed_for(*said(["Words", *pieces]), *told, end, rules=Rules(has_footer=True)))[-1]
        written = visible("".join(["Words", *pieces]))
        below = printed.removeprefix(written)

        assert printed.startswith(written)
        assert [below.count(each) for each in ("[1] [Owls](https://owl.example)", CUT_SHORT, "— m, 1.0 s")] == [1, 1, 1]

    @given(pieces=FENCES)
    @example(pieces=["~~~", "word", "~~~"])  # by the standard code that is open
    async def test_what_is_told_is_never_code(self, pieces: list[str]) -> None:
        *_, printed = await printed_for(*said(["Words\n\n", *pieces]), Notice("notice.length"), END)
        *_, last, _ = MarkdownIt("commonmark").parse(printed)

        assert (last.type, last.content) == ("inline", CUT_SHORT.strip())

    async def test_a_very_long_answer_stays_one_text(self) -> None:
        pieces = ["```\n", *["x = 1  # " + "long " * 200_000 + "\n"] * 11]
        *_, printed = await printed_for(*said(pieces), Notice("notice.length"), END, rules=Rules(file_chars=100))

        assert len("".join(pieces)) > 10_000_000
        assert printed == "".join(pieces) + f"```\n\n{CUT_SHORT}"

    async def test_what_fails_in_the_middle_of_code_is_told_below_it(self) -> None:
        *_, printed = await printed_for(Delta("~~~py\nx = "), Unavailable("error.host_unreachable", host="gpu-1"))

        assert printed.startswith("~~~py\nx = \n~~~\n\n— I cannot reach the model host")
        assert printed.count("~~~") == 2

    async def test_without_an_answer_only_the_sentence_is_printed(self) -> None:
        states = await printed_for(Notice("notice.length"), Delta("\n \n"), END)

        assert states == ["", "", *[CUT_SHORT.removeprefix("— ")] * 2]

    async def test_words_in_the_place_of_others_that_were_taken_back_are_printed_whole(self) -> None:
        *_, printed = await printed_for(
            Delta("They want three"), Withdrawal(), Delta("Hello"), Delta(" my friend"), END
        )

        assert printed == "They want three\n\nHello my friend\n"

    async def test_a_sentence_without_an_answer_has_no_marks(self) -> None:
        *_, printed = await printed_for(Unavailable("error.host_unreachable", host="gpu-1"))

        assert "gpu-1" in printed
        assert "`" not in printed

    async def test_a_model_cannot_steer_the_terminal(self) -> None:
        *_, printed = await printed_for(Delta("a\x1b]0;ow"), Delta("ned\x07b\rc\x9b2Jd\te\n"), END)

        assert printed == "a]0;ownedbc2Jd\te\n"
