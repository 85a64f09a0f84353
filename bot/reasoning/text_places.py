"""Where in a text one is: in prose, in code, or in a block of reasoning. Each place reads on as far as it can tell.

A text comes in pieces, and what is read must not depend on where it was cut: what may still become a mark, or the end
of code, is left unread until it is clear.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from bot.reasoning.dialects import Marks, ReasoningDialect, begun

FEWEST_IN_A_FENCE = 3
_LINE_START = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
# Behind a fence's mark stands what its code is called; behind text only one word is taken for that.
_CALLED = {"`": re.compile(r"[^`\n]*"), "~": re.compile(r"[^\n]*")}
_CALLED_BEHIND_TEXT = re.compile(r"[ \t]*[\w+#.-]*[ \t]*")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n|\n[ \t>]*(?:`{3}|~{3})")


@dataclass(frozen=True, slots=True)
class Read:
    """What a place read: so many characters, shown or not, and where one is then.

    `is_stray`: it was the end of reasoning that nobody saw begin. Nothing read and nowhere else: more must come first.
    """

    length: int
    then: TextPlace
    is_shown: bool = True
    is_stray: bool = False


class TextPlace(Protocol):
    """Where in a text one is."""

    def read(self, rest: str, line: str, *, is_end: bool) -> Read:
        """Read on in `rest`; `line` is what the line had before it, `is_end` says that nothing more comes."""
        ...


@dataclass(frozen=True, slots=True)
class ProsePlace:
    """Outside of code and reasoning: the only place where marks are marks."""

    marks: Marks

    def read(self, rest: str, line: str, *, is_end: bool) -> Read:
        """See `TextPlace.read`."""
        found = self.marks.telling.search(rest)
        if found is None:
            return Read(len(rest) - (0 if is_end else self.marks.begun(rest)), self)
        if found.start():
            return Read(found.start(), self)
        told = found[0]
        if told[0] in "`~":
            return self._code(told, rest[len(told) :], line, is_end=is_end)
        if told[0] == "\\":
            return Read(len(told), self)
        if dialect := self.marks.opened(told):
            return Read(len(told), BlockPlace(self, dialect), is_shown=False)
        return Read(len(told), self, is_shown=False, is_stray=True)

    def _code(self, run: str, after: str, line: str, *, is_end: bool) -> Read:
        """Tell a fence from a span of code, and both from tildes."""
        if not after and not is_end:
            return Read(0, self)
        is_first = _LINE_START.fullmatch(line) is not None
        if len(run) >= FEWEST_IN_A_FENCE and (is_first or run[0] == "`"):
            called = (_CALLED[run[0]] if is_first else _CALLED_BEHIND_TEXT).match(after)
            length = called.end() if called else 0
            if after[length : length + 1] == "\n" or (is_end and is_first and length == len(after)):
                return Read(len(run) + length, FencePlace(self, run[0], len(run)))
            if length == len(after) and not is_end:
                return Read(0, self)
        return Read(len(run), SpanPlace(self, len(run)) if run[0] == "`" else self)


@dataclass(frozen=True, slots=True)
class SpanPlace:
    """Behind so many backticks: code, if as many follow before the paragraph ends."""

    prose: ProsePlace
    ticks: int

    def read(self, rest: str, line: str, *, is_end: bool) -> Read:  # noqa: ARG002 - a span does not begin with a line
        """See `TextPlace.read`."""
        closing = re.search(rf"(?<!`)`{{{self.ticks}}}(?!`)", rest)
        if closing and closing.end() == len(rest) and not is_end:
            closing = None
        ending = _PARAGRAPH_END.search(rest)
        if closing and not (ending and ending.start() < closing.start()):
            return Read(closing.end(), self.prose)
        if ending or is_end:
            return Read(0, self.prose)
        doubtful = self.prose.marks.doubtful.search(rest)
        return Read(doubtful.start() if doubtful else len(rest), self)


@dataclass(frozen=True, slots=True)
class FencePlace:
    """A block of code, up to a line that ends with as many marks; what it holds is nobody's reasoning."""

    prose: ProsePlace
    mark: str
    length: int

    def read(self, rest: str, line: str, *, is_end: bool) -> Read:  # noqa: ARG002 - where a line began is told by its end
        """See `TextPlace.read`."""
        end = r"(?=\n|\Z)" if is_end else r"(?=\n)"
        if closing := re.search(rf"{self.mark}{{{self.length},}}[ \t]*{end}", rest):
            return Read(closing.end(), self.prose)
        left = None if is_end else re.search(rf"{self.mark}+[ \t]*\Z", rest)
        return Read(left.start() if left else len(rest), self)


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """Reasoning, up to the mark that closes it; one that is named in code does not."""

    prose: ProsePlace
    dialect: ReasoningDialect
    _looked_for: re.Pattern[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        closing = re.escape(self.dialect.closing)
        pattern = re.compile(rf"`[^`\n]*`|(?P<open>`[^`\n]*\Z)|(?P<closing>{closing})", re.IGNORECASE)
        object.__setattr__(self, "_looked_for", pattern)

    def read(self, rest: str, line: str, *, is_end: bool) -> Read:  # noqa: ARG002 - reasoning may end anywhere
        """See `TextPlace.read`."""
        at = 0
        while found := self._looked_for.search(rest, at):
            if found["closing"]:
                return Read(found.end(), self.prose, is_shown=False)
            if found["open"] and not is_end:
                return Read(found.start(), self, is_shown=False)
            at = found.start() + 1 if found["open"] else found.end()
        left = 0 if is_end else begun(rest[at:], (self.dialect.closing.casefold(),))
        return Read(len(rest) - left, self, is_shown=False)
