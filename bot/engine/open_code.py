"""Code that a text leaves open where it ends: what is put below it would become code, too. Pure."""

from __future__ import annotations

import re

# Quote marks, list markers and blanks may stand before a fence.
_FENCE = re.compile(r"((?:[ \t>]|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t]))*)(`{3,}(?=[^`]*$)|~{3,})")
_BEFORE = " \t>"


def closed(text: str) -> str:
    """Return a text with the code closed that it leaves open."""
    lead = marks = ""
    for line in text.split("\n"):
        bare = line.strip(_BEFORE)
        if marks:
            is_end = bare.startswith(marks) and set(bare) == {marks[0]}
            marks = "" if is_end else marks
        elif found := _FENCE.match(line):
            lead, marks = re.sub(r"[^\s>]", " ", found[1]), found[2]
    return f"{text}\n{lead}{marks}" if marks else text
