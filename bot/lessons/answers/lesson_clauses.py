"""A passage cut into clauses, as what a sentence says is looked for in it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from bot.lessons.answers.clauses import Clause, clauses
from bot.lessons.language.telling import Telling, telling
from bot.lessons.language.word_forms import are_one

REMEMBERED = 64
"""So many passages are kept cut: each sentence of an answer is held against a few of them."""


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """A clause of a lesson: the clauses before it in its sentence, those behind it, and the sentence before."""

    clause: Clause
    before: Sequence[Clause]
    behind: Sequence[Clause]
    previous: Sequence[Clause]


@dataclass(frozen=True, slots=True)
class LessonClauses:
    """A passage cut into clauses, with the words of its headings, and all its words."""

    places: Sequence[LessonPlace]
    headings: Sequence[Telling]
    everything: Sequence[Telling]
    language: str

    def has_run(self, run: Sequence[str]) -> bool:
        """Whether words stand one behind the other somewhere."""
        known = [each.word for each in self.everything]
        return any(_is_run(run, known[begin : begin + len(run)]) for begin in range(len(known)))


@lru_cache(REMEMBERED)
def lesson_clauses(parts: tuple[str, ...], around: str, language: str) -> LessonClauses:
    """Cut a passage's sentences into clauses; `around` are its headings."""
    sentences = [clauses(part, language) for part in parts]
    places = [
        LessonPlace(clause, cut[:at], cut[at + 1 :], sentences[number - 1] if number else ())
        for number, cut in enumerate(sentences)
        for at, clause in enumerate(cut)
    ]
    headings = tuple(telling(around, language))
    everything = [*headings, *(word for place in places for word in place.clause.words)]
    return LessonClauses(places, headings, everything, language)


def _is_run(run: Sequence[str], known: Sequence[str]) -> bool:
    return len(run) == len(known) and all(are_one(a, b) for a, b in zip(run, known, strict=True))
