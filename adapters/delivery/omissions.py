"""What of an answer a platform refuses for its content, and what is shown in its place. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from sys import maxsize

# What stands where something was left out.
MARK = "[…]"
# After so many refusals nothing more of the answer is tried.
MOST_REFUSALS = 20
# A line this short is left out whole.
LEAST_CHARS = 80


@dataclass(slots=True)
class Omissions:
    """Finds out what a platform takes of an answer, by its refusals alone: which words they are about nobody says.

    Places count characters of the answer as it was written. What was taken once is never left out for what follows it.
    Of what is new the first half is tried, then a quarter, and so on: what is left out in the end is a line or so.
    """

    spans: list[tuple[int, int]] = field(default_factory=list)
    is_bare: bool = False
    is_moderated: bool = False
    version: int = 0
    _taken: int = 0
    _bad: int = 0
    _limit: int | None = None
    _refusals: int = 0

    def copy(self) -> Omissions:
        """Return the same, which no later refusal changes."""
        return replace(self, spans=[*self.spans])

    @property
    def is_trying(self) -> bool:
        """Whether only a part of the answer is shown now, to see whether it is taken."""
        return self._limit is not None

    @property
    def is_needed(self) -> bool:
        """Whether something is left out, of the answer or of what stands below it."""
        return bool(self.spans) or self.is_bare

    def reach(self, written: str) -> int:
        """Return how much of what was written is to be shown now."""
        return len(written) if self._limit is None else min(self._limit, len(written))

    def applied(self, written: str) -> str:
        """Return what is to be read of what was written; "" where nothing but marks would be left."""
        text = written[: self._limit]
        for start, end in reversed(self.spans):
            if start < len(text):
                line_end = "\n" if text[start:end].endswith("\n") else ""
                text = f"{text[:start]}{MARK}{line_end}{text[end:]}"
        return text if text.replace(MARK, "").strip() else ""

    def take(self, written: str, reach: int) -> None:
        """Note that the platform shows so much of what was written; `written` is all of it.

        Then all the rest is tried, or, where that was refused, a half of the rest.
        """
        self._taken = max(self._taken, reach)
        if self._limit is None:
            return
        self.version += 1
        if self._taken >= self._bad:
            self._limit = None
        else:
            self._narrow(written, self._bad)

    def refuse(self, written: str, reach: int, *, is_whole: bool, may_try: bool) -> bool:
        """Note that so much was refused; return whether anything else is left to be tried.

        `is_whole`: notices and buttons went with it. `may_try`: a part of it can be shown, to see whether it is taken.
        """
        self.version += 1
        self._refusals += 1
        may_try = may_try and self._refusals < MOST_REFUSALS
        if reach <= self._taken:
            return self._without_the_rest()
        if may_try and is_whole and not self.is_trying:
            self._limit = self._bad = reach
        elif may_try:
            self._narrow(written, reach)
        else:
            self._leave_out(self._taken, reach if self._refusals < MOST_REFUSALS else maxsize)
        return True

    def forget(self) -> None:
        """Begin anew: what was written is taken back."""
        self.spans.clear()
        self.is_moderated = False
        self._taken, self._bad, self._limit = 0, 0, None
        self.version += 1

    def _without_the_rest(self) -> bool:
        """Leave out what stands below the answer, then the answer."""
        if self.is_bare and self.spans == [(0, maxsize)]:
            return False
        if self.is_bare:
            self.spans.clear()
            self._leave_out(0, maxsize)
        self.is_bare = True
        return True

    def _narrow(self, written: str, bad: int) -> None:
        """Try a half of what lies between what was taken and what was refused; leave it out where it is one line."""
        self._bad, self._limit = bad, _middle(written, self._taken, bad) or None
        if self._limit is None:
            self._leave_out(self._taken, bad)

    def _leave_out(self, start: int, end: int) -> None:
        if self.spans and self.spans[-1][1] >= start:
            start, _ = self.spans.pop()
        self.spans.append((start, end))
        self._taken, self._bad, self._limit = end, 0, None


def _middle(written: str, start: int, end: int) -> int:
    """Return where a half of this piece ends, at the end of a line or at least of a word; 0 where it is one line."""
    half = start + (end - start) // 2
    for at in (written.rfind("\n", start, half) + 1, written.find("\n", half, end - 1) + 1):
        if start < at < end:
            return at
    at = written.rfind(" ", start, half) + 1
    return at if end - start > LEAST_CHARS and start < at else 0
