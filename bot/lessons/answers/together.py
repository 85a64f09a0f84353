"""Whether the words of a question stand together: apart, they mean other things. Pure.

"Boiling" and "point" of one section and "glycerol" of another tell no boiling point of glycerol.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

from bot.domain import Passage
from bot.lessons.answers.held_words import (
    SHORTEST_FORM,
    SHORTEST_SLIP,
    bare,
    english_names,
    forms,
    kept,
    said_in,
    vocabulary,
)
from bot.lessons.answers.lacking import is_slip
from bot.lessons.language.generic_words import topic_words
from bot.lessons.language.words import is_wide

FEW_WORDS, OF_MANY = 4, 0.5
"""So many words must all stand there, and such a part of more: who asks at length says it in other words."""

HELD = 0.5
"""Of a run of a script without spaces so many pairs of letters must stand there."""

Named = Sequence[Sequence[str]]
"""A word as the names it may have, each piece of it for itself."""


def stand_together(asked: str, language: str, passages: Sequence[Passage]) -> bool:
    """Whether a sentence under its headings has all words of a question that say something, or half of many."""
    english = english_names(asked, language)
    said = [word for word in topic_words(asked, language) if not word.isdecimal()]
    wanted = [named for word in said if (named := [form.names for form in forms([word], english)])]
    if len(wanted) <= 1:
        return True
    needed = len(wanted) if len(wanted) <= FEW_WORDS else math.ceil(OF_MANY * len(wanted))
    return any(_most(wanted, passage) >= needed for passage in passages)


def _most(wanted: Sequence[Named], passage: Passage) -> int:
    """Return how many of the words the sentence has that has most of them."""
    head = vocabulary("\n".join((*passage.chunk.heading_path, passage.document.title)))
    sentences = [vocabulary(text) for text in said_in(passage.chunk.text)]
    known = head.union(*sentences)
    alike = [[frozenset(_alike(names, known)) for names in word] for word in wanted]
    return max(sum(_stands(word, head, sentence) for word in alike) for sentence in [*sentences, frozenset[str]()])


def _stands(pieces: Sequence[frozenset[str]], head: Collection[str], sentence: Collection[str]) -> bool:
    held = sum(not (piece.isdisjoint(sentence) and piece.isdisjoint(head)) for piece in pieces)
    return held >= HELD * len(pieces)


def _alike(names: Sequence[str], known: Collection[str]) -> Iterator[str]:
    """Yield the words that are one of these in some form."""
    for name in names:
        if name in known:
            yield name
        elif len(name) >= SHORTEST_FORM:
            yield from _other_forms(name, known)


def _other_forms(name: str, known: Collection[str]) -> Iterator[str]:
    stem = name[: kept(name)]
    yield from (word for word in known if word.startswith(stem))
    yield from (word for word in bare(name) if word in known)
    if len(name) >= SHORTEST_SLIP and not is_wide(name):
        yield from (word for word in known if is_slip(name, word))
