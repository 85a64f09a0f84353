"""Tables for platforms that have none: columns in a fixed font where they fit a line, else a list. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from markdown_it.token import Token
from wcwidth import wcswidth

# What a line of code holds on a desktop before it is broken. A phone shows about 30; nobody knows where it is read.
MOST_CELLS = 60
_GAP = 2
_WHOLE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)|\$(?! )[^$`]+(?<! )\$|(?<=[^|\s])(?: ?)\|\|(?= ?[^|\s])")


class Align(Enum):
    """Where in its column a cell stands."""

    LEFT = ""
    RIGHT = "right"
    CENTER = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, the header first; all rows have as many cells as there are columns."""

    aligns: tuple[Align, ...]
    rows: tuple[tuple[str, ...], ...]


def rows_of(lines: Sequence[str]) -> list[list[str]]:
    """Return the cells of a table's lines, the header first.

    A bar behind a backslash is part of a cell. Where a row has more cells than the header, so are one in code or in a
    formula, and two beside each other.
    """
    header, *rows = [_row_of(line) for line in lines]
    for number, line in enumerate(lines[1:]):
        if len(rows[number]) > len(header):
            whole = _row_of(line, code=[found.span() for found in _WHOLE.finditer(line.strip())])
            rows[number] = whole if len(whole) >= len(header) else rows[number]
    return [header, *rows]


def _row_of(line: str, *, code: Sequence[tuple[int, int]] = ()) -> list[str]:
    cells, cell, is_escaped = [], "", False
    inside = {place for start, end in code for place in range(start, end)}
    for place, character in enumerate(line.strip()):
        if character == "|" and not is_escaped and place not in inside:
            cells.append(cell.strip())
            cell = ""
        else:
            cell = (cell[:-1] if character == "|" and is_escaped else cell) + character
        is_escaped = character == "\\" and not is_escaped
    cells.append(cell.strip())
    return cells[1 if not cells[0] else 0 : -1 if len(cells) > 1 and not cells[-1] else None]


def aligned(table: Table) -> list[str] | None:
    """Return the table's lines with its columns below each other; None where they are too wide for a message."""
    widths = [max(_width(cell) for cell in column) for column in zip(*table.rows, strict=True)]
    if sum(widths) + _GAP * (len(widths) - 1) > MOST_CELLS:
        return None
    return list(_lines(table, widths))


def _lines(table: Table, widths: Sequence[int]) -> Iterator[str]:
    for number, row in enumerate(table.rows):
        cells = zip(row, widths, table.aligns, strict=True)
        yield (" " * _GAP).join(_padded(cell, width, align) for cell, width, align in cells).rstrip()
        if number == 0:
            yield (" " * _GAP).join("-" * max(width, 1) for width in widths)


def _padded(cell: str, width: int, align: Align) -> str:
    missing = width - _width(cell)
    before = {Align.LEFT: 0, Align.RIGHT: missing, Align.CENTER: missing // 2}[align]
    return " " * before + cell + " " * (missing - before)


def _width(text: str) -> int:
    """Return how many cells of a terminal a text takes: 2 for wide characters, none for combining ones."""
    width = wcswidth(text)
    return width if width >= 0 else len(text)


def align_of(token: Token) -> Align:
    """Return how a column is aligned, by the token of its header."""
    style = str(token.attrs.get("style", ""))
    return next((align for align in (Align.RIGHT, Align.CENTER) if style.endswith(align.value)), Align.LEFT)
