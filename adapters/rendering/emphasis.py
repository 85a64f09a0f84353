"""Marks of emphasis for a platform that closes them at the first sign of their kind, whatever it stands in. Pure."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby

from adapters.rendering.pieces import Kind, Piece

# Nearly nothing is seen of it, and to the standard it parts words.
HAIR_SPACE = "\u200a"

# Nothing in them can be written otherwise.
_MARKS = ("*", "**", "~~")
_FIXED = (Kind.CODE, Kind.URL, Kind.LINK, Kind.IMAGE)


@dataclass(frozen=True, slots=True)
class _Pair:
    """Where marks open and close, what they are, and whether others of their kind, or stars, are open around them."""

    start: int
    end: int
    mark: str
    is_doubled: bool
    is_in_stars: bool

    def places(self, parts: Sequence[Piece]) -> Iterator[int]:
        size = 1 if parts[self.start].raw == self.mark else 2
        yield from (*range(self.start, self.start + size), *range(self.end, self.end + size))


def without_doubt(parts: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with marks that hold what stands between them, whatever it is; where none does, without."""
    if not any(part.kind is Kind.MARK for part in parts):
        return list(parts)
    inside = _Inside(parts)
    written: list[Piece | None] = list(parts)
    for pair in _pairs(parts):
        sign = "" if pair.is_doubled else inside.sign_of(pair)
        if sign == parts[pair.start].raw:
            continue
        for place in pair.places(parts):
            written[place] = parts[place]._replace(raw=sign) if sign else None
    return [part for part in written if part is not None]


def with_room(parts: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with room beside the marks that the standard would take for text where they stand.

    Between a full-width bracket and a letter stands no space, and a mark is one to their writers all the same.
    """
    if not any(part.kind is Kind.MARK for part in parts):
        return list(parts)
    written: list[Piece] = []
    before, rooms = "", 0
    for is_mark, run in groupby(parts, key=lambda part: part.kind is Kind.MARK):
        marks = list(run)
        if not is_mark:
            before = marks[-1].raw[-1:]
            written += marks
            continue
        at = len(written) - rooms
        behind = parts[at + len(marks)].raw[:1] if at + len(marks) < len(parts) else ""
        is_closing = any(part.target.startswith("/") for part in marks)
        inner, outer = (before, behind) if is_closing else (behind, before)
        needs_room = "_" not in marks[0].raw and _is_sign(inner) and not _parts_words(outer)
        room = [Piece(Kind.MARK, HAIR_SPACE)] if needs_room else []
        rooms += len(room)
        written += [*marks, *room] if is_closing else [*room, *marks]
    return written


def _is_sign(character: str) -> bool:
    return character != "" and unicodedata.category(character)[0] in "PS"


def _parts_words(character: str) -> bool:
    return character == "" or character.isspace() or _is_sign(character)


class _Inside:
    """What stands between marks, counted once for all of them."""

    def __init__(self, parts: Sequence[Piece]) -> None:
        self._parts = parts
        self._fixed = {sign: _counts(sign in part.raw and part.kind in _FIXED for part in parts) for sign in _MARKS}
        self._lowlines = _counts("_" in part.raw and part.kind is not Kind.ESCAPE for part in parts)
        self._stars = _counts(part.kind is Kind.MARK and part.raw == "*" and not part.is_strong for part in parts)

    def sign_of(self, pair: _Pair) -> str:
        """Return the sign that the marks can be written with; "" for none."""
        sign, span = self._parts[pair.start].raw, (pair.start + 1, pair.end)
        if pair.mark != "_":
            return "" if _has(self._fixed[pair.mark.replace("_", "*")], *span) else sign
        if not _has(self._lowlines, *span):
            return sign
        return "" if pair.is_in_stars or _has(self._stars, *span) or _has(self._fixed["*"], *span) else "*"


def _counts(found: Iterable[bool]) -> list[int]:
    return list(accumulate(found, initial=0))


def _has(counts: Sequence[int], start: int, end: int) -> bool:
    return counts[end] > counts[start]


def _pairs(parts: Sequence[Piece]) -> Iterator[_Pair]:
    opened: list[tuple[int, str]] = []
    known = Counter[str]()
    for index, mark, is_closing in _marks(parts):
        if not is_closing:
            opened.append((index, mark))
            known[mark] += 1
        elif opened and opened[-1][1] == mark:
            start, _ = opened.pop()
            known[mark] -= 1
            yield _Pair(start, index, mark, is_doubled=known[mark] > 0, is_in_stars=known["*"] > 0)


def _marks(parts: Sequence[Piece]) -> Iterator[tuple[int, str, bool]]:
    """Yield where marks stand, what they are, and whether they close."""
    index = 0
    while index < len(parts):
        part = parts[index]
        is_double = part.is_strong and len(part.raw) == 1 and index + 1 < len(parts)
        if part.kind is Kind.MARK:
            targets = part.target + (parts[index + 1].target if is_double else "")
            yield index, part.raw * (2 if is_double else 1), "/" in targets
        index += 2 if is_double else 1
