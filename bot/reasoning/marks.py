"""The marks of the dialects, made ready for finding them in a text that comes in pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from functools import cache, cached_property
from typing import NamedTuple

import regex

from bot.reasoning.model_dialect import MarkKind, ModelDialect

# What stands for something in a mark, as an expression and as an example. No expression may match more once it has
# matched: what is found must not depend on where a text was cut.
_STANDS_FOR = {
    "…": (r"[^\n]{0,80}?", ""),
    "{model}": (r"\s{0,3}(?:assistant|model|chatbot|bot|ai|gpt)", "assistant"),
    "{person}": (r"\s{0,3}(?:user|human|system|tool|function|developer|ipython|observation|prompter|customer)", "user"),
    "{thinking}": (r"(?:think|thinking|thought|thoughts|reason|reasoning|analysis)", "thinking"),
    "{name}": (r"[\w▁/.: -]{1,40}", "other"),
    "{capital}": (r"""(?-i:(?=[\p{Lu}\p{Lo}\d"'“*<]))""", ""),
    "{line}": (r"[ \t]{0,3}\n", "\n"),
    "{blank}": (r"(?=[\s\[])", " "),
}
_PLACEHOLDER = re.compile("|".join(map(re.escape, _STANDS_FOR)))
_TAG = re.compile(r"<(/?)((?:[a-z]+:)?\w+)>")
# A server's model name may stand in front of a tag's: NousResearch/hermes-agent#75094.
_NAMED = r"(?:[\w.-]{0,20}[\d_:])?"
# But not in front of one that many end with.
_SHORTEST_NAMED = 4
# And what kind of reasoning it is behind its name: `<thinking_mode>`.
_REASONING = frozenset(("think", "thinking", "thought", "thoughts", "reasoning", "monologue"))
_OF_A_KIND = r"(?:[_:-][a-z]\w{0,20})?"


_NAME = re.compile(r"<\s{0,3}/?\s{0,3}([\w:.-]{0,60})")
# The beginning of a mark at an answer's very end, told from words by more than its angle.
_BEGUN = re.compile(r"<[|｜]/?\w{2,}[|｜]?|</\w+|<\w+_\w+")
# A mark of several tokens of which the last are missing.
_CUT_OFF = ModelDialect("", (), MarkKind.TOKEN)


# So many signs at most tell which marks may begin with them.
_HEAD_CHARS = 3


class Sense(Enum):
    """What a mark is to its dialect."""

    OPENS = auto()
    CLOSES = auto()


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


def example(mark: str) -> str:
    """Return a mark as a model may write it."""
    return _PLACEHOLDER.sub(lambda found: _STANDS_FOR[found[0]][1], mark)


def expression(mark: str) -> str:
    """Return what finds a mark: words and brackets in their own case, all else in any."""
    if tag := _TAG.fullmatch(mark):
        before = _NAMED if len(tag[2]) >= _SHORTEST_NAMED and ":" not in tag[2] else ""
        name = f"{before}{tag[2]}{_OF_A_KIND if tag[2] in _REASONING else ''}"
        return rf"(?i:<\s{{0,3}}{tag[1]}\s{{0,3}}{name}(?:\s{{1,3}}[\w:-]{{1,30}}=[^<>/\n]{{0,80}})?\s{{0,3}}>)"
    parts = _PLACEHOLDER.split(mark)
    stands_for = [_STANDS_FOR[found][0] for found in _PLACEHOLDER.findall(mark)]
    spelt = "".join(_spelt(part) + each for part, each in zip(parts, [*stands_for, ""], strict=True))
    return f"(?i:{spelt})" if mark[0] in "<◁|" else spelt


def _spelt(part: str) -> str:
    """Return what finds a part of a mark; DeepSeek's wide bars and low lines are written narrow as well.

    A tag right behind another may stand on a line of its own.
    """
    spelt = regex.escape(part, special_only=True).replace("｜", r"[｜|]").replace("▁", "[▁_ ]")
    return spelt.replace("><", r">\s{0,3}<")


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
        words = [each.opening for each in self._dialects if each.opening[0].isalpha() and not each.is_first]
        begun = sorted({word[:length] for word in words for length in range(1, len(word))}, key=len, reverse=True)
        return "".join(f"|{re.escape(word)}" for word in words) + (
            f"|(?:{'|'.join(map(re.escape, begun))})\\Z" if begun else ""
        )

    def at(self, text: str, at: int, before: TextBefore, *, is_end: bool) -> Found | None:
        """Return the mark that stands at a place; None where none does."""
        if self.is_none(text, at):
            return None
        is_whole = before.is_first and text[at] == "<" and len(text) - at > len("<a")
        for is_general in (False, True):
            finder = self._finder(before.is_first, before.is_lead, is_general=is_general)
            if known := _matched(finder, text, at, is_end=is_end, is_whole=is_whole):
                return known
        return None

    def is_none(self, text: str, at: int) -> bool:
        """Whether what begins at a place is told to be no mark by its first signs or its first word alone."""
        if len(text) - at <= _HEAD_CHARS:
            return False
        head = _plainly(text[at : at + _HEAD_CHARS])
        if head[:2] == "<|":
            return head[2] not in self._behind_bars and not head[2].isalnum()
        if text[at] != "<":
            return not (head in self._heads or head[:2] in self._heads or head[0] in self._heads)
        name = _NAME.match(text, at)
        if name is None or name.end() + 1 >= len(text):
            return False
        if text[name.end()] == "<":  # `<<SYS>>`
            return head[2] not in "s/"
        return text[name.end()] not in "|｜" and self._names.search(name[1]) is None

    @cached_property
    def _heads(self) -> frozenset[str]:
        """The first signs of all marks that are no tags."""
        return frozenset(_head(mark) for mark in self._marks if not _TAG.fullmatch(mark))

    @cached_property
    def _behind_bars(self) -> frozenset[str]:
        """What may stand behind `<|` beside letters and digits."""
        return frozenset(head[2] for head in self._heads if head[:2] == "<|" and len(head) == _HEAD_CHARS) | set(
            "_/.:-\n\t "
        )

    @cached_property
    def _marks(self) -> frozenset[str]:
        return frozenset(mark for dialect in self._dialects for mark in (dialect.opening, *dialect.closings))

    @cached_property
    def _names(self) -> re.Pattern[str]:
        """What finds the names of tags, those in front of others not counted."""
        names = {name[1] for mark in self._marks if (name := _NAME.match(mark)) and name[1]}
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


class MarkFinder:
    """Some marks and what each of them means; of two that read the same the first.

    Only those are tried whose first signs, or whose tag's name, stand there: there are hundreds.
    """

    def __init__(self, marks: Sequence[tuple[str, ModelDialect, Sense]]) -> None:
        self.is_general = any("{name}" in mark for mark, _, _ in marks)
        self._all = [KnownMark(_compiled(mark), dialect, sense) for mark, dialect, sense in marks]
        self._named: dict[str, list[int]] = {}
        self._headed: dict[str, list[int]] = {}
        # By the head and the name of a tag that is known: a few for each of them, and no word of anybody's.
        self._known: dict[tuple[str, str], Sequence[KnownMark]] = {}
        for number, (mark, _, _) in enumerate(marks):
            tag = _TAG.fullmatch(mark)
            group, key = (self._named, tag[2].lower()) if tag else (self._headed, _head(mark))
            group.setdefault(key, []).append(number)

    def at(self, text: str, at: int) -> Iterator[KnownMark]:
        """Yield the marks that may stand at a place."""
        head = _plainly(text[at : at + _HEAD_CHARS])
        name = _NAME.match(text, at)
        if len(text) - at <= _HEAD_CHARS or (name is not None and name.end() + 1 >= len(text)):
            # More may come of what stands there.
            yield from self._all
            return
        named = name[1].lower() if name is not None else ""
        if named not in self._named:
            yield from self._beginning(head, named)
            return
        if (head, named) not in self._known:
            self._known[head, named] = self._beginning(head, named)
        yield from self._known[head, named]

    def _beginning(self, head: str, named: str) -> Sequence[KnownMark]:
        """Return the marks with this head, and those whose tag's name is in this one."""
        numbers = [number for size in range(1, _HEAD_CHARS + 1) for number in self._headed.get(head[:size], ())]
        if named:
            numbers += [number for known, each in self._named.items() if known in named for number in each]
        return [self._all[number] for number in sorted(numbers)]

    def may_go_on(self, begun: str) -> bool:
        """Whether what stands at an answer's very end can become a mark; `x</y` is text, however it would go on."""
        word = begun.removeprefix("</").lower()
        is_closing = begun.startswith("</")
        return not is_closing or (len(word) > 1 and any(name.startswith(word) or name in word for name in self._named))


class KnownMark(NamedTuple):
    """What finds a mark, and what it means."""

    pattern: regex.Pattern[str]
    dialect: ModelDialect
    sense: Sense


@cache
def _compiled(mark: str) -> regex.Pattern[str]:
    return regex.compile(expression(mark))


def _head(mark: str) -> str:
    """Return the first signs of a mark, as far as they stand for themselves."""
    return _plainly(_PLACEHOLDER.split(mark)[0].partition(">")[0][:_HEAD_CHARS] or mark[0])


def _plainly(head: str) -> str:
    return head.lower().replace("｜", "|").replace("▁", "_").replace(" ", "_")


def _matched(finder: MarkFinder, text: str, at: int, *, is_end: bool, is_whole: bool) -> Found | None:
    """Return the mark at a place; `is_whole`: nothing else was said, so that its beginning is no word of an answer."""
    begun: regex.Match[str] | None = None
    for mark in finder.at(text, at):
        found = mark.pattern.match(text, at, partial=True)
        if found is not None and not found.partial:
            return Found(mark.dialect, mark.sense, found.end())
        begun = begun or found
    if begun is None:
        return None
    is_begun = is_whole or (_BEGUN.fullmatch(begun[0]) is not None and finder.may_go_on(begun[0]))
    is_cut = is_end and ("|>" in begun[0] or (not finder.is_general and is_begun))
    return Found(_CUT_OFF, end=len(text)) if is_cut else None if is_end else Found(None)
