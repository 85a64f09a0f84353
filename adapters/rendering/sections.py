"""Sections of a text: pieces that are read the same alone as in the whole. Pure.

So what stands before the section that still grows need not be rendered again with each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise

from adapters.fences import Fence
from adapters.rendering.code import Line, LineRole, read
from adapters.rendering.direction import without_controls
from adapters.rendering.remembered import remembered

_ITEM = re.compile(r"(?:(?P<dash>[-*])|(?P<number>\d{1,9})(?P<end>[.)])) +(?=\S)")
_NUMBERED_FROM = "1"
# So much of a text is looked at to find sections that are whole, and so far from their end nothing decides on them.
WINDOW_CHARS = 4_000
_LOOKED_AHEAD = 400
# A section that is not the last has as many characters: each takes some time, however short it is.
_LEAST_CHARS = 400
# A section of a long piece of code.
_CODE_LINES = 64
_FORMULAS = ("$$", "\\[")


def sections(lines: Sequence[Line]) -> list[str]:
    """Cut a text before blocks that begin behind a blank line, and before items of an outermost list; and long code.

    What is short stays with what follows.
    """
    found: list[list[str]] = [[]]
    size = 0
    for starts, line in zip(_Starts(lines), lines, strict=True):
        if starts and size >= _LEAST_CHARS:
            found.append([])
            size = 0
        found[-1].append(line.text)
        size += len(line.text) + 1
    return ["\n".join(section) for section in found]


def starts(lines: Sequence[Line]) -> list[bool]:
    """Return of each line whether a section starts there."""
    return [*_Starts(lines)]


@remembered(64)
def size_of_whole(text: str, fence: Fence | None) -> int:
    """Return how many characters, the last line's end not counted, are sections that no more text would change.

    `fence` is the one that the text begins in.
    """
    lines, ends = read(text, fence), [*accumulate(len(line) + 1 for line in text.split("\n"))]
    size = 0
    for (above, line), begins in zip(pairwise(lines), starts(lines)[1:], strict=True):
        end = ends[above.number] - 1
        if end > len(text) - _LOOKED_AHEAD:
            break
        if begins and line.number > above.number:
            size = end
    return size


class _Starts:
    """Says of each line whether a section starts there."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        # The kind of list that the lines are in.
        self._list = ""
        self._is_in_formula = False
        self._code_lines = 0

    def __iter__(self) -> Iterator[bool]:
        is_fresh = True
        for number, line in enumerate(self._lines):
            if line.role is LineRole.CODE:
                yield self._is_full(line)
                is_fresh = False
                continue
            self._code_lines = 0
            is_blank = line.role is LineRole.TEXT and not line.text.strip(" \t")
            is_inner = line.role is LineRole.CLOSING or line.text[:1].isspace()
            if is_blank or is_inner or not without_controls(line.text).strip():
                yield False
            else:
                goes_on = self._goes_on(line, is_fresh=is_fresh)
                yield number > 0 and (is_fresh or goes_on)
            is_fresh = is_blank

    def _is_full(self, line: Line) -> bool:
        """Whether enough code stands before the line; where nothing in it decides on the marks around it."""
        self._code_lines += 1
        is_plain = line.fence is not None and line.fence.mark == "`" and not line.fence.depth
        return is_plain and self._code_lines % _CODE_LINES == 0

    def _goes_on(self, line: Line, *, is_fresh: bool) -> bool:
        """Whether a line is a further item of the list that is open."""
        first = line.text[0]
        if first.isalpha() and not self._is_in_formula:
            self._list = ""
            return False
        self._is_in_formula = line.text.startswith(_FORMULAS) or (self._is_in_formula and not is_fresh)
        item = None if self._is_in_formula else _ITEM.match(line.text)
        if item is None:
            self._list = ""
            return False
        kind = item["dash"] or item["end"]
        if kind == self._list:
            return True
        # In a paragraph no list begins with another number.
        self._list = kind if is_fresh or item["dash"] or item["number"] == _NUMBERED_FROM else ""
        return False
