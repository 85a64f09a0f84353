"""Code fences, line by line: where one is open, what closes it, what opens it again.

Read here and not by the Markdown parser: what a fence is must be known for every beginning of a text that still grows,
in time that does not grow with it; and a fence that is indented too far, as models write them under lists, is one to
the platforms.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

# Quote marks, list markers and blanks may stand before a fence.
_OPENING = re.compile(
    r"(?P<lead>(?:[ \t>]|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))*)(?P<marks>`{3,}(?=[^`]*$)|~{3,}(?=[^~]*$))(?P<info>.*)",
    re.DOTALL,
)
# The same to the standard, which knows no `~~~words~~~` on one line.
_STANDARD = re.compile(_OPENING.pattern.replace("~{3,}(?=[^~]*$)", "~{3,}"), re.DOTALL)
# What encloses a line: blanks and quote marks.
_ENCLOSING = re.compile(r"[ \t>]*")
# A closing fence may stand three columns further in than its opening, as in CommonMark.
_FURTHER_IN = 3
# Takes half as long as the constructor, and there is one for every line.
_new = tuple.__new__


class Fence(NamedTuple):
    """An open fence. `lead` is what stands before its marks: quote marks, and blanks as wide as a list's marker."""

    lead: str
    marks: str
    info: str

    @property
    def mark(self) -> str:
        """One of its marks."""
        return self.marks[0]

    @property
    def opening(self) -> str:
        """The line that opens it again."""
        return f"{self.lead}{self.marks}{self.info}"

    @property
    def closing(self) -> str:
        """The line that closes it."""
        return f"{self.lead}{self.marks}"

    @property
    def depth(self) -> int:
        """How many quotes it stands in."""
        return self.lead.count(">")

    @property
    def language(self) -> str:
        """The first word after its marks; "" without one."""
        return next(iter(self.info.split()), "")

    def fitted(self, room: int) -> Fence:
        """Return the fence with as much beside its marks as leaves half the room to code, opened and closed."""
        bare = self._replace(info="")
        shorter = (self, self._replace(info=self.language), bare, bare._replace(lead=""))
        return next((each for each in shorter if len(each.opening) + len(each.closing) + 2 <= room // 2), shorter[-1])


class FencedLine(NamedTuple):
    """A line without its end: where it starts, the fence it is in, the fence it opens itself.

    `above` is the fence that was open before it, which it may have left.
    """

    start: int
    text: str
    above: Fence | None
    fence: Fence | None
    opens: Fence | None

    @property
    def is_text(self) -> bool:
        """Whether it is neither code nor a fence."""
        return not (self.fence or self.opens)


def lines(text: str, *, longest: int, by_standard: bool = False) -> Iterator[FencedLine]:
    """Read a text's lines in order. Runs of more than `longest` marks are no fence.

    `by_standard`: tildes begin one whatever stands behind them.
    """
    above: Fence | None = None
    start = 0
    if "```" not in text and "~~~" not in text:
        for content in text.split("\n"):
            yield _new(FencedLine, (start, content, None, None, None))
            start += len(content) + 1
        return
    for content in text.split("\n"):
        if above is None and "```" not in content and "~~~" not in content:
            yield _new(FencedLine, (start, content, None, None, None))
            start += len(content) + 1
            continue
        if above and not above.lead and above.marks not in content:
            yield _new(FencedLine, (start, content, above, above, None))
            start += len(content) + 1
            continue
        line = line_below(above, start, content, longest=longest, by_standard=by_standard)
        yield line
        above = line.opens or (None if line.fence and closes(content, line.fence) else line.fence)
        start += len(content) + 1


def line_below(above: Fence | None, start: int, content: str, *, longest: int, by_standard: bool = False) -> FencedLine:
    """Read one line, before which a fence was open or none."""
    fence = None if above and leaves(content, above) else above
    opens = None if fence else opened(content, longest=longest, by_standard=by_standard)
    return FencedLine(start, content, above, fence, opens)


def open_at_end(text: str, *, by_standard: bool = False) -> Fence | None:
    """Return the fence that is still open where the text ends."""
    *_, last = lines(text, longest=len(text), by_standard=by_standard)
    return last.opens or (None if last.fence and closes(last.text, last.fence) else last.fence)


def opened(line: str, *, longest: int, by_standard: bool = False) -> Fence | None:
    """Return the fence a line outside code opens, None when it opens none."""
    opening = _STANDARD if by_standard else _OPENING
    found = opening.match(line) if "```" in line or "~~~" in line else None
    if not found or len(found["marks"]) > longest:
        return None
    lead = found["lead"]
    return Fence(re.sub(r"[^\s>]", " ", lead) if lead else "", found["marks"], found["info"].rstrip())


def closes(line: str, fence: Fence) -> bool:
    """Whether a line of the fence's code closes it."""
    if line == fence.marks and not fence.lead:
        return True
    rest = inside(line, fence) if fence.marks in line else None
    marks = rest.strip() if rest is not None else ""
    return len(marks) >= len(fence.marks) and not marks.strip(fence.marks[0])


def missing(line: str, fence: Fence) -> int:
    """Return how many characters at least must follow this unfinished line of code until the fence is closed."""
    if closes(line, fence):
        return 0
    if fence.depth:
        # A line that leaves the quote ends the fence too.
        return 2 if line else 1
    begun = inside(line, fence)
    if begun is None or set(begun) - {fence.marks[0]}:
        return 1 + len(fence.marks)
    return len(fence.marks) - len(begun)


def leaves(line: str, fence: Fence) -> bool:
    """Whether a line is outside the quote that the fence stands in."""
    depth = fence.depth
    enclosing = _ENCLOSING.match(line) if depth else None
    return enclosing is not None and enclosing[0].count(">") < depth


def inside(line: str, fence: Fence) -> str | None:
    """Return what a line holds behind its quote marks; None when it stands too far in to close the fence."""
    depth = fence.depth
    rest = line.split(">", depth)[-1] if depth else line
    own = fence.lead.rsplit(">", 1)[-1]
    if not rest[:1].isspace():
        return rest
    blanks = len(rest) - len(rest.lstrip(" \t"))
    return None if _width(rest[:blanks]) > _width(own) + _FURTHER_IN else rest[blanks:]


def _width(blanks: str) -> int:
    return len(blanks.expandtabs(4))
