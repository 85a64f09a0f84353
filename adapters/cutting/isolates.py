"""The direction of writing across a cut: the rest of a sentence stays in the order it was written in."""

from __future__ import annotations

import re
import unicodedata

END_OF_ISOLATE = "\u2069"
_ISOLATE = re.compile(r"[\u2066-\u2068][^\u2069]*\u2069?")
_DEEPEST = 8
_MARKS = re.compile(r"[\u2066-\u2069\n]")
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = "\u200e", "\u200f"


def isolates(text: str) -> str:
    """Return the marks of the isolates that are open at the end of the text, the outermost first.

    Isolates in more isolates than anybody reads are none: to close them would take a message's room.
    """
    still: list[str] = []
    for mark in _MARKS.findall(text, max(text.rfind("\n"), 0)):
        if mark == END_OF_ISOLATE:
            del still[-1:]
        elif mark != "\n":
            still.append(mark)
    return "".join(still) if len(still) <= _DEEPEST else ""


def ended(marks: str) -> str:
    """Return what ends these isolates."""
    return END_OF_ISOLATE * len(marks)


def kept(before: str, after: str) -> str:
    """Return the mark that gives the rest of a line the direction of its beginning; "" where it has it by itself.

    Programs take a paragraph's direction from its first letter.
    """
    wanted, own = _direction(before), _direction(after)
    return wanted if wanted and own and wanted != own else ""


def _direction(text: str) -> str:
    """Return the mark of the direction of the first letter outside isolates, "" when there is none."""
    for character in _ISOLATE.sub("", text):
        match unicodedata.bidirectional(character):
            case "L":
                return _LEFT_TO_RIGHT
            case "R" | "AL":
                return _RIGHT_TO_LEFT
    return ""
