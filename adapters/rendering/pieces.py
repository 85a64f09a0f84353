"""What a run of Markdown text is made of: words, marks, code, links, formulas. Values, and what people see of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from html import unescape
from typing import NamedTuple

from adapters.rendering.remembered import remembered

_NAME = re.compile(r"[A-Za-z0-9_]+", re.ASCII)


class Kind(Enum):
    """What a piece is."""

    TEXT = auto()  # read as it stands
    MARK = auto()  # not seen: emphasis, and what a renderer puts around links
    ESCAPE = auto()  # a backslash and the character it makes plain
    SIGN = auto()  # read as it stands, though it looks like a mark
    ENTITY = auto()  # a character by name or number
    CODE = auto()
    LINK = auto()
    IMAGE = auto()
    URL = auto()  # an address as it stands, or between angle brackets
    TAG = auto()  # HTML
    MATH = auto()
    FORMULA = auto()  # what a formula reads as; no Markdown any more
    NOTE = auto()  # a reference to a footnote


class Piece(NamedTuple):
    """A part of a text. `raw` is its source, `inner` what a link shows, `target` where it leads.

    The target of a formula is what stands between its delimiters, of a footnote its label. Of a mark it is "strong",
    "strike" or "", behind a slash where it closes.
    """

    kind: Kind
    raw: str
    inner: tuple[Piece, ...] = ()
    target: str = ""

    @property
    def is_strong(self) -> bool:
        """Whether it is a mark of strong words."""
        return self.kind is Kind.MARK and self.target.lstrip("/") == "strong"


def raw(parts: Sequence[Piece]) -> str:
    """Return the source of pieces."""
    return "".join(part.raw for part in parts)


def seen(parts: Sequence[Piece]) -> str:
    """Return what people see of pieces, without any mark."""
    return "".join(_seen(part) for part in parts)


def without_strong(parts: Sequence[Piece]) -> str:
    """Return the source of pieces without the marks of strong words, in links too."""
    return "".join(_weak(part) for part in parts if not part.is_strong)


def _weak(part: Piece) -> str:
    words = raw(part.inner)
    return part.raw.replace(words, without_strong(part.inner), 1) if words else part.raw


def code_content(code: str) -> str:
    """Return what stands between the backticks of a code span."""
    ticks = len(code) - len(code.lstrip("`"))
    content = code[ticks:-ticks]
    is_padded = content.startswith(" ") and content.endswith(" ") and content.strip(" ")
    return content[1:-1] if is_padded else content


@remembered(256)
def _character(entity: str) -> str:
    return unescape(entity)


def _seen(part: Piece) -> str:  # noqa: PLR0911 - one a kind
    match part.kind:
        case Kind.TEXT | Kind.MATH | Kind.FORMULA | Kind.SIGN:
            return part.raw
        case Kind.MARK | Kind.TAG:
            return ""
        case Kind.ESCAPE:
            return part.raw[1:]
        case Kind.ENTITY:
            return _character(part.raw)
        case Kind.CODE:
            return code_content(part.raw)
        case Kind.LINK | Kind.IMAGE:
            return seen(part.inner)
        case Kind.URL:
            return part.raw.strip("<>")
        case Kind.NOTE:
            return f"[{part.target}]"


def with_names(found: Iterable[Piece]) -> list[Piece]:
    """Let the low lines around one word be its own: `__init__` is a name."""
    parts = list(found)
    for index in range(len(parts) - 4):
        around = (*parts[index : index + 2], *parts[index + 3 : index + 5])
        word = parts[index + 2]
        if all(part.raw == "_" and part.is_strong for part in around) and _NAME.fullmatch(word.raw):
            for place in (index, index + 1, index + 3, index + 4):
                parts[place] = Piece(Kind.SIGN, "_")
    return parts
