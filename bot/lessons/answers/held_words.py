"""Holding: how much of what a question looks for stands in passages, in whatever form and letters. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from bot.domain import Passage
from bot.lessons.answers.lacking import is_slip
from bot.lessons.answers.units import units
from bot.lessons.language.stop_words import ENGLISH, binds, content
from bot.lessons.language.terms import english_of
from bot.lessons.language.words import is_wide, lesson_words, pieces, words

WHOLE, ALIKE, WITHOUT_PREFIX = 1.0, 0.8, 0.7
# A word of fewer letters has no form that is told from another word.
SHORTEST_FORM = 4
SAME_LETTERS = 0.7
SHORTEST_SLIP = 4
LONGEST = 8
WIDE_PAIR = 3
# Hebrew and Arabic write up to two particles in front of a word.
PREFIXED = re.compile("[\u0590-\u06ff]")
PREFIXES = (1, 2)
# What was read of the passages of one question, which each sign looks at anew.
KEPT = 128
_HAN = re.compile("[\u3400-\u9fff]")
# What a word counts that only code has: there it may be anything's name.
IN_CODE = 0.4
FENCED = re.compile(
    r"^[ \t>]*(?:`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?:`{3,}|~{3,})[ \t]*$|\Z)", re.DOTALL | re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class Form:
    """A word that is looked for, with its English names, and what it counts."""

    names: Sequence[str]
    weight: int


def forms(said: Sequence[str], english: Mapping[str, tuple[str, ...]]) -> list[Form]:
    """Longer words say more; a pair of letters of a script without spaces says as much as a short word.

    Of such a script a letter that was left alone is a word where it is a Chinese one, and nothing else where it is not.
    """
    forms = []
    for word in said:
        if is_wide(word) and len(word) == 1 and not _HAN.match(word):
            continue
        names = [name for translated in english.get(word, ()) for name in words(translated)]
        forms += [
            Form((piece, *names), WIDE_PAIR if is_wide(word) else min(len(piece), LONGEST)) for piece in pieces(word)
        ]
    return forms


def held_share(looked_for: Sequence[Form], passages: Sequence[Passage]) -> float:
    """Return the share of what is looked for that stands in the passages."""
    prose, code = _vocabulary(passages, is_code=False), _vocabulary(passages, is_code=True)
    lengths = {kept(name) for form in looked_for for name in form.names}
    begun, begun_in_code = _beginnings(prose, lengths), _beginnings(code, lengths)
    total = sum(form.weight for form in looked_for)
    held = sum(
        form.weight
        * max(max(_likeness(name, prose, begun), IN_CODE * _likeness(name, code, begun_in_code)) for name in form.names)
        for form in looked_for
    )
    return held / total if total else 0.0


def _beginnings(known: Collection[str], lengths: Collection[int]) -> dict[int, set[str]]:
    return {length: {word[:length] for word in known} for length in lengths}


def _vocabulary(passages: Sequence[Passage], *, is_code: bool) -> set[str]:
    """Return the words of the prose, headings included, or those of the code."""
    known: set[str] = set()
    for passage in passages:
        blocks = FENCED.findall(passage.chunk.text)
        prose = (*passage.chunk.heading_path, passage.document.title, FENCED.sub("", passage.chunk.text))
        known |= vocabulary("\n".join(blocks if is_code else prose))
    return known


@lru_cache(KEPT)
def said_in(text: str) -> Sequence[str]:
    """Return the sentences, items, rows and code of a passage."""
    return [unit.text for unit in units(text)]


@lru_cache(KEPT)
def vocabulary(text: str) -> frozenset[str]:
    """Return the words of a text, those with particles in front without them, too."""
    known: set[str] = set()
    for word in lesson_words(text):
        known.update(pieces(word))
        known.update(bare(word))
        if is_wide(word):
            known.update(_HAN.findall(word))
    return frozenset(known)


def bare(word: str) -> list[str]:
    """Return a word without what may be particles in front of it, in scripts that write them so."""
    return [word[cut:] for cut in PREFIXES if len(word) - cut >= SHORTEST_FORM - 1] if PREFIXED.match(word) else []


def _likeness(word: str, known: Collection[str], beginnings: dict[int, set[str]]) -> float:
    """Return how well a text with these words has this one: whole, in another form, or without its particles."""
    if word in known:
        return WHOLE
    if len(word) < SHORTEST_FORM:
        return 0.0
    if word[: kept(word)] in beginnings[kept(word)]:
        return ALIKE
    if len(word) >= SHORTEST_SLIP and not is_wide(word) and any(is_slip(word, other) for other in known):
        return ALIKE
    return WITHOUT_PREFIX if any(each in known for each in bare(word)) else 0.0


def kept(word: str) -> int:
    """Return how many first letters two forms of a word have in common."""
    return max(SHORTEST_FORM, math.ceil(SAME_LETTERS * len(word)))


def looked_for_by(asked: str, language: str, *, or_all: bool = True) -> Sequence[Form]:
    """Return what a question in this language looks for; `or_all`: all its words where they merely bind."""
    said = content(asked, language)
    if not or_all:
        said = [word for word in said if not binds(word, language)]
    return forms(said, english_names(asked, language))


def english_names(asked: str, language: str) -> Mapping[str, tuple[str, ...]]:
    """Return what English lessons write for the words of a question in another language."""
    return english_of(words(asked)) if language != ENGLISH else {}


def with_text(passage: Passage, text: str) -> Passage:
    """Return the passage with another text under the same headings."""
    return replace(passage, chunk=replace(passage.chunk, text=text))
