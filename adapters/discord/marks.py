"""Which signs of a text Discord would take for marks, and how to keep it from that. Pure.

Discord's rules are looser than the standard's: `**`, `__`, `~~` and `||` pair up whatever stands beside them and over
lines, `*` needs no more than a character behind the first, `_` no more than no letter behind the second, and neither
code nor an address keeps a pair from closing inside of it. A backslash before a sign makes it one that is read. None is
put where nothing could pair: `2 * 3`, `a_b_c`.

A line that is followed by another is written so that whatever comes pairs with nothing in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from adapters.rendering.direction import Bit, has_right_to_left

_SIGNS = re.compile(r"\*+|_+|~{2,}|\|{2,}|`+")
# A heading, a quote, small print, an item, where the standard sees text.
_BEGINNING = re.compile(r"(?:#{1,3}|>{1,3}|-#|[-*])(?=[ \t]|$)")
_ANY_BACKSLASH = re.compile(r"(\\)")
_SWALLOWED = re.compile(r"(\\)(?=[^\x00-\x7f])")
_WORD = re.compile(r"[A-Za-z0-9_]")
# What pairs with itself: two marks and something between.
_FULL_PAIR = 5
_STARS_PAIR = 4
# What is so far back may stand in a message that is full.
_FAR = 200


@dataclass(frozen=True, slots=True)
class _Run:
    """Signs of one kind beside each other, and what stands beside them; "" is a line's end."""

    start: int
    end: int
    before: str
    behind: str
    is_text: bool

    @property
    def size(self) -> int:
        return self.end - self.start

    @property
    def is_odd(self) -> bool:
        return self.size % 2 == 1

    @property
    def opens_italics(self) -> bool:
        return self.behind != "" and not self.behind.isspace()

    @property
    def closes_italics(self) -> bool:
        text = self.before.rstrip(" ")
        return self.is_odd and text != "" and not text[-1].isspace()

    @property
    def closes_lowline(self) -> bool:
        return self.is_odd and not _WORD.match(self.behind)


def guarded(lines: Sequence[Sequence[Bit]], *, ends_text: bool, within: str = "") -> list[list[Bit]]:
    """Write the lines of a block so that Discord reads their signs as they are meant.

    `ends_text`: nothing follows the block. `within`: the marks that stand around it.
    """
    written: list[list[Bit]] = []
    marks = within
    for number, line in enumerate(lines):
        is_end = number == len(lines) - 1
        bits = line if is_end else _without_break(line)
        written.append(_line(_with_backslashes(bits), is_last=ends_text and is_end, marks=marks))
        marks += "".join(bit.raw for bit in line if not bit.seen)
    return written


def pairs_in(text: str) -> bool:
    """Whether Discord would find marks in a text, were all of its signs to be read."""
    return bool(_signs_to_escape(text, bytearray(b"\1") * len(text), is_last=True, marks=""))


def _without_break(line: Sequence[Bit]) -> Sequence[Bit]:
    """Leave out a backslash that says that the line ends there."""
    if not line or not _is_text(line[-1]) or not line[-1].raw.endswith("\\"):
        return line
    rest = line[-1].raw[:-1]
    if not rest.rstrip().endswith("\\"):
        return [*line[:-1], _text(rest)]
    # At the line's end this one would say so too.
    before = rest.rstrip()[:-1]
    return [*line[:-1], *([_text(before)] if before else []), Bit("\\\\", "\\")]


def _with_backslashes(line: Sequence[Bit]) -> list[Bit]:
    """Double the backslashes that would not be seen: those before other letters than Latin, and marks of direction."""
    if "\\" not in "".join([bit.raw for bit in line]):
        return list(line)
    pattern = _ANY_BACKSLASH if any(has_right_to_left(bit.seen) for bit in line) else _SWALLOWED
    written: list[Bit] = []
    for bit in line:
        if _is_text(bit):
            parts = enumerate(pattern.split(bit.raw))
            written += [Bit("\\\\", "\\") if number % 2 else _text(part) for number, part in parts if part]
        else:
            written.append(bit)
    return written


def _line(line: Sequence[Bit], *, is_last: bool, marks: str) -> list[Bit]:
    bits = list(line)
    # What follows may be of another kind, such as a sign with a backslash: then this begins nothing.
    if bits and _is_text(bits[0]) and _BEGINNING.match("".join(bit.raw for bit in bits[:2])):
        first, rest = bits[0].raw[0], bits[0].raw[1:]
        bits[:1] = [Bit(f"\\{first}", first), *([Bit(rest, rest)] if rest else [])]
    if not _SIGNS.search(
        "".join([raw for raw, seen, whole, _, _, fixed in bits if raw == seen and not (whole or fixed)])
    ):
        return bits
    flat = "".join("\\." if _is_escape(bit) else bit.raw for bit in bits)
    mask = bytearray(b"".join((b"\1" if _is_text(bit) else b"\0") * len(bit.raw) for bit in bits))
    escaped = _signs_to_escape(flat, mask, is_last=is_last, marks=marks)
    return list(_escaped(bits, escaped)) if escaped else bits


def _is_text(bit: Bit) -> bool:
    return bit.raw == bit.seen and not bit.whole and not bit.fixed


def _is_escape(bit: Bit) -> bool:
    return len(bit.raw) == len("\\.") and bit.raw[0] == "\\" and bit.raw != bit.seen


def _escaped(bits: Iterable[Bit], places: set[int]) -> Iterator[Bit]:
    at = 0
    for bit in bits:
        if not _is_text(bit):
            yield bit
        else:
            begun = at
            for place in range(at, at + len(bit.raw)):
                if place in places:
                    if place > begun:
                        yield _text(bit.raw[begun - at : place - at])
                    sign = bit.raw[place - at]
                    yield Bit(f"\\{sign}", sign)
                    begun = place + 1
            if begun < at + len(bit.raw):
                yield _text(bit.raw[begun - at :])
        at += len(bit.raw)


def _text(raw: str) -> Bit:
    return Bit(raw, raw)


def _signs_to_escape(flat: str, mask: bytearray, *, is_last: bool, marks: str) -> set[int]:
    """Return the places of the signs that may be escaped and have to be."""
    runs: dict[str, list[_Run]] = {}
    for found in _SIGNS.finditer(flat):
        start, end = found.span()
        run = _Run(start, end, flat[max(start - 3, 0) : start], flat[end : end + 1], is_text=any(mask[start:end]))
        runs.setdefault(found[0][0], []).append(run)
    risky = [
        *_stars(runs.get("*", []), is_last=is_last, is_within="*" in marks),
        *_lowlines(runs.get("_", []), is_last=is_last, is_within="_" in marks),
        *_pairing(runs.get("~", []), is_last=is_last, is_within="~" in marks),
        *_pairing(runs.get("|", []), is_last=is_last, is_within=False),
        *_ticks(runs.get("`", []), is_last=is_last),
    ]
    places = {place for run in risky for place in range(run.start, run.end) if mask[place]}
    if is_last:
        for sign in set(runs) - {"`", *marks}:
            places -= _shown_long_ago(runs[sign], places)
    return places


def _shown_long_ago(runs: Sequence[_Run], places: set[int]) -> set[int]:
    """Return the places of signs that people may have read already as they stand, where they need no backslash.

    Words behind them could have become bold until now. With all others of their kind escaped nothing pairs with them.
    """
    first, *others = runs
    if not others or others[0].start - first.end < _FAR or first.size >= _STARS_PAIR or not first.opens_italics:
        return set()
    is_safe = all(place in places for run in others for place in range(run.start, run.end))
    return set(range(first.start, first.end)) if is_safe else set()


def _stars(runs: Sequence[_Run], *, is_last: bool, is_within: bool) -> Iterator[_Run]:
    """Yield the runs of stars that could open or close something."""
    last_closing = max((index for index, run in enumerate(runs) if run.closes_italics), default=-1)
    last_double = max((index for index, run in enumerate(runs) if run.size > 1), default=-1)
    opened = doubled = is_within
    for index, run in enumerate(runs):
        is_opening = run.opens_italics and (index < last_closing or not is_last)
        is_double = run.size > 1 and (index < last_double or doubled or not is_last)
        if is_opening or is_double or (run.closes_italics and opened) or run.size >= _STARS_PAIR:
            yield run
        opened = opened or run.opens_italics
        doubled = doubled or run.size > 1


def _lowlines(runs: Sequence[_Run], *, is_last: bool, is_within: bool) -> Iterator[_Run]:
    """Yield the runs of low lines that could open or close something: the next one alone closes italics."""
    risky: set[int] = set()
    for index, run in enumerate(runs):
        if run.closes_lowline and (index or is_within):
            risky |= {index} if run.is_text else {*_since_fixed(runs, index)}
    if not is_last:
        risky |= {*_since_fixed(runs, len(runs))}
    doubles = [index for index, run in enumerate(runs) if run.size > 1]
    if len(doubles) > 1 or not is_last:
        risky |= set(doubles)
    yield from (run for index, run in enumerate(runs) if index in risky or run.size >= _STARS_PAIR)


def _since_fixed(runs: Sequence[_Run], end: int) -> Iterator[int]:
    """Yield the runs before one, back to the first that stays as it is: any of them would be what opens."""
    for index in range(end - 1, -1, -1):
        if not runs[index].is_text and runs[index].is_odd:
            return
        yield index


def _pairing(runs: Sequence[_Run], *, is_last: bool, is_within: bool) -> Iterator[_Run]:
    """Yield the runs of what pairs with any other of its kind."""
    is_risky = is_within or len(runs) > 1 or not is_last
    yield from (run for run in runs if is_risky or run.size >= _FULL_PAIR)


def _ticks(runs: Sequence[_Run], *, is_last: bool) -> Iterator[_Run]:
    """Yield the backticks that are no code's: any others could be what closes them."""
    if len(runs) > 1 or not is_last:
        yield from runs
