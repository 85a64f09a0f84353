"""A dictionary from a language to English, learnt from lessons that exist in both.

Where a translation has its sections as the original has them, a word and its translation stand in the same ones. How
well two words go together is Dice's coefficient over the sections. See docs/decisions/0007-lesson-search.md.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.domain import Passage
from bot.lessons.language.stop_words import ENGLISH, binds
from bot.lessons.language.words import lesson_words
from bot.lessons.search.grams import Grams
from bot.lessons.search.index import LanguageIndex, Place

Rows = NDArray[np.int64]

SECTIONS = 2_000
"""So many sections are learnt from at most: more teach little and cost time."""

# A word of one section only goes with every other word of it; one of nearly all goes with none.
LEAST, MOST_SHARE = 2, 0.4
# How much of a word a section must hold to have it, and how well two words must go together.
HELD = 0.35
TOGETHER = 0.5
BEST = 2
_WORD = re.compile(r"[a-z][a-z0-9]{2,}")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of English sections: `rows` holds the sections of each word, one word after another."""

    words: Sequence[str]
    starts: Rows
    rows: Rows
    places: Mapping[Place, int]


def vocabulary(language_index: LanguageIndex, passages: Sequence[Passage]) -> Vocabulary:
    """Return the words of the English index's first sections, without those that bind."""
    places: dict[Place, int] = {}
    found: defaultdict[str, set[int]] = defaultdict(set)
    for window in language_index.windows:
        if len(places) == SECTIONS and window.place not in places:
            break
        section = places.setdefault(window.place, len(places))
        for passage in passages[window.first : window.last + 1]:
            for word in set(lesson_words(f"{passage.chunk.heading} {passage.chunk.text}")):
                found[word].add(section)
    kept = sorted(word for word in found if _WORD.fullmatch(word) and not binds(word, ENGLISH))
    sizes = [len(found[word]) for word in kept]
    rows = [row for word in kept for row in sorted(found[word])]
    return Vocabulary(kept, np.cumsum([0, *sizes])[:-1], np.array(rows, np.int64), places)


class Dictionary:
    """From one language to English."""

    def __init__(self, own: LanguageIndex, english: Vocabulary) -> None:
        """Learn from the sections both have."""
        self._own = own
        shared = [(window, english.places[window.place]) for window in own.windows if window.place in english.places]
        self._firsts = np.array([window.first for window, _ in shared], np.int64)
        self._lasts = np.array([window.last + 1 for window, _ in shared], np.int64)
        self._sections = np.array([section for _, section in shared], np.int64)
        self._width = len(english.places)
        is_shared = np.zeros(self._width + 1, bool)
        is_shared[self._sections] = True
        self._count = int(is_shared.sum())
        self._words, self._starts, self._rows, self._sizes = _restricted(english, is_shared)
        self._known: dict[bytes, Sequence[tuple[str, float]]] = {}

    def english(self, wanted: Grams) -> Sequence[tuple[str, float]]:
        """Return the English words that go best with a word, and how well; empty where none does."""
        key = wanted.tobytes()
        if key not in self._known:
            self._known[key] = self._look_up(wanted) if self._count else ()
        return self._known[key]

    def _look_up(self, wanted: Grams) -> Sequence[tuple[str, float]]:
        held = np.append(self._own.postings.present(wanted), np.float32(0))
        edges = np.stack([self._firsts, self._lasts], axis=1).ravel()
        by_window = np.maximum.reduceat(held, edges)[::2]
        has = np.zeros(self._width + 1, np.float32)
        np.maximum.at(has, self._sections, np.where(by_window >= HELD, by_window, 0))
        count = int((has > 0).sum())
        if not LEAST <= count <= MOST_SHARE * self._count or not self._words:
            return ()
        both = np.add.reduceat(has[self._rows], self._starts)
        dice = 2 * both / (has.sum() + self._sizes * has[has > 0].mean())
        best = np.argsort(-dice)[:BEST]
        return [(self._words[at], float(min(dice[at], 1.0))) for at in best.tolist() if dice[at] >= TOGETHER]


def _restricted(english: Vocabulary, is_shared: NDArray[np.bool_]) -> tuple[Sequence[str], Rows, Rows, Rows]:
    """Return the words of the shared sections that stand in two at least, with their sections."""
    kept = is_shared[english.rows]
    owners = np.repeat(np.arange(len(english.words)), np.diff(np.append(english.starts, len(english.rows))))[kept]
    sizes = np.bincount(owners, minlength=len(english.words))
    rows = english.rows[kept][sizes[owners] >= LEAST]
    chosen = np.flatnonzero(sizes >= LEAST)
    starts = np.cumsum(np.append(0, sizes[chosen]))[:-1]
    return [english.words[at] for at in chosen.tolist()], starts, rows, sizes[chosen]
