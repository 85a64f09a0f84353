"""Finding which of many marks may stand at a place, by its first signs: there are hundreds, and few are tried."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import NamedTuple

import regex

from bot.reasoning.expressions import NAME, PLACEHOLDER, TAG, compiled
from bot.reasoning.model_dialect import ModelDialect

# So many signs at most tell which marks may begin with them.
HEAD_CHARS = 3
# Fewer letters of a closing tag's name may be the end of a calculation.
_LONG_ENOUGH = 3


class Sense(Enum):
    """What a mark is to its dialect."""

    OPENS = auto()
    CLOSES = auto()


class MarkFinder:
    """Some marks and what each of them means; of two that read the same the first.

    Only those are tried whose first signs, or whose tag's name, stand there: there are hundreds.
    """

    def __init__(self, marks: Sequence[tuple[str, ModelDialect, Sense]]) -> None:
        self.is_general = any("{name}" in mark for mark, _, _ in marks)
        self._all = [KnownMark(compiled(mark), dialect, sense) for mark, dialect, sense in marks]
        self._named: dict[str, list[int]] = {}
        self._headed: dict[str, list[int]] = {}
        # By the head and the name of a tag that is known: a few for each of them, and no word of anybody's.
        self._known: dict[tuple[str, str], Sequence[KnownMark]] = {}
        for number, (mark, _, _) in enumerate(marks):
            tag = TAG.fullmatch(mark)
            group, key = (self._named, tag[2].lower()) if tag else (self._headed, head_of(mark))
            group.setdefault(key, []).append(number)

    def at(self, text: str, at: int) -> Iterator[KnownMark]:
        """Yield the marks that may stand at a place."""
        head = plainly(text[at : at + HEAD_CHARS])
        name = NAME.match(text, at)
        if len(text) - at <= HEAD_CHARS or (name is not None and name.end() + 1 >= len(text)):
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
        numbers = [number for size in range(1, HEAD_CHARS + 1) for number in self._headed.get(head[:size], ())]
        if named:
            numbers += [number for known, each in self._named.items() if known in named for number in each]
        return [self._all[number] for number in sorted(numbers)]

    def may_go_on(self, begun: str, *, is_glued: bool) -> bool:
        """Whether what stands at an answer's very end can become a mark; `is_glued`: behind a word, as in `x</y`."""
        if not begun.startswith("</"):
            return True
        word = begun.removeprefix("</").lower()
        is_long_enough = len(word) >= (_LONG_ENOUGH if is_glued else 1)
        return is_long_enough and any(name.startswith(word) or name in word for name in self._named)


class KnownMark(NamedTuple):
    """What finds a mark, and what it means."""

    pattern: regex.Pattern[str]
    dialect: ModelDialect
    sense: Sense


def head_of(mark: str) -> str:
    """Return the first signs of a mark, as far as they stand for themselves."""
    return plainly(PLACEHOLDER.split(mark)[0].partition(">")[0][:HEAD_CHARS] or mark[0])


def plainly(head: str) -> str:
    """Return first signs as those are kept that marks are known by: whatever their case, wide bars narrow."""
    return head.lower().replace("｜", "|").replace("▁", "_").replace(" ", "_")
