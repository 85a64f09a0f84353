"""The places in a text whose words are no part of the answer: reasoning, calls, and what follows the answer's end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import regex

from bot.reasoning.mark_finder import Sense
from bot.reasoning.marks import Marks, TextBefore
from bot.reasoning.model_dialect import MarkKind, ModelDialect
from bot.reasoning.reads import Effect, Read, TextPlace

LONGEST_MARK = 80
_BLANK = re.compile(r"\s*")
_CODE, _CODE_BEGUN = re.compile(r"`[^`\n]{0,200}`"), re.compile(r"`[^`\n]{0,200}\Z")
# Base models write a person's turn behind the token that ends their own, with such a label.
_ROLE_LABEL = regex.compile(r"(?:Human|User|Customer|Question|Q|System|###[^\n]{0,20}):")


@cache
def _first_signs(dialect: ModelDialect) -> re.Pattern[str]:
    signs = "".join(sorted({re.escape(mark[0]) for mark in dialect.closings}))
    return re.compile(rf"[`{signs}]")


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """In what is left out, up to the mark that closes it; one that is named in code does not."""

    marks: Marks
    dialect: ModelDialect
    then: TextPlace

    def read(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:  # noqa: ARG002 - it may end anywhere
        """See `TextPlace.read`."""
        closing, signs = self.marks.closing(self.dialect), _first_signs(self.dialect)
        while found := signs.search(text, at):
            at = found.start()
            if text[at] == "`":
                if code := _CODE.match(text, at):
                    at = code.end()
                elif not is_end and _CODE_BEGUN.match(text, at):
                    return Read(at, self, Effect.LEFT_OUT)
                else:
                    at += 1
                continue
            closed = closing.match(text, at, partial=not is_end)
            if closed and closed.partial:
                return Read(at, self, Effect.LEFT_OUT)
            if closed:
                return Read(closed.end(), self.then, self._effect())
            at += 1
        return Read(len(text), self, Effect.LEFT_OUT)

    def without_closing(self, piece: str) -> str:
        """Return what of a piece is reasoning; "" where something else is left out here."""
        if self.dialect.kind is not MarkKind.REASONING:
            return ""
        closed = self.marks.closing(self.dialect).search(piece, max(0, len(piece) - LONGEST_MARK))
        return piece[: closed.start()] if closed and closed.end() == len(piece) else piece

    def _effect(self) -> Effect:
        return Effect.REASONED if self.dialect.kind is MarkKind.REASONING else Effect.LEFT_OUT


@dataclass(frozen=True, slots=True)
class EndPlace:
    """Right behind a mark that ends the answer. Only a mark that begins the answer itself takes that back.

    `is_first`: nothing was said before the end; then what follows is the answer, but not where it is a person's turn.
    """

    marks: Marks
    prose: TextPlace
    is_first: bool

    def read(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:
        """See `TextPlace.read`."""
        blank = _BLANK.match(text, at)
        start = blank.end() if blank else at
        if start == len(text):
            return Read(start, self, Effect.LEFT_OUT)
        found = self.marks.at(text, start, before, is_end=is_end)
        if found and found.dialect is None:
            return Read(start, self, Effect.LEFT_OUT)
        if found and found.dialect and (read := self._told(found.dialect, found.sense, found.end)):
            return read
        if not self.is_first:
            return Read(start, DonePlace(), Effect.LEFT_OUT)
        label = _ROLE_LABEL.match(text, start, partial=not is_end)
        if label and label.partial:
            return Read(start, self, Effect.LEFT_OUT)
        return Read(start, DonePlace() if label else self.prose, Effect.LEFT_OUT)

    def _told(self, dialect: ModelDialect, sense: Sense, end: int) -> Read | None:
        if dialect.kind is MarkKind.ANSWER:
            return Read(end, self.prose, Effect.STARTED)
        if sense is Sense.OPENS and dialect.kind in (MarkKind.REASONING, MarkKind.CALL):
            return Read(end, BlockPlace(self.marks, dialect, self), Effect.LEFT_OUT)
        if dialect.kind in (MarkKind.END, MarkKind.TOKEN) or (dialect.kind is MarkKind.TURN and sense is Sense.CLOSES):
            return Read(end, self, Effect.LEFT_OUT)
        return None


@dataclass(frozen=True, slots=True)
class DonePlace:
    """Behind the answer's end, for good."""

    def read(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:  # noqa: ARG002 - nothing is looked for
        """See `TextPlace.read`."""
        return Read(len(text), self, Effect.LEFT_OUT)
