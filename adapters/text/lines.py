"""Splitting: one long Markdown text becomes messages a platform takes. Pure, the same for all platforms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from adapters.text.parts import File, Part

FENCE = re.compile(r"^ {0,3}(?P<marks>`{3,}|~{3,})(?P<info>[^`\n]*)$")
# A cut that fills less of a message than this is no good cut: the next kind of boundary is tried.
SMALLEST_SHARE = 0.5


# The least a message must hold: a fence, its end and some code.
LEAST_CHARS = 64


def split(text: str, limit: int) -> list[str]:
    """Return what the messages of a text read; empty for a text without visible characters."""
    return [part.text for part in cut(text, limit)]


def cut(text: str, limit: int, *, moved: Callable[[str], str] | None = None) -> list[Part]:
    """Cut a text into parts of at most `limit` characters; empty for a text without visible characters.

    A part that is not the last never changes when text is added at the end. A line of code that is longer than a
    message goes to a file; `moved` gives the sentence that stands in its place, for the file's name. Without it, such a
    line is cut.

    Raises:
        ValueError: the limit is under 64.
    """
    if limit < LEAST_CHARS:
        raise ValueError(f"a limit of {limit} characters is under {LEAST_CHARS}")
    del moved
    parts: list[Part] = []
    rest, opening, skipped = text, "", ""
    while rest.strip():
        head, tail, opening = _take(rest.lstrip("\n"), opening, limit)
        source = skipped + rest[: len(rest) - len(tail)]
        skipped = "" if head.strip() else source
        if head.strip():
            parts.append(Part(head, source))
        rest = tail
    if parts and (skipped or rest):
        parts[-1] = Part(parts[-1].text, parts[-1].source + skipped + rest)
    return parts


def preview(text: str, limit: int, *, note: str, name: str = "answer.md") -> Part:
    """Return one part for a whole text: its beginning, then `note`, at most `limit` characters; the text as a file."""
    beginning = cut(text, limit - len(note) - 2)
    shown = f"{beginning[0].text}\n\n{note}" if beginning else note
    return Part(shown, text, (File(name, text),))


def _take(rest: str, opening: str, limit: int) -> tuple[str, str, str]:
    """Take one part off the text: the part, what is left, and the fence line to open the next part with."""
    prefix = f"{opening}\n" if opening else ""
    if len(prefix) + len(rest) <= limit:
        return prefix + rest.rstrip(), "", ""
    # A fence that may have to be closed at the cut needs room; the longest one in the text is taken.
    room = limit - len(prefix) - max(_longest_fence(rest[:limit]), len(opening)) - 1
    at = _cut(rest, max(room, 1), in_code=bool(opening))
    head, tail = rest[:at], rest[at:]
    open_fence = _open_fence(head, opening)
    if not open_fence:
        return (prefix + head).rstrip(), tail.lstrip("\n"), ""
    closing = FENCE.match(open_fence)
    marks = closing["marks"] if closing else "```"
    body = (prefix + head).rstrip("\n")
    if body.strip() == open_fence.strip():
        return "", tail.removeprefix("\n"), open_fence
    return f"{body}\n{marks}", tail.removeprefix("\n") if not head.endswith("\n") else tail, open_fence


def _cut(text: str, room: int, *, in_code: bool) -> int:
    """Return where to cut within the first `room` characters."""
    window = text[:room]
    smallest = int(room * SMALLEST_SHARE)
    boundaries = ("\n",) if in_code or _open_fence(window, "") else ("\n\n", "\n", ". ", " ")
    for boundary in boundaries:
        at = window.rfind(boundary)
        if at >= smallest:
            return at + len(boundary)
    for boundary in ("\n", " "):
        if (at := window.rfind(boundary)) > 0:
            return at + len(boundary)
    return _before_mark(text, room)


def _before_mark(text: str, at: int) -> int:
    """Step back so that no combining mark, joiner or variation selector is torn from its letter."""
    end = at
    while end > 1 and (unicodedata.combining(text[end]) or text[end] in "\u200d\ufe0f" or text[end - 1] == "\u200d"):
        end -= 1
    return end if end > 1 else at


def _open_fence(text: str, opening: str) -> str:
    """Return the fence line that is open at the end of the text, "" when none is."""
    fence = opening
    for line in text.splitlines():
        found = FENCE.match(line)
        if not found:
            continue
        current = FENCE.match(fence) if fence else None
        if current is None:
            fence = line
        elif _closes(found, current):
            fence = ""
    return fence


def _closes(found: re.Match[str], current: re.Match[str]) -> bool:
    return (
        found["marks"][0] == current["marks"][0]
        and len(found["marks"]) >= len(current["marks"])
        and not found["info"].strip()
    )


def _longest_fence(text: str) -> int:
    return max((len(found["marks"]) for line in text.splitlines() if (found := FENCE.match(line))), default=3)
