"""The best place to cut a window: between blocks, then between what they are made of, and never through a character."""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import regex

from adapters import fences
from adapters.cutting import boundaries, isolates, spans
from adapters.cutting.boundaries import Before
from adapters.cutting.window import Window
from adapters.fences import FencedLine

# How bad a cut is, where 1 is a message left empty. A table is cut only where it is longer than a message, a list or a
# quote only where next to nothing stands before it, a fence where what stands before it fills less than half.
# Found by measuring (tests/bench/splitting.py).
_BEFORE = {
    Before.BLOCK: 0.0,
    Before.ITEM: 0.1,
    Before.INNER: 0.2,
    Before.ANNOUNCED: 0.25,
    Before.ROW: 0.3,
    Before.LINE: 0.5,
    Before.TITLED: 0.6,
}
_IN_GROUP, _IN_TABLE = 0.85, 0.8
_AFTER_CODE_PARAGRAPH, _AFTER_CODE_LINE = 0.35, 0.5
_AFTER_SENTENCE, _AFTER_WORD, _IN_WORD = 0.5, 0.9, 3.0
# Worse than any of these: the rest would read like another block; a span is torn.
_MISREAD, _TORN = 5.0, 10.0
# What has begun in this share of a message and goes on to its end is longer than a message, or nearly: it is cut as the
# text around it, closed and opened again.
_LONG_SINCE = 0.25
# A message is not cut off inside its first paragraph before it is filled so far: better something is torn.
_LEAST_FILLED = 0.125
# So far back a character is looked for that surely begins there.
_NEAR = 64
# Where one may cut before a line so near the end, none further up is looked at.
_MOST_LINES = 200
_SENTENCE = re.compile(r"[.!?…؟۔।][\"'”’»)\]*_`]*\s+(?=\S)|[。！？][”」』）]*\s*(?=\S)")
_WORD = re.compile(r"\s+(?=\S)")
# As people see it; two halves of one that was decoded carelessly belong together too.
# Flags are told here: `\X` counts back over all that stand before, each time.
CHARACTER = regex.compile(
    r"[\ud800-\udbff][\udc00-\udfff]"
    r"|[\U0001f1e6-\U0001f1ff]{2}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*|\X"
)
# What a line begins with before there is anything to read.
_MARKER = re.compile(r"[\s>]*(?:(?:[+*]|#{1,6}|\d{1,9}[.)])\s+)*")
_QUOTE = re.compile(r"[ \t]{0,3}>[ \t>]*")
_LIKE_A_BLOCK = re.compile(r"(?:[+*]|#{1,6}|\d{1,9}[.)])(?:\s|$)|[>|]|```|~~~")
_UNDERLINE = re.compile(r"[-=]+")


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut in a window: where, what is put at the message's end, what the next message begins with."""

    at: int
    ending: str = ""
    opening: str = ""


Place = tuple[float, Cut]


def best(window: Window) -> Cut:
    """Return the cut that costs least; a message filled less costs more."""
    places = _Places(window)
    found = [*places.between_lines(), *places.inside()] or [*places.between_lines(least=True)]
    if not any(cost < _TORN for cost, _ in found):
        found.extend(places.inside_words())
    if not found:
        # One character, as people see it, is longer than a message.
        return Cut(max(window.limit, window.opening + 1))
    return min(found, key=lambda place: place[0] - place[1].at / window.limit)[1]


def _ascii_before(text: str, place: int, *, least: int) -> int | None:
    """Return where, near before a place, a character of ASCII stands, before which another one ends; None for none."""
    near = range(place, max(place - _NEAR, least) - 1, -1)
    return next((at for at in near if text[at : at + 1].isascii() and text[at - 1 : at] != "\r"), None)


class _Places:
    def __init__(self, window: Window) -> None:
        self._window = window
        self._text = window.text
        self._blocks = boundaries.read(window.lines)
        self._start = self._start_of_last()
        self._last = self._text[self._start :]
        self._spans = spans.read(self._last)
        self._is_ascii = self._last.isascii()
        self._markers: dict[int, int] = {}
        self._underline = (0, 0)

    @cached_property
    def _ends(self) -> frozenset[int]:
        """Where characters end in the last paragraph, where that is not everywhere."""
        found = () if self._is_ascii else CHARACTER.finditer(self._last)
        return frozenset(self._start + each.end() for each in found)

    def _start_of_last(self) -> int:
        """Return where the paragraph, or other text, starts that the window ends in; its end when it ends in code."""
        lines = self._window.lines
        start = len(self._text)
        for number in range(len(lines) - 1, -1, -1):
            if not lines[number].is_text:
                break
            start = lines[number].start
            if self._blocks.before.get(number, Before.LINE) not in (Before.LINE, Before.NEVER):
                break
        return start

    def between_lines(self, *, least: bool = False) -> Iterator[Place]:
        """Yield the last place of each cost before a line. `least`: a fence may be closed otherwise than opened."""
        seen: set[float] = set()
        best = math.inf
        for number in range(len(self._window.lines) - 1, 0, -1):
            start = self._window.lines[number].start
            # A message filled less costs more than what is found, wherever it were cut.
            if start <= self._window.opening or -start / self._window.limit >= best:
                return
            if seen and number < len(self._window.lines) - _MOST_LINES:
                return
            cost = self._cost(number)
            if (
                cost is not None
                and cost not in seen
                and (cut := self._cut_before(number, least=least))
                and self._holds(cut)
            ):
                seen.add(cost)
                best = min(best, cost - start / self._window.limit)
                yield cost, cut

    def _cost(self, number: int) -> float | None:
        """Return the cost of a cut before the line, None where one does not cut."""
        line, above = self._window.lines[number], self._window.lines[number - 1]
        if line.fence:
            cost = _AFTER_CODE_LINE if above.text.strip() else _AFTER_CODE_PARAGRAPH
            is_apart = not (above.opens or fences.closes(line.text, line.fence))
        else:
            kind = self._blocks.before.get(number, Before.NEVER)
            is_apart = kind is not Before.NEVER and not (kind is Before.LINE and line.start < self._start)
            cost = _BEFORE.get(kind, 0.0) + (self._torn(line.start) if kind is Before.LINE else 0.0)
        return cost + self._grouped(number) if is_apart else None

    def _grouped(self, number: int, *, within: bool = False) -> float:
        is_in_table = self._blocks.is_in_table(number, within=within)
        return _IN_GROUP * self._blocks.is_in_group(number, within=within) + _IN_TABLE * is_in_table

    def _cut_before(self, number: int, *, least: bool) -> Cut | None:
        line = self._window.lines[number]
        if line.fence:
            again = line.fence.fitted(self._window.limit)
            ending = self._window.closing(line.start, line.fence) if least else again.closing
            return None if ending is None else Cut(line.start, ending, f"{again.opening}\n")
        match self._blocks.before.get(number):
            case Before.ROW:
                return Cut(line.start, opening=self._head(number))
            case Before.LINE:
                return self._reopened(Cut(line.start), self._goes_on(line.start))
        return Cut(line.start)

    def _head(self, number: int) -> str:
        """Return the head of the table that a row is in, to stand above it again; "" where it takes too much room."""
        first, row = next((first, row) for first, row, end in self._blocks.tables if row <= number < end)
        top, *rest = (line.text for line in self._window.lines[first:row])
        marker = _MARKER.match(top)
        lead = re.sub(r"[^\s>]", " ", marker[0]) if marker else ""
        head = "\n".join((lead + top[len(lead) :], *rest, ""))
        return head if len(head) <= self._window.limit // 2 else ""

    def inside(self) -> Iterator[Place]:
        """Yield the places after sentences and words of the last paragraph."""
        grouped = self._grouped(len(self._window.lines) - 1, within=True)
        for cost, pattern in ((_AFTER_SENTENCE, _SENTENCE), (_AFTER_WORD, _WORD)):
            yield from self._latest(
                cost + grouped, [self._start + found.end() for found in pattern.finditer(self._last)]
            )

    def inside_words(self) -> Iterator[Place]:
        """Yield the places between characters."""
        yield from self._latest(_IN_WORD, range(self._start + 1, len(self._text)))

    def _latest(self, cost: float, places: Iterable[int]) -> Iterator[Place]:
        """Yield the latest place of each degree of tearing something."""
        seen: set[float] = set()
        left = [*places]
        while left and 0 not in seen:
            place = left.pop()
            if not self._is_between_characters(place):
                continue
            torn = self._torn(place)
            if torn not in seen and self._holds(cut := self._cut(place)):
                seen.add(torn)
                yield cost + torn, cut
            elif torn == _MISREAD and torn in seen and self._underline[0] == place:
                # All along these signs it is the same.
                del left[bisect_right(left, len(self._text[:place].rstrip("-="))) :]
            elif torn >= _TORN and torn in seen and not self._long(place):
                # Nothing is better before the beginning of what would be torn.
                del left[bisect_right(left, self._start + self._spans.start(place - self._start)) :]

    def _torn(self, place: int) -> float:
        is_misread = self._is_like_a_block(place) and self._window.line_at(place).start < place
        cost = self._spans.cost(place - self._start)
        return (0 if cost and self._goes_on(place) else cost) * _TORN + is_misread * _MISREAD

    def _is_like_a_block(self, place: int) -> bool:
        """Whether what stands behind a place would begin a block; signs up to a line's end are looked at once."""
        if self._text[place : place + 1] not in ("-", "="):
            return _LIKE_A_BLOCK.match(self._text, place) is not None
        if self._text.startswith(("- ", "-\t"), place):
            return True
        begins, ends = self._underline
        if not begins - 1 <= place < ends:
            found = _UNDERLINE.match(self._text, place)
            ends = found.end() if found else place
        # Places are looked at from the last to the first.
        self._underline = place, ends
        return self._text[ends : ends + 1] in ("", "\n")

    def _goes_on(self, place: int) -> list[spans.Open]:
        """Return what is closed at this place and opened again: emphasis, code, a link's words."""
        found = self._long(place)
        if not found:
            return found
        # Beside such a mark, or a backslash, another one is not what it says; before a line's own marks it is text.
        beside = {*self._text[:place].rstrip()[-1:], self._text[place : place + 1]}
        is_apart = not beside & {"\\", *"".join(each.closing for each in found)}
        return found if is_apart and not self._is_marked(place) else []

    def _long(self, place: int) -> list[spans.Open]:
        since = int(self._window.limit * _LONG_SINCE) - self._start
        return self._spans.open_at(place - self._start, since=since)

    def _is_marked(self, place: int) -> bool:
        line = self._window.line_at(place)
        return line.start == place < self._marked(line)

    def _is_between_characters(self, place: int) -> bool:
        least = max(self._window.opening, int(self._window.limit * _LEAST_FILLED))
        if not least < place < len(self._text) or not self._ends_character(place):
            return False
        line = self._window.line_at(place)
        return line.start == place or place > self._marked(line)

    def _ends_character(self, place: int) -> bool:
        if self._is_ascii:
            return True
        known = _ascii_before(self._text, place, least=self._start)
        if known is None:
            return place in self._ends
        ends = (found.end() for found in CHARACTER.finditer(self._text, known))
        return known == place or next(end for end in ends if end >= place) == place

    def _marked(self, line: FencedLine) -> int:
        """Return the place before which there is nothing to read in a line."""
        if line.start not in self._markers:
            found = _MARKER.match(line.text)
            self._markers[line.start] = line.start + (found.end() if found else 0)
        return self._markers[line.start]

    def _cut(self, place: int) -> Cut:
        """Return the cut inside a paragraph: what is open, a quote and the paragraph's direction go on behind it."""
        line = self._window.line_at(place)
        goes_on = self._goes_on(place)
        if line.start == place:
            return self._reopened(Cut(place), goes_on)
        quote = _QUOTE.match(line.text)
        before = self._text[line.start : place]
        marks = isolates.isolates(before)
        opening = (quote[0] if quote else "") + isolates.kept(before, self._text[place:]) + marks
        if len(opening) > self._window.limit // 4:
            return Cut(place)
        return self._reopened(Cut(place, isolates.ended(marks), opening), goes_on)

    def _reopened(self, cut: Cut, goes_on: Sequence[spans.Open]) -> Cut:
        """Close in a cut what goes on behind it."""
        opening, closing = "".join(each.opening for each in goes_on), "".join(each.closing for each in goes_on[::-1])
        return Cut(cut.at, closing + cut.ending, cut.opening + opening)

    def _holds(self, cut: Cut) -> bool:
        shown = self._text[: cut.at]
        return len(shown if self._is_code(cut) else shown.rstrip()) + len(cut.ending) <= self._window.limit

    def _is_code(self, cut: Cut) -> bool:
        return bool(self._window.line_at(cut.at).fence)
