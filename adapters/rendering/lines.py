"""Lines of a run of text, in a platform's dialect and in the order they are read in. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.rendering.dialect import Dialect
from adapters.rendering.direction import CONTROL_SET, Bit, marked
from adapters.rendering.prefixes import as_text
from adapters.rendering.remembered import remembered
from adapters.rendering.writing import bits, lines

_SIGNS_FIRST = re.compile(r"^[*_]+")
_SIGNS_LAST = re.compile(r"(?<![*_\\])[*_]+$")


@dataclass(frozen=True, slots=True)
class Order:
    """The order a line is read in: of the text it stands in, and whether it is its last one."""

    in_right_to_left: bool
    is_last: bool


@remembered(512)
def lines_of(
    text: str, dialect: Dialect, order: Order | None, *, is_task: bool, is_bold: bool, ends_text: bool
) -> tuple[str, ...]:
    """Write a run of text. Remembered, since an answer is rendered anew each time it has grown."""
    found = lines(bits(text, dialect, is_task=is_task))
    if is_bold:
        found = [[bit for bit in line if bit.raw != "**" or bit.seen] for line in found]
    last = max((number for number, line in enumerate(found) if line), default=0)
    written: Sequence[Sequence[Bit]]
    written = [ordered(line, order, is_last=number == last) for number, line in enumerate(found)]
    if dialect.guard is None:
        written = [_beside_controls([_within_bold(bit) if is_bold else bit for bit in line]) for line in written]
    else:
        written = dialect.guard(written, ends_text=ends_text and not is_bold, within="**" if is_bold else "")
    return tuple(map(joined, written))


def _beside_controls(line: Sequence[Bit]) -> Sequence[Bit]:
    """Take the meaning from signs that are text and stand beside a mark of direction: it is read as a letter there."""
    if not any(bit.raw in CONTROL_SET for bit in line if bit.raw and not bit.seen):
        return line
    written = list(line)
    for index, bit in enumerate(line):
        if bit.raw != bit.seen or bit.whole:
            continue
        before, behind = (line[index - 1].raw if index else ""), (line[index + 1].raw if index + 1 < len(line) else "")
        text = _SIGNS_FIRST.sub(_escaped, bit.raw) if before and before in CONTROL_SET else bit.raw
        text = _SIGNS_LAST.sub(_escaped, text) if behind and behind in CONTROL_SET else text
        if text != bit.raw:
            written[index] = bit._replace(raw=text)
    return written


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"\\{sign}" for sign in found[0])


def _within_bold(bit: Bit) -> Bit:
    """Take the meaning from stars that are text: with those around the line they would be marks."""
    is_text = "*" in bit.raw and bit.raw == bit.seen and not bit.whole
    return bit._replace(raw=bit.raw.replace("*", "\\*")) if is_text else bit


def line_of(line: Sequence[Bit], order: Order | None, *, is_last: bool = True) -> str:
    """Write a line."""
    return joined(ordered(line, order, is_last=is_last))


def ordered(line: Sequence[Bit], order: Order | None, *, is_last: bool) -> Sequence[Bit]:
    """Put the marks of direction into a line that needs any."""
    if order is None or any(bit.torn for bit in line):
        return line
    return marked(line, in_right_to_left=order.in_right_to_left, is_open=is_last and order.is_last)


def joined(line: Sequence[Bit]) -> str:
    """Return what bits in their order are written as."""
    return as_text("".join(bit.raw for bit in line))
