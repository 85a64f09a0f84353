"""Clauses: the parts of a sentence that say one thing each, and the words that tell what. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from bot.lessons.language.telling import Telling, light, links, listed, telling
from bot.lessons.language.words import is_wide, words

FEWEST_WORDS = 2
"""A part with fewer telling words is no clause by itself."""

LETTERS_OF_TWO = 3
"""So many letters of a script without spaces count as two words."""

LONGEST_BINDING = 3
"""A word before a pronoun is a link, or no longer than this."""

_STRONG = (";", ":", "؛", "；", "：")
_COMPARES = re.compile(r"\b(?:than|als)\b|比", re.IGNORECASE)
# A clause that goes on about what the one before speaks of.
_GOES_ON = re.compile(r"(?:and|y|e|und|et|и|e)\s+(?!the|a|an|el|la|los|las|der|die|das|le|les)|[וو]\w", re.IGNORECASE)
# What follows is the other half of a "not", however short it is.
_BUT = re.compile(r"(?:sondern|sino|but rather|but|mais|אלא|بل)(?!\w)|但|而", re.IGNORECASE)
_WITH_ARTICLE = re.compile("ו?ה[א-ת]{3}|(?:و|ف)?ال\\w{3}")
_JOINED = re.compile(r"ו\w{2}|و\w{3}")
_REFERS_WIDE = re.compile("^(?:它|他|她|其|这|這|那|该|該|由|被)")


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a sentence, or, where `is_one`, all of it, with its telling words.

    `refers_back`: it begins with what stands for something said before; `has_own`: with a thing that belongs to that;
    `has_pronoun`: it has such a word anywhere;
    `goes_on`: what it speaks of may be said in the clause before.
    """

    text: str
    words: tuple[Telling, ...]
    refers_back: bool = False
    is_one: bool = True
    has_pronoun: bool = False
    has_own: bool = False
    goes_on: bool = False


def clauses(sentence: str, language: str) -> Sequence[Clause]:
    """Cut a sentence into clauses; parts too short to say something go with the one before."""
    found: list[str] = []
    for part in _cut(language).split(sentence):
        stands = (
            not found
            or found[-1].rstrip().endswith(_STRONG)
            or _BUT.match(part.strip())
            or _is_of_its_own(part, language)
        )
        is_short = not stands and _weight(part, language) < FEWEST_WORDS
        if found and (is_short or _weight(found[-1], language) < FEWEST_WORDS):
            found[-1] = f"{found[-1]} {part}"
        elif part.strip():
            found.append(part)
    return [_clause(part, language) for part in found]


def names_its_subject(text: str, language: str) -> bool:
    """Whether a clause begins with a thing of its own, as an article shows."""
    said = [word for word in words(text) if word not in _links(language)][:1]
    return bool(said) and (said[0] in listed("articles") or _WITH_ARTICLE.match(said[0]) is not None)


def compared(text: str, language: str) -> Sequence[Telling]:
    """Return what stands before "than" in a text that compares; empty where none does."""
    found = _COMPARES.search(text)
    return tuple(telling(text[: found.start()], language)) if found else ()


def _clause(part: str, language: str) -> Clause:
    refers_back = _refers_back(part)
    return Clause(
        part,
        tuple(telling(part, language)),
        refers_back,
        has_own=not listed("possessives").isdisjoint(words(part)[:2]),
        has_pronoun=not listed("pronouns").isdisjoint(words(part)),
        goes_on=refers_back or _GOES_ON.match(part.strip()) is not None,
    )


@cache
def _cut(language: str) -> re.Pattern[str]:
    """Return where a sentence is cut; an "and" that is a letter of the next word is seen only by what follows."""
    return re.compile(
        r"(?<=[;:،؛，；：、])(?!\d)\s*|(?<=,)(?!\d)\s*|\s+[–—-]\s+"
        r"|(?<!\w)(?<!\bya )(?<!\bmientras )(?<!\btandis )(?<!\bparce )"
        rf"(?=(?:{links(language)})(?!\w))|(?<=\s)(?<!\bهو )(?<!\bهي )(?=ו\w{{2}}|و\w{{3}})",
        re.IGNORECASE,
    )


def _is_of_its_own(part: str, language: str) -> bool:
    """Whether a part goes on with an "and" and a thing of its own: however short it is, it says something else."""
    first = [*words(part)[:1], ""][0]
    return (first in _links(language) or _JOINED.match(first) is not None) and names_its_subject(part, language)


@cache
def _links(language: str) -> frozenset[str]:
    return frozenset(word for link in links(language).split("|") for word in words(link))


def _weight(part: str, language: str) -> int:
    said = [word for word in telling(part, language) if not word.is_light]
    letters = sum(is_wide(word.word) for word in said)
    return len(said) - letters + 2 * letters // LETTERS_OF_TWO


def _refers_back(part: str) -> bool:
    first, second = [*words(part)[:2], "", ""][:2]
    refers, is_link = listed("refers"), len(first) <= LONGEST_BINDING or first in light()
    return first in refers or (second in refers and is_link) or _REFERS_WIDE.match(first) is not None
