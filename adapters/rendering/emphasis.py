"""Marks of emphasis for a platform that closes them at the first sign of their kind, whatever it stands in. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from adapters.rendering.pieces import Kind, Piece

# Nothing in them can be written otherwise.
_FIXED = (Kind.CODE, Kind.URL, Kind.LINK, Kind.IMAGE)


def without_doubt(parts: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with marks that hold what stands between them, whatever it is; where none does, without."""
    if not any(part.kind is Kind.MARK for part in parts):
        return list(parts)
    fixed = {sign: _counts(parts, sign) for sign in ("*", "**", "_", "~~")}
    lowlines = _counts(parts, "_", any_kind=True)
    written: list[Piece | None] = list(parts)
    for start, end, mark in _pairs(parts):
        size = 1 if parts[start].raw == mark else 2
        sign = parts[start].raw
        if mark == "_":
            is_simple = not _between(lowlines, start + 1, end) and _begins_with_word(parts[start + 1])
            sign = mark if is_simple else "*"
        if sign != "_" and _between(fixed[sign * size if sign * size in fixed else "**"], start + size, end):
            sign = ""
        for place in (*range(start, start + size), *range(end, end + size)):
            written[place] = replace(parts[place], raw=sign) if sign else None
    return [part for part in written if part is not None]


def _begins_with_word(part: Piece) -> bool:
    return part.kind is Kind.TEXT and part.raw[:1].isalnum() and part.raw[:1].isascii() and "\n" not in part.raw


def _counts(parts: Sequence[Piece], sign: str, *, any_kind: bool = False) -> list[int]:
    found = (
        sign in part.raw and (part.kind in _FIXED or (any_kind and part.kind is not Kind.ESCAPE)) for part in parts
    )
    return list(accumulate(found, initial=0))


def _between(counts: Sequence[int], start: int, end: int) -> bool:
    return counts[end] > counts[start]


def _pairs(parts: Sequence[Piece]) -> Iterator[tuple[int, int, str]]:
    """Yield where marks open and close, and which ones they are."""
    opened: list[tuple[int, str]] = []
    index = 0
    while index < len(parts):
        part = parts[index]
        if part.kind is not Kind.MARK:
            index += 1
            continue
        is_double = part.target == "strong" and len(part.raw) == 1 and index + 1 < len(parts)
        mark = part.raw * 2 if is_double else part.raw
        if opened and opened[-1][1] == mark:
            yield opened.pop()[0], index, mark
        else:
            opened.append((index, mark))
        index += 2 if is_double else 1
