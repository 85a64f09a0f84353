"""Names and terms in other scripts and languages, and what English lessons write for them: terms.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from bot.lessons.language.words import is_wide, pieces, words

# Letters a term may begin with without being another one: "in", "the", "and" are written so.
_HEBREW = re.compile("[ובהלכמש]{1,3}(?=[\u05d0-\u05ea]{2})")
_ARABIC = re.compile("(?:[وف]?[بكل]?ال|[وف]?لل|[وفبكل]{1,2})(?=[\u0621-\u064a]{2})")
# How many letters of an ending a word of a term may have, and how long it must be for that.
ENDING = 3
STEM = 4

Known = Sequence[tuple[tuple[str, ...], tuple[str, ...]]]


def english_of(said: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """Return for the words of a question that are part of a term, or their pairs of letters, the English words for it.

    The longest term at a place is taken.
    """
    found: dict[str, tuple[str, ...]] = {}
    run = "".join(said)
    for joined, english in _wide():
        if joined in run:
            for piece in pieces(joined):
                found.setdefault(piece, english)
    for at in range(len(said)):
        for form, english in _starting(said[at]):
            if len(said) - at >= len(form) and all(map(_is_form, said[at + 1 :], form[1:])):
                for word in said[at : at + len(form)]:
                    found.setdefault(word, english)
    return found


def _starting(word: str) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield the terms whose first word this may be, the longest first."""
    spaced = _spaced()
    for bare in _bare(word):
        for form, english in spaced.get(bare[:2], ()):
            if _is_form(bare, form[0]):
                yield form, english


def _bare(word: str) -> list[str]:
    """Return a word as it stands, and without the letters that may be prefixes."""
    prefix = _HEBREW.match(word) or _ARABIC.match(word)
    return [word] + [word[end:] for end in range(1, prefix.end() + 1)] if prefix else [word]


def _is_form(word: str, stem: str) -> bool:
    """Whether a word is this one, or this one with an ending."""
    return word == stem or (len(stem) >= STEM and word.startswith(stem) and len(word) - len(stem) <= ENDING)


@cache
def _forms() -> Known:
    listed: dict[str, list[str]] = tomllib.loads(
        files("bot.lessons.language").joinpath("terms.toml").read_text("utf-8")
    )
    forms = [(tuple(_bare_form(form)), tuple(words(english))) for english, each in listed.items() for form in each]
    return sorted(forms, key=lambda one: -len("".join(one[0])))


def _bare_form(form: str) -> list[str]:
    said = words(form)
    return [_ARABIC.sub("", said[0], count=1) if said[0].startswith("ال") else said[0], *said[1:]]


@cache
def _wide() -> Sequence[tuple[str, tuple[str, ...]]]:
    return [("".join(form), english) for form, english in _forms() if any(map(is_wide, form))]


@cache
def _spaced() -> Mapping[str, Known]:
    """Return the terms of scripts with spaces by the first two letters of their first word."""
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]] = {}
    for form, english in _forms():
        if not any(map(is_wide, form)):
            found.setdefault(form[0][:2], []).append((form, english))
    return found
