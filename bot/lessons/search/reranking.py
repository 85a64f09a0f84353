"""Reranking: the best passages ordered again by what their sentences and headings say. Pure.

The index knows which parts of words a chunk has; whether one sentence has them together, whether it defines what is
asked for, or tells an amount, only the text says. Few passages are read so, as reading costs time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import Passage
from bot.lessons.language.asked_for import AskedFor, asked_for, compares_by, contrasts, definition
from bot.lessons.language.exercises import is_exercise
from bot.lessons.language.stop_words import content, language_spoken
from bot.lessons.language.words import folded, is_wide, pieces

READ = 16
"""So many passages are read, to be ordered again."""

TOGETHER = 7.0
"""What it counts that one sentence has all of the question's words."""

DEFINED = 14.0
"""What a definition in it counts, times how good it is."""

HEADED = 3.0
"""What it counts that the heading says what is asked for and nothing else."""

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
LATIN = "\u0590"
"""Letters before this one are written without particles."""

_FENCED = re.compile(r"^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\1[`~]*[ \t]*$|\Z)", re.DOTALL | re.MULTILINE)
_TOKEN = re.compile(r"[^\W_]+")
_LISTS = re.compile(r"([^\n]+)\n+[ \t]*(?:[-*+•]|\d{1,2}[.)])[ \t]")
_SHORTEST_STEM, _ENDING, _LONGER, _LONGEST = 3, 2, 2, 8
_MOST_CHARS = 4_000


@dataclass(frozen=True, slots=True)
class _Looked:
    """What is looked for: the beginnings of words, with how long a word may be, and pairs of wide letters."""

    stems: Sequence[tuple[str, int, int]]
    pairs: Sequence[tuple[str, int]]
    total: int

    def share(self, said: str) -> float:
        """Return how much of it a folded text has."""
        held = sum(weight for pair, weight in self.pairs if pair in said)
        begun = [each for each in self.stems if each[0] in said]
        if begun:
            tokens = _TOKEN.findall(said)
            held += sum(weight for stem, longest, weight in begun if _has(tokens, stem, longest))
        return held / self.total


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
            else:
                stems.append((piece[: max(_SHORTEST_STEM, len(piece) - _ENDING)], len(piece) + _LONGER, weight))
    return _Looked(stems, pairs, sum(weight for *_, weight in stems) + sum(weight for _, weight in pairs))


def _has(tokens: Sequence[str], stem: str, longest: int) -> bool:
    return any(len(token) <= longest and _begins(token, stem) for token in tokens)


def _begins(word: str, stem: str) -> bool:
    """Whether a word begins so, behind a particle that Hebrew and Arabic write in front of it too."""
    return word.startswith(stem) or (word[:1] > LATIN and word.find(stem, 1, len(stem) + 2) > 0)


def _bonus(passage: Passage, looked: _Looked, wanted: AskedFor, question: str) -> float:
    written = passage.chunk.text[:_MOST_CHARS]
    text = folded(written if wanted.code else _FENCED.sub("", written))
    together = amount = defined = contrasted = 0.0
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
    bonus += HEADED * _headed(passage.chunk.heading or passage.document.title, looked)
    if wanted.several:
        bonus += LISTED * max((looked.share(lead[1]) for lead in _LISTS.finditer(text)), default=0.0)
    if is_exercise(passage.chunk.heading) and not is_exercise(question):
        bonus -= ASKING
    return bonus


def _headed(heading: str, looked: _Looked) -> float:
    """Return how much of a question a heading says, and how little else."""
    said = content(heading, language_spoken(heading)) if heading else []
    told = [piece for word in said for piece in pieces(word)]
    if not told:
        return 0.0
    asked = {pair for pair, _ in looked.pairs}
    known = sum(
        piece in asked or any(_has([piece], stem, longest) for stem, longest, _ in looked.stems) for piece in told
    )
    return looked.share(" ".join(said)) * known / len(told)
