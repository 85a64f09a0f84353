"""Code between fences, however loosely a model writes them: each fence is set on a line of its own. Pure.

Chat platforms begin a block of code wherever three backticks stand, and small models write `Here:```py`. So a fence may
begin behind text, in an item or a quote, and end behind code or before words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

from adapters import fences
from adapters.fences import Fence
from adapters.rendering import languages

WORD_JOINER = "\u2060"
_RUN = re.compile(r"\\.|(?P<ticks>`+)")
_LONG_RUN = re.compile("`{3,}")
_LEAD = re.compile(r"(?:[ \t>]|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))*")
# A language right behind the marks, with attributes that have no blanks; a sentence's end is none.
_LANGUAGE = re.compile(r"\{?\.?[^\W_][\w+#.\-/]*(?:[:,=]\S*|\{.*\})?\}?(?<![.,;:!?)])")
_TILDES = re.compile(r"(?<![~\w])(?P<marks>~{3,})(?P<word>\w[\w+#.\-]*)[ \t]*$")
_ENDING = re.compile(r"[ \t]+(?P<words>\S.*)|(?P<sign>[.,;:!?)\]].*)")
# A line with more code spans is not searched for a fence behind them.
_MOST_RUNS = 64


class Role(Enum):
    """What a line is."""

    TEXT = auto()
    OPENING = auto()
    CODE = auto()
    CLOSING = auto()


class Line(NamedTuple):
    """A line, the fence that it opens, closes or stands in, and the number of the line it was written on."""

    text: str
    role: Role = Role.TEXT
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
        return [Line(line, number=number) for number, line in enumerate(text.split("\n"))]
    return _Reading(text, fence).lines()


def left_open(lines: Sequence[Line]) -> Fence | None:
    """Return the fence that is open behind these lines."""
    return lines[-1].fence if lines[-1].role in (Role.OPENING, Role.CODE) else None


class _Reading:
    """Reads lines in order. One that is cut in two is read on where it was cut."""

    def __init__(self, text: str, fence: Fence | None) -> None:
        self._rest = text.split("\n")
        self._at = 0
        self._fence = fence
        self._read: list[Line] = []
        # Up to there no line of this paragraph ends a block.
        self._endless_until = 0

    def lines(self) -> list[Line]:
        while self._at < len(self._rest):
            line, fence = self._rest[self._at], self._fence
            if fence and fence.marks not in line and not fence.depth:
                self._put(line, Role.CODE, fence)
                self._at += 1
                continue
            rest = self._in_code(line, fence) if fence else self._outside(line)
            if rest is None:
                self._at += 1
            else:
                self._rest[self._at] = rest
        return self._read

    def _put(self, text: str, role: Role = Role.TEXT, fence: Fence | None = None) -> None:
        self._read.append(Line(text, role, fence, self._at))

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
            self._put(code, Role.CODE, fence)
            self._close(fence.closing, fence)
        else:
            self._put(line, Role.CODE, fence)
        return None

    def _close(self, line: str, fence: Fence) -> None:
        self._put(line, Role.CLOSING, fence)
        self._fence = None

    def _outside(self, line: str) -> str | None:
        if "```" not in line and "~~~" not in line:
            self._put(line)
            return None
        if fence := fences.opened(line, longest=len(line)):
            return self._open(line, fence)
        if late := self._late(line):
            head, fence, code = late
            if head.strip():
                self._put(head.rstrip())
            self._put(fence.opening, Role.OPENING, fence)
            self._fence = fence
            return fence.lead + code if code else None
        self._put(line)
        return None

    def _open(self, line: str, fence: Fence) -> str | None:
        """Open a fence; code on its line goes to the next."""
        code = "" if self._is_last else languages.code_behind(fence.info)
        if code:
            line = line[: len(line.rstrip()) - len(code)].rstrip()
            fence = Fence(fence.lead, fence.marks, fence.info[: -len(code)].rstrip())
        self._put(line, Role.OPENING, fence)
        self._fence = fence
        return fence.lead + code if code else None

    def _late(self, line: str) -> tuple[str, Fence, str] | None:
        """Return the text before a fence that begins behind it, the fence, and the code on its line."""
        if found := _TILDES.search(line):
            is_named = languages.is_known(found["word"])
            return (line[: found.start()], self._placed(line, found["marks"], found["word"]), "") if is_named else None
        if (span := _unpaired(line)) is None:
            return None
        start, end = span
        marks, info = line[start:end], line[end:].strip()
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
    """Return the place of the first three backticks or more that no others of the line end."""
    runs = [found.span() for found in _RUN.finditer(line) if found["ticks"]]
    at = 0
    while at < len(runs) <= _MOST_RUNS:
        start, end = runs[at]
        pair = next((number for number in range(at + 1, len(runs)) if _size(runs[number]) == end - start), None)
        if pair is None and end - start >= len("```"):
            return start, end
        at = at + 1 if pair is None else pair + 1
    return None


def _size(span: tuple[int, int]) -> int:
    return span[1] - span[0]


def _is_info(rest: str, info: str) -> bool:
    """Whether what stands behind marks in mid-line is a language, or nothing."""
    if not info or languages.is_known(info):
        return True
    if rest[0] not in " \t" and _LANGUAGE.fullmatch(info):
        return " " not in info or languages.is_known(info.split(maxsplit=1)[0])
    first = info.split(maxsplit=1)[0]
    return languages.is_known(first) and first != info and not languages.code_behind(info)


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


# --- writing


def masked(line: Line) -> str:
    """Return a line as a parser of all else is to see it: a fence as a rule, which keeps its place, code as nothing."""
    match line.role:
        case Role.TEXT:
            return line.text
        case Role.OPENING:
            return f"{line.lead}___"
    return ">" * (line.fence.depth if line.fence else 0)


def with_short_fences(lines: Sequence[Line]) -> Iterator[str]:
    """Write code for who ends a block at the first three backticks: a word joiner stands in each of its own."""
    for line in lines:
        if line.fence is None:
            yield line.text
        elif line.role is Role.OPENING:
            info = _without_backticks(line.fence.info)
            name = languages.named(info)
            yield f"{line.lead}```{info if name is None else name}"
        elif line.role is Role.CLOSING:
            yield f"{line.lead}```"
        else:
            yield re.sub("``(?=`)", f"``{WORD_JOINER}", line.text) if "```" in line.text else line.text


def with_fences_of_backticks(lines: Sequence[Line]) -> Iterator[str]:
    """Write code for who knows fences of any length, of backticks alone, with nothing beside the language."""
    marks = ""
    for number, line in enumerate(lines):
        if line.fence is None or line.role is Role.CODE:
            yield line.text
            continue
        if line.role is Role.OPENING:
            marks = line.fence.marks if line.fence.mark == "`" else _around(lines, number + 1)
        yield line.lead + (marks or line.fence.marks) + (_words(line.fence.info) if line.role is Role.OPENING else "")


def _around(lines: Sequence[Line], first: int) -> str:
    """Return marks that no line of the code from there has."""
    longest = 2
    for line in lines[first:]:
        if line.role is not Role.CODE:
            break
        longest = max([longest, *map(len, _LONG_RUN.findall(line.text))])
    return "`" * (longest + 1)


def _without_backticks(info: str) -> str:
    """Return what may stand behind backticks; behind tildes anything may."""
    return info.partition("`")[0].rstrip()


def _words(info: str) -> str:
    info = _without_backticks(info.strip())
    language, _, attributes = info.partition(" ")
    return language if "=" in attributes or attributes.startswith("{") else info
