"""Quoting: the sentences of some passages that answer a question best, where no capable model words an answer. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.domain import Passage
from bot.lessons.answers.asked_for import asks_list, fitness
from bot.lessons.answers.units import QuotableUnit, UnitKind, units
from bot.lessons.language.exercises import is_exercise
from bot.lessons.language.words import is_wide, words

QUOTE_CHARS = 850
"""How long all quotes of an answer are together at most."""

SUMMARY_CHARS = 400
"""How long the summary of a lesson is at most."""

ENDS = (".", "!", "?", "؟", "।", "。", "！", "？")
PASSAGES = 6
"""From how many passages at most is quoted."""

REMEMBERED = 256
"""Of so many texts the n-grams are kept: a sentence is compared with many texts, and a passage with many sentences."""

LISTED_SHARE, LIST_SHARE = 0.5, 0.9
"""Naming all items of a list may take this part of the room, more where a list is asked for."""

BESIDE, BESIDE_ELSEWHERE = 0.8, 1.0
"""A further passage is quoted where a sentence of it has this part of the question that one of the best passage has; of
another lesson where it has as much."""

CODE = 0.2
"""What code loses beside the prose about it, which says what it does in less room."""

OPENING = 0.15
"""What it counts to be a section's first sentence: it says what the heading names."""

BEFORE = 0.3
"""What a word of the question before counts beside one of this question."""

ELSEWHERE = 0.95
"""A passage of another lesson than the best one is quoted where its score is this part of the best one's, or more."""

SHORTEST_LEAD = 25
"""A beginning of an item or a row with fewer letters says nothing by itself: it is quoted of the best passage only."""

_GRAM, _PAIR = 4, 2
_LEADS_IN = re.compile(r".*[:：]|\*\*[^*]+\*\*[.]?", re.DOTALL)


_Part = tuple[int, str, UnitKind]


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted from one passage."""

    passage: Passage
    text: str


@dataclass(slots=True)
class _Candidate:
    passage: int
    order: int
    unit: QuotableUnit
    score: float
    own: float


def quote(question: str, passages: Sequence[Passage], *, previous: str = "", limit: int = QUOTE_CHARS) -> list[Quote]:
    """Return what to quote, best passage first, at most `limit` characters in all; empty without passages.

    `previous` is the question before, where this one leans on it.
    """
    passages = _teaching_first(question, _near(passages))
    candidates = _scored(question, previous, passages)
    chosen = _with_code(
        _chosen(_bearing(_once(candidates), passages), limit, is_list=asks_list(question)), candidates, limit
    )
    # Where all there is only leads in to something, that is still more than nothing.
    return _quotes(passages, chosen, keep=_telling) or _quotes(passages, chosen, keep=list)


def _quotes(
    passages: Sequence[Passage],
    chosen: Sequence[tuple[_Candidate, str]],
    *,
    keep: Callable[[Sequence[_Part]], Sequence[_Part]],
) -> list[Quote]:
    """Put the chosen units of each passage together, of those of them that are kept."""
    quotes = []
    for index in sorted({each.passage for each, _ in chosen}):
        parts = sorted((each.order, text, each.unit.kind) for each, text in chosen if each.passage == index)
        if said := _joined(keep(parts)):
            quotes.append(Quote(passages[index], said))
    return quotes


def _near(passages: Sequence[Passage]) -> Sequence[Passage]:
    """Return the passages of the best one's lesson, and of other lessons those that are nearly as good."""
    if not passages:
        return passages
    best = passages[0]
    return [
        passage
        for passage in passages
        if passage.document.key == best.document.key or passage.score >= ELSEWHERE * best.score
    ][:PASSAGES]


def _teaching_first(question: str, passages: Sequence[Passage]) -> Sequence[Passage]:
    """Put quizzes, exercises and goals behind the rest, unless they are asked for."""
    if is_exercise(question):
        return passages
    return sorted(passages, key=lambda passage: is_exercise(passage.chunk.heading))


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


@lru_cache(maxsize=REMEMBERED)
def grams(text: str) -> frozenset[str]:
    """Return the character 4-grams of the words, edges marked; for scripts without spaces pairs of characters."""
    found: set[str] = set()
    for word in words(text):
        size, padded = (_PAIR, word) if is_wide(word) else (_GRAM, f" {word} ")
        found.update(padded[at : at + size] for at in range(max(1, len(padded) - size + 1)))
    return frozenset(found)


def _scored(question: str, previous: str, passages: Sequence[Passage]) -> list[_Candidate]:
    """Score each unit: how much of the question it and its neighbours hold, and how good its passage is."""
    now = grams(question)
    asked = now | grams(previous)
    cut = [units(passage.chunk.text) for passage in passages]
    held = [[grams(unit.text) for unit in each] for each in cut]
    counts = Counter(gram for each in held for one in each for gram in one & asked)
    total = sum(map(len, held)) or 1
    weight = {gram: (1 if gram in now else BEFORE) * math.log(1 + total / (1 + counts[gram])) for gram in asked}
    whole = sum(weight.values()) or 1.0
    best = max((passage.score for passage in passages), default=1.0) or 1.0
    candidates = []
    for index, each in enumerate(cut):
        own = [sum(weight[gram] for gram in one & asked) / whole for one in held[index]]
        for order, unit in enumerate(each):
            near = 0.5 * max(own[max(0, order - 2) : order], default=0.0)
            near += 0.3 * max(own[order + 1 : order + 2], default=0.0)
            of_passage = 0.5 * passages[index].score / best - 0.06 * index + OPENING / (1 + order)
            score = own[order] + near + of_passage + fitness(question, unit.text)
            score -= CODE * (unit.kind is UnitKind.CODE)
            candidates.append(_Candidate(index, order, unit, score, own[order]))
    return candidates


def _once(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Leave what several passages say alike to the first of them."""
    first: dict[tuple[str, ...], _Candidate] = {}
    for one in candidates:
        first.setdefault(tuple(words(one.unit.text)), one)
    return list(first.values())


def _bearing(candidates: Sequence[_Candidate], passages: Sequence[Passage]) -> list[_Candidate]:
    """Leave out of further passages those that have little of the question beside the best one."""
    most: dict[int, float] = {}
    for one in candidates:
        most[one.passage] = max(most.get(one.passage, 0.0), one.own)
    lesson = passages[0].document.key if passages else ""
    least = {
        index: most.get(0, 0.0) * (BESIDE if passages[index].document.key == lesson else BESIDE_ELSEWHERE)
        for index in most
    }
    return [one for one in candidates if not one.passage or (most[one.passage] >= least[one.passage] and one.own > 0)]


def _with_code(
    chosen: list[tuple[_Candidate, str]], candidates: Sequence[_Candidate], limit: int
) -> list[tuple[_Candidate, str]]:
    """Add the code that a chosen sentence leads in to, where it fits."""
    left = limit - sum(len(text) + 1 for _, text in chosen)
    taken = {(each.passage, each.order) for each, _ in chosen}
    for one in candidates:
        is_next = (one.passage, one.order - 1) in taken and (one.passage, one.order) not in taken
        if one.unit.kind is UnitKind.CODE and is_next and len(one.unit.text) < left:
            chosen.append((one, one.unit.text))
            left -= len(one.unit.text) + 1
    return chosen


def _chosen(candidates: Sequence[_Candidate], limit: int, *, is_list: bool) -> list[tuple[_Candidate, str]]:
    """Take the best units while there is room; what is too long by itself gives its beginning.

    Of the best passage every item and row is named, where that leaves room enough: a list answers by being whole.
    """
    ranked = sorted(candidates, key=lambda one: -one.score)
    listed = [one for one in ranked if one.passage == 0 and one.unit.kind in {UnitKind.ITEM, UnitKind.ROW}]
    room = sum(len(one.unit.lead) + 1 for one in listed)
    chosen = (
        {id(one): (one, one.unit.lead) for one in listed}
        if room <= limit * (LIST_SHARE if is_list else LISTED_SHARE)
        else {}
    )
    left = limit - (room if chosen else 0)
    for each in ranked:
        named = len(each.unit.lead) + 1 if id(each) in chosen else 0
        for text in (each.unit.text, each.unit.lead):
            is_mere = text != each.unit.text and len(" ".join(re.findall(r"\w+", text))) < SHORTEST_LEAD
            if len(text) + 1 <= left + named and not (is_mere and each.passage):
                chosen[id(each)] = (each, text)
                left += named - len(text) - 1
                break
    return list(chosen.values())


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
