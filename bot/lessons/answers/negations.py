"""Negations: whether of two texts that say nearly the same one denies what the other says. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from bot.lessons.language.amounts import truth
from bot.lessons.language.stop_words import ENGLISH, binds
from bot.lessons.language.telling import listed
from bot.lessons.language.words import folded, is_wide, pieces, words

_WORDS = frozenset(truth()["negations"].split())
_SHORT = re.compile(
    r"n['’]t\b|\b(?:rather than|instead of|anstatt|en lugar de|en vez de|au lieu de|invece di|em vez de)\b"
    r"|\bfrom (?=\w+ing\b)|\bבמקום\b|\bبدلا من\b"
)
_WIDE = re.compile(
    "不(?!同|仅|僅|断|斷)|没有|沒有|没|沒|无法|無法|未|禁止|不得|不许|不許|不准|ません|ない|なかった|ずに"
)
_CLAUSE = re.compile(r"[,;:.!?،؛。，；、！？—–]|\bbut\b|\bwhile\b")
_AND = re.compile("^[וو](?=\\w{2})")
STEM = 5
"""So many first letters tell a word in another form."""

SCOPE = 3
"""So many words on each side of a negation are what it denies."""


def negated(sentence: str, text: str) -> bool:
    """Whether one of them denies what the other one states."""
    said, here = [*_denied(sentence)], [*_denied(text)]
    ours, theirs = _content(sentence), _content(text)
    denies = any(_is_stated(words_, theirs, here) for words_ in said)
    return denies or any(_is_most(words_, ours) and not _shares(words_, said) for words_ in here)


def denies_anything(text: str) -> bool:
    """Whether a text denies something."""
    return any(True for _ in _denied(text))


def is_denied_alike(sentence: str, text: str) -> bool:
    """Whether two texts of the same words deny an even number of times, or both do not."""
    return len([*_denied(sentence)]) % 2 == len([*_denied(text)]) % 2


def _is_stated(denied: set[str], known: set[str], denials: list[set[str]]) -> bool:
    """Whether what a sentence denies is known to the other text, which denies none of it."""
    return not _shares(denied, denials) and (not denials or bool(denied & known))


def _is_most(denied: set[str], known: set[str]) -> bool:
    """Whether two thirds of what is denied are known."""
    return bool(denied) and 3 * len(denied & known) >= 2 * len(denied)


def _shares(denied: set[str], denials: list[set[str]]) -> bool:
    return any(denied & other for other in denials)


def _denied(text: str) -> Iterator[set[str]]:
    """Yield for each negation the words near it in its clause."""
    for clause in _CLAUSE.split(_SHORT.sub(" not", folded(text))):
        marked = _WIDE.sub(" not ", clause)
        said = words(marked)
        for at, word in enumerate(said):
            if not _denies(word):
                continue
            near = _telling(said[at + 1 :])[:SCOPE] or _telling(said[:at])[-SCOPE:]
            yield set(near)


def _denies(word: str) -> bool:
    """Whether a word denies, an "and" that is written together with it aside."""
    return word in _WORDS or _AND.sub("", word) in _WORDS


def _content(text: str) -> set[str]:
    return set(_telling(words(_WIDE.sub(" ", folded(text)))))


@cache
def _binding() -> frozenset[str]:
    return frozenset(truth()["light"].split()) | listed("before_nouns")


def _telling(said: list[str]) -> list[str]:
    kept = (word for word in said if not (_denies(word) or binds(word, ENGLISH) or word in _binding()))
    return [piece if is_wide(piece) else piece[:STEM] for word in kept for piece in pieces(word)]
