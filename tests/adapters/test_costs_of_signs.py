"""What an answer of signs costs: no more than others of its length, and nobody waits for one that is short."""

from __future__ import annotations

from collections.abc import Callable
from string import punctuation

import pytest

from adapters.cutting import Cutter
from adapters.delivery.layout import LONGEST_AT_ONCE
from adapters.discord.dialect import to_discord
from adapters.rendering.remembered import forget_texts
from adapters.slack.dialect import to_slack
from tests.costs import Yardstick, is_ever, seconds

LONG = 24_000
MOST_S = 0.050
PLATFORMS = {"discord": (to_discord, 2_000), "slack": (to_slack, 12_000)}
EVERYWHERE = pytest.mark.parametrize("platform", PLATFORMS)
PARTS = (
    *punctuation, *(f"{sign} " for sign in "*_~`<>[]$#|&-"), "*_", "**__", "`*", "[](", "$\\", "<>", "|-", "~~||", "א*",
    "_א", "אa", "א1+", "🦉*", "🇮🇱", "👨‍👩‍👧 ", "e\u0301", "[a](https://a.b) ", "<https://a.b>", "<b>a</b>", "<p>a</p>",
    "&#42;", "$x^2$ ", "$\\frac{a}{b}$ ", "|a|b|\n", "- a\n", "  - a\n    - b\n", "> > > a\n", "#### a\n", "a\n", "\n",
    "```\na\n```\n", "a ```py\nx\n```\n", "`a` `b` ", "__init__ ", "<your name> ", "שלום `code` ", "「**a**」b", "=",
)  # fmt: skip
TABLE = "\n".join(["|" + "a|" * 1_000, "|" + "-|" * 1_000, *["|" + "b|" * 1_000] * 10])
SHAPES: dict[str, str] = {**{repr(part): part for part in PARTS}, "a table of 1,000 columns": f"{TABLE}\n"}


def ordinary(number: int) -> str:
    """Return a part of an answer as models write it, none like another."""
    return (
        f"Owls hunt by **night {number}**, in `silence`. They see [well](https://owl.example/{number}), and\n"
        f"hear well.\n\n- one {number}\n- two *words*\n\n"
        "Plain words without any sign go on for some time and tell a little of owls.\n\n"
        f"```py\nx = {number}\n```\n\n"
    )


def shown(platform: str) -> Callable[[str], object]:
    """Return what renders and cuts a text, with nothing remembered of another."""
    render, limit = PLATFORMS[platform]

    def showing(text: str) -> object:
        forget_texts()
        return Cutter(limit).cut(render(text))

    return showing


def of(shape: str, size: int) -> str:
    part = SHAPES[shape]
    return (part * (size // len(part) + 1))[:size]


def ordinary_on(platform: str) -> Yardstick:
    text = "".join(map(ordinary, range(200)))[:LONG]
    return Yardstick(lambda: shown(platform)(text))


ORDINARY = {platform: ordinary_on(platform) for platform in PLATFORMS}


@EVERYWHERE
@pytest.mark.parametrize("shape", SHAPES)
def test_no_answer_that_is_laid_out_at_once_holds_anybody_up(platform: str, shape: str) -> None:
    text = of(shape, LONGEST_AT_ONCE)

    # The worst takes half of it.
    assert is_ever(lambda: seconds(lambda: shown(platform)(text)) < MOST_S)


@EVERYWHERE
@pytest.mark.parametrize("shape", SHAPES)
def test_a_long_answer_of_signs_takes_a_few_times_what_others_do(platform: str, shape: str) -> None:
    text = of(shape, LONG)

    # The worst takes three times as long.
    assert ORDINARY[platform].outlasts(lambda: shown(platform)(text), times=5)
