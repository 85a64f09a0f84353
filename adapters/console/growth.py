"""What of a text that grows is finished and never changes again, and what is still being written. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from adapters.fences import Fence
from adapters.rendering import code
from adapters.rendering.code import Line, LineRole
from adapters.rendering.direction import CONTROL_SET
from adapters.rendering.sections import starts
from adapters.rendering.source import without_leading_controls, without_unseen
from adapters.rendering.unseen import is_suspect

# Behind a mark of direction a block may begin.
_LEADING = re.compile(rf"^[ \t>]*[{CONTROL_SET}]", re.MULTILINE)


class Growth:
    """Reads a text as it grows; only what is not finished is read again.

    A section is finished where another one begins; code between fences line by line.
    """

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._fence: Fence | None = None

    def goes_on_with(self, text: str) -> bool:
        """Whether a text begins with what was taken."""
        return text.startswith(self._text)

    def take(self, text: str) -> tuple[Sequence[Line], Sequence[Line]]:
        """Return the lines that are finished by now and were not before, and those that may change."""
        self._text = text
        clean = text.replace("\r\n", "\n").replace("\r", "\n")
        if is_suspect(clean):
            clean = without_unseen(_as_written(clean))
        if _LEADING.search(clean):
            clean = without_leading_controls(_as_written(clean))
        rest = clean[self._at :]
        lines = code.read(rest, self._fence)
        finished = _count_of_finished(lines, rest.split("\n"))
        if finished:
            self._at += sum(len(line) + 1 for line in rest.split("\n")[: lines[finished].number])
            self._fence = code.left_open(lines[:finished])
        return lines[:finished], lines[finished:]

    def rest(self) -> Sequence[Line]:
        """Return the lines that were not finished: with the end of the text they are."""
        return self.take(self._text)[1]


def _as_written(text: str) -> list[Line]:
    """Return the lines of a text as they were written, none of them cut, each with what it is."""
    roles = {line.number: line for line in reversed(code.read(text))}
    return [roles[number]._replace(text=line) for number, line in enumerate(text.split("\n"))]


def _count_of_finished(lines: Sequence[Line], source: Sequence[str]) -> int:
    """Return how many lines no more text would change. The last line is never one of them: it may grow."""
    begins = starts(lines)
    finished = 0
    is_plain = True
    for number, (above, line) in enumerate(pairwise(lines), start=1):
        if above.role is LineRole.OPENING:
            # One that was cut off its line may end otherwise than one that has it alone.
            is_plain = source[above.number] == above.text
        elif above.role is not LineRole.CODE:
            is_plain = True
        if line.number > above.number and is_plain and (begins[number] or _parts(above, line, len(lines) - 1 - number)):
            finished = number
    return finished


def _parts(above: Line, line: Line, left: int) -> bool:
    """Whether a fence, or the end of a line of its code, parts two lines; an opening that may grow is none yet."""
    return above.role is not LineRole.TEXT or (line.role is LineRole.OPENING and left > 0)
