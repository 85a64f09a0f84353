"""Unit scores: how well each sentence, item, row and block of code of some passages answers a question. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.domain import Passage
from bot.lessons.answers.teaching import taught
from bot.lessons.answers.units import QuotableUnit, UnitKind, units
from bot.lessons.language.asked_for import AskedFor, is_question
from bot.lessons.language.exercises import is_exercise
from bot.lessons.language.stop_words import language_asked
from bot.lessons.language.terms import english_of
from bot.lessons.language.words import is_wide, words

REMEMBERED = 256
"""Of so many texts the n-grams are kept: a sentence is compared with many texts, and a passage with many sentences."""

BEFORE = 0.5
"""What a word of the question before counts beside one of this question."""

TRANSLATED = 0.7
"""What the English words for a term count beside the term."""

CODE = 0.2
"""What code loses beside the prose about it, which says what it does in less room."""

FOREIGN = 0.3
"""What a passage loses in another language than the question's, where there are some in that."""

ONLY_NAMES = 0.3
"""What a label in bold loses that stands alone: it names what comes."""

OPENING = 0.15
"""What it counts to be a section's first sentence: it says what the heading names."""

OF_PASSAGE, LATER = 0.75, 0.15
"""What the passage counts that a unit stands in, and what it loses for each better one."""

ANSWERS = 0.8
"""What it counts to stand behind a question that is the one asked, times how much of it that has."""

LABELLED = 0.25
"""What it counts for an item or a row to be about something the question names."""

_LABEL = re.compile(r"\*\*[^*]+\*\*[.:]?")
_GRAM, _PAIR = 4, 2


@dataclass(slots=True, eq=False)
class ScoredUnit:
    """A unit: the number of its passage, its place there, how well it answers, and how much of the question it has.

    `grams` are the parts of the question that it, or the heading it stands under, holds.
    """

    passage: int
    order: int
    unit: QuotableUnit
    score: float
    own: float
    grams: frozenset[str]


@dataclass(frozen=True, slots=True)
class Weighed:
    """The parts of a question with their weights, which are 1 in all."""

    weights: dict[str, float]

    def share(self, held: frozenset[str]) -> float:
        """Return how much of the question some parts are."""
        return sum(self.weights[gram] for gram in held)


@lru_cache(maxsize=REMEMBERED)
def grams(text: str) -> frozenset[str]:
    """Return the character 4-grams of the words, edges marked; for scripts without spaces pairs of characters."""
    found: set[str] = set()
    for word in words(text):
        size, padded = (_PAIR, word) if is_wide(word) else (_GRAM, f" {word} ")
        found.update(padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
    return frozenset(found)


def scored(
    question: str, previous: str, passages: Sequence[Passage], wanted: AskedFor
) -> tuple[list[ScoredUnit], Weighed]:
    """Score each unit that teaches: how much of the question it and its neighbours hold, how good its passage is."""
    cut = [_taught(question, passage) for passage in passages]
    held = [[grams(unit.text) for _, unit in each] for each in cut]
    weighed = _weighed(" ".join(wanted.said(question)), previous, [one for each in held for one in each])
    best = max((passage.score for passage in passages), default=1.0) or 1.0
    languages = {passage.document.language for passage in passages}
    spoken = language_asked(question, languages)
    candidates = []
    for index, each in enumerate(cut):
        parts = [one & weighed.weights.keys() for one in held[index]]
        named = grams(passages[index].chunk.heading) & weighed.weights.keys()
        own = [weighed.share(part) for part in parts]
        of_passage = OF_PASSAGE * passages[index].score / best - LATER * index
        of_passage -= FOREIGN * (spoken in languages and passages[index].document.language != spoken)
        for at, (order, unit) in enumerate(each):
            score = (
                ANSWERS * _answers(each, own, at)
                + own[at]
                + _near(own, at)
                + of_passage
                + OPENING / (1 + at)
                + wanted.fitness(unit.text)
            )
            score += LABELLED * _is_labelled(unit, weighed.weights.keys())
            score -= CODE * (unit.kind is UnitKind.CODE) + ONLY_NAMES * _only_names(unit)
            candidates.append(ScoredUnit(index, order, unit, score, own[at], frozenset(parts[at] | named)))
    return candidates, weighed


def _taught(question: str, passage: Passage) -> list[tuple[int, QuotableUnit]]:
    """Return the units that teach, numbered; all of them where exercises are asked for, or where none teaches."""
    cut = units(passage.chunk.text)
    kept = list(range(len(cut))) if is_exercise(question) else taught(passage, cut)
    return [(order, cut[order]) for order in kept or range(len(cut))]


def _near(own: Sequence[float], at: int) -> float:
    """Return what the neighbours of a unit add to it."""
    return 0.5 * max(own[max(0, at - 2) : at], default=0.0) + 0.3 * max(own[at + 1 : at + 2], default=0.0)


def _only_names(unit: QuotableUnit) -> bool:
    return unit.kind is UnitKind.SENTENCE and _LABEL.fullmatch(unit.text) is not None


def _is_labelled(unit: QuotableUnit, asked: Collection[str]) -> bool:
    """Whether all of what stands in an item's bold beginning, or a row's first cell, is asked for."""
    label = unit.label
    return bool(label) and len(words(label)) > 0 and all(gram in asked for gram in grams(label))


def _answers(each: Sequence[tuple[int, QuotableUnit]], own: Sequence[float], at: int) -> float:
    """Return how much of the question asked the question right before a unit has."""
    return next((own[before] for before in (at - 1, at - 2) if before >= 0 and is_question(each[before][1].text)), 0.0)


def _weighed(question: str, previous: str, held: Sequence[frozenset[str]]) -> Weighed:
    """Weigh the parts of a question: what few units have tells more."""
    now = grams(question)
    names = " ".join(dict.fromkeys(name for english in english_of(words(question)).values() for name in english))
    translated, before = grams(names) - now, grams(previous) - now
    parts = dict.fromkeys(before, BEFORE) | dict.fromkeys(translated, TRANSLATED) | dict.fromkeys(now, 1.0)
    counts = Counter(gram for one in held for gram in one & parts.keys())
    total = len(held) or 1
    weights = {gram: part * math.log(1 + total / (1 + counts[gram])) for gram, part in parts.items()}
    whole = sum(weights.values()) or 1.0
    return Weighed({gram: weight / whole for gram, weight in weights.items()})
