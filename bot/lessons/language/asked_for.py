"""What kind of answer a question asks for, and how well a sentence is one: a definition, an amount, a reason. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from bot.lessons.language.amounts import amounts
from bot.lessons.language.stop_words import content, language_spoken
from bot.lessons.language.words import folded, is_wide, words

QUANTITY = re.compile(
    r"\bhow (?:much|many|long|big|large|fast)\b|\b(?:price|cost|salary|score)\b|כמה|cuánt|\bكم\b|多少|几"
    r"|多[长久高重大远深快厚宽]|いくら|いくつ|何[個人円]|combien|wie viele?|сколько|\bquant[oa]s?\b|कितन",
    re.IGNORECASE,
)
"""A question with one of these asks for an amount."""

_ATTRIBUTE = re.compile(
    r"^\W*what(?:'s| is| are) the \w+(?: \w+)? of\b|^\W*what (?:is|are) the (?:difference|advantage)", re.IGNORECASE
)
_BOLD = re.compile(r"\*\*?([^*]{2,60})\*\*?")
_SUBJECT_WITHIN, _COPULA_WITHIN, _WIDE_WITHIN = 6, 4, 4
_FEW_WORDS = 3
_FIRST = 2
_PREFIXED = re.compile("[והבלכמש][\u05d0-\u05ea]{3}")

DEFINES, BEGINS, NAMES, IN_BOLD = 0.35, 0.2, 0.3, 0.15
"""What it counts for a sentence to say what the subject it begins with is, to begin with it, to give it its name, and
to have it in bold, as terms are where they are introduced."""

TELLS_AMOUNT, OF_UNIT, TELLS_REASON, CONTRASTS, ENUMERATES, ASKS_BACK = 0.3, 0.15, 0.15, 0.1, 0.08, 0.9
"""What it counts to have a number where one is asked for, one of its unit, a reason where one is asked for, a contrast
where things are compared, several things in a row where these are asked for, and to be a question."""


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What kinds of answer a question asks for.

    `subject` are the words of what a definition is asked of, `counts` the numbers in the question, `unit` the one that
    an amount is told in. `code`: code may be the answer; `in_code`: it is what is asked for.
    """

    subject: Sequence[str]
    defines: bool
    number: bool
    reason: bool
    several: bool
    compares: bool
    code: bool
    in_code: bool
    counts: Collection[str] = ()
    unit: re.Pattern[str] | None = None

    def fitness(self, sentence: str) -> float:
        """Return how much better or worse a sentence is for being, or not being, of the kind that is asked for."""
        fit = -ASKS_BACK if is_question(sentence) else 0.0
        if self.number and amounts(re.sub(r"^\s*\d+[.)]", "", sentence)):
            fit += TELLS_AMOUNT + OF_UNIT * self.is_of_unit(sentence)
        if self.reason and _pattern("because").search(sentence):
            fit += TELLS_REASON
        if self.several and _pattern("enumerates").search(sentence):
            fit += ENUMERATES
        if self.compares and _pattern("contrast").search(sentence):
            fit += CONTRASTS
        if self.defines and self.subject:
            fit += definition(self.subject, sentence)
        return fit

    def said(self, question: str) -> list[str]:
        """Return the words of a question, but for those that only say that things are compared."""
        every = words(question)
        return [word for word in every if not (self.compares and compares_by(word))] or every

    def is_of_unit(self, sentence: str) -> bool:
        """Whether a sentence has a unit of the kind that is asked for."""
        return self.unit is not None and self.unit.search(folded(sentence)) is not None


def asked_for(question: str) -> AskedFor:
    """Read a question for the kind of its answer. One of few words asks what they mean."""
    number = QUANTITY.search(question) is not None or _pattern("number").search(question) is not None
    compares, reason = (
        _pattern("comparison").search(question) is not None,
        _pattern("reason").search(question) is not None,
    )
    told = _pattern("definition").search(question)
    is_short = len(words(question)) <= _FEW_WORDS
    is_attribute = _ATTRIBUTE.search(question) is not None
    return AskedFor(
        subject=content(_pattern("definition").sub(" ", question), language_spoken(question)),
        defines=(told is not None or is_short) and not (number or compares or reason or is_attribute),
        number=number or (is_attribute and not compares),
        reason=reason,
        several=asks_list(question),
        compares=compares,
        counts=amounts(question),
        code=_pattern("code").search(question) is not None,
        in_code=_pattern("in_code").search(question) is not None,
        unit=next((unit for asks, unit in _units() if asks.search(question)), None) if number else None,
    )


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads(files("bot.lessons.language").joinpath("asked_for.toml").read_text("utf-8"))


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return _compiled(_lists()[name])


@cache
def _units() -> list[tuple[re.Pattern[str], re.Pattern[str]]]:
    """Return what asks for an amount of a kind, and the units it is told in."""
    return [(_compiled(unit["asked"]), _compiled(unit["told"])) for unit in _lists()["units"].values()]


def _compiled(lines: str) -> re.Pattern[str]:
    return re.compile(f"(?:{'|'.join(lines.strip().splitlines())})", re.IGNORECASE)


def asks_list(question: str) -> bool:
    """Whether a question asks for several things."""
    return _pattern("list").search(question) is not None


def asks_meaning(question: str) -> bool:
    """Whether a question asks what something is."""
    return _pattern("definition").search(question) is not None


def defines(question: str, sentence: str) -> bool:
    """Whether a sentence begins with what is asked for and goes on to say what it is."""
    subject = content(_pattern("definition").sub(" ", question), language_spoken(question))
    begins = words(sentence)[:_SUBJECT_WITHIN]
    is_begun = bool(subject) and all(_where(word, begins) is not None for word in subject)
    return is_begun and _pattern("copula").search(folded(sentence)) is not None


def is_question(sentence: str) -> bool:
    """Whether a sentence asks."""
    return sentence.rstrip(" *_\"'”)").endswith(("?", "？", "؟"))


def compares_by(word: str) -> bool:
    """Whether a folded word only says that things are compared."""
    return _pattern("comparing").fullmatch(word) is not None


def contrasts(sentence: str) -> bool:
    """Whether a sentence sets one thing against another."""
    return _pattern("contrast").search(sentence) is not None


def definition(subject: Sequence[str], sentence: str) -> float:
    """Return what it counts that a sentence says what a subject is, does, or is called."""
    said = words(sentence)
    if all(map(is_wide, subject)):
        return _wide_definition("".join(subject), "".join(said))
    places = [_where(word, said) for word in subject]
    if any(at is None for at in places):
        return 0.0
    known = [at for at in places if at is not None]
    is_named = _pattern("named").search(folded(sentence)) is not None
    if max(known) >= _SUBJECT_WITHIN + len(subject):
        return NAMES if is_named else 0.0
    bold = IN_BOLD * any(_is_subject(found[1], subject) for found in _BOLD.finditer(sentence))
    is_first = bold or min(known) <= _FIRST or f"({subject[0]})" in folded(sentence)
    late = 1.0 if is_first else 0.4
    if _pattern("copula").search(_rest(sentence, max(known) + 1)):
        return DEFINES * late + bold
    return max(NAMES * is_named, BEGINS * late) + bold


def _is_subject(text: str, subject: Sequence[str]) -> bool:
    said = words(text)
    return len(said) <= len(subject) + 1 and all(_where(word, said) is not None for word in subject)


def _wide_definition(subject: str, said: str) -> float:
    at = said.find(subject)
    if not 0 <= at <= _WIDE_WITHIN:
        return NAMES if at > 0 and _pattern("named").search(said[max(0, at - 4) : at + len(subject) + 4]) else 0.0
    following = said[at + len(subject) : at + len(subject) + _WIDE_WITHIN]
    return DEFINES if _pattern("copula").search(following) else BEGINS


def _rest(sentence: str, count: int) -> str:
    """Return the few words behind the first ones, with the marks between them."""
    plain = folded(sentence)
    ends = [found.end() for found in re.finditer(r"[^\W_]+", plain)]
    start = ends[min(count, len(ends)) - 1] if ends else 0
    stop = ends[min(count + _COPULA_WITHIN, len(ends)) - 1] if ends else 0
    return plain[start:stop]


def _where(word: str, said: Sequence[str]) -> int | None:
    """Return where a word stands in some form."""
    if is_wide(word):
        return next((at for at, one in enumerate(said) if word in one), None)
    stem, longest = word[: max(3, len(word) - 2)], len(word) + 3
    return next((at for at, one in enumerate(said) if _has(one, stem) and len(one) <= longest), None)


def _has(word: str, stem: str) -> bool:
    return word.startswith(stem) or (_PREFIXED.match(word) is not None and word.startswith(stem, 1))
