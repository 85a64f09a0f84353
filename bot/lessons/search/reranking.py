"""Reranking: the best passages ordered again by what their sentences and headings say. Pure.

The index knows which parts of words a chunk has; whether one sentence has them together, whether it defines what is
asked for, or tells an amount, only the text says. Few passages are read so, as reading costs time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from bot.domain import Passage
from bot.lessons.language.asked_for import AskedFor, asked_for, compares_by, contrasts, definition
from bot.lessons.language.exercises import is_exercise
from bot.lessons.language.stop_words import content, language_spoken
from bot.lessons.language.words import folded, is_wide, pieces

READ = 16
"""So many passages are read at most, to be ordered again."""

BEHIND = 8.0
"""A passage that is so far behind the best one is not read for that."""

TOGETHER = 7.0
"""What it counts that one sentence has all of the question's words."""

DEFINED = 20.0
"""What a definition in it counts, times how good it is."""

HEADED = 3.0
"""What it counts that the heading says what is asked for and nothing else."""

HEADING = 0.5
"""What a heading that has the question's words counts beside a sentence that has."""

AMOUNT = 1.5
"""What it counts that the sentence with the question's words has a number where one is asked for."""

ASKING = 2.0
"""What a passage loses that asks more than it tells."""

CONTRASTED = 1.0
"""What it counts that the sentence with what is compared has a contrast."""

LISTED = 1.5
"""What it counts that a list stands behind a sentence with the question's words where several things are asked for."""

ENOUGH = 0.5
"""A sentence with less of the question says nothing about it."""

_SENTENCE = re.compile(r"[^.!?。！？؟\n|]+(?:[.](?=\w)[^.!?。！？؟\n|]+)*[.!?。！？؟|]?")
_PARAGRAPH = re.compile(r"(?:[^\n]+\n?)+")
LATIN, PARTICLES = "\u0590", 2
"""Behind this letter scripts write so many letters of particles in front of a word."""

_PARTICLES = re.compile("^(?:[והבלכמש](?=[\u05d0-\u05ea]{3})|[وفبكل]?ال(?=[\u0621-\u064a]{3}))")
_FENCED = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_LISTS = re.compile(r"([^\n]+)\n+[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]")
_SHORTEST_STEM, _ENDING, _LONGER, _LONGEST = 3, 2, 2, 8
_MOST_CHARS = 4_000


class HasScore(Protocol):
    """What has a score."""

    @property
    def score(self) -> float:
        """How good it is among the others."""
        ...


Found = TypeVar("Found", bound=HasScore)


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is looked for: the beginnings of words, with how long a word may be, and pairs of wide letters."""

    stems: Sequence[tuple[str, int, int]]
    pairs: Sequence[tuple[str, int]]
    total: int

    def share(self, said: str) -> float:
        """Return how much of it a folded text has."""
        held = sum(weight for pair, weight in self.pairs if pair in said)
        held += sum(weight for stem, longest, weight in self.stems if stem in said and _stands(said, stem, longest))
        return held / self.total


def worth_reading(found: Sequence[Found], count: int) -> Sequence[Found]:
    """Return as many of what was found as are wanted, and what more may come before these."""
    return [one for at, one in enumerate(found) if at < count or one.score >= found[0].score - BEHIND]


def reranked(question: str, passages: Sequence[Passage]) -> list[Passage]:
    """Return passages, best first, with scores that say so."""
    wanted = asked_for(question)
    said = content(question, language_spoken(question))
    looked = _looked([word for word in said if not (wanted.compares and compares_by(word))] or said)
    if not looked.total or len(passages) < 2:  # noqa: PLR2004 - one is the best
        return list(passages)
    found = [replace(one, score=one.score + _bonus(one, looked, wanted, question)) for one in passages]
    return sorted(found, key=lambda one: -one.score)


def _looked(said: Sequence[str]) -> _Looked:
    stems, pairs = [], []
    for word in said:
        for piece in pieces(word):
            weight = min(len(piece), _LONGEST)
            if is_wide(word):
                pairs.append((piece, weight))
            elif len(piece) > 1:
                bare = _PARTICLES.sub("", piece)
                stem = bare[: max(_SHORTEST_STEM, len(bare) - _ENDING)]
                stems.append((stem, len(bare) + _LONGER, weight))
    return _Looked(stems, pairs, sum(weight for *_, weight in stems) + sum(weight for _, weight in pairs))


def _stands(said: str, stem: str, longest: int) -> bool:
    """Whether a text has a word that begins so and is no longer.

    Hebrew and Arabic write particles in front of it.
    """
    particles = PARTICLES if stem > LATIN else 0
    at = said.find(stem)
    while at >= 0:
        first, last = at, at + len(stem)
        while first and said[first - 1].isalnum():
            first -= 1
        while last < len(said) and said[last].isalnum():
            last += 1
        if at - first <= particles and last - at <= longest:
            return True
        at = said.find(stem, last)
    return False


def _bonus(passage: Passage, looked: _Looked, wanted: AskedFor, question: str) -> float:
    written = passage.chunk.text[:_MOST_CHARS]
    text = folded(written if wanted.code else _FENCED.sub("", written))
    together = HEADING * looked.share(folded(passage.chunk.heading))
    amount = defined = contrasted = 0.0
    # Two things are compared in several sentences of a paragraph.
    for found in (_PARAGRAPH if wanted.compares else _SENTENCE).finditer(text):
        sentence = found[0]
        share = looked.share(sentence)
        if not share:
            continue
        if sentence.endswith(("?", "？", "؟")):
            share *= ENOUGH
        together = max(together, share)
        if wanted.number and any(map(str.isdigit, sentence)):
            amount = max(amount, share * (1 + 0.5 * wanted.is_of_unit(sentence)))
        if wanted.defines and share >= ENOUGH:
            defined = max(defined, definition(wanted.subject, sentence))
        if wanted.compares and contrasts(sentence):
            contrasted = max(contrasted, share)
    bonus = TOGETHER * together + AMOUNT * amount + DEFINED * defined + CONTRASTED * contrasted
    bonus += HEADED * _headed(passage, looked)
    if wanted.several:
        bonus += LISTED * max((looked.share(lead[1]) for lead in _LISTS.finditer(text)), default=0.0)
    if is_exercise(passage.chunk.heading) and not is_exercise(question):
        bonus -= ASKING
    return bonus


def _headed(passage: Passage, looked: _Looked) -> float:
    """Return how much of a question a heading says, and how little else."""
    heading = passage.chunk.heading or passage.document.title
    share = looked.share(folded(heading))
    if not share:
        return 0.0
    told = [piece for word in content(heading, passage.document.language) for piece in pieces(word)]
    pairs = {pair for pair, _ in looked.pairs}
    known = sum(one in pairs or any(_stands(one, stem, longest) for stem, longest, _ in looked.stems) for one in told)
    return share * known / len(told) if told else 0.0
