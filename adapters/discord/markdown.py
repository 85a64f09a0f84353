"""Standard Markdown as Discord reads it: what Discord does not know is written in what it does. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

_FENCE = re.compile(r"^ {0,3}(?P<marks>`{3,}|~{3,})")
_DEEP_HEADING = re.compile(r"^ {0,3}#{4,6}\s+(?P<title>.*?)\s*#*\s*$")
_IMAGE = re.compile(r"!(?=\[[^\]\n]*\]\([^)\s]+\))")
_ROW = re.compile(r"^\s*\|.*\|\s*$")
_RULE_ROW = re.compile(r"^\s*\|(?:\s*:?-+:?\s*\|)+\s*$")


def to_discord(text: str) -> str:
    """Rewrite headings deeper than three, images and tables; code stays as it is."""
    return "\n".join(_lines(text))


def _lines(text: str) -> Iterator[str]:
    for kind, group in groupby(_marked(text.split("\n")), key=lambda pair: pair[0]):
        lines = [line for _, line in group]
        if kind == "row" and len(lines) > 1 and _RULE_ROW.match(lines[1]):
            yield from ("```", *_aligned(lines), "```")
        else:
            yield from (lines if kind == "code" else map(_line, lines))


def _marked(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Say of each line whether it is code, a table's row or text."""
    marks = ""
    for line in lines:
        fence = _FENCE.match(line)
        if fence and not marks:
            marks = fence["marks"]
            yield "code", line
        elif marks:
            yield "code", line
            if fence and fence["marks"].startswith(marks):
                marks = ""
        else:
            yield ("row" if _ROW.match(line) else "text"), line


def _line(line: str) -> str:
    heading = _DEEP_HEADING.match(line)
    return f"**{heading['title']}**" if heading and heading["title"] else _IMAGE.sub("", line)


def _aligned(rows: Sequence[str]) -> Iterator[str]:
    """Pad the cells of a table, so that its columns stand below each other in a code block."""
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows if not _RULE_ROW.match(row)]
    width = max(map(len, cells))
    table = [row + [""] * (width - len(row)) for row in cells]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for index, row in enumerate(table):
        yield "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()
        if index == 0:
            yield "  ".join("-" * size for size in widths)
