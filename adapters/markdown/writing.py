"""Pieces of Markdown written in a platform's dialect, as bits that the order of a line is decided on. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from adapters.markdown.direction import Bit, has_right_to_left
from adapters.markdown.latex import readable
from adapters.markdown.links import is_honest
from adapters.markdown.pieces import Kind, Piece, code_content, raw, seen
from adapters.markdown.reading import pieces
from adapters.markdown.tags import without_tags

_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
# What may be a mark of Markdown in the middle of a line; the bracket is one behind another alone.
_MARKS = re.compile(r"([\\*_~`|$]|(?<=\])\()")
_TASKS = {"[ ] ": "☐ ", "[x] ": "☑ ", "[X] ": "☑ "}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a platform differs from the others in what it reads.

    `address` writes an address so that nothing behind it is taken for a part of it. `decodes`: character references
    have to be written as their characters, since the platform shows them as they are. `finish` is the last pass.
    """

    address: Callable[[str], str]
    decodes: bool
    has_angle_addresses: bool
    finish: Callable[[str], str] = str


def bits(text: str, dialect: Dialect, *, is_task: bool = False) -> tuple[Bit, ...]:
    """Write a run of Markdown text; `is_task` where a box may stand at its beginning."""
    parts = without_tags(pieces(text))
    if is_task and parts and parts[0].raw[:4] in _TASKS and parts[0].kind is Kind.TEXT:
        parts[0] = Piece(Kind.TEXT, _TASKS[parts[0].raw[:4]] + parts[0].raw[4:])
    return tuple(_Writer(dialect, guards=has_right_to_left(text)).written(parts))


def plain(text: str) -> Iterator[Bit]:
    """Write a text so that no character of it is a mark of Markdown."""
    for number, part in enumerate(_MARKS.split(text)):
        if part:
            yield Bit(f"\\{part}" if number % 2 else part, part)


def lines(line_bits: Sequence[Bit]) -> list[list[Bit]]:
    """Cut bits into lines."""
    cut: list[list[Bit]] = [[]]
    for bit in line_bits:
        first, *rest = bit.raw.split("\n")
        if first or not rest:
            cut[-1].append(bit if not rest else _part(bit, first))
        cut.extend([_part(bit, line)] if line else [] for line in rest)
    return cut


def _part(bit: Bit, text: str) -> Bit:
    return Bit(text, text if bit.seen else "", whole=bit.whole)


class _Writer:
    """Writes pieces. `guards`: marks may be put beside addresses, so each has to end visibly."""

    def __init__(self, dialect: Dialect, *, guards: bool) -> None:
        self._dialect = dialect
        self._guards = guards

    def written(self, parts: Sequence[Piece], *, in_link: bool = False) -> Iterator[Bit]:
        closing = next((index for index in range(len(parts) - 1, -1, -1) if ")" in parts[index].raw), -1)
        for index, part in enumerate(parts):
            match part.kind:
                case Kind.TEXT:
                    yield from self._text(part.raw, is_last=index > closing)
                case Kind.LINK | Kind.IMAGE if in_link:
                    yield from self.written(part.inner, in_link=True)
                case Kind.LINK | Kind.IMAGE:
                    yield from self._link(part)
                case Kind.URL:
                    yield self._url(part.raw)
                case Kind.MATH:
                    yield from _formula(part)
                case Kind.FORMULA:
                    yield from plain(part.raw)
                case _:
                    yield self._simple(part)

    @staticmethod
    def _text(text: str, *, is_last: bool) -> Iterator[Bit]:
        """Write text; what only looks like a link's end to a more lenient reader is made none."""
        if is_last or "](" not in text:
            yield Bit(text, text)
            return
        first, *others = text.split("](")
        yield Bit(first, first)
        for other in others:
            yield from (Bit("]", "]"), Bit("\\(", "("), Bit(other, other))

    def _simple(self, part: Piece) -> Bit:
        match part.kind:
            case Kind.MARK:
                return Bit(part.raw.replace("_", "*") if part.target == "strong" else part.raw, "")
            case Kind.ESCAPE:
                return Bit(part.raw, part.raw[1:])
            case Kind.ENTITY:
                return self._entity(part)
            case Kind.CODE:
                return Bit(part.raw, code_content(part.raw) or part.raw, whole=True)
            case Kind.NOTE:
                return Bit(f"[{part.target}]", f"[{part.target}]")
            case _:
                return Bit(part.raw, part.raw)

    def _entity(self, part: Piece) -> Bit:
        character = seen([part])
        is_shown = character.isprintable() or character == "\N{NO-BREAK SPACE}"
        if not self._dialect.decodes or not is_shown or len(character) != 1:
            return Bit(part.raw, part.raw)
        return Bit(f"\\{character}" if character in _PUNCTUATION else character, character)

    def _url(self, address: str) -> Bit:
        if address.startswith("<") and "://" not in address:
            return Bit(address[1:-1], address[1:-1], whole=True)
        plain = address.strip("<>")
        is_written = address.startswith("<") and not self._dialect.has_angle_addresses
        return Bit(self._dialect.address(plain) if self._guards or is_written else address, plain, whole=True)

    def _link(self, part: Piece) -> Iterator[Bit]:
        words = seen(part.inner)
        target = part.target.replace("(", "%28").replace(")", "%29") if part.target.count("(") else part.target
        if not words.strip():
            yield Bit(self._dialect.address(target), target, whole=True)
            return
        if is_honest(words, part.target):
            if words == raw(part.inner) and words.startswith(("http://", "https://")) and part.kind is Kind.LINK:
                yield Bit(f"[{words}{self._tail(part, target)}", words, whole=True)
                return
            yield Bit("[", "")
            yield from self.written(part.inner, in_link=True)
            yield Bit(self._tail(part, target), "")
            return
        yield from self.written(pieces(raw(part.inner)), in_link=True)
        yield Bit(" (", " (")
        yield Bit(self._dialect.address(target), target, whole=True)
        yield Bit(")", ")")

    def _tail(self, part: Piece, target: str) -> str:
        start = 1 + len(raw(part.inner))
        tail = part.raw[start:]
        is_plain = part.kind is Kind.LINK and tail.startswith("](") and "<" not in tail and "\n" not in tail
        return tail if is_plain else f"]({target})"


def _formula(part: Piece) -> Iterator[Bit]:
    """Write a formula as text, on one line; as code where it has none."""
    text = readable(part.target)
    if text is not None:
        yield from plain(text.replace("\n", "; "))
        return
    code = " ".join(part.raw.split())
    yield Bit(f"`{code}`", code, whole=True) if "`" not in code else Bit(part.raw, part.raw)
