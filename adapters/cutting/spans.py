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

_MARKS = r"\\.|(?P<ticks>`+)|(?P<run>\*+|_+|~~+|\|\|+)|(?P<open>!?\[)|(?P<close>\])"
_SIGN = re.compile(_MARKS, re.DOTALL)
# Isolates end with their line.
_SIGN_OR_ISOLATE = re.compile(rf"{_MARKS}|(?P<bidi>[\u2066-\u2069\n])", re.DOTALL)
_ISOLATE = re.compile(r"[\u2066-\u2068]")
_TARGET = regex.compile(
    r"\(\s*(?:<[^<>\n]*>|(?:[^\s()]|\([^\s()]*\))*)(?:\s+(?:\"[^\"]*\"|'[^']*'|\([^()]*\)))?\s*\)|\[[^\]]*\]"
)


# So many signs, at so few characters each, are no marks of a text: nobody reads it, and to pair them takes long.
_DENSE = re.compile(r"\\.|`+|\*+|_+|~~+|\|\|+|[\[\]\u2066-\u2069]")
_FEWEST_SIGNS, _LEAST_CHARS_A_SIGN = 250, 6
# More marks that have begun and do not end are no emphasis in emphasis.
_MOST_OPEN = 8
# Pairs that hide words are nobody's: renderers write them with backslashes, and a single one is text.
_HIDING = "|"
# Longer ones, behind which a text goes on in the next message, would begin a fence there; no more stars mean anything.
_LONGEST_MARKS = {"`": 2, "~": 2, "*": 3, "_": 3}

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Open:
    """A piece that has begun where the paragraph ends: where it does, where its content does, what may end it."""

    start: int
    inside: int
    end: int
    opening: str = ""
    closing: str = ""


class Spans:
    """The pieces of a paragraph that are one thing, and those that are emphasis or may yet become one thing."""

    def __init__(self, *, whole: Iterable[Span], likely: Iterable[Span], opened: Sequence[Open]) -> None:
        self._opened = sorted(opened, key=lambda each: each.start)
        self._starts = [each.start for each in self._opened]
        self._whole = _joined([*whole, *((each.start, each.inside + 1) for each in self._opened)])
        self._closed = _joined(likely)
        self._likely = _joined([*likely, *((each.start, each.end) for each in self._opened)])

    def cost(self, at: int) -> int:
        """Return how bad a cut at this place is: 0 outside everything, 2 in what is surely one thing."""
        return 2 if _is_in(at, self._whole) else int(_is_in(at, self._likely))

    def start(self, at: int) -> int:
        """Return where that begins what a cut at this place tears; as far back as may be where it is of many pieces."""
        spans = self._whole if _is_in(at, self._whole) else self._likely
        return spans[bisect_left(spans, (at, 0)) - 1][0]

    def open_at(self, at: int, *, since: int) -> list[Open]:
        """Return what can be closed here and opened again: it has begun by `since`, and nothing else hinders."""
        count = bisect_left(self._starts, at)
        if not 0 < count <= _MOST_OPEN or self._starts[count - 1] > since:
            return []
        if _is_in(at, self._whole) or _is_in(at, self._closed):
            return []
        return [each for each in self._opened[:count] if at < each.end]


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
    """Read the spans of a paragraph whose end may be missing; one that is of signs more than of words has none."""
    count = len(_DENSE.findall(text)) if len(text) > _FEWEST_SIGNS else 0
    if count > _FEWEST_SIGNS and count * _LEAST_CHARS_A_SIGN > len(text):
        return Spans(whole=(), likely=(), opened=())
    return _Reading(text).spans()


class _Reading:
    def __init__(self, text: str) -> None:
        self._text = text
        self._whole: list[Span] = []
        self._likely: list[Span] = []
        self._runs: list[_Run] = []
        self._brackets: list[Span] = []
        self._isolates: list[int] = []
        self._opened: list[Open] = []
        self._ticks: dict[int, list[int]] = {}
        for found in re.finditer("`+", text):
            self._ticks.setdefault(len(found[0]), []).append(found.start())

    def spans(self) -> Spans:
        at, sign = 0, _SIGN_OR_ISOLATE if _ISOLATE.search(self._text) else _SIGN
        while found := sign.search(self._text, at):
            at = self._read(found)
        end = len(self._text) + 1
        self._opened.extend(self._goes_on(run.start, run.mark * run.left) for run in self._runs)
        self._opened.extend(Open(start, start + 1, end) for start in self._isolates)
        # Of several brackets no more than one begins a link.
        is_link = len(self._brackets) == 1
        self._opened.extend(
            self._goes_on(start, self._text[start:inside], "]") if is_link else Open(start, inside, end)
            for start, inside in self._brackets
        )
        return Spans(whole=self._whole, likely=self._likely, opened=self._opened)

    def _goes_on(self, start: int, marks: str, closing: str = "") -> Open:
        """Return what these marks have begun."""
        end, inside = len(self._text) + 1, start + len(marks)
        if len(marks) > _LONGEST_MARKS.get(marks[0], len(marks)) or marks[0] == _HIDING:
            return Open(start, inside, end)
        return Open(start, inside, end, marks, closing or marks)

    def _read(self, found: re.Match[str]) -> int:
        """Take one sign in and return where to read on."""
        match found.lastgroup:
            case "ticks":
                return self._code(found.start(), len(found[0]))
            case "run":
                self._emphasis(found)
            case "open":
                self._brackets.append(found.span())
            case "close" if self._brackets:
                return self._link(*self._brackets.pop(), found.end())
            case "bidi":
                self._isolate(found)
        return found.end()

    def _code(self, start: int, ticks: int) -> int:
        places = self._ticks.get(ticks, [])
        following = bisect_right(places, start)
        if following == len(places):
            self._opened.append(self._goes_on(start, "`" * ticks))
            return start + ticks
        end = places[following] + ticks
        self._whole.append((start, end))
        return end

    def _link(self, start: int, inside: int, end: int) -> int:
        if target := _TARGET.match(self._text, end):
            self._whole.append((start, target.end()))
            return target.end()
        # Without a target it may be a link that is defined elsewhere, or one that goes on.
        if _TARGET.match(self._text, end, partial=True):
            self._whole.append((end - 2, len(self._text) + 1))
            self._opened.append(Open(start, inside, end - 1, self._text[start:inside], "]"))
        else:
            self._likely.append((start, end))
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
