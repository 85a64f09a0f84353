"""Spans, the parts of a paragraph that must stay whole: code, links, emphasis, text of the other direction.

Read here and not by the Markdown parser: its inline tokens have no places, and in a paragraph that still grows the
question is what may turn out to be a link or emphasis, not what is one.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from adapters.cutting.isolates import END_OF_ISOLATE

_SIGN = re.compile(
    r"\\.|(?P<ticks>`+)|(?P<run>\*+|_+|~~+|\|\|+)|(?P<open>!?\[)|(?P<close>\])|(?P<bidi>[\u2066-\u2069\n])", re.DOTALL
)
_TARGET = regex.compile(
    r"\(\s*(?:<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)|\[[^\]]*\]"
)


Span = tuple[int, int]


class Spans:
    """The pieces of a paragraph that are one thing, and those that are emphasis or may yet become one thing."""

    def __init__(self, *, whole: Iterable[Span], likely: Iterable[Span]) -> None:
        self._whole = _joined(whole)
        self._likely = _joined(likely)

    def cost(self, at: int) -> int:
        """Return how bad a cut at this place is: 0 outside everything, 2 in what is surely one thing."""
        return 2 if _is_in(at, self._whole) else int(_is_in(at, self._likely))


def _joined(spans: Iterable[Span]) -> list[Span]:
    """Join spans that share characters, in order."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _is_in(at: int, spans: Sequence[Span]) -> bool:
    before = bisect_left(spans, (at, 0)) - 1
    return before >= 0 and at < spans[before][1]


@dataclass(slots=True)
class _Run:
    """Marks of emphasis that may open something."""

    mark: str
    start: int
    left: int


def read(text: str) -> Spans:
    """Read the spans of a paragraph whose end may be missing."""
    return _Reading(text).spans()


class _Reading:
    def __init__(self, text: str) -> None:
        self._text = text
        self._whole: list[Span] = []
        self._likely: list[Span] = []
        self._runs: list[_Run] = []
        self._brackets: list[int] = []
        self._isolates: list[int] = []
        self._ticks: dict[int, list[int]] = {}
        for found in re.finditer("`+", text):
            self._ticks.setdefault(len(found[0]), []).append(found.start())

    def spans(self) -> Spans:
        at = 0
        while found := _SIGN.search(self._text, at):
            at = self._read(found)
        openers = (*(run.start for run in self._runs), *self._brackets, *self._isolates)
        self._likely.extend((start, len(self._text) + 1) for start in openers)
        return Spans(whole=self._whole, likely=self._likely)

    def _read(self, found: re.Match[str]) -> int:
        """Take one sign in and return where to read on."""
        match found.lastgroup:
            case "ticks":
                return self._code(found.start(), len(found[0]))
            case "run":
                self._emphasis(found)
            case "open":
                self._brackets.append(found.start())
            case "close" if self._brackets:
                return self._link(self._brackets.pop(), found.end())
            case "bidi":
                self._isolate(found)
        return found.end()

    def _code(self, start: int, ticks: int) -> int:
        places = self._ticks.get(ticks, [])
        following = bisect_right(places, start)
        if following == len(places):
            self._likely.append((start, len(self._text) + 1))
            return start + ticks
        end = places[following] + ticks
        self._whole.append((start, end))
        return end

    def _link(self, start: int, end: int) -> int:
        if target := _TARGET.match(self._text, end):
            self._whole.append((start, target.end()))
            return target.end()
        # Without a target it may be a link that is defined elsewhere, or one that goes on.
        is_cut_off = _TARGET.match(self._text, end, partial=True) is not None
        self._likely.append((start, len(self._text) + 1 if is_cut_off else end))
        return end

    def _isolate(self, found: re.Match[str]) -> None:
        if found[0] == "\n":
            self._isolates.clear()
        elif found[0] != END_OF_ISOLATE:
            self._isolates.append(found.start())
        elif self._isolates:
            self._whole.append((self._isolates.pop(), found.end()))

    def _emphasis(self, found: re.Match[str]) -> None:
        """Match a run of marks with the runs before it, by CommonMark's rules for what may open and close."""
        mark, left = found[0][0], len(found[0])
        if left > 1:
            self._whole.append(found.span())
        can_open, can_close = self._flanks(found)
        while can_close and left and (opener := self._opener(mark)):
            self._likely.append((opener.start, found.end()))
            used = min(left, opener.left)
            left -= used
            opener.left -= used
            if not opener.left:
                self._runs.remove(opener)
        if can_open and left:
            self._runs.append(_Run(mark, found.start(), left))

    def _opener(self, mark: str) -> _Run | None:
        """Return the nearest run that the mark can close; what was opened after it is none any more."""
        for index in range(len(self._runs) - 1, -1, -1):
            if self._runs[index].mark == mark:
                del self._runs[index + 1 :]
                return self._runs[index]
        return None

    def _flanks(self, found: re.Match[str]) -> tuple[bool, bool]:
        before = self._text[found.start() - 1] if found.start() else " "
        after = self._text[found.end() : found.end() + 1] or " "
        is_left = not after.isspace() and (not _is_sign(after) or before.isspace() or _is_sign(before))
        is_right = not before.isspace() and (not _is_sign(before) or after.isspace() or _is_sign(after))
        if found[0][0] != "_":
            return is_left, is_right
        return is_left and (not is_right or _is_sign(before)), is_right and (not is_left or _is_sign(after))


def _is_sign(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"
