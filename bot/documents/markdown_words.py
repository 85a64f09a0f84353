"""Words of a document as Markdown that says no more than they do. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# An underscore within a word is none.
SIGNS = re.compile(r"[\\`*\[\]]|(?<!\w)_|_(?!\w)|<(?=[A-Za-z/!])")
# What begins a line of Markdown with another meaning than a word has.
BEGINNING = re.compile(r"^(?=#{1,6}(?:\s|$)|>|\+\s|~{3,}|={3,}$|-{2,}$)")


def words(text: str) -> str:
    """Return plain words in Markdown."""
    return SIGNS.sub(lambda sign: f"\\{sign[0]}", text)


def unmarked(text: str) -> str:
    """Return the plain words that `line_of` made Markdown of."""
    return re.sub(r"\\(.)", r"\1", text)


def line_of(text: str) -> str:
    """Return a line of plain words in Markdown."""
    return BEGINNING.sub(r"\\", words(" ".join(text.split())))


def table_of(rows: Iterable[Sequence[str]]) -> str:
    """Return rows of cells that are in Markdown already."""
    filled = [[" ".join(cell.split()).replace("|", "\\|") for cell in row] for row in rows]
    filled = [row for row in filled if any(row)]
    width = max(map(len, filled), default=0)
    lines = [f"| {' | '.join([*row, *[''] * (width - len(row))])} |" for row in filled]
    return "\n".join([*lines[:1], f"|{'---|' * width}", *lines[1:]]) if lines else ""
