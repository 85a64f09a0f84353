"""Quoting: the part of a lesson that answers a question, word for word, where no capable model words an answer. Pure.

One passage is quoted, or two where the second has what is asked for and the first has not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.domain import Passage
from bot.lessons.answers.choosing import added, chosen_of
from bot.lessons.answers.unit_scores import ScoredUnit, scored
from bot.lessons.answers.units import UnitKind, units
from bot.lessons.language.asked_for import asked_for
from bot.lessons.language.exercises import is_exercise
from bot.lessons.language.words import words

QUOTE_CHARS = 500
"""How long quotes are together where they are neither lists nor code."""

SUMMARY_CHARS = 400
"""How long the summary of a lesson is at most."""

ENDS = (".", "!", "?", "؟", "।", "。", "！", "？")
PASSAGES = 8
"""From how many passages at most is quoted."""

ADDS, ADDS_COMPARED = 0.4, 0.3
"""A second passage is quoted where it has this part of the question, which the first one has not; less is enough where
things are compared, as each may have a section of its own."""

ADDED_CHARS = 250
"""The room of a second passage."""

ELSEWHERE = 0.8
"""A passage is looked at where its score is this part of the best one's, or more."""

_LEADS_IN = re.compile(r".*[:：]|\*\*[^*]+\*\*[.]?", re.DOTALL)

_Part = tuple[int, str, UnitKind]


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted from one passage."""

    passage: Passage
    text: str


def quote(question: str, passages: Sequence[Passage], *, previous: str = "", limit: int = QUOTE_CHARS) -> list[Quote]:
    """Return what to quote, best passage first; empty without passages.

    `previous` is the question before, where this one leans on it; `limit` is for what is neither a list nor code.
    """
    passages = _worth_reading(question, passages)
    wanted = asked_for(question)
    candidates, weighed = scored(question, previous, passages, wanted)
    candidates = _once(candidates)
    if not candidates:
        return []
    best = max(candidates, key=lambda one: one.score)
    chosen = chosen_of([one for one in candidates if one.passage == best.passage], wanted, limit)
    adds = ADDS_COMPARED if wanted.compares else ADDS
    chosen += added(chosen, candidates, weighed, adds, min(limit, ADDED_CHARS))
    # Where all there is only leads in to something, that is still more than nothing.
    return _quotes(passages, chosen, keep=_telling) or _quotes(passages, chosen, keep=list)


def summary(passages: Sequence[Passage], *, limit: int = SUMMARY_CHARS) -> str:
    """Return the first sentences of a document, as many as fit; items, rows and code are no summary."""
    said: list[str] = []
    left = limit
    for passage in passages:
        for unit in units(passage.chunk.text):
            if unit.kind is not UnitKind.SENTENCE or not unit.text.rstrip("*_\"'”)").endswith(ENDS):
                continue
            if len(unit.text) > left:
                return " ".join(said)
            said.append(unit.text)
            left -= len(unit.text) + 1
    return " ".join(said)


def _worth_reading(question: str, passages: Sequence[Passage]) -> Sequence[Passage]:
    """Return the passages that are not far behind the best one, quizzes and goals last unless they are asked for."""
    if not passages:
        return passages
    near = [passage for passage in passages if passage.score >= ELSEWHERE * passages[0].score][:PASSAGES]
    return near if is_exercise(question) else sorted(near, key=lambda passage: is_exercise(passage.chunk.heading))


def _once(candidates: Sequence[ScoredUnit]) -> list[ScoredUnit]:
    """Leave what several passages say alike to the first of them."""
    first: dict[tuple[str, ...], ScoredUnit] = {}
    for one in candidates:
        first.setdefault(tuple(words(one.unit.text)), one)
    return list(first.values())


def _quotes(
    passages: Sequence[Passage],
    chosen: Sequence[tuple[ScoredUnit, str]],
    *,
    keep: Callable[[Sequence[_Part]], Sequence[_Part]],
) -> list[Quote]:
    """Put the chosen units of each passage together, of those of them that are kept."""
    quotes = []
    for index in dict.fromkeys(each.passage for each, _ in chosen):
        parts = sorted((each.order, text, each.unit.kind) for each, text in chosen if each.passage == index)
        if said := _joined(keep(parts)):
            quotes.append(Quote(passages[index], said))
    return quotes


def _telling(parts: Sequence[_Part]) -> list[_Part]:
    """Leave out what only leads in to something that is not quoted: "For example:", or a label in bold."""
    kept: list[_Part] = []
    for part in reversed(parts):
        order, text, kind = part
        is_followed = bool(kept) and kept[-1][0] == order + 1
        if is_followed or kind is not UnitKind.SENTENCE or not _LEADS_IN.fullmatch(text):
            kept.append(part)
    return kept[::-1]


def _joined(parts: Sequence[_Part]) -> str:
    """Put units together again: sentences behind each other, items, rows and code on lines of their own."""
    text, previous = "", (-1, UnitKind.SENTENCE)
    for order, unit, kind in parts:
        if text:
            gap = order != previous[0] + 1
            if kind is UnitKind.SENTENCE and previous[1] is UnitKind.SENTENCE:
                text += " … " if gap else " "
            else:
                text += "\n"
        text += unit
        previous = order, kind
    return text
