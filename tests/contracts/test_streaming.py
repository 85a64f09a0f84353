"""An answer that comes a character at a time, through every door: what stands there at each moment, and at the end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest

from adapters.base import Call, Content
from adapters.delivery.layout import Layout, Rules
from adapters.delivery.page import Page
from adapters.delivery.steps import steps_to
from adapters.rendering.direction import without_controls
from bot.domain import Completion, Delta, FinishReason
from tests.adapters import commonmark_reading, discord_reading, slack_reading
from tests.adapters.markdown_reading import open_fence
from tests.contracts.posters import DOORS, TURN, Board

Reading = tuple[str, list[str]]
# No platform asks for more time from one call to the next.
BETWEEN_S = 6.0
END = Completion(reason=FinishReason.STOP, model="m")
CODE = "def f(a):\n    return a ** 2  # `x`\n\n\nprint(f(2))"
ANSWERS = {
    "code": f"So:\n\n```py\n{CODE}\n```\n\nDone **well**.",
    "code behind text": f"So:```py\n{CODE}\n```\nDone.",
    "code in an item": "1. One\n   ```sh\n   ls -l\n   ```\n2. Two **words**",
    "a list": "# Owls\n\n- one *owl*\n- two\n  - **three**\n\n1. four\n2. five\n\n> said ~~so~~",
    "hebrew": "ינשוף **לבן** ו-C++\n\n```\nx = 1\n```\n\n- אחד\n- שניים",
}
TABLE = "Owls:\n\n| owl | eyes |\n|---|---|\n| snowy | **two** |\n| tawny | 2 |\n\nDone."
_MOMENTS: dict[tuple[str, str], list[str]] = {}
LINKS = "See [the owls](https://owl.example/a_b) and <https://owl.example>.\n\nDone."


def in_a_terminal(text: str) -> Reading:
    """Read rows: what is drawn around words and code is no part of them."""
    words, code = "", list[str]()
    block: list[str] | None = None
    for row in text.split("\n"):
        bare = row.lstrip(" │•")
        if bare.startswith("───"):
            code += ["\n".join(block)] if block is not None else []
            block = [] if block is None else None
        elif block is not None:
            block.append(row)
        else:
            words += bare
    return words, [*code, *(["\n".join(block)] if block is not None else [])]


def on_discord(text: str) -> Reading:
    read = discord_reading.read(text)
    return read.text, read.code


def on_slack(text: str) -> Reading:
    read = slack_reading.read_markdown(text)
    return read.text, read.code


READERS: dict[str, Callable[[str], Reading]] = {
    "discord": on_discord,
    "slack": on_slack,
    "console": commonmark_reading.read,
    "terminal": in_a_terminal,
}


class Door:
    """A door, and what is read behind it."""

    def __init__(self, name: str, board: Board) -> None:
        self._name = name
        self.is_pipe = name == "console"
        self.is_platform = name.startswith(("discord", "slack"))
        self._read = READERS[name.partition(" ")[0]]
        self._board = board
        self._page = Page("en")
        self._layout = Layout(self._page, board.poster, Rules())
        self._ids: list[str] = []
        self._shown: list[Content | None] = []

    def read(self, text: str) -> Reading:
        """Return what people read of a message: words and signs without spaces, and the lines of code."""
        words, code = self._read(text)
        return "".join(without_controls(words).split()), [bare(piece) for piece in code]

    async def moments(self, text: str) -> list[str]:
        """Return what stands there after each character of a text, and at the end: streamed once for all who look."""
        if (self._name, text) not in _MOMENTS:
            _MOMENTS[self._name, text] = await self._streamed(text)
        return _MOMENTS[self._name, text]

    async def _streamed(self, text: str) -> list[str]:
        moments = []
        for character in text:
            self._page.take(Delta(character))
            await self._show()
            moments.append("\n".join(self._board.texts))
        self._page.take(END)
        self._page.is_over = True
        await self._show()
        return [moment for moment in (*moments, "\n".join(self._board.texts)) if moment]

    async def _show(self) -> None:
        wanted = self._layout.contents(posted=len(self._ids))
        while steps := steps_to(wanted, self._shown, is_over=self._page.is_over):
            self._board.passes(BETWEEN_S)
            step = steps[0]
            if step.call in (Call.GROW, Call.FINISH):
                await self._board.poster.edit(self._ids[step.index], step.content)
                self._shown[step.index] = step.content
            else:
                self._ids.append(await self._board.poster.post(step.content, key=f"turn-{TURN}:{step.index}"))
                self._shown.append(step.content)


@pytest.fixture(params=DOORS)
async def door(request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    async with DOORS[request.param]() as board:
        yield Door(request.param, board)


def bare(code: str) -> str:
    return "\n".join(line.strip() for line in code.strip("\n").split("\n"))


def meant(text: str) -> Reading:
    """Return the words and the code that the standard sees, with the fence behind text on a line of its own."""
    words, code = commonmark_reading.read(text.replace("So:```", "So:\n```"))
    return "".join(words.split()), [bare(piece) for piece in code]


@pytest.mark.parametrize("kind", ANSWERS)
async def test_it_reads_at_the_end_as_the_model_meant_it(door: Door, kind: str) -> None:
    *_, last = await door.moments(ANSWERS[kind])

    assert last == ANSWERS[kind] if door.is_pipe else door.read(last) == meant(ANSWERS[kind])


@pytest.mark.parametrize("kind", ANSWERS)
async def test_code_is_read_as_it_was_written_at_each_moment(door: Door, kind: str) -> None:
    """The marks that end it may be seen while they are being written; a pipe has all of them."""
    whole = [piece.rstrip("`\n ") for piece in meant(ANSWERS[kind])[1]]
    moments = [text for text in await door.moments(ANSWERS[kind]) if not door.is_pipe or "So:```" not in text]
    codes = [[piece.rstrip("`\n ") for piece in door.read(text)[1]] for text in moments]
    seen = [[piece for piece in code if piece] for code in codes]

    assert [code for code in seen if code[:-1] != whole[: len(code[:-1])]] == []
    assert [code for code in seen if code and not whole[len(code) - 1].startswith(code[-1])] == []


@pytest.mark.parametrize("kind", ANSWERS)
async def test_what_is_finished_stays(door: Door, kind: str) -> None:
    first, _ = meant(ANSWERS[kind].partition("\n\n")[0].partition("```")[0])
    moments = await door.moments(ANSWERS[kind])
    begun = len(ANSWERS[kind].partition("\n")[0]) + 8
    later = [door.read(text)[0] for text in moments[begun:]]

    assert [words for words in later if not words.startswith(first)] == []


@pytest.mark.parametrize("kind", ANSWERS)
async def test_no_fence_is_open_on_a_platform(door: Door, kind: str) -> None:
    moments = await door.moments(ANSWERS[kind]) if door.is_platform else []

    assert [text for text in moments if open_fence(text)] == []


async def test_a_table_reads_in_columns(door: Door) -> None:
    *_, last = await door.moments(TABLE)
    rows = [" ".join(row.replace("|", " ").replace("*", "").split()) for row in last.split("\n")]

    assert [rows.index(row) for row in ("Owls:", "owl eyes", "snowy two", "tawny 2", "Done.")] == sorted(
        rows.index(row) for row in ("Owls:", "owl eyes", "snowy two", "tawny 2", "Done.")
    )
    assert last == TABLE if door.is_pipe else "|" not in last


async def test_a_link_reads_as_its_words_and_leads_where_it_says(door: Door) -> None:
    *_, last = await door.moments(LINKS)
    words, _ = door.read(last)

    assert (
        last == LINKS
        if door.is_pipe
        else words.replace("(https://owl.example/a_b)", "") == ("Seetheowlsandhttps://owl.example.Done.")
    )
    assert "https://owl.example/a_b" in last
