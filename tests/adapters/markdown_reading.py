"""How a reader's program takes the fences of one message: by CommonMark's rules, a line at a time, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"^(?P<lead>(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*)(?P<marks>`{3,}(?=[^`]*$)|~{3,})(?P<info>.*)$")


def _states(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line and the marks of the fence whose code it is, "" where it is none."""
    marks, quotes, column = "", 0, 0
    for line in text.split("\n"):
        if marks and re.match(r"[ \t>]*", line)[0].count(">") < quotes:  # type: ignore[index]
            marks = ""
        found = _FENCE.match(line)
        if not marks and found:
            marks, quotes, column = found["marks"], found["lead"].count(">"), _column(found["lead"])
            yield line, ""
        elif marks and found and _closes(found, marks, quotes, column):
            marks = ""
            yield line, ""
        else:
            yield line, marks
    if marks and not quotes:
        yield "", f"open {marks}"


def _closes(found: re.Match[str], marks: str, quotes: int, column: int) -> bool:
    if found["lead"].count(">") != quotes:
        return False
    is_alike = found["marks"].startswith(marks) and not found["info"].strip() and not set(found["lead"]) - set(" \t>")
    return is_alike and _column(found["lead"]) <= column + 3


def _column(lead: str) -> int:
    return len(lead.rpartition(">")[2].expandtabs(4))


def code_lines(text: str) -> list[str]:
    """Return the lines of a message that stand inside its fences."""
    return [line for line, marks in _states(text) if marks and not marks.startswith("open ")]


def open_fence(text: str) -> str:
    """Return the fence that is open at the end of a message, "" when none is. What is in a quote ends with it."""
    *_, (_, marks) = _states(text)
    return marks.removeprefix("open ") if marks.startswith("open ") else ""
