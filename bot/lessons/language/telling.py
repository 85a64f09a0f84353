"""Telling words: those of a text that say something, and of each whether it is light, a number or a name. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.lessons.language.amounts import amounts, truth
from bot.lessons.language.stop_words import ENGLISH, binds
from bot.lessons.language.word_forms import are_one
from bot.lessons.language.words import folded, is_wide, words

NUMERALS = frozenset("一二三四五六七八九十百千万億亿两兩零〇")
# In German every noun has a capital.
CAPITAL_NOUNS = "de"
_CAPITAL = re.compile(r"(?<=[\w,;] )[A-ZÀ-ÞА-Я][\w-]+")
_WITH_ARTICLE = re.compile("(?:ה|בה|לה|מה|וה)[א-ת]{3}|(?:ال|وال|بال|لل)\\w{3}")
_JOINED = re.compile(r"^[וو](?=\w{2})")
# "Hall A": the letter is a name. "I" is a word.
_LETTER_NAME = re.compile(r"(?<=\w )([A-HJ-Z])(?![\w'’])")
# A year is the same with the word "year" before it.
_YEAR = re.compile(r"\d{4}")
_TO = frozenset({"de", "para", "a", "à", "pour"})
"""Before an infinitive these are no prepositions."""


@dataclass(frozen=True, slots=True)
class Telling:
    """A word that tells something: folded; whether it is light, a number, or has a capital, which names have."""

    word: str
    is_light: bool = False
    is_number: bool = False
    is_name: bool = False


@cache
def listed(name: str) -> frozenset[str]:
    """Return a list of words from clauses.toml."""
    return frozenset(word for each in _lists()["words"][name].split() for word in words(each))


@cache
def links(language: str) -> str:
    """Return the words between two clauses, as a pattern; English ones for a language without a list."""
    known = _lists()["links"]
    return known.get(language.partition("-")[0], known[ENGLISH])


@cache
def _lists() -> Mapping[str, Mapping[str, str]]:
    return tomllib.loads(files("bot.lessons.language").joinpath("clauses.toml").read_text("utf-8"))


@cache
def light() -> frozenset[str]:
    """Return the words with which one says the same in another way, and those that deny: they are weighed elsewhere."""
    told = f"{truth()['light']} {truth()['negations']}"
    referring = listed("possessives") | listed("pronouns") | listed("refers")
    return referring | {part for word in told.split() for part in words(word)}


@cache
def _light_phrases() -> re.Pattern[str]:
    return re.compile("|".join(truth()["light_phrases"].split()))


@cache
def _light_wide() -> frozenset[str]:
    return frozenset(truth()["light_wide"])


@cache
def _linking(language: str) -> frozenset[str]:
    return frozenset(word for link in links(language).split("|") for word in words(link))


def telling(text: str, language: str) -> Iterator[Telling]:
    """Yield the words of a text that do not merely bind; of a script without spaces each letter."""
    text = _LETTER_NAME.sub(r"\1letter", text)
    named = set() if language == CAPITAL_NOUNS else {word for each in _CAPITAL.findall(text) for word in words(each)}
    said = words(text)
    for word, following in zip(said, [*said[1:], ""], strict=False):
        if is_wide(word):
            spoken = _light_phrases().sub("", word)
            yield from (Telling(each, is_number=each in NUMERALS) for each in spoken if each not in _light_wide())
        elif len(word) > 1 or word.isdigit():
            is_number = bool(amounts(word))
            if is_number or not _is_bound(word, following, language):
                is_light = not is_number and not (light() | _linking(language)).isdisjoint(
                    {word, _JOINED.sub("", word)}
                )
                yield Telling(word, is_light=is_light, is_number=is_number, is_name=word in named)


def _is_bound(word: str, following: str, language: str) -> bool:
    is_of_a_year = word in listed("years") and _YEAR.fullmatch(following) is not None
    return binds(word, language) or binds(word, ENGLISH) or is_of_a_year


def holds(among: Sequence[Telling], word: Telling) -> bool:
    """Whether a word, or a form of it, is among others."""
    return any(are_one(word.word, each.word) for each in among)


def is_noun_like(word: str, text: str) -> bool:
    """Whether a word stands behind an article or a preposition in a text, or has a capital or an article of its own."""
    said = folded(text)
    at = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", said)
    if at is None:
        return False
    capital = word.capitalize()
    has_capital = capital != word and re.search(rf"(?<=[\w,;] ){re.escape(capital)}", text) is not None
    before = [*words(said[: at.start()])[-1:], ""][0]
    is_infinitive = word.endswith("r") and before in _TO
    is_behind = before in listed("before_nouns") and not is_infinitive
    return has_capital or _WITH_ARTICLE.match(word) is not None or is_behind
