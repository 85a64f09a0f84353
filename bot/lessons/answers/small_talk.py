"""Small talk and orders to the bot: what is said to it that asks nothing of the lessons, by lists of words. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.lessons.answers.lacking import is_slip
from bot.lessons.language.words import folded, is_wide, words

# More words than these are no small talk, whatever they are.
MOST = 14
_LAUGHTER = re.compile(
    r"a?(?:ha|he|hi|ja|je|hue|ה|ח|х|ха|хе|ا?ه|ههه){2,}[haהх]?|а(?:ха)+х?|l+o+l+z?|lma+o+|x+d+|k{3,}|w{3,}|т?хи(?:хи)+"
)
# A letter that is drawn out: "sooo", "thaaanks".
_DRAWN_OUT = re.compile(r"([^\W\d])\1{2,}")
_LONG_ENOUGH = 6
# Sentences and what stands before a comma, with the marks behind them.
_PARTS = re.compile(r"[^.,!?…\n。，！？、؟،]+[.,!?…\n。，！？、؟،]*\s*|[.,!?…\n。，！？、؟،]+\s*")
_ASKS = frozenset(("what", "which", "why", "how", "where", "when", "who", "whose", "explain", "define", "describe"))


@cache
def _lists() -> Mapping[str, str]:
    lists: dict[str, str] = tomllib.loads(files("bot.lessons.answers").joinpath("small_talk.toml").read_text("utf-8"))
    return lists


@cache
def _phrases() -> re.Pattern[str]:
    said = (" ".join(words(phrase)) for line in _lists()["said"].strip().split("\n") for phrase in line.split("|"))
    longest = sorted({phrase for phrase in said if phrase}, key=len, reverse=True)
    return re.compile(rf"(?<!\S)(?:{'|'.join(map(re.escape, longest))})(?!\S)")


@cache
def _long_words() -> frozenset[str]:
    phrases = (words(phrase) for line in _lists()["said"].strip().split("\n") for phrase in line.split("|"))
    return frozenset(said[0] for said in phrases if len(said) == 1 and len(said[0]) >= _LONG_ENOUGH)


@cache
def _wide() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_lists()["wide"].split(), key=len, reverse=True))))


@cache
def _fillers() -> frozenset[str]:
    return frozenset(word for filler in _lists()["fillers"].split() for word in words(filler))


@cache
def _orders() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_lists()['orders'].strip().split(chr(10)))})", re.IGNORECASE)


def is_small_talk(text: str) -> bool:
    """Whether a text greets, thanks, scolds, laughs or asks after the bot, or has no word, and does nothing else."""
    plain = _DRAWN_OUT.sub(r"\1", folded(text))
    if not words(text):
        return bool(text.strip())
    if len(words(text)) > MOST:
        return False
    return any(_is_said(each) for each in dict.fromkeys((folded(text), plain)))


def without_small_talk(text: str) -> str:
    """Return a question without the sentences around it that ask nothing, or all of it where nothing is left."""
    parts = [] if is_small_talk(text) else _PARTS.findall(text)
    while parts and is_small_talk(parts[0]):
        parts.pop(0)
    while parts and is_small_talk(parts[-1]):
        parts.pop()
    return "".join(parts).strip() or text


def _is_said(text: str) -> bool:
    before = words(text)
    left = _phrases().sub(" ", " ".join(words(_wide().sub(" ", text)))).split()
    if left == before and not any(_LAUGHTER.fullmatch(word) or _is_slip(word) for word in left):
        return False
    return all(word not in _ASKS and (_says_nothing(word) or _is_slip(word)) for word in left)


def _says_nothing(word: str) -> bool:
    return word in _fillers() or _LAUGHTER.fullmatch(word) is not None or (is_wide(word) and len(word) == 1)


def _is_slip(word: str) -> bool:
    """Whether letters of a word that is said are swapped, missing or doubled; another letter makes another word."""
    return len(word) >= _LONG_ENOUGH and any(
        is_slip(word, other) and (len(word) != len(other) or sorted(word) == sorted(other)) for other in _long_words()
    )


def is_order(text: str) -> bool:
    """Whether a text orders the bot about instead of asking: to forget its rules, to be somebody, to make up a poem."""
    return _orders().match(folded(text).strip(" \"'“")) is not None
