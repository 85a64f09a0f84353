"""What of a text may stand in the next message: as much of it as bears on the message, and not a character more.

A window ends with the first visible character that is too much. So where it is cut does not depend on what follows,
and a message that was posted never changes while an answer grows.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from adapters import fences
from adapters.fences import Fence, FencedLine

_VISIBLE = re.compile(r"\S")


def _longest(limit: int) -> int:
    """Return how many marks a fence has at most: with more, little of a message would be left to code."""
    return limit // 4


class Window:
    """A beginning of what is left of a text.

    `opening` characters at its beginning repeat what an earlier message began; `limit` is a message's length.
    """

    def __init__(self, text: str, *, opening: int, limit: int, lines: list[FencedLine] | None = None) -> None:
        """`lines` are those of the text, where they are known."""
        self.text = text
        self.opening = opening
        self.limit = limit
        self.lines = list(fences.lines(text, longest=_longest(limit))) if lines is None else lines
        self._starts = [line.start for line in self.lines]

    @classmethod
    def at(cls, text: str, start: int, *, opening: str, limit: int) -> Window:
        """Open a window on a text, from `start` to the first visible character that is surely too much."""
        beyond = _VISIBLE.search(text, start + limit - len(opening))
        piece = text[start : beyond.end()] if beyond else text[start:]
        return cls(opening + piece, opening=len(opening), limit=limit)

    def line_at(self, place: int) -> FencedLine:
        """Return the line a place is in."""
        return self.lines[bisect_right(self._starts, place) - 1]

    def fits(self) -> bool:
        """Whether a message holds all of it."""
        return self._fits(len(self.text))

    def _fits(self, end: int) -> bool:
        """Whether a message holds the text up to there, or a text that begins so.

        An open fence counts with the least that can close it: so what does not fit never will, however it goes on.
        """
        line = self.line_at(end)
        partial = self.text[line.start : end]
        fence = None if line.above and fences.leaves(partial, line.above) else line.above
        if fence is None or not (least := fences.missing(partial, fence)):
            return len(self.text[:end].rstrip()) <= self.limit
        return end + least <= self.limit

    def narrowed(self) -> Window:
        """Return the window up to the first character that is too much."""
        return self.until(bisect_left(range(len(self.text)), x=True, key=lambda end: not self._fits(end)))

    def until(self, end: int) -> Window:
        """Return the window up to a place."""
        if end == len(self.text):
            return self
        *lines, last = self.lines[: bisect_right(self._starts, end)]
        cut = fences.line_below(last.above, last.start, self.text[last.start : end], longest=_longest(self.limit))
        return Window(self.text[:end], opening=min(self.opening, end), limit=self.limit, lines=[*lines, cut])

    def shown(self) -> str:
        """Return how a message that holds all of it reads."""
        last = self.lines[-1]
        if last.opens and not self.text[: last.start].strip():
            fence = last.opens.fitted(self.limit)
            return f"{fence.opening}\n{fence.closing}"
        if last.fence and not fences.closes(last.text, last.fence):
            return self.text + (self.closing(len(self.text), last.fence) or "")
        # Nothing would be seen of a fence without code. Without it, or the blank lines, a quote's fence may be open.
        seen = (self.text[: last.start] if last.opens else self.text).rstrip()
        return seen if seen == self.text else self.until(len(seen)).shown()

    def closing(self, end: int, fence: Fence) -> str | None:
        """Return what closes the fence at this place: a line like that which opened it, or less where no more fits.

        None where nothing fits. In a quote that may be nothing at all: its end is the fence's.
        """
        newline = "" if self.text[end - 1] == "\n" else "\n"
        partial = self.text[self.line_at(end).start : end]
        rest = "" if fence.depth else fence.marks[-fences.missing(partial, fence) :]
        ways = (newline + fence.closing, newline + ">" * fence.depth + fence.marks, rest)
        return next((way for way in ways if end + len(way) <= self.limit), None)
