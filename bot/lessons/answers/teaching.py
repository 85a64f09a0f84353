"""Teaching: which units of a passage tell something, and which only ask, promise or offer wrong answers. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from bot.domain import Passage
from bot.lessons.answers.units import QuotableUnit, UnitKind
from bot.lessons.language.asked_for import is_question
from bot.lessons.language.exercises import is_exercise, promises

_ITEM_MARK = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)])\s+")
_OFFERS = re.compile(
    r"\bwhich (?:of (?:the following|these)|one|command\(?s?\)?|statements?|answers?|options?)\b|\btrue or false\b"
    r"|_{4,}|\\_\\_"
    r"|\bwhat (?:will|would|command\(s\))\b|以下哪|下列哪|cuál de (?:las|los) siguientes|lequel|איזה מהבאים|מה מהבאים",
    re.IGNORECASE,
)
_SOLVED = re.compile(r"^\W*(?:solution|answers?|hint|פתרון|solución|réponse|lösung|答案|解答)\b", re.IGNORECASE)


def taught(passage: Passage, cut: Sequence[QuotableUnit]) -> list[int]:
    """Return the numbers of the units that teach; under a heading of exercises questions and what they offer do not."""
    kept: list[int] = []
    is_asking = is_exercise(passage.chunk.heading)
    for first, last in _runs(cut):
        run = cut[first:last]
        before = cut[first - 1].text if first else ""
        is_list = run[0].kind is UnitKind.ITEM
        if is_list and (_is_offered(before, is_asking=is_asking) or _is_promised(run, before)):
            if kept and kept[-1] == first - 1:
                kept.pop()
        elif not (is_asking and is_question(run[0].text)):
            kept.extend(range(first, last))
    return kept


def _runs(cut: Sequence[QuotableUnit]) -> Iterator[tuple[int, int]]:
    """Yield where each run of list items begins and ends, and each other unit by itself."""
    at = 0
    for is_item, group in groupby(cut, key=lambda unit: unit.kind is UnitKind.ITEM):
        size = len(list(group))
        if is_item:
            yield at, at + size
        else:
            yield from ((one, one + 1) for one in range(at, at + size))
        at += size


def _is_offered(before: str, *, is_asking: bool) -> bool:
    """Whether a list offers answers to the question before it."""
    if _SOLVED.match(before):
        return False
    return (is_asking and is_question(before)) or _OFFERS.search(before) is not None


def _is_promised(run: Sequence[QuotableUnit], before: str) -> bool:
    """Whether a list says what a reader will learn, or be asked."""
    said = [_ITEM_MARK.sub("", unit.text) for unit in run]
    asks = sum(is_question(text) for text in said)
    return promises([*said, before]) or (len(said) > 1 and asks > len(said) / 2)
