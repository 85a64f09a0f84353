"""Where code begins and ends in a text of Markdown, before anybody has parsed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

FENCE = re.compile(r"^([ \t]*(?:>[ \t]?)*(?:[-*+]|\d{1,9}[.)])?[ \t]*)(`{3,}|~{3,})(.*)$")


@dataclass(frozen=True, slots=True)
class CodePart:
    """Lines that are code with its fence, or are none."""

    text: str
    is_code: bool


def opened(line: str) -> re.Match[str] | None:
    """Return the fence a line opens: its indentation, its marks, what is said of the code; None where it opens none."""
    found = FENCE.match(line)
    return None if found is None or (found[2][0] == "`" and "`" in found[3]) else found


def end_of(lines: Sequence[str], start: int, marks: str) -> int:
    """Return the number of the line that closes a fence, the last line where none does."""
    closing = re.compile(rf"^[ \t>]*{marks[0]}{{{len(marks)},}}[ \t]*$")
    return next((at for at in range(start + 1, len(lines)) if closing.match(lines[at])), len(lines) - 1)


def parts_of(lines: Sequence[str]) -> list[CodePart]:
    """Return lines as code and what stands between."""
    parts: list[CodePart] = []
    at = begin = 0
    while at < len(lines):
        if found := opened(lines[at]):
            end = end_of(lines, at, found[2])
            parts += [CodePart("\n".join(lines[begin:at]), is_code=False)] if begin < at else []
            parts.append(CodePart("\n".join(lines[at : end + 1]), is_code=True))
            at = begin = end + 1
        else:
            at += 1
    return [*parts, CodePart("\n".join(lines[begin:]), is_code=False)] if begin < len(lines) else parts
