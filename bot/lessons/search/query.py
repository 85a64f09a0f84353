"""A question read as a query: its language, its words with their weights, and the text that is embedded. Pure."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.domain import LessonQuestion
from bot.lessons.language.asked_for import asked_for, compares_by
from bot.lessons.language.stop_words import ENGLISH, binds, content, language_asked, language_told
from bot.lessons.language.terms import english_of
from bot.lessons.language.words import is_wide, pieces, words

# What the previous question's words count beside those of one that leans on it.
BEFORE = 0.5
# What a word counts that only says that two things are compared.
COMPARING = 0.25
# A question of so few words says nothing by itself.
ALONE = 1
# "And" is written as a prefix in Hebrew and Arabic.
_AND = ("ו", "و")
# More words than these name what they ask for.
FEW = 3


@dataclass(frozen=True, slots=True)
class Term:
    """A word that is looked for, or a pair of letters of one; `english` are the words English lessons have for it."""

    text: str
    weight: float = 1.0
    english: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: `spoken` is the question's language, `languages` are looked in, the preferred one first."""

    spoken: str
    languages: tuple[str, ...]
    terms: tuple[Term, ...]
    embedded: str


def asked(question: LessonQuestion, indexed: Collection[str], *, leans: bool | None = None) -> Asked:
    """Read a question; `leans` says whether its predecessor is read with it, None leaves that to the question."""
    own = _own(question.text, indexed)
    wanted = dict.fromkeys([question.language, own, ENGLISH])
    languages = tuple(language for language in wanted if language in indexed) or tuple(sorted(indexed))
    terms = _terms(question.text, own, weight=1.0)
    if not question.previous or not (leans_back(question.text, own) if leans is None else leans):
        return Asked(own, languages, terms, question.text)
    known = {term.text for term in terms}
    before = [term for term in _terms(question.previous, own, weight=BEFORE) if term.text not in known]
    return Asked(own, languages, (*terms, *before), f"{question.previous} {question.text}")


def _own(text: str, indexed: Collection[str]) -> str:
    """Return the language of a question, also where it surely is in one that no lesson is in."""
    own, told = language_asked(text, indexed), language_told(text)
    is_another = told and told != own.partition("-")[0] and not any(tag.partition("-")[0] == told for tag in indexed)
    return told if is_another else own


def leans_back(text: str, language: str) -> bool:
    """Whether a question can hardly be understood without the one before."""
    said = content(text, language)
    points = not _following()["pointing"].isdisjoint(words(text))
    return len(said) <= ALONE or _goes_on(words(text), language) or (len(said) <= FEW and points)


def points_back(text: str) -> bool:
    """Whether a sentence begins with a word that stands for something said before."""
    return not _following()["pointing"].isdisjoint(words(text)[:1])


def _goes_on(said: Sequence[str], language: str) -> bool:
    following = _following()
    first = said[0] if said else ""
    if first in following["onward"] or (is_wide(first) and first.startswith(tuple(following["onward_wide"]))):
        return True
    return first.startswith(_AND) and binds(first[1:], language)


@cache
def _following() -> Mapping[str, frozenset[str]]:
    listed: dict[str, str] = tomllib.loads(files("bot.lessons.search").joinpath("following.toml").read_text("utf-8"))
    return {name: frozenset(text.split()) for name, text in listed.items()}


def _terms(text: str, language: str, *, weight: float) -> tuple[Term, ...]:
    said = content(text, language)
    light = compares_by if asked_for(text).compares else (lambda _: False)
    english = {} if language == ENGLISH else english_of(words(text))
    return tuple(
        Term(piece, weight * (COMPARING if light(word) else 1.0), english.get(piece, english.get(word, ())))
        for word, piece in _looked_for(said)
        if len(piece) > 1 or not is_wide(piece)
    )


def _looked_for(said: Sequence[str]) -> list[tuple[str, str]]:
    found = {piece: word for word in said for piece in pieces(word)}
    return [(word, piece) for piece, word in found.items()]
