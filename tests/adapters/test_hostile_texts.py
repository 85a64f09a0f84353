"""What it costs to render and to cut a text that nobody would write, beside an answer of the same length."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest

from adapters.cutting import cut, split
from adapters.discord.dialect import to_discord
from adapters.rendering import lines, parsing, text
from adapters.slack.dialect import to_slack
from tests.bench.rig.answers import answers
from tests.costs import Yardstick

SIZE = 24_000
ANSWER = "\n\n".join(answer.text for answer in answers(6))[:SIZE]
# Lines of one letter and runs of marks cost some ten times as much; what grows with the square, hundreds of times.
MOST = 25
PARTS = [
    "ש _", "\n> ```\n<sub>", "[", "](", "[a](", "![", "`", "`a``", "*", "**a", "_a", "~~", "||", "<b>",
    "<br>", "$x$", "$$\n", "\\[\n", " ", "\n", "\t", "> ", "- ", "-\n", "- a\n", "1. a\n", "- a\n\nb\n\n",
    "a\n\n", "a|b\n", "a|b\n-|-\n1|2\n\n", "x\n=\n", "```", "```\n", "a```\n", "~~~\n", "> ```\n",
    "a ``` b\n", "``` a\n", "a ```` b ``` c\n", "#### a\n", "\u2067", "e\u0301", "👍", "&amp;", "https://a ",
    "[^1]", "[x]: y\n", "a_b", "א(",
]  # fmt: skip
WAYS: dict[str, Callable[[str], object]] = {
    "cut": lambda markdown: cut(markdown, 2_000),
    "cut for slack": lambda markdown: cut(markdown, 12_000),
    "discord": to_discord,
    "slack": to_slack,
}


def afresh(way: str, markdown: str) -> None:
    """Go one way with a text of which nothing is remembered."""
    for remembered in (text._sections, text._section, lines.lines_of, parsing.pieces):  # noqa: SLF001
        remembered.cache_clear()
    WAYS[way](markdown)


ANSWERED = {way: Yardstick(partial(afresh, way, ANSWER)) for way in WAYS}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("part", PARTS)
def test_no_text_costs_much_more_than_an_answer(part: str, way: str) -> None:
    plain, footnote = (part * SIZE)[:SIZE], f"[^a]{part * SIZE}"[:SIZE]

    assert ANSWERED[way].outlasts(partial(afresh, way, plain), times=MOST)
    assert ANSWERED[way].outlasts(partial(afresh, way, footnote), times=MOST)


@pytest.mark.parametrize("part", ["ש _", "_a", "[", "*", "**a", "**a ", "||", "`a` *b "])
def test_marks_that_nothing_closes_fill_messages(part: str) -> None:
    parts = split((part * SIZE)[:SIZE], 2_000)

    assert len(parts) <= SIZE / 2_000 * 8
    assert min(map(len, parts[:-1])) >= 250
