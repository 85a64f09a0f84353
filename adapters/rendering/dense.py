"""Texts that have more signs, or ends of lines, than words: shown as they stand. Pure.

To find out what pairs with what among thousands of signs takes long, and nobody reads it. The densest pages of real
documentation weigh half of what makes a text one of these (tests/adapters/test_dense_texts.py).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from adapters.rendering.code import Line, LineRole
from adapters.rendering.dialect import Dialect
from adapters.rendering.direction import has_right_to_left

# What a text has to be read for, and about how many microseconds each takes.
_SIGN = re.compile(
    r"(?P<link>\]\()|(?P<note>\[\^)|(?P<mark>\*+|_+|~~+)|(?P<ticks>`+)|(?P<tag><)|(?P<other>[&$\\\[!]|https?:)"
    r"|(?P<block>^[ \t>]*(?:[-+*>]|#{1,6}|\d{1,9}[.)])[ \t])"
    r"|(?P<table>^[ \t>]*(?:\|[ \t]*)?:?-+:?[ \t]*\|[-:| \t]*$)|(?P<cell>\|)|(?P<line>\n)",
    re.MULTILINE,
)
_RUNS = re.compile(r"([*_~])\1*")
_BLOCKS = re.compile(r"^[ \t>]*[-+*>#0-9]", re.MULTILINE)
_TABLES = re.compile(r"^[ \t>]*\|?[ \t]*:?-[-:| \t]*$", re.MULTILINE)
_COSTS = {
    "link": 75,
    "note": 24,
    "mark": 22,
    "ticks": 10,
    "tag": 22,
    "other": 12,
    "block": 35,
    "table": 120,
    "cell": 9,
    "line": 15,
}
# Its lines are put into an order.
_RIGHT_TO_LEFT_SHARE = 1.5
_FENCE_COST = 80
_MOST_A_CHARACTER = 3.4
# A shorter text takes little time, whatever it holds.
_LEAST_CHARS = 1_000


def is_dense(lines: Sequence[Line]) -> bool:
    """Whether a text would take several times as long as others of its length; code takes next to none."""
    size = sum(len(line.text) + 1 for line in lines)
    if size < _LEAST_CHARS:
        return False
    text = "\n".join(line.text for line in lines if line.role is LineRole.TEXT)
    fences = sum(line.role is LineRole.OPENING for line in lines) * _FENCE_COST
    most = size * _MOST_A_CHARACTER / (_RIGHT_TO_LEFT_SHARE if has_right_to_left(text) else 1)
    if text.count("\n") * _COSTS["line"] + fences > most:
        return True
    if _most(text) + fences <= most:
        return False
    # What was found counts by the name of its kind.
    return sum(_COSTS[found.lastgroup or "other"] for found in _SIGN.finditer(text)) + fences > most


def _most(text: str) -> int:
    """Return what a text costs at most: each sign may count twice, as itself and as a block's beginning."""
    found = {
        "link": text.count("]("),
        "note": text.count("[^"),
        "mark": len(_RUNS.findall(text)),
        "ticks": text.count("`"),
        "tag": text.count("<"),
        "other": sum(map(text.count, ("&", "$", "\\", "[", "!", "http"))),
        "block": len(_BLOCKS.findall(text)),
        "cell": text.count("|"),
        "table": text.count("|") and len(_TABLES.findall(text)),
        "line": text.count("\n"),
    }
    return sum(_COSTS[kind] * count for kind, count in found.items())


def as_it_stands(lines: Sequence[Line], dialect: Dialect) -> Iterator[str]:
    """Write each line so that its signs are read, where the platform knows how to say so."""
    for line, written in zip(lines, dialect.code(lines), strict=True):
        yield dialect.verbatim(written) if line.role is LineRole.TEXT and written else written
