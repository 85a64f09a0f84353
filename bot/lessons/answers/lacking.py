"""What a question turns on and no passage has: codes, numbers, names, premises, dates and people. Pure.

Passages that share its other words answer another question, however surely they were found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from bot.domain import Passage
from bot.lessons.answers.units import units
from bot.lessons.language.amounts import amounts
from bot.lessons.language.generic_words import topic_words
from bot.lessons.language.stop_words import ENGLISH, binds
from bot.lessons.language.words import folded, words

Holds = Callable[[str, Passage], bool]
"""Whether a passage has a word in some form."""

# Letters of other scripts may stand right beside a code.
_CODE = re.compile(r"(?<![\w-])(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*(?![\w-])", re.ASCII)
_MEASURE = re.compile(
    r"\d+(?:[.,]\d+)?(?:[kmgt]?i?b|[kmbx%]|k?g|[cmk]?m|m?s|h|hz|[kmg]hz|d|st|nd|rd|th|px|pt|s)", re.IGNORECASE
)
# "Is Llama 3 open?": what is told of Llama 2 is told of another. The first word has a capital whatever it is.
_VERSIONED = re.compile(r"(?<=\S\s)[A-Z][A-Za-z]{2,} \d{1,2}(?![\w.,]*\w)")
_LABELLED = re.compile(
    r"\b(?:part|step|chapter|lesson|section|level|version|error|code|exercise|figure|table|page|week|day|unit|module"
    r"|question|rule|stage|phase|volume|formula|equation|theorem|problem|port|article|capítulo|lección|parte|paso|teil|schritt|kapitel|lektion|leçon|partie|étape"
    r"|chapitre|часть|шаг|урок|глава)\s+(?:number\s+|no\.?\s*|#\s*)?(\d+(?:\.\d+)*)\b|(?:חלק|שלב|שיעור|פרק)\s+(\d+)|第\s*(\d+)\s*[章节節课課部步回]",
    re.IGNORECASE,
)
_LONG_NUMBER = re.compile(r"(?<![\w.,])\d{4,}(?![\w.,]*\w)")
# "Recipe 17?": the number that ends a question is one of its subject.
_LAST_NUMBER = re.compile(r"([^\W\d_]{3,})\s+(\d{1,3})(?=\s*[?!.]?\s*$)")
_NAME = re.compile(r"(?<![\w.])(?:[A-Z][A-Za-z]*[A-Z][A-Za-z]*|[A-Z][a-z]{2,})(?![\w])")
_SEVERAL = re.compile(r"(?<![\w.])[A-Z][a-z]+(?: [A-Z][a-z]+)+(?!\w)")
_LATIN_WORD = re.compile(r"(?<![\w.])[A-Za-z]{3,}(?![\w])")
_LATIN = re.compile(r"[A-Za-z]")
_LETTER = re.compile(r"[^\W\d_]")
ALL_IN_CAPITALS = frozenset({"de"})
"""In these languages every noun begins with a capital, and so tells no name."""

SPELT = frozenset({"en", "es", "fr", "de", "pt", "it"})
TITLED = 0.6
"""A question with this share of its words in capitals is written like a title: they tell no names."""

_BEATS = re.compile(
    r"\b(?:beats?|outperforms?|surpass(?:es)?|defeats?|replaced?|overtakes?|overtook"
    r"|(?:better|worse|faster|slower|cheaper|larger|bigger|smaller|older|newer|stronger|safer|heavier) than)\b"
)
_FEWEST_OTHERS = 2
_OTHERS_HELD = 0.5
_PAIR = 2


def is_lacking(asked: str, passages: Sequence[Passage], *, language: str, holds: Holds) -> bool:
    """Whether the passages lack something without which nothing answers the question."""
    everything = " ".join(map(_all_of, passages))
    names = [*names_in(asked, language)]
    known = set(words(everything))
    # Languages in the same letters spell names of people and places their own way: one that is found is enough.
    are_lacking = all if language in SPELT and not _are_in(language, passages) else any
    return (
        any(not _has_code(code, everything) for code in _codes(asked))
        or any(not _has_number(number, passages, everything) for number in _numbers(asked))
        or (
            bool(names)
            and _same_letters(asked, everything)
            and are_lacking(not _has_name(name, everything, known) for name in names)
        )
        or (language == ENGLISH and any(not _has_whole(name, everything) for name in _names_of_several_words(asked)))
        or _is_only_mentioned(asked, names, passages, language=language, holds=holds)
        or (language == ENGLISH and _are_in(ENGLISH, passages) and _is_false_premise(asked, names, passages))
    )


def _are_in(language: str, passages: Sequence[Passage]) -> bool:
    return any(_is_in(language, passage) for passage in passages)


def _is_in(language: str, passage: Passage) -> bool:
    """Whether words of a question in a language would stand in a passage."""
    return passage.chunk.language.partition("-")[0] == language.partition("-")[0]


def _codes(asked: str) -> Iterator[str]:
    for found in _CODE.finditer(asked):
        if not _MEASURE.fullmatch(found[0]):
            yield found[0]
    for found in _VERSIONED.finditer(asked):
        if not _LABELLED.match(found[0]):
            yield found[0]


def _has_code(code: str, text: str) -> bool:
    """Whether a text has a code, however its parts are joined: "GPT-4", "GPT 4"."""
    parts = re.findall(r"[a-z]+|\d+", folded(code))
    return re.search(r"(?<![a-z0-9])" + r"[-_. ]?".join(parts) + r"(?!\d)", folded(text)) is not None


def _numbers(asked: str) -> Iterator[str]:
    for found in _LABELLED.finditer(asked):
        yield next(group for group in found.groups() if group)
    yield from _LONG_NUMBER.findall(asked)
    for found in _LAST_NUMBER.finditer(asked):
        if not binds(folded(found[1]), ENGLISH):
            yield found[2]


def _has_number(number: str, passages: Sequence[Passage], text: str) -> bool:
    if number in amounts(text):
        return True
    return number.isdecimal() and any(int(number) in passage.document.number for passage in passages)


def names_in(asked: str, language: str) -> Iterator[str]:
    """Yield the names in Latin letters; where these are another script's, every Latin word is one."""
    letters = _LETTER.findall(asked)
    if 2 * len(_LATIN.findall(asked)) < len(letters):
        yield from (found[0] for found in _LATIN_WORD.finditer(asked) if not binds(folded(found[0]), ENGLISH))
        return
    if language in ALL_IN_CAPITALS:
        return
    spoken = re.findall(r"[^\W\d_]+", asked)
    if len(spoken) > _PAIR and sum(word[0].isupper() for word in spoken) >= TITLED * len(spoken):
        return
    for found in _NAME.finditer(asked):
        is_first = not re.search(r"\w", asked[: found.start()]) or re.search(r"[.!?:]\s*$", asked[: found.start()])
        if not (is_first and found[0][1:].islower()) and not binds(folded(found[0]), ENGLISH):
            yield found[0]


def _names_of_several_words(asked: str) -> Iterator[str]:
    """Yield the names of several words, "New Deal", without words that only begin the question."""
    for found in _SEVERAL.finditer(asked):
        said = found[0].split()
        while said and binds(folded(said[0]), ENGLISH):
            said.pop(0)
        if len(said) > 1:
            yield " ".join(said)


def _has_whole(name: str, text: str) -> bool:
    """Whether a text has a name of several words, or its last as a name: people are often called by that."""
    last = name.rpartition(" ")[2]
    return folded(name) in " ".join(folded(text).split()) or last in text or last.upper() in text


def _has_name(name: str, text: str, known: Collection[str]) -> bool:
    """Whether a text has a name, its letters as those of other words, or a slip of the pen away."""
    plain = folded(name)
    singular = plain.removesuffix("s")
    if singular in folded(text) or any(is_slip(plain, word) for word in known):
        return True
    initials = "".join(word[0] for word in words(text))
    return name.isupper() and len(name) > _PAIR and plain in initials


def is_slip(one: str, other: str) -> bool:
    """Whether two words differ by a letter that is missing, other or too many, or by two that changed places."""
    if abs(len(one) - len(other)) > 1 or max(len(one), len(other)) < 5 or one[0] != other[0]:  # noqa: PLR2004 - shorter
        return False
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[at:], other[at:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


def _same_letters(asked: str, text: str) -> bool:
    """Whether names would stand in the text in the letters they are asked in."""
    return bool(_LATIN.search(asked)) and bool(_LATIN.search(text))


def _is_only_mentioned(
    asked: str, names: Sequence[str], passages: Sequence[Passage], *, language: str, holds: Holds
) -> bool:
    """Whether the passages name what is asked about, none of them with half of what is asked about it."""
    if not names:
        return False
    spoken = {word for name in names for word in words(name)}
    others = [word for word in topic_words(asked, language) if word not in spoken and not word.isdecimal()]
    if len(others) < _FEWEST_OTHERS:
        return False
    # What the lessons say in another language has none of the question's words.
    named = [passage for passage in passages if any(folded(name) in folded(_all_of(passage)) for name in names)]
    telling = [] if any(not _is_in(language, passage) for passage in named) else named
    most = max((sum(holds(word, passage) for word in others) for passage in telling), default=0)
    return bool(telling) and most < _OTHERS_HELD * len(others)


def _is_false_premise(asked: str, names: Sequence[str], passages: Sequence[Passage]) -> bool:
    """Whether a question takes one thing to outdo another, and no passage compares the two in this order."""
    compared = _BEATS.search(folded(asked))
    if not compared or len(names) < _PAIR or re.match(r"(?:is|are|does|do|which|can)\b", folded(asked)):
        return False
    first, second = (folded(name) for name in names[:_PAIR])
    # "Safer than" may be told of the first alone; what "beats" another names both.
    adjective = compared[0].removesuffix(" than") if compared[0].endswith("than") else ""
    for passage in passages:
        for unit in units(passage.chunk.text):
            text = folded(unit.text)
            at, other = text.find(first), text.find(second)
            if at >= 0 and (adjective in text if adjective else other > at and _BEATS.search(text)):
                return not (other == -1 or at < other)
    return True


def _all_of(passage: Passage) -> str:
    return " ".join((passage.document.title, passage.document.lesson, *passage.chunk.heading_path, passage.chunk.text))
