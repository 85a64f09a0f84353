"""Forms of words: whether two are the same word, inflected another way. Pure.

No dictionary: endings and what Hebrew and Arabic put before a word are taken off. What is left must be the same, or
begin alike for the greater part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from unicodedata import normalize

from bot.lessons.language.amounts import amounts, truth
from bot.lessons.language.words import is_wide, words

REMEMBERED = 8192
SHORTEST_STEM = 3
_NONE: frozenset[int] = frozenset()
MOST_PREFIXES = 3
LONGEST_ENDING = 4

ALIKE, FEWEST_ALIKE = 0.62, 4
"""Two words that have this part of the longer one in common from their beginning on are one."""

_HEBREW, _ARABIC = re.compile("[\u05d0-\u05ea]"), re.compile("[\u0621-\u064a]")
_SPELT = {
    "metre": "meter",
    "litre": "liter",
    "centre": "center",
    "fibre": "fiber",
    "theatre": "theater",
    "grey": "gray",
}
_SPELT |= {f"{each}our": f"{each}or" for each in ("col", "harb", "lab", "fav", "flav", "neighb", "behavi")}
# Words that are spelt in two ways in English.
_BRITISH = re.compile("|".join(_SPELT))
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")
_DIGIT = re.compile(r"\d")
_ENDINGS = re.compile(
    r"(?:ing|ings|ed|es|er|ers|ly|en|em|et|te|ten|st|est|e|s|n|d|a|o|os|as|ir|ar|an|ado|ada|ido|ida|ados|adas|idos|idas)"
)
_HEBREW_PREFIX, _HEBREW_ENDING = "והבלכמשנית", re.compile("(?:יהמ|יהנ|ימ|ות|תה|תי|נו|יו|ה|ת|י|מ|נ|ו)$")
_ARABIC_PREFIX = re.compile("^(?:وال|فال|بال|كال|لل|ال|و|ف|ب|ل|ك|س|ي|ت|ن|ا)")
_ARABIC_ENDING = re.compile("(?:هما|ها|هم|ون|ين|ان|ات|وا|ته|ه|ت|ا|ي)$")
# Letters that are written in two ways: with or without a hamza, and at the end of a Hebrew word.
_LETTERS = str.maketrans("أإآىةךםןףץ", "ااايهכמנפצ")
_ARABIC_WEAK, _HEBREW_WEAK = re.compile("[اوي]"), re.compile("[וי]")


def are_one(one: str, other: str) -> bool:
    """Whether two folded words are forms of one; a number is the same only where it says the same."""
    if one == other:
        return True
    ours, theirs = _traits(one), _traits(other)
    if ours.is_wide or theirs.is_wide:
        return False
    if ours.numbers or theirs.numbers:
        return not ours.numbers.isdisjoint(theirs.numbers)
    is_alike = not ours.stems.isdisjoint(theirs.stems) or not ours.lines.isdisjoint(theirs.lines)
    return is_alike or _begin_alike(ours.bare, theirs.bare) or _is_made_of(ours.bare, theirs.bare)


@dataclass(frozen=True, slots=True)
class _Traits:
    """What two forms of a word have in common: stems, numbers, or the lines of a list that they stand in."""

    bare: str
    is_wide: bool
    numbers: frozenset[str]
    stems: frozenset[str]
    lines: frozenset[int]


@lru_cache(REMEMBERED)
def _traits(word: str) -> _Traits:
    numbers = frozenset(amounts(word)) or frozenset({word} if _DIGIT.search(word) else ())
    return _Traits(_bare(word), is_wide(word), numbers, _stems(word), _alike().get(word, _NONE))


@cache
def _alike() -> Mapping[str, frozenset[int]]:
    """Return the lines of the list that each word stands in."""
    lines = truth()["alike"].strip().split("\n")
    found: dict[str, frozenset[int]] = {}
    for number, line in enumerate(lines):
        for word in words(line):
            found[word] = found.get(word, _NONE) | {number}
    return found


def _bare(word: str) -> str:
    """Return a word without accents, in one spelling."""
    plain = "".join(letter for letter in normalize("NFD", word) if not "\u0300" <= letter <= "\u036f")
    return _BRITISH.sub(lambda found: _SPELT[found[0]], plain.replace("ß", "ss").translate(_LETTERS))


def _stems(word: str) -> frozenset[str]:
    bare = _bare(word)
    if _HEBREW.search(bare):
        return frozenset(_hebrew(bare))
    if _ARABIC.search(bare):
        return frozenset(_arabic(bare))
    return frozenset(_latin(bare))


def _latin(word: str) -> Iterator[str]:
    """Yield a word without its ending; German participles without `ge`."""
    for form in (word, word[2:] if word.startswith("ge") and len(word) > 2 * SHORTEST_STEM else word):
        yield form
        for at in range(1, LONGEST_ENDING + 1):
            if len(form) - at >= SHORTEST_STEM and _ENDINGS.fullmatch(form[-at:]):
                yield form[:-at]
                if _DOUBLED.search(form[:-at]):
                    yield form[: -at - 1]


def _hebrew(word: str) -> Iterator[str]:
    for cut in range(MOST_PREFIXES + 1):
        if cut and (len(word) - cut < SHORTEST_STEM or word[cut - 1] not in _HEBREW_PREFIX):
            break
        form = word[cut:]
        for stem in (form, _HEBREW_ENDING.sub("", form)):
            if len(root := _HEBREW_WEAK.sub("", stem)) >= SHORTEST_STEM:
                yield root
            elif len(stem) >= SHORTEST_STEM:
                yield stem


def _arabic(word: str) -> Iterator[str]:
    form = word
    for _ in range(MOST_PREFIXES):
        for stem in (form, _ARABIC_ENDING.sub("", form)):
            if len(root := _ARABIC_WEAK.sub("", stem)) >= SHORTEST_STEM:
                yield root
            elif len(stem) >= SHORTEST_STEM:
                yield stem
        shorter = _ARABIC_PREFIX.sub("", form, count=1)
        if shorter == form or len(shorter) < SHORTEST_STEM:
            return
        form = shorter


def _is_made_of(one: str, other: str) -> bool:
    """Whether the longer word ends with the shorter one, as German puts words together."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    is_long = len(shorter) >= FEWEST_ALIKE and len(longer) >= len(shorter) + SHORTEST_STEM
    return is_long and longer.endswith(shorter) and shorter.isascii()


def _begin_alike(one: str, other: str) -> bool:
    longest = max(len(one), len(other))
    if one[:FEWEST_ALIKE] != other[:FEWEST_ALIKE] or min(len(one), len(other)) < ALIKE * longest:
        return False
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return same >= FEWEST_ALIKE and same >= ALIKE * longest
