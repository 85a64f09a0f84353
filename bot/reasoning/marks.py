"""The marks of the dialects, made ready for finding them in a text that comes in pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, cached_property
from typing import NamedTuple

import regex

from bot.reasoning.expressions import NAME, TAG, example, expression
from bot.reasoning.mark_finder import HEAD_CHARS, MarkFinder, Sense, head_of, plainly
from bot.reasoning.model_dialect import MarkKind, ModelDialect

# The beginning of a mark at an answer's very end, told from words by more than its angle.
_BEGUN = re.compile(r"<[|｜]/?\w{2,}[|｜]?|</\w+|<\w+_\w+")
# A mark of several tokens of which the last are missing.
_CUT_OFF = ModelDialect("", (), MarkKind.TOKEN)


class Found(NamedTuple):
    """A mark in a text: it ends before `end`. `dialect` is None where more must come to tell."""

    dialect: ModelDialect | None
    sense: Sense = Sense.OPENS
    end: int = 0


class TextBefore(NamedTuple):
    """What was shown before a place in a text: `line` of its line, `tail` right before it.

    `is_first`: no word at all; `is_lead`: none since something was left out; `is_wrapped`: the mark of a wrapper.
    `above` is the last character that is seen before its line; `is_spoken`: the answer began with the bot's own label;
    `is_listed`: a line of it begins with the name of somebody whom it tells of; `is_entry`: the line right above does
    as those of a glossary do, with a term and a colon.
    """

    line: str = ""
    tail: str = ""
    is_first: bool = True
    is_lead: bool = True
    is_wrapped: bool = False
    above: str = ""
    is_spoken: bool = False
    is_listed: bool = False
    is_entry: bool = False


class Marks:
    """The marks of some dialects."""

    def __init__(self, dialects: Sequence[ModelDialect]) -> None:
        self._dialects = dialects
        self._closings: dict[ModelDialect, regex.Pattern[str]] = {}

    @cached_property
    def _begun(self) -> str:
        """What finds the sign that a mark begins with, where the next may be its second one, or is still to come."""
        seconds: dict[str, set[str]] = {}
        for mark in self._marks:
            if not mark[0].isalnum():
                seconds.setdefault(mark[0], set()).update((mark[1].lower(), mark[1].upper()))
        either = (f"{re.escape(sign)}(?=[{re.escape(''.join(sorted(after)))}]|\\Z)" for sign, after in seconds.items())
        return "|".join("<" if sign.startswith("<") else sign for sign in sorted(either))

    @cached_property
    def telling(self) -> re.Pattern[str]:
        """What finds the next place that may tell something: a mark, code, a backslash."""
        return re.compile(rf"[\\`~]|{self._begun}{self._worded}")

    @cached_property
    def telling_at_first(self) -> re.Pattern[str]:
        """The same before any word, where more words are marks, with the ends of lines."""
        letters = {mark[0] for each in self._dialects if each.is_first and (mark := each.opening)[0].isalpha()}
        return re.compile(rf"\n+|[\\`~{''.join(sorted(letters))}]|{self._begun}{self._worded}")

    @cached_property
    def telling_or_line(self) -> re.Pattern[str]:
        """The same behind words, and what finds the end of a line, with the empty ones below it."""
        return re.compile(rf"\n+|{self.telling.pattern}")

    @cached_property
    def _worded(self) -> str:
        """What finds the marks that are words, and what may become one."""
        words = [example(each.opening) for each in self._dialects if each.opening[0].isalpha() and not each.is_first]
        begun = sorted({word[:length] for word in words for length in range(1, len(word))}, key=len, reverse=True)
        return "".join(f"|{re.escape(word)}" for word in words) + (
            f"|(?:{'|'.join(map(re.escape, begun))})\\Z" if begun else ""
        )

    def at(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Found | None:
        """Return the mark that stands at a place; None where none does."""
        if self.is_none(text, at):
            return None
        is_whole = before.is_first and text[at] == "<" and len(text) - at > len("<a")
        is_glued = before.tail[-1:].isalnum()
        for is_general in (False, True):
            finder = self._finder(before.is_first, before.is_lead, is_general=is_general)
            if known := _matched(finder, text, at, is_end=is_end, is_whole=is_whole, is_glued=is_glued):
                return known
        return None

    def is_none(self, text: str, at: int) -> bool:
        """Whether what begins at a place is told to be no mark by its first signs or its first word alone."""
        if len(text) - at <= HEAD_CHARS:
            return False
        head = plainly(text[at : at + HEAD_CHARS])
        if head[:2] == "<|":
            return head[2] not in self._behind_bars and not head[2].isalnum()
        if text[at] != "<":
            return not (head in self._heads or head[:2] in self._heads or head[0] in self._heads)
        name = NAME.match(text, at)
        if name is None or name.end() + 1 >= len(text):
            return False
        if text[name.end()] == "<":  # `<<SYS>>`
            return head[2] not in "s/"
        return text[name.end()] not in "|｜" and self._names.search(name[1]) is None

    @cached_property
    def _heads(self) -> frozenset[str]:
        """The first signs of all marks that are no tags."""
        return frozenset(head_of(mark) for mark in self._marks if not TAG.fullmatch(mark))

    @cached_property
    def _behind_bars(self) -> frozenset[str]:
        """What may stand behind `<|` beside letters and digits."""
        return frozenset(head[2] for head in self._heads if head[:2] == "<|" and len(head) == HEAD_CHARS) | set(
            "_/.:-\n\t "
        )

    @cached_property
    def _marks(self) -> frozenset[str]:
        return frozenset(mark for dialect in self._dialects for mark in (dialect.opening, *dialect.closings))

    @cached_property
    def _names(self) -> re.Pattern[str]:
        """What finds the names of tags, those in front of others not counted."""
        names = {name[1] for mark in self._marks if (name := NAME.match(mark)) and name[1]}
        return re.compile("|".join(map(re.escape, sorted(names))) or "(?!)", re.IGNORECASE)

    def closing(self, dialect: ModelDialect) -> regex.Pattern[str]:
        """Return what finds the closing marks of a dialect."""
        if dialect not in self._closings:
            either = "|".join(map(expression, dialect.closings)) or "(?!)"
            self._closings[dialect] = regex.compile(either)
        return self._closings[dialect]

    @cache  # noqa: B019 - as many entries as there are kinds of places, for the few tables there are
    def _finder(self, is_first: bool, is_lead: bool, *, is_general: bool) -> MarkFinder:  # noqa: FBT001
        marks: list[tuple[str, ModelDialect, Sense]] = []
        for dialect in self._dialects:
            is_wrapper = dialect.kind is MarkKind.WRAPPER
            if not dialect.is_first or is_first or (is_wrapper and is_lead):
                marks.append((dialect.opening, dialect, Sense.OPENS))
            if dialect.closes_alone or is_wrapper:
                marks += [(mark, dialect, Sense.CLOSES) for mark in dialect.closings]
        return MarkFinder([each for each in marks if ("{name}" in each[0]) == is_general])


def _matched(finder: MarkFinder, text: str, at: int, *, is_end: bool, is_whole: bool, is_glued: bool) -> Found | None:
    """Return the mark at a place; `is_whole`: nothing else was said, so that its beginning is no word of an answer."""
    begun: regex.Match[str] | None = None
    for mark in finder.at(text, at):
        found = mark.pattern.match(text, at, partial=True)
        if found is not None and not found.partial:
            return Found(mark.dialect, mark.sense, found.end())
        begun = begun or found
    if begun is None:
        return None
    is_begun = is_whole or (_BEGUN.fullmatch(begun[0]) is not None and finder.may_go_on(begun[0], is_glued=is_glued))
    is_cut = is_end and ("|>" in begun[0] or (not finder.is_general and is_begun))
    return Found(_CUT_OFF, end=len(text)) if is_cut else None if is_end else Found(None)
