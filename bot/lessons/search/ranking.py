"""Ranking: which windows answer a question best, words and meaning weighed together, over several languages. Pure.

How the weights were found, and what other ways came to: docs/decisions/0007-lesson-search.md.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bot.domain.editions import Rank, edition_of
from bot.lessons.language.stop_words import ENGLISH
from bot.lessons.search.certainty import Evidence
from bot.lessons.search.dictionary import Dictionary
from bot.lessons.search.grams import Floats, Grams, grams
from bot.lessons.search.index import LanguageIndex, PassageWindow, Place
from bot.lessons.search.query import Asked, Term

WORDS = 17.6
"""What it counts to hold all of a question's words as often as they can count."""

MEANING = 0.8
"""What one standard deviation nearer in meaning counts."""

COMMON = 3.0
"""What a window loses whose heading announces nothing of its own."""

AGAIN = 0.5
"""What a window loses for each better one of its section."""

OLD = 2.0
"""What a window loses that is of an old edition, where there is a newer one; where the question names it, it wins that.

A sixth of the question's words outweigh it, so that what only the old edition tells is found.
"""

LooksIn = Callable[[str], bool]
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
# A year, a season, a version: "old" and "1" are said of other things.
_MARK = re.compile(r"(?:19|20)\d\d|\d+(?:\.\d+)+|v\d+|winter|spring|summer|autumn|fall")
LOOKED_AT = 60
"""So many windows of each language are compared over languages."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A window found: where it is, how good it is among the others, and what speaks for it."""

    language_index: LanguageIndex
    window: PassageWindow
    score: float
    evidence: Evidence

    @property
    def ids(self) -> Sequence[int]:
        """The ids of its chunks in reading order."""
        return self.language_index.ids[self.window.first : self.window.last + 1]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """One term in one language: whatever of `forms` a text has, with how well it stands for the term.

    `rarity` is what the word weighs where none of its forms is known.
    """

    forms: Sequence[tuple[Grams, float]]
    weight: float
    rarity: float


def ranked(
    asked: Asked,
    indexes: Mapping[str, LanguageIndex],
    dictionaries: Mapping[str, Dictionary],
    *,
    meaning: Floats | None,
    looks_in: LooksIn | None,
) -> list[Ranked]:
    """Return windows, best first; a part of a section is there once, in the preferred language where it has it.

    `meaning` is the question's vector, of length 1; `looks_in` says which lessons to look in, None for all.
    """
    best: dict[tuple[str, int], Ranked] = {}
    for language in asked.languages:
        wanted = [
            _wanted(term, asked.spoken, language, indexes=indexes, dictionaries=dictionaries) for term in asked.terms
        ]
        for one in _of_language(indexes[language], wanted, asked, meaning=meaning, looks_in=looks_in):
            shown = _shown(one, indexes[asked.languages[0]])
            key = shown.language_index.language, shown.window.first
            if key not in best or best[key].score < shown.score:
                best[key] = shown
    return _varied(_once(best.values()))


def _once(found: Iterable[Ranked]) -> list[Ranked]:
    """Leave of windows that say the same the one of the newest edition, or else the best one."""
    alike: defaultdict[int, list[Ranked]] = defaultdict(list)
    for one in sorted(found, key=lambda one: -one.score):
        alike[one.window.said].append(one)
    return [
        replace(max(same, key=_edition), score=same[0].score) if len(same) > 1 else same[0] for same in alike.values()
    ]


def _edition(one: Ranked) -> tuple[Rank, str]:
    """Return how new the edition of a lesson is, and the last year in its name, "" where it has none."""
    lesson = one.window.lesson
    return edition_of(lesson.partition("/")[2]).rank, max(_YEAR.findall(lesson), default="")


def _varied(found: Iterable[Ranked]) -> list[Ranked]:
    """Sort windows, best first; further ones of a section found already come later, so that others are seen."""
    seen: Counter[Place] = Counter()
    varied = []
    for one in sorted(found, key=lambda one: -one.score):
        varied.append(replace(one, score=one.score - AGAIN * seen[one.window.place]))
        seen[one.window.place] += 1
    return sorted(varied, key=lambda one: -one.score)


def _of_language(
    language_index: LanguageIndex,
    wanted: Sequence[_Wanted],
    asked: Asked,
    *,
    meaning: Floats | None,
    looks_in: LooksIn | None,
) -> Iterator[Ranked]:
    if not language_index.windows:
        return
    held = language_index.by_window(_held(wanted, language_index))
    near = _near(language_index, meaning)
    ahead = _standing_out(near)
    scores = WORDS * held - COMMON * language_index.is_common + MEANING * ahead
    scores = scores + _by_edition(language_index, asked.embedded)
    if looks_in:
        scores = np.where([looks_in(window.lesson) for window in language_index.windows], scores, -np.inf)
    for at in _best(scores):
        if scores[at] > -np.inf:
            is_known = not np.isnan(near[at])
            evidence = Evidence(float(held[at]), float(near[at]) if is_known else None, float(ahead[at]))
            yield Ranked(language_index, language_index.windows[at], float(scores[at]), evidence)


def _by_edition(language_index: LanguageIndex, text: str) -> Floats:
    """Return what windows lose for a newer edition of their lesson, or win where the question names theirs."""
    said = set(_MARK.findall(text.lower()))
    worth = [0.0, *(OLD if set(_MARK.findall(each.lower())) & said else -OLD for each in language_index.labels[1:])]
    by_edition: Floats = np.array(worth, np.float32)[language_index.editions]
    return by_edition


def _near(language_index: LanguageIndex, meaning: Floats | None) -> Floats:
    """Return how near each window is in meaning; not a number where that cannot be told."""
    if meaning is None or not language_index.has_vectors:
        return np.full(len(language_index.windows), np.nan, np.float32)
    return np.where(
        language_index.has_vector, language_index.by_window(language_index.nearness(meaning)), np.float32(np.nan)
    )


def _standing_out(near: Floats) -> Floats:
    """Return by how many standard deviations each is nearer than the others, 0 where it cannot be told."""
    known = near[~np.isnan(near)]
    if not len(known):
        return np.zeros_like(near)
    out: Floats = np.nan_to_num((near - known.mean()) / max(float(known.std()), 1e-6))
    return out


def _best(scores: Floats) -> list[int]:
    """Return where the best scores are, best first."""
    some = np.argpartition(-scores, LOOKED_AT)[:LOOKED_AT] if len(scores) > LOOKED_AT else np.arange(len(scores))
    ordered: list[int] = some[np.lexsort((some, -scores[some]))].tolist()
    return ordered


def _wanted(
    term: Term,
    asked_in: str,
    language: str,
    *,
    indexes: Mapping[str, LanguageIndex],
    dictionaries: Mapping[str, Dictionary],
) -> _Wanted:
    """Return what a term is looked for by in a language: itself, a name or term for it, or what a dictionary says."""
    own = grams(term.text)
    weight = indexes.get(asked_in, indexes[language]).postings.weight(own)
    forms: list[tuple[Grams, float]] = [(own, 1.0)] if language == asked_in or term.text.isascii() else []
    if asked_in == ENGLISH:
        return _Wanted(forms, term.weight, weight)
    if term.english:
        forms.append((np.unique(np.concatenate([grams(word) for word in term.english])), 1.0))
    elif language == ENGLISH and asked_in in dictionaries:
        forms.extend((grams(word), well) for word, well in dictionaries[asked_in].english(own))
    return _Wanted(forms, term.weight, weight)


def _held(wanted: Sequence[_Wanted], language_index: LanguageIndex) -> Floats:
    """Return for each chunk how much of the question it holds, by the weight of its words."""
    held = np.zeros(language_index.postings.count, np.float32)
    total = 0.0
    for one in wanted:
        rarity = max((language_index.postings.weight(form) for form, _ in one.forms), default=one.rarity)
        weight = one.weight * rarity
        total += weight
        shares = [language_index.postings.held(form) * np.float32(well) for form, well in one.forms]
        if shares:
            held += np.float32(weight) * np.maximum.reduce(shares)
    return held / np.float32(total) if total else held


def _shown(one: Ranked, preferred: LanguageIndex) -> Ranked:
    """Return the same part of the lesson in the preferred language, where that has it."""
    window = one.window
    at = preferred.at.get((window.place, window.part), preferred.at.get((window.place, 0)))
    if one.language_index is preferred or at is None:
        return one
    return Ranked(preferred, preferred.windows[at], one.score, one.evidence)
