"""Kinds of facts that are asked for by name, and whether passages tell them of the subject: asked_kinds.toml. Pure.

Who made a thing, when, what it costs or weighs, when the exam is: what lessons mention they seldom tell all about.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from bot.lessons.language.words import folded

# What a line of a language may begin behind; scripts without spaces have no beginnings of words.
_BEGINS = {
    "he": r"(?<!\w)[והבלכמש]{0,2}",
    "ar": r"(?<!\w)(?:[وف]?[بكل]?ال|[وف]?لل|[وفبكل]{1,2})?",
    "ru": r"(?<!\w)",
    "zh": "",
    "ja": "",
}
# So many letters before or behind what somebody did stands the name.
NEAR = 60
ANY, EVERY = "any", ""
_LATIN_BEGINS = r"(?<![A-Za-zÀ-ɏ0-9])"
_NAME = re.compile(r"(?<![\w.])[A-ZÀ-Ý][\w'’-]+")


@dataclass(frozen=True, slots=True)
class AskedKind:
    """A kind of fact, by language. `is_near`: it must be told where the subject stands; `is_named`: by a name."""

    asked: Mapping[str, re.Pattern[str]]
    told: Mapping[str, re.Pattern[str]]
    is_near: bool
    is_named: bool

    def asked_in(self, language: str) -> re.Pattern[str]:
        """Return what asks for it in a language; in any where it is not known how it is asked for in this one."""
        return _of(self.asked, language)

    def is_told(self, sentence: str, *, language: str, given: str) -> bool:
        """Whether a sentence tells such a fact; `given` is what the question says itself, folded."""
        plain, told = folded(sentence), _of(self.told, language)
        if not told.search(plain):
            same = self._same(given)
            return bool(same) and same in plain
        if not self.is_named or not sentence.isascii():
            return True
        # Plain Latin letters are folded one to one, so a place in one is the same place in the other.
        return any(_names_somebody(sentence, *found.span(), given=given) for found in told.finditer(plain))

    def _same(self, given: str) -> str:
        found = self.asked[EVERY].search(given)
        return (found.groupdict().get("same") or "") if found else ""


def _names_somebody(sentence: str, start: int, end: int, *, given: str) -> bool:
    """Whether a new name stands near what is told; at the beginning of a sentence every word has a capital."""
    beside = f" {sentence[max(1, start - NEAR) : end + NEAR]}"
    return any(folded(found[0]) not in given for found in _NAME.finditer(beside))


@cache
def asked_kinds() -> Sequence[AskedKind]:
    """Return all kinds that are known."""
    listed = tomllib.loads(files("bot.lessons.answers").joinpath("asked_kinds.toml").read_text("utf-8"))
    return [
        AskedKind(_patterns(kind["asked"]), _patterns(kind["told"]), kind.get("near", False), kind.get("named", False))
        for kind in listed.values()
    ]


def _of(patterns: Mapping[str, re.Pattern[str]], language: str) -> re.Pattern[str]:
    return patterns.get(language.partition("-")[0], patterns[EVERY])


def _patterns(by_language: Mapping[str, str]) -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of each language, what holds in any among it, and that of all of them together."""
    lines = {
        language: f"{_BEGINS.get(language, _LATIN_BEGINS)}(?:{'|'.join(text.strip().split(chr(10)))})"
        for language, text in by_language.items()
    }
    always = [lines.pop(ANY)] if ANY in lines else []
    each = {language: [line, *always] for language, line in lines.items()} | {EVERY: [*lines.values(), *always]}
    return {language: re.compile("|".join(any_of), re.IGNORECASE) for language, any_of in each.items()}
