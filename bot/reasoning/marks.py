"""The marks of the dialects, made ready for finding them in a text that comes in pieces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, cached_property

import regex

from bot.reasoning.model_dialect import MarkKind, ModelDialect

# What stands for something in a mark, as an expression and as an example. No expression may match more once it has
# matched: what is found must not depend on where a text was cut.
_STANDS_FOR = {
    "…": (r"[^\n]{0,80}?", ""),
    "{model}": (r"\s{0,3}(?:assistant|model|chatbot|bot|ai|gpt)", "assistant"),
    "{person}": (r"\s{0,3}(?:user|human|system|tool|function|developer|ipython|observation|prompter|customer)", "user"),
    "{name}": (r"[\w▁/.: -]{1,40}", "other"),
    "{capital}": (r"""(?-i:(?=[\p{Lu}\p{Lo}\d"'“*<]))""", ""),
    "{blank}": (r"(?=[\s\[])", " "),
}
_PLACEHOLDER = re.compile("|".join(map(re.escape, _STANDS_FOR)))
_TAG = re.compile(r"<(/?)([a-z_]+)>")
_PREFIXED_TAG = re.compile(r"<(/?)([a-z]+:[a-z_]+)>")
# A server's model name may stand in front of a tag's: NousResearch/hermes-agent#75094.
_NAMED = r"(?:[\w.-]{0,20}[\d_:])?"


# The beginning of a mark at an answer's very end, told from words by more than its angle.
_BEGUN = re.compile(r"<[|｜]/?\w{2,}[|｜]?|</\w+|<\w+_\w+")
# A mark of several tokens of which the last are missing.
_CUT_OFF = ModelDialect("", (), MarkKind.TOKEN)


class Sense(Enum):
    """What a mark is to its dialect."""

    OPENS = auto()
    CLOSES = auto()


@dataclass(frozen=True, slots=True)
class Found:
    """A mark in a text: it ends before `end`. `dialect` is None where more must come to tell."""

    dialect: ModelDialect | None
    sense: Sense = Sense.OPENS
    end: int = 0


@dataclass(frozen=True, slots=True)
class TextBefore:
    """What was shown before a place in a text: `line` of its line, `tail` right before it.

    `is_first`: no word at all; `is_lead`: none since something was left out; `is_wrapped`: the mark of a wrapper.
    `above` is the last character that is seen before its line; `is_spoken`: the answer began with the bot's own label;
    `is_listed`: a line of it begins with the name of somebody whom it tells of.
    """

    line: str = ""
    tail: str = ""
    is_first: bool = True
    is_lead: bool = True
    is_wrapped: bool = False
    above: str = ""
    is_spoken: bool = False
    is_listed: bool = False


def example(mark: str) -> str:
    """Return a mark as a model may write it."""
    return _PLACEHOLDER.sub(lambda found: _STANDS_FOR[found[0]][1], mark)


def expression(mark: str) -> str:
    """Return what finds a mark: words and brackets in their own case, all else in any."""
    if tag := _TAG.fullmatch(mark) or _PREFIXED_TAG.fullmatch(mark):
        named = "" if ":" in tag[2] else _NAMED
        return (
            rf"(?i:<\s{{0,3}}{tag[1]}\s{{0,3}}{named}{tag[2]}(?:\s{{1,3}}[\w:-]{{1,30}}=[^<>/\n]{{0,80}})?\s{{0,3}}>)"
        )
    parts = _PLACEHOLDER.split(mark)
    stands_for = [_STANDS_FOR[found][0] for found in _PLACEHOLDER.findall(mark)]
    spelt = "".join(_spelt(part) + each for part, each in zip(parts, [*stands_for, ""], strict=True))
    return f"(?i:{spelt})" if mark[0] in "<◁|" else spelt


def _spelt(part: str) -> str:
    """Return what finds a part of a mark; DeepSeek's wide bars and low lines are written narrow as well."""
    return regex.escape(part, special_only=True).replace("｜", r"[｜|]").replace("▁", "[▁_ ]")


class Marks:
    """The marks of some dialects."""

    def __init__(self, dialects: Sequence[ModelDialect]) -> None:
        self._dialects = dialects
        self._closings: dict[ModelDialect, regex.Pattern[str]] = {}

    @cached_property
    def firsts(self) -> str:
        """The signs that marks begin with, as a class of characters has them."""
        signs = {mark[0] for dialect in self._dialects for mark in (dialect.opening, *dialect.closings)}
        return "".join(re.escape(sign) for sign in sorted(signs) if not sign.isalnum())

    @cached_property
    def telling(self) -> re.Pattern[str]:
        """What finds the next place that may tell something: a mark, code, a backslash."""
        return re.compile(rf"[\\`~{self.firsts}]{self._worded}")

    @cached_property
    def telling_at_first(self) -> re.Pattern[str]:
        """The same before any word, where more words are marks."""
        letters = {mark[0] for each in self._dialects if each.is_first and (mark := each.opening)[0].isalpha()}
        return re.compile(rf"[\\`~{self.firsts}{''.join(sorted(letters))}]{self._worded}")

    @cached_property
    def _worded(self) -> str:
        """What finds the marks that are words, and what may become one."""
        words = [each.opening for each in self._dialects if each.opening[0].isalpha() and not each.is_first]
        begun = sorted({word[:length] for word in words for length in range(1, len(word))}, key=len, reverse=True)
        return "".join(f"|{re.escape(word)}" for word in words) + (
            f"|(?:{'|'.join(map(re.escape, begun))})\\Z" if begun else ""
        )

    def at(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Found | None:
        """Return the mark that stands at a place; None where none does."""
        known = _matched(
            self._finder(before.is_first, before.is_lead, before.is_wrapped, is_general=False), text, at, is_end
        )
        if known:
            return known
        return _matched(
            self._finder(before.is_first, before.is_lead, before.is_wrapped, is_general=True), text, at, is_end
        )

    def closing(self, dialect: ModelDialect) -> regex.Pattern[str]:
        """Return what finds the closing marks of a dialect."""
        if dialect not in self._closings:
            either = "|".join(map(expression, dialect.closings)) or "(?!)"
            self._closings[dialect] = regex.compile(either)
        return self._closings[dialect]

    @cache  # noqa: B019 - as many entries as there are kinds of places, for the few tables there are
    def _finder(self, is_first: bool, is_lead: bool, is_wrapped: bool, *, is_general: bool) -> MarkFinder:  # noqa: FBT001
        marks: list[tuple[str, ModelDialect, Sense]] = []
        for dialect in self._dialects:
            is_wrapper = dialect.kind is MarkKind.WRAPPER
            if not dialect.is_first or is_first or (is_wrapper and is_lead):
                marks.append((dialect.opening, dialect, Sense.OPENS))
            if dialect.closes_alone or (is_wrapper and is_wrapped):
                marks += [(mark, dialect, Sense.CLOSES) for mark in dialect.closings]
        return MarkFinder([each for each in marks if ("{name}" in each[0]) == is_general])


class MarkFinder:
    """Some marks and what each of them means; of two that read the same the first."""

    def __init__(self, marks: Sequence[tuple[str, ModelDialect, Sense]]) -> None:
        self.is_general = any("{name}" in mark for mark, _, _ in marks)
        self.meanings = [(dialect, sense) for _, dialect, sense in marks]
        self.pattern = regex.compile("|".join(f"({expression(mark)})" for mark, _, _ in marks) or "(?!)")


def _matched(finder: MarkFinder, text: str, at: int, is_end: bool) -> Found | None:  # noqa: FBT001 - what it is about
    found = finder.pattern.match(text, at, partial=True)
    if found is None:
        return None
    if found.partial:
        is_cut = is_end and ("|>" in found[0] or (not finder.is_general and _BEGUN.fullmatch(found[0]) is not None))
        return Found(_CUT_OFF, end=len(text)) if is_cut else None if is_end else Found(None)
    dialect, sense = finder.meanings[(found.lastindex or 1) - 1]
    return Found(dialect, sense, found.end())
