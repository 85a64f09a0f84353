"""Sections of a text: pieces that are read the same alone as in the whole. Pure.

So what stands before the section that still grows need not be rendered again with each word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class ReadText:
    """A piece of a text and its lines, read once; where it is known, of each line whether a section starts there."""

    text: str
    lines: Sequence[Line] = field(compare=False)
    _begins: Sequence[bool] = field(compare=False, default=())

    @classmethod
    def of(cls, text: str, fence: Fence | None) -> ReadText:
        """Read a text that begins in a fence, or in none."""
        return cls(text, read(text, fence))

    def cut(self) -> list[ReadText]:
        """Cut a text before blocks that begin behind a blank line, before items of an outermost list, and in long code.

        What is short stays with what follows.
        """
        found: list[ReadText] = []
        size = begun = 0
        for number, (begins, line) in enumerate(zip(self._begins or starts(self.lines), self.lines, strict=True)):
            if begins and size >= _LEAST_CHARS:
                found.append(self._part(begun, number))
                size, begun = 0, number
            size += len(line.text) + 1
        return [*found, self._part(begun, len(self.lines))]

    def _part(self, start: int, end: int) -> ReadText:
        lines = self.lines[start:end]
        return ReadText("\n".join([line.text for line in lines]), lines)

    def whole(self) -> ReadText | None:
        """Return the beginning that is of sections which no more text would change; None where it has none."""
        ends = [*accumulate(len(line) + 1 for line in self.text.split("\n"))]
        most, size, count = len(self.text) - _LOOKED_AHEAD, 0, 0
        begins = starts(self.lines)
        for number, (above, line) in enumerate(pairwise(self.lines), start=1):
            end = ends[above.number] - 1
            if end > most:
                break
            if begins[number] and line.number > above.number:
                size, count = end, number
        return ReadText(self.text[:size], self.lines[:count], begins[:count]) if size else None


def starts(lines: Sequence[Line]) -> list[bool]:
    """Return of each line whether a section starts there."""
    return [*_Starts(lines)]


@remembered(64)
def whole_of(text: str, fence: Fence | None) -> ReadText | None:
    """Return the beginning of a text, which begins in a fence or in none, that is of whole sections."""
    return ReadText.of(text, fence).whole()


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
