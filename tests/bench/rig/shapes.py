"""Kinds of texts whose cost is told: the signs of Markdown over and over, and answers as models write them."""

from __future__ import annotations

from string import punctuation

from tests.bench.rig.answers import answers
from tests.bench.rig.prose import ENGLISH, HEBREW, prose

PARTS = (
    *punctuation, *(f"{sign} " for sign in "*_~`<>[]$#|&-"), "*_", "**__", "`*", "[](", "$\\", "<>", "|-", "~~||", "א*",
    "_א", "אa", "א1+", "א b ", "🦉*", "🇮🇱", "👨‍👩‍👧 ", "e\u0301", "[a](https://a.b) ", "<https://a.b> ", "<b>a</b>",
    "<p>a</p>", "&#42;", "$x^2$ ", "$\\frac{a}{b}$ ", "|a|b|\n", "- a\n", "  - a\n    - b\n", "> > > a\n", "#### a\n",
    "a\n", "\n", "```\na\n```\n", "a ```py\nx\n```\n", "`a` `b` ", "__init__ ", "<your name> ", "שלום `code` ",
    "「**a**」b", "=", "-=", "a-", "> a\n\n", "1. a\n", "- [ ] a\n", "[^a] ", "a\\\n", "**a** `b` ", "*a* _b_ ~~c~~ ",
    "ש **a** ", "<br>", "<sub>2</sub>", "https://a.b/c_d ", "@a ", ":a: ", "a|b\n-|-\n1|2\n\n", "\u200b", "\u202ea",
)  # fmt: skip
TABLE = "\n".join(["|" + "a|" * 1_000, "|" + "-|" * 1_000, *["|" + "b|" * 1_000] * 10])
_WHOLE = {"a table of 1,000 columns": f"{TABLE}\n"}
SHAPES: dict[str, str] = {**{repr(part): part for part in PARTS}, **_WHOLE}


def of_shape(shape: str, size: int) -> str:
    """Return so many characters of a shape."""
    repeated = SHAPES[shape] * (size // len(SHAPES[shape]) + 1)
    return repeated[:size]


def mixed(size: int) -> str:
    """Return so many characters of answers with a bit of everything in each paragraph."""
    return "".join(map(_ordinary, range(size // 100)))[:size]


def _ordinary(number: int) -> str:
    """Return a part of an answer, none like another."""
    return (
        f"Owls hunt by **night {number}**, in `silence`. They see [well](https://owl.example/{number}), and\n"
        f"hear well.\n\n- one {number}\n- two *words*\n\n"
        "Plain words without any sign go on for some time and tell a little of owls.\n\n"
        f"```py\nx = {number}\n```\n\n"
    )


def kinds(size: int) -> dict[str, str]:
    """Return texts of so many characters by their kinds, plain prose first."""
    written = "\n\n".join(answer.text for answer in answers(size // 1_000))[:size]
    return {
        "plain prose": prose(size),
        "English prose": prose(size, tongues=(ENGLISH,)),
        "Hebrew prose": prose(size, tongues=(HEBREW,)),
        "mixed answers": mixed(size),
        "long answers": written,
        **{shape: of_shape(shape, size) for shape in SHAPES},
    }
