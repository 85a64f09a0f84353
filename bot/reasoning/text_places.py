"""Where in a text one is: in prose, or in code. Each place reads on as far as it can tell.

A text comes in pieces, and what is read must not depend on where it was cut: what may still become a mark, or the end
of code, is left unread until it is clear. What is waited for is short, so that a text costs as much as it is long.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import regex

from bot.reasoning.left_out import BlockPlace, DonePlace, EndPlace
from bot.reasoning.mark_finder import Sense
from bot.reasoning.marks import Found, Marks, TextBefore
from bot.reasoning.model_dialect import MarkKind
from bot.reasoning.reads import Effect, Read
from bot.reasoning.speakers import NOBODY, Speakers

FEWEST_IN_A_FENCE = 3
# Longer spans of code, and longer quoted words, are taken for none: what waits for their end is held back.
SPAN_CHARS, QUOTED_CHARS = 2_000, 200
_ENDS = frozenset(".!?…。！？؟۔।")
_INTRODUCES = frozenset(":：`")
_LINE_START = re.compile(r"[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*")
# Behind a fence's mark stands what its code is called; behind text only one word is taken for that.
_CALLED = {"`": re.compile(r"[^`\n]{0,200}"), "~": re.compile(r"[^~\n]{0,200}")}
_CALLED_BEHIND_TEXT = re.compile(r"[ \t]{0,9}[\w+#.-]{0,60}[ \t]{0,9}")
_PARAGRAPH_END = re.compile(r"\n[ \t]*\n|\n[ \t>]*(?:`{3}|~{3})")
_QUOTES = {'"': '"', "'": "'", "“": "”", "‘": "’", "„": "“”", "«": "»", "「": "」", "״": "״"}
# What stands alone, and may be a word of a sentence: `the </s> token`; `a[EOS]` is an index.
_LONE = (MarkKind.END, MarkKind.TOKEN, MarkKind.TURN)
_WORD, _GOES_ON = re.compile(r"[A-Za-z0-9_]"), re.compile(r" [a-z]")
# What models call the fences that they write calls in, and what came of them.
_CALLS = frozenset(
    (
        *("tool_code", "tool_call", "tool_calls", "tool_use", "tool_output", "tool_outputs", "tool_response"),
        *("tool_request", "function_call", "function_calls"),
    )
)
_EFFECTS = (
    (MarkKind.REASONING, Sense.CLOSES, Effect.UNMASKED),
    (MarkKind.ANSWER, Sense.OPENS, Effect.STARTED),
    (MarkKind.WRAPPER, Sense.OPENS, Effect.WRAPPED),
    (MarkKind.TEXT, Sense.OPENS, Effect.SHOWN),
)
# So many of one sign are enough for every mark of code.
_RUN = {sign: re.compile(rf"{sign}{{1,64}}") for sign in "`~"}


@cache
def _quoted(quote: str) -> regex.Pattern[str]:
    """Return what finds the words up to a quotation mark."""
    return regex.compile(rf"[^\n{quote}]{{1,{QUOTED_CHARS}}}[{quote}]")


@dataclass(frozen=True, slots=True)
class ProsePlace:
    """Outside of code and of what is left out: the only place where marks are marks."""

    marks: Marks
    speakers: Speakers = NOBODY

    def read(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:
        """See `TextPlace.read`."""
        if not before.line and (labelled := self._labelled(text, at, before, is_end=is_end)):
            return labelled
        telling = self.marks.telling_at_first if before.is_first else self.marks.telling_or_line
        found = telling.search(text, at)
        while found and found[0][0] == "\n" and not before.is_first and not self.speakers.may_begin(text, found.end()):
            found = telling.search(text, found.end())
        if found is None or found[0][0] == "\n":
            return Read(found.end() if found else len(text), self)
        if found.start() > at:
            return Read(found.start(), self)
        if text[at] in "`~":
            return self._code(text, at, before, is_end=is_end)
        if text[at] == "\\":
            return Read(at + 2 if at + 1 < len(text) or is_end else at, self)
        return self._marked(text, at, before, is_end=is_end)

    def _labelled(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read | None:
        """Tell the label of a speaker where a line begins: that of a turn that is made up, or of a list of people.

        A turn follows the bot's own label, or an answer that has come to an end; it is written as a prompt writes it.
        """
        other = self.speakers.other_label(text, at, is_spoken=before.is_spoken, is_end=is_end)
        own = self.speakers.own_label(text, at, is_end=is_end) if before.is_first else None
        if own is not None and own >= 0:
            return Read(own, self, Effect.SPOKEN)
        if other is not None and other >= 0:
            is_plain = not set(text[at:other]) & set("*_")
            is_told = before.is_first or before.is_listed or before.is_entry
            # A template's heading is one behind any words but those that announce it.
            is_behind_end = before.above in _ENDS or (text[at] == "#" and before.above not in _INTRODUCES)
            is_over = is_plain and is_behind_end and not is_told
            is_turn = before.is_spoken or is_over
            return Read(other, DonePlace(), Effect.ENDED) if is_turn else Read(other, self, Effect.LISTED)
        return Read(at, self) if other or own else None

    def _marked(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:
        found = self.marks.at(text, at, before, is_end=is_end)
        if found is None:
            return Read(self._behind_none(text, at + 1), self)
        if found.dialect is None:
            return Read(at, self)
        if stays := self._stays(text, at, found, before, is_end=is_end):
            return stays
        if (quote := _QUOTES.get(before.tail[-1:])) and before.tail[:-1] in {"", " ", "\n", "\t", "(", "*", "["}:
            quoted = _quoted(quote).match(text, at, partial=not is_end)
            if quoted:
                return Read(at if quoted.partial else quoted.end(), self)
        return self._told(found, before)

    def _behind_none(self, text: str, at: int) -> int:
        """Return the next place that may tell something; what is told by its first signs to be nothing is passed by."""
        while (found := self.marks.telling_or_line.search(text, at)) and found[0][0] not in "\n\\`~":
            at = found.start()
            if found[0][0].isalpha() or not self.marks.is_none(text, at):
                return at
            at += 1
        return found.start() if found else len(text)

    def _stays(self, text: str, at: int, found: Found, before: TextBefore, *, is_end: bool) -> Read | None:
        """Tell what is a word after all: the end of a wrapper that none began, a token that is named, or an index."""
        assert found.dialect
        kind, rest = found.dialect.kind, text[found.end :]
        if kind is MarkKind.WRAPPER and found.sense is Sense.CLOSES and not before.is_wrapped:
            is_apart = bool(before.line.strip()) and before.tail[-1:].isspace()
            if rest.strip() or is_apart:
                return Read(found.end, self)
            return None if is_end else Read(at, self)
        if kind is MarkKind.CALL and found.dialect.is_first and found.sense is Sense.OPENS:
            is_unclear = len(rest) <= 1 and not is_end
            goes_on = is_unclear or _GOES_ON.match(rest) is not None
            return Read(at if is_unclear else found.end, self) if goes_on else None
        return self._stays_alone(text, at, found, before, is_end=is_end)

    def _stays_alone(self, text: str, at: int, found: Found, before: TextBefore, *, is_end: bool) -> Read | None:
        """Tell what is a word after all of the marks that stand alone."""
        assert found.dialect
        kind, rest = found.dialect.kind, text[found.end :]
        if kind is MarkKind.END and text[at].isalpha():
            # A word: a mark only where it is glued to a sentence's end, or begins the answer or a line below such an end.
            is_below = not before.line.strip() and (before.is_first or before.above in _ENDS)
            is_mark = is_below or (before.tail != "" and before.tail[-1] in _ENDS)
            return None if is_mark else Read(found.end, self)
        if kind not in _LONE or text[at + 1] in "|｜" or text[found.end - 2] in "|｜":
            return None
        if text[at] == "[" and _WORD.fullmatch(before.tail[-1:]):
            return Read(found.end, self)
        return self._named(at, found, before, rest if len(rest) > 1 or is_end else None)

    def _named(self, at: int, found: Found, before: TextBefore, rest: str | None) -> Read | None:
        """Tell a token that a sentence goes on around; `rest` is None where more must come to tell."""
        if not before.line.strip() or not before.tail[-1:].isspace():
            return None
        if rest is None:
            return Read(at, self)
        return Read(found.end, self) if _GOES_ON.match(rest) else None

    def _told(self, found: Found, before: TextBefore) -> Read:
        """Say what a mark does where it stands."""
        dialect, opens = found.dialect, found.sense is Sense.OPENS
        assert dialect is not None
        kind = dialect.kind
        if opens and (kind in (MarkKind.REASONING, MarkKind.CALL) or (kind is MarkKind.TURN and before.is_first)):
            return Read(found.end, BlockPlace(self.marks, dialect, self), Effect.LEFT_OUT)
        if kind is MarkKind.END or (kind is MarkKind.TURN and not before.is_first):
            is_other = kind is MarkKind.TURN and opens
            ended = DonePlace() if is_other else EndPlace(self.marks, self, is_first=before.is_first)
            return Read(found.end, ended, Effect.LEFT_OUT if before.is_first else Effect.ENDED)
        known = (effect for each, sense, effect in _EFFECTS if each is kind and sense is found.sense)
        return Read(found.end, self, next(known, Effect.LEFT_OUT))

    def _code(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:
        """Tell a fence from a span of code, and both from tildes."""
        sign = text[at]
        found = _RUN[sign].match(text, at)
        end = found.end() if found else at
        run = end - at
        if end == len(text) and not is_end:
            return Read(at, self)
        is_first = _LINE_START.fullmatch(before.line) is not None
        if run >= FEWEST_IN_A_FENCE and (is_first or sign == "`"):
            called = (_CALLED[sign] if is_first else _CALLED_BEHIND_TEXT).match(text, end)
            stop = called.end() if called else end
            if text[stop : stop + 1] == "\n" or (is_end and is_first and stop == len(text)):
                effect = Effect.LEFT_OUT if text[end:stop].strip().lower() in _CALLS else Effect.SHOWN
                return Read(stop, FencePlace(self, sign, run, effect), effect)
            if stop == len(text) and not is_end:
                return Read(at, self)
        return Read(end, SpanPlace(self, run) if sign == "`" else self)


@dataclass(frozen=True, slots=True)
class SpanPlace:
    """Behind so many backticks: code, if as many follow before the paragraph ends."""

    prose: ProsePlace
    ticks: int
    left: int = SPAN_CHARS

    def read(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:  # noqa: ARG002 - a line's start tells nothing
        """See `TextPlace.read`."""
        most = at + self.left
        ending = _PARAGRAPH_END.search(text, at, most)
        last = ending.start() if ending else min(most, len(text))
        closing = re.compile(rf"(?<!`)`{{{self.ticks}}}(?!`)").search(text, at, most + self.ticks + 1)
        if closing and closing.end() == len(text) and not is_end:
            closing = None
        if closing and closing.start() < last:
            return Read(closing.end(), self.prose)
        if ending or is_end or most <= len(text):
            return Read(at, self.prose)
        doubtful = self.prose.marks.telling.search(text, at)
        sure = min(doubtful.start() if doubtful else last, text.find("\n", at) % (len(text) + 1))
        return Read(sure, SpanPlace(self.prose, self.ticks, most - sure) if sure > at else self)


@dataclass(frozen=True, slots=True)
class FencePlace:
    """A block of code, up to a line that ends with as many marks; what it holds is nobody's reasoning."""

    prose: ProsePlace
    mark: str
    length: int
    effect: Effect = Effect.SHOWN

    def read(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Read:  # noqa: ARG002 - its end tells where a line began
        """See `TextPlace.read`."""
        end = r"(?=\n|\Z)" if is_end else r"(?=\n)"
        closing = re.compile(rf"(?<!{self.mark}){self.mark}{{{self.length},}}+[ \t]{{0,64}}{end}").search(text, at)
        if closing:
            return Read(closing.end(), self.prose, self.effect)
        left = None if is_end else re.compile(rf"(?<!{self.mark}){self.mark}{{1,64}}[ \t]{{0,64}}\Z").search(text, at)
        return Read(left.start() if left else len(text), self, self.effect)
