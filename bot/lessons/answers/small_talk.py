"""Small talk and orders to the bot: what is said to it that asks nothing of the lessons, by lists of words. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from bot.lessons.language.words import folded, is_wide, words

# More words than these are no small talk, whatever they are.
MOST = 14
_LAUGHTER = re.compile(r"(?:ha|he|hi|ja|ה|ח|х|ا?ه){2,}[haה]?|l+o+l+|x+d+|k{3,}|w{3,}|т?хи(?:хи)+")
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
def _wide() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_lists()["wide"].split(), key=len, reverse=True))))


@cache
def _fillers() -> frozenset[str]:
    return frozenset(word for filler in _lists()["fillers"].split() for word in words(filler))


@cache
def _orders() -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(_lists()['orders'].strip().split(chr(10)))})", re.IGNORECASE)


def is_small_talk(text: str) -> bool:
    """Whether a text greets, thanks, laughs or asks after the bot, and nothing else."""
    said = words(_wide().sub(" ", folded(text)))
    if len(said) > MOST or not words(text):
        return False
    left = _phrases().sub(" ", " ".join(said)).split()
    if len(left) == len(words(text)) and not any(_LAUGHTER.fullmatch(word) for word in left):
        return False
    return all(
        word not in _ASKS and (word in _fillers() or _LAUGHTER.fullmatch(word) or (is_wide(word) and len(word) == 1))
        for word in left
    )


def is_order(text: str) -> bool:
    """Whether a text orders the bot about instead of asking: to forget its rules, to be somebody, to make up a poem."""
    return _orders().match(folded(text).strip(" \"'“")) is not None
