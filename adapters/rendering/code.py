"""Code between fences, however loosely a model writes them: each fence is set on a line of its own. Pure.

Chat platforms begin a block of code wherever three backticks stand, and small models write `Here:```py`. So a fence may
begin behind text, in an item or a quote, and end behind code or before words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from typing import NamedTuple

from adapters import fences
from adapters.fences import Fence
from adapters.rendering import code_languages as languages
from adapters.rendering.direction import without_controls

_RUN = re.compile(r"\\.|(?P<ticks>`+)")
_TICKS = re.compile("`+")
_LONG_RUN = re.compile("`{3,}")
_LEAD = re.compile(r"(?:[ \t>]|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))*")
# What stands behind a language: `title="owl.py"`, `{1,3}`.
_ATTRIBUTES = re.compile(r"(?:\s+(?:[\w-]+=(?:\"[^\"]*\"|'[^']*'|\S+)|\{[^}]*\}))*")
# A language right behind the marks, with attributes that have no blanks; a sentence's end is none.
_LANGUAGE = re.compile(r"\{?\.?[^\W_][\w+#.\-/]*(?:[:,=]\S*|\{.*\})?\}?(?<![.,;:!?)])")
_TILDES = re.compile(r"(?<![~\w])(?P<marks>~{3,})(?P<word>\w[\w+#.\-]*)[ \t]*$")
_ENDING = re.compile(r"[ \t]+(?P<words>\S.*)|(?P<sign>[.,;:!?)\]<*].*)")
# A line with more code spans is not searched for a fence behind them.
_MOST_RUNS = 64
# Takes half as long as the constructor, and there is one for every line.
_new = tuple.__new__


class LineRole(Enum):
    """What a line is."""

    TEXT = auto()
    OPENING = auto()
    CODE = auto()
    CLOSING = auto()


class Line(NamedTuple):
    """A line, the fence that it opens, closes or stands in, and the number of the line it was written on."""

    text: str
    role: LineRole = LineRole.TEXT
    fence: Fence | None = None
    number: int = 0

    @property
    def lead(self) -> str:
        """What stands before the marks of a line that opens or closes a fence."""
        assert self.fence
        return self.text[: self.text.index(self.fence.marks)]


def read(text: str, fence: Fence | None = None) -> list[Line]:
    """Return the lines of a text, each fence on one of its own; those of code to the character.

    `fence` is the one that the text begins in.
    """
    if fence is None and "```" not in text and "~~~" not in text:
        role = LineRole.TEXT
        return [_new(Line, (line, role, None, number)) for number, line in enumerate(text.split("\n"))]
    return _Reading(text, fence).lines()


def left_open(lines: Sequence[Line]) -> Fence | None:
    """Return the fence that is open behind these lines."""
    return lines[-1].fence if lines[-1].role in (LineRole.OPENING, LineRole.CODE) else None


class _Reading:
    """Reads lines in order. One that is cut in two is read on where it was cut."""

    def __init__(self, text: str, fence: Fence | None) -> None:
        self._rest = text.split("\n")
        self._at = 0
        self._fence = fence
        # Whether the open fence began behind text: such a one may end before words as well.
        self._is_late = False
        self._read: list[Line] = []
        # Up to there no line of this paragraph ends a block.
        self._endless_until = 0

    def lines(self) -> list[Line]:
        text, inner = LineRole.TEXT, LineRole.CODE
        while self._at < len(self._rest):
            line, fence = self._rest[self._at], self._fence
            if fence is None and "```" not in line and "~~~" not in line:
                self._read.append(_new(Line, (line, text, None, self._at)))
                self._at += 1
                continue
            if fence and not fence.depth and fence.marks not in line:
                self._read.append(_new(Line, (line, inner, fence, self._at)))
                self._at += 1
                continue
            rest = self._in_code(line, fence) if fence else self._outside(line)
            if rest is None:
                self._at += 1
            else:
                self._rest[self._at] = rest
        return self._read

    def _put(self, text: str, role: LineRole = LineRole.TEXT, fence: Fence | None = None) -> None:
        self._read.append(_new(Line, (text, role, fence, self._at)))

    @property
    def _is_last(self) -> bool:
        return self._at == len(self._rest) - 1

    def _in_code(self, line: str, fence: Fence) -> str | None:
        """Take a line of code; return what of it stands behind the fence."""
        if fences.leaves(line, fence):
            self._close(fence.closing, fence)
            return line
        if fences.closes(line, fence):
            self._close(line, fence)
        elif words := _behind_end(line, fence):
            self._close(fence.closing, fence)
            return words
        elif (code := _before_end(line, fence)) is not None:
            self._put(code, LineRole.CODE, fence)
            self._close(fence.closing, fence)
        elif self._is_late and (parts := _around_end(line, fence)):
            self._put(parts[0], LineRole.CODE, fence)
            self._close(fence.closing, fence)
            return fence.lead + parts[1]
        else:
            self._put(line, LineRole.CODE, fence)
        return None

    def _close(self, line: str, fence: Fence) -> None:
        self._put(line, LineRole.CLOSING, fence)
        self._fence = None

    def _outside(self, line: str) -> str | None:
        """Take a line with marks; return what of it is code."""
        if fence := fences.opened(line, longest=len(line)):
            return self._open(line, fence)
        if late := self._late(line):
            head, fence, code = late
            if head.strip():
                self._put(head.rstrip())
            self._put(fence.opening, LineRole.OPENING, fence)
            self._fence, self._is_late = fence, True
            return fence.lead + code if code else None
        self._put(line)
        return None

    def _open(self, line: str, fence: Fence) -> str | None:
        """Open a fence; code on its line goes to the next."""
        code = "" if self._is_last else languages.code_behind(fence.info)
        if code:
            line = line[: len(line.rstrip()) - len(code)].rstrip()
            fence = Fence(fence.lead, fence.marks, fence.info[: -len(code)].rstrip())
        self._put(line, LineRole.OPENING, fence)
        self._fence, self._is_late = fence, False
        return fence.lead + code if code else None

    def _late(self, line: str) -> tuple[str, Fence, str] | None:
        """Return the text before a fence that begins behind it, the fence, and the code on its line."""
        if "~~~" in line and (found := _TILDES.search(line)):
            is_named = languages.is_known(found["word"])
            return (line[: found.start()], self._placed(line, found["marks"], found["word"]), "") if is_named else None
        if (span := _unpaired(line)) is None:
            return None
        start, end = span
        marks, info = line[start:end], without_controls(line[end:]).strip()
        if _is_info(line[end:], info):
            return line[:start], self._placed(line, marks, info), ""
        if self._is_last or not self._ends_ahead(marks):
            return None
        code = languages.code_behind(info) or info
        return line[:start], self._placed(line, marks, info.removesuffix(code).rstrip()), code

    def _placed(self, line: str, marks: str, info: str) -> Fence:
        """Return the fence as deep in quotes and items as its line, where its code is, too."""
        found = _LEAD.match(line)
        lead = re.sub(r"[^\s>]", " ", found[0]) if found else ""
        following = "" if self._is_last else self._rest[self._at + 1]
        if following.strip() and not following.startswith(lead):
            lead = lead[: lead.rfind(">") + 1] + " " * (">" in lead)
            lead = "" if fences.leaves(following, Fence(lead, marks, "")) else lead
        return Fence(lead, marks, info)

    def _ends_ahead(self, marks: str) -> bool:
        """Whether a later line of the paragraph ends with such marks."""
        for number in range(max(self._at + 1, self._endless_until), len(self._rest)):
            line = self._rest[number].rstrip()
            if not line:
                break
            if line.endswith(marks) and len(_LONG_RUN.findall(line)) % 2:
                return True
            self._endless_until = number + 1
        return False


def _unpaired(line: str) -> tuple[int, int] | None:
    """Return the place of the first three backticks or more that no others end; in code a backslash is one."""
    count, start = line.count("`"), line.find("```")
    if "\\" not in line and line.startswith("`" * count, start):
        # All in one run, as nearly always.
        return (start, start + count) if start >= 0 else None
    ends = [found.span() for found in _TICKS.finditer(line)]
    at = 0
    while len(ends) <= _MOST_RUNS and (found := _RUN.search(line, at)):
        at = found.end()
        if found["ticks"]:
            size = at - found.start()
            pair = next((end for start, end in ends if start >= at and end - start == size), None)
            if pair is None and size >= len("```"):
                return found.span()
            at = pair or at
    return None


def _is_info(rest: str, info: str) -> bool:
    """Whether what stands behind marks in mid-line is a language, or nothing."""
    if not info or languages.is_known(info):
        return True
    if rest[0] not in " \t" and _LANGUAGE.fullmatch(info):
        return " " not in info or languages.is_known(info.split(maxsplit=1)[0])
    first = info.split(maxsplit=1)[0]
    return languages.is_known(first) and _ATTRIBUTES.fullmatch(info, len(first)) is not None


def _behind_end(line: str, fence: Fence) -> str:
    """Return the words behind the marks that end a fence, placed as its line is; "" where there are none."""
    rest = fences.inside(line, fence) if fence.marks in line else None
    if rest is None or not rest.startswith(fence.marks) or rest[len(fence.marks) :].startswith(fence.mark):
        return ""
    found = _ENDING.match(rest, len(fence.marks))
    words = (found["words"] or found["sign"]).strip() if found else ""
    is_info = languages.is_known(words) or words.startswith("{")
    return "" if is_info or not words else line[: len(line) - len(rest)] + words


def _before_end(line: str, fence: Fence) -> str | None:
    """Return the code before the marks that end a fence, and the line; None where none do."""
    body = line.rstrip()
    code = body.rstrip(fence.mark)
    if len(body) - len(code) < len(fence.marks) or not code.strip(" \t>") or code.endswith("\\"):
        return None
    # Those that another run of the line begins are a part of the code.
    return None if len(_LONG_RUN.findall(code)) % 2 else code


def _around_end(line: str, fence: Fence) -> tuple[str, str] | None:
    """Return the code before the only marks of a line, and the words behind; None where it has none, or no words."""
    runs = _LONG_RUN.findall(line)
    code, _, rest = line.partition(fence.marks)
    is_one = fence.mark == "`" and runs == [fence.marks] and bool(code.strip(" \t>"))
    found = _ENDING.match(rest) if is_one else None
    return (code, (found["words"] or found["sign"]).strip()) if found else None


def masked(line: Line) -> str:
    """Return a line as a parser of all else is to see it: a fence as a rule, which keeps its place, code as nothing."""
    match line.role:
        case LineRole.TEXT:
            return line.text
        case LineRole.OPENING:
            return f"{line.lead}___"
    return ">" * (line.fence.depth if line.fence else 0)
