"""What a model writes, cut into pieces that are checked by themselves, however its text comes in. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.lessons.answers.sentences import sentence_ends
from bot.lessons.answers.units import plain

_MARKS = re.compile(r"(?:\s*\[\d{1,2}(?:\s*,\s*\d{1,2})*\])+")
_MARK = re.compile(r"\s*\[(\d{1,2}(?:\s*,\s*\d{1,2})*)\]")
_LINKED_MARK = re.compile(r"\[(\d{1,2})\]\([^()\s]*\)")
_REFERRED = re.compile(r"\[([^\][]+)\]\[[^\][]*\]")
_DEFINED = re.compile(r"^\s*\[[^\]]+\]:\s*\S+.*$")
_FENCE = re.compile(r"[ \t>]*(`{3,}|~{3,})")
_LIST_MARK = re.compile(r"^(\s*(?:>\s*)*(?:[-*+]|\d{1,3}[.)])[ \t]+)")
_OPEN = re.compile(r"\s*\[[\d,\s]*$")
_END_MARK = re.compile(r"[ \t]*([.!?؟।。！？]+[\"'”’»)*_」』]*|\|)$")


class StatementKind(StrEnum):
    """What a piece of an answer is."""

    SENTENCE = "sentence"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence without links, or a fenced block.

    `marks` are the numbers of the passages it names, `ends_line` whether its line ends with it.
    """

    text: str
    kind: StatementKind = StatementKind.SENTENCE
    marks: tuple[int, ...] = ()
    list_mark: str = ""
    ends_line: bool = False

    def cited(self, number: int) -> str:
        """Return the piece with the number of a source: before its last mark, and below code."""
        if self.kind is StatementKind.CODE:
            return f"{self.text}\n[{number}]"
        end = _END_MARK.search(self.text)
        return f"{self.text[: end.start()]} [{number}]{end[1]}" if end else f"{self.text} [{number}]"


class Statements:
    """Cuts a text that comes in parts; the pieces are the same whatever the parts were."""

    def __init__(self) -> None:
        self._lines = ""
        self._at = 0
        self._code: list[str] = []
        self._fence = ""

    def feed(self, text: str) -> Iterator[Statement]:
        """Take the next part; yield the pieces that are whole by now."""
        self._lines += text
        while "\n" in self._lines:
            line, _, self._lines = self._lines.partition("\n")
            yield from self._line(line)
            self._at = 0
        if not self._fence and not _FENCE.match(self._lines.lstrip() or "-"):
            yield from self._begun(self._lines)

    def finish(self) -> Iterator[Statement]:
        """Yield what is left."""
        line, self._lines = self._lines, ""
        if line.strip():
            yield from self._line(line)
        if self._code:
            yield self._block([*self._code, self._fence])
        self._code, self._fence = [], ""

    def _line(self, line: str) -> Iterator[Statement]:
        mark = _FENCE.match(line)
        if self._fence or (mark and not self._at):
            self._code.append(line)
            if self._fence and mark and mark[1].startswith(self._fence) and not line.strip(" >`~\t\r"):
                yield self._block(self._code)
                self._code, self._fence = [], ""
            elif not self._fence and mark:
                self._fence = mark[1]
            return
        for start, end in self._cuts(line, is_whole=True):
            yield _piece(line, start, end)
        yield Statement("", ends_line=True)

    def _begun(self, line: str) -> Iterator[Statement]:
        """Yield the sentences of a line that has not ended."""
        if line.lstrip().startswith(("|", "`")) or _DEFINED.match(line):
            return
        for start, end in self._cuts(line, is_whole=False):
            yield _piece(line, start, end)
            self._at = end

    def _cuts(self, line: str, *, is_whole: bool) -> Iterator[tuple[int, int]]:
        ends = [] if line.lstrip().startswith("|") else [_past_marks(line, end) for end in sentence_ends(line)]
        start = self._at
        for end in ends:
            if end <= start or (not is_whole and (not _is_closed(line[:end]) or _OPEN.fullmatch(line, end))):
                continue
            yield start, end
            start = end
        if is_whole and line[start:].strip():
            yield start, len(line)

    @staticmethod
    def _block(lines: list[str]) -> Statement:
        return Statement("\n".join(lines), StatementKind.CODE, ends_line=True)


def _past_marks(line: str, end: int) -> int:
    found = _MARKS.match(line, end)
    return found.end() if found else end


def _is_closed(text: str) -> bool:
    """Whether nothing is open that goes on behind the text: emphasis, code, brackets."""
    return not (text.count("**") % 2 or text.count("`") % 2) and text.count("(") <= text.count(")")


def _piece(line: str, start: int, end: int) -> Statement:
    """Return a sentence: its links are words, its marks numbers; the mark of its list stands before the first one."""
    text = _LINKED_MARK.sub(r"[\1]", line[start:end])
    listed = _LIST_MARK.match(text) if start == 0 else None
    body = text[listed.end() :] if listed else text
    marks = tuple(int(number) for found in _MARK.findall(body) for number in found.split(","))
    words = _DEFINED.sub("", _REFERRED.sub(r"\1", _MARK.sub("", body)))
    return Statement(plain(words), marks=marks, list_mark=listed[1] if listed else "")
