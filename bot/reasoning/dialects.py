"""How models mark their reasoning, as data: one row for each pair of marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReasoningDialect:
    """A pair of marks around reasoning, in any case of letters."""

    opening: str
    closing: str


def tagged(name: str) -> ReasoningDialect:
    """Return the dialect of a pair of tags."""
    return ReasoningDialect(f"<{name}>", f"</{name}>")


DIALECTS = (tagged("think"), tagged("thinking"), tagged("thought"), tagged("reasoning"))


class Marks:
    """The marks of some dialects, made ready for looking for them in a text that comes in pieces."""

    def __init__(self, dialects: Sequence[ReasoningDialect]) -> None:
        self._opened = {dialect.opening.casefold(): dialect for dialect in dialects}
        self._marks = (*self._opened, *(dialect.closing.casefold() for dialect in dialects))
        either = "|".join(map(re.escape, sorted(self._marks, key=len, reverse=True)))
        first = "".join(sorted({re.escape(mark[0]) for mark in self._marks}))
        # A backslash takes its meaning from a mark; backticks and tildes begin code.
        telling = rf"\\[\\`{first}]|`+|~{{3,}}|{either}"
        self.telling = re.compile(rf"(?=[\\`~{first}])(?:{telling})", re.IGNORECASE)
        self.doubtful = re.compile(rf"[\\`~{first}]|\n[ \t>]*[`~]*\Z")

    def opened(self, mark: str) -> ReasoningDialect | None:
        """Return the dialect a mark opens; None for one that closes."""
        return self._opened.get(mark.casefold())

    def begun(self, text: str) -> int:
        """Return how many characters at a text's end may be the beginning of something that tells."""
        return max(begun(text, self._marks), len(text) - len(text.rstrip("~")), int(text.endswith("\\")))


def begun(text: str, marks: Sequence[str]) -> int:
    """Return how many characters at a text's end begin one of the marks without being one."""
    longest = min(max(map(len, marks)) - 1, len(text))
    end = text[len(text) - longest :].casefold()
    first = {mark[0] for mark in marks}
    places = (at for at, character in enumerate(end) if character in first)
    return next((len(end) - at for at in places if any(mark.startswith(end[at:]) for mark in marks)), 0)
