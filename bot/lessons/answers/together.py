"""Whether the words of a question stand together: apart, they mean other things. Pure.

"Boiling" and "point" of one section and "glycerol" of another tell no boiling point of glycerol.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

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

ONCE = 2
"""A word that so many sentences have is not said by the way; a heading that has it counts as many."""

Named = Sequence[Sequence[str]]
"""A word as the names it may have, each piece of it for itself."""


@dataclass(frozen=True, slots=True)
class WordsStanding:
    """Where the words of a question stand.

    `are_together`: all of few, or half of many, in one sentence under its headings. `are_treated`: each of them in more
    sentences than one, or in a heading.
    """

    are_together: bool
    are_treated: bool


def standing(asked: str, language: str, passages: Sequence[Passage]) -> WordsStanding:
    """Return where the words stand that say what a question is about."""
    english = english_names(asked, language)
    said = [word for word in topic_words(asked, language) if not word.isdecimal()]
    wanted = [named for word in said if (named := [form.names for form in forms([word], english)])]
    needed = len(wanted) if len(wanted) <= FEW_WORDS else math.ceil(OF_MANY * len(wanted))
    most, times = 0, [0] * len(wanted)
    for passage in passages:
        in_head, in_sentences = _where(wanted, passage)
        most = max(most, *(sum(map(any, zip(in_head, each, strict=True))) for each in [*in_sentences, in_head]))
        for at, is_named in enumerate(in_head):
            times[at] += ONCE * is_named + sum(each[at] for each in in_sentences)
    is_one = len(wanted) <= 1 and all(len(pieces) <= FEW_WORDS for pieces in wanted)
    return WordsStanding(is_one or most >= needed, all(count >= ONCE for count in times))


def _where(wanted: Sequence[Named], passage: Passage) -> tuple[list[bool], list[list[bool]]]:
    """Return of each word whether the headings have it, and whether each of the sentences has."""
    head = vocabulary("\n".join((*passage.chunk.heading_path, passage.document.title)))
    sentences = [vocabulary(text) for text in said_in(passage.chunk.text)]
    known = head.union(*sentences)
    alike = [[frozenset(_alike(names, known)) for names in word] for word in wanted]
    return [_stands(word, head) for word in alike], [[_stands(word, text) for word in alike] for text in sentences]


def _stands(pieces: Sequence[frozenset[str]], text: Collection[str]) -> bool:
    return sum(not piece.isdisjoint(text) for piece in pieces) >= HELD * len(pieces)


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
