"""What it costs to render and to cut a text that nobody would write, beside an answer of the same length."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache, partial
from random import Random

import pytest

from adapters.cutting import cut, split
from adapters.discord.dialect import to_discord
from adapters.rendering.remembered import forget_texts
from adapters.slack.dialect import to_slack
from tests.bench.rig.answers import answers
from tests.costs import calls, is_ever

SIZE = 12_000
ANSWER = "\n\n".join(answer.text for answer in answers(6))[:SIZE]
PARTS = [
    "ש _", "\n> ```\n<sub>", "[", "](", "[a](", "![", "`", "`a``", "*", "**a", "_a", "~~", "||", "<b>",
    "<br>", "$x$", "$$\n", "\\[\n", " ", "\n", "\t", "> ", "- ", "-\n", "- a\n", "1. a\n", "- a\n\nb\n\n",
    "a\n\n", "a|b\n", "a|b\n-|-\n1|2\n\n", "x\n=\n", "```", "```\n", "a```\n", "~~~\n", "> ```\n",
    "a ``` b\n", "``` a\n", "a ```` b ``` c\n", "#### a\n", "\u2067", "e\u0301", "👍", "&amp;", "https://a ",
    "[^1]", "[x]: y\n", "a_b", "א(",
]  # fmt: skip
# Whatever a text holds, it costs some three times what an answer costs; calls, which count what is cheap as well, more.
MOST_TIMES, MOST_CALLS = 6, 8
MIXED = [
    *PARTS,
    "[a](b)",
    "`a`",
    "**b**",
    "<b>x</b>",
    "<div>",
    "\n\n```py\n",
    "word ",
    "שלום ",
    "你好",
    ":smile:",
    "\u202e",
]
WAYS: dict[str, Callable[[str], object]] = {
    "discord": lambda markdown: cut(to_discord(markdown), 2_000),
    "slack": lambda markdown: cut(to_slack(markdown), 12_000),
}


def forget() -> None:
    forget_texts()


def counted(way: str, markdown: str) -> int:
    forget()
    return calls(lambda: WAYS[way](markdown))


def timed(way: str, markdown: str) -> float:
    forget()
    started = time.thread_time()
    WAYS[way](markdown)
    return time.thread_time() - started


def mixed(seed: int) -> str:
    """Write a text of a few parts, with words between them or none."""
    random = Random(seed)
    parts, most = random.sample(MIXED, random.randint(2, 5)), random.choice((0, 2, 8))
    words = ("".join(random.choices("abcdefgh ", k=random.randint(0, most))) for _ in range(SIZE))
    return "".join(random.choice(parts) + word for word in words)[:SIZE]


@pytest.fixture(scope="module")
def answers_calls() -> dict[str, int]:
    return {way: counted(way, ANSWER) for way in WAYS}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("part", PARTS)
def test_no_text_costs_much_more_than_an_answer(part: str, way: str, answers_calls: dict[str, int]) -> None:
    for markdown in ((part * SIZE)[:SIZE], f"[^a]{part * SIZE}"[:SIZE]):
        assert counted(way, markdown) < MOST_CALLS * answers_calls[way]
        assert is_ever(partial(_takes_little_more, way, markdown))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("seed", range(6))
def test_nor_does_a_mixture(seed: int, way: str, answers_calls: dict[str, int]) -> None:
    assert counted(way, mixed(seed)) < MOST_CALLS * answers_calls[way]
    assert is_ever(partial(_takes_little_more, way, mixed(seed)))


def _takes_little_more(way: str, markdown: str) -> bool:
    return timed(way, markdown) < MOST_TIMES * _answers_time(way)


@cache
def _answers_time(way: str) -> float:
    return min(timed(way, ANSWER), timed(way, ANSWER))


@pytest.mark.parametrize("part", ["ש _", "_a", "[", "*", "**a", "**a ", "||", "`a` *b "])
def test_marks_that_nothing_closes_fill_messages(part: str) -> None:
    parts = split((part * SIZE)[:SIZE], 2_000)

    assert len(parts) <= SIZE / 2_000 * 8
    assert min(map(len, parts[:-1])) >= 250
