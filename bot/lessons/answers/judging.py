"""Judging: whether what was found answers a question, as far as can be told without a model. Pure.

A logistic regression over what little tells: how sure the search is, how many of the question's words stand in the
best passages, and what kind of thing is asked for. Its weights were fitted on questions with and without an answer in
two courses, in eleven languages; docs/reference/lessons.md says on how many, and how well it does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import LessonQuestion, Passage
from bot.lessons.answers.held_words import (
    ALIKE,
    FENCED,
    WITHOUT_PREFIX,
    Form,
    forms,
    held_share,
    looked_for_by,
    with_text,
)
from bot.lessons.answers.lacking import is_lacking
from bot.lessons.answers.small_talk import is_order, is_small_talk
from bot.lessons.answers.units import units
from bot.lessons.language.amounts import amounts
from bot.lessons.language.asked_for import QUANTITY
from bot.lessons.language.stop_words import ENGLISH, binds, content, language_asked
from bot.lessons.language.words import is_wide, pieces

COVERED = 0.25
"""From here on the lessons answer: of questions that they do answer one in twenty-five is refused."""

SURE = 0.9
"""From here on the lessons answer also people who did not ask them."""

TELLING = 2
LOOKED_AT = 3
# A sentence that has so much of what is asked for, and a number, tells the amount.
PRICED = frozenset({"price", "cost", "salary", "score"})
AMOUNT_HELD = 0.75
# A question that names code has one of these.
CODE_ASKED = re.compile(
    r"`|\w_\w|\w\(\)?|\w\.\w|\b[a-z]+[A-Z]\w*|(?<!\w)--?[a-z]|\b(?:code|command|python|api)\b", re.ASCII
)
CODE_SHARE = 0.5
# So many letters of a script without spaces are about a word.
WIDE_WORD, RUN_HELD = 3, 0.5
PERSON_OR_DATE = re.compile(
    r"\b(?:who|when|date)\b|(?<!\w)מי(?!\w)|מתי|quién|cuándo|من هو|متى|谁|什么时候|何时|誰|いつ"
    r"|\bqui a\b|quand|\bwer\b|\bwann\b|кто|когда",
    re.IGNORECASE,
)

PERSONAL = re.compile(r"\b(?:i|me|my|you|your)\b|(?<!\w)(?:אני|אתה|שלי|שלך)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """See `Finding`. `chance` is how likely it is that the passages answer the question, `certainty` their best."""

    chance: float
    certainty: float = 0.0
    is_telling: bool = False
    is_empty: bool = False
    is_personal: bool = False
    is_small_talk: bool = False

    @property
    def is_covered(self) -> bool:
        """Whether the lessons answer the question."""
        return self.chance >= COVERED

    @property
    def is_sure(self) -> bool:
        """Whether they surely do: what people say to each other often has one or two words of some lesson."""
        return self.is_telling and self.chance >= SURE and self.certainty >= SURE

    @property
    def is_vague(self) -> bool:
        """Whether a question is more likely about who asks or is asked: "What can you do?", "What is my name?"."""
        return self.is_empty or (self.is_personal and not self.is_telling)


@dataclass(frozen=True, slots=True)
class Signs:
    """The figures a verdict is made from."""

    certainty: float
    score: float
    held_by_one: float
    held_by_all: float
    is_short: bool
    asks_quantity: bool
    asks_person_or_date: bool
    lacks_numbers: bool


def judged(question: LessonQuestion, passages: Sequence[Passage]) -> Judgement:
    """Say how likely it is that the passages, best first, answer the question."""
    telling = telling_words(question.text)
    is_personal = PERSONAL.search(question.text) is not None
    if is_small_talk(question.text):
        return Judgement(0.0, is_empty=True, is_small_talk=True)
    if not passages or is_order(question.text):
        return Judgement(0.0, is_empty=not telling, is_personal=is_personal)
    seen = signs(question.text, passages, is_of_one=bool(question.lesson))
    language = language_asked(question.text, {passage.document.language for passage in passages} | {ENGLISH})
    is_refused = is_lacking(question.text, passages, language=language, holds=_holds) or _is_code_only(
        question.text, language, passages[:LOOKED_AT]
    )
    return Judgement(
        0.0 if is_refused else chance(seen),
        seen.certainty,
        is_telling=telling >= TELLING,
        is_empty=not telling,
        is_personal=is_personal,
    )


def telling_words(asked: str) -> int:
    """Return how many words of a text say what it is about."""
    language = language_asked(asked, ())
    said = [word for word in content(asked, language) if not binds(word, language)]
    return sum(len(word) > 1 and not word.isdecimal() for piece in said for word in pieces(piece))


def signs(asked: str, passages: Sequence[Passage], *, is_of_one: bool = False) -> Signs:
    """Return what tells whether the passages, of which there is at least one, answer; `is_of_one`: of one lesson."""
    language = language_asked(asked, {passage.document.language for passage in passages} | {ENGLISH})
    said = content(asked, language)
    looked_for = looked_for_by(asked, language)
    best = passages[:LOOKED_AT]
    asks_quantity = QUANTITY.search(asked) is not None and not _tells_amount(asked, language, best)
    held_by_one = max(held_share(looked_for, [passage]) for passage in best)
    # Of the one lesson that was named, or of what a heading names, a word says which part.
    is_enough = held_by_one >= ALIKE and (is_of_one or _is_named(looked_for, best))
    return Signs(
        certainty=max(passage.certainty for passage in passages),
        score=passages[0].score,
        held_by_one=held_by_one,
        held_by_all=held_share(looked_for, passages),
        is_short=_is_short(said, held_by_one) and not is_enough,
        asks_quantity=asks_quantity,
        asks_person_or_date=PERSON_OR_DATE.search(asked) is not None,
        lacks_numbers=asks_quantity and not any(amounts(passage.chunk.text) for passage in best[:2]),
    )


def _is_short(said: Sequence[str], held: float) -> bool:
    """Whether a question has one word; a run of a script without spaces is several, where half of it is held."""
    if len(said) != 1 or not is_wide(said[0]):
        return len(said) <= 1
    return held < RUN_HELD or len(said[0]) <= WIDE_WORD


def _is_code_only(asked: str, language: str, passages: Sequence[Passage]) -> bool:
    """Whether a question in prose has most of its words in code alone, where they are names of other things."""
    if CODE_ASKED.search(asked):
        return False
    looked_for = looked_for_by(asked, language)
    as_prose = [with_text(passage, passage.chunk.text.replace("```", "").replace("~~~", "")) for passage in passages]
    held = held_share(looked_for, as_prose)
    prose = held_share(looked_for, [with_text(passage, FENCED.sub("", passage.chunk.text)) for passage in passages])
    return prose < CODE_SHARE * held


def _tells_amount(asked: str, language: str, passages: Sequence[Passage]) -> bool:
    """Whether a sentence that holds what is asked for, under its headings, has a number."""
    looked_for = looked_for_by(
        QUANTITY.sub(lambda found: found[0] if found[0].lower() in PRICED else " ", asked), language
    )
    for passage in passages:
        for unit in units(passage.chunk.text):
            if amounts(unit.text) and held_share(looked_for, [with_text(passage, unit.text)]) >= AMOUNT_HELD:
                return True
    return False


def _is_named(looked_for: Sequence[Form], passages: Sequence[Passage]) -> bool:
    """Whether a heading is about what is asked for."""
    heads = [with_text(passage, "") for passage in passages]
    return any(held_share(looked_for, [head]) >= ALIKE for head in heads)


def _holds(word: str, passage: Passage) -> bool:
    """Whether a passage has a word in some form."""
    return held_share(forms([word], {}), [passage]) >= WITHOUT_PREFIX


def chance(seen: Signs) -> float:
    """Return the fitted regression's value."""
    sure = min(max(seen.certainty, 1e-4), 1 - 1e-4)
    weighed = (
        WEIGHTS["base"]
        + WEIGHTS["certainty"] * math.log(sure / (1 - sure))
        + WEIGHTS["score"] * seen.score
        + WEIGHTS["held_by_one"] * seen.held_by_one
        + WEIGHTS["held_by_all"] * seen.held_by_all
        + WEIGHTS["is_short"] * seen.is_short
        + WEIGHTS["asks_quantity"] * seen.asks_quantity
        + WEIGHTS["asks_person_or_date"] * seen.asks_person_or_date
        + WEIGHTS["lacks_numbers"] * seen.lacks_numbers
    )
    return 1 / (1 + math.exp(-weighed))


# As fitted, but for the two that are about amounts: five of the questions that lessons answered asked for one, which is
# too few to hold it against the next as much as the fit did (-2.7 each).
WEIGHTS = {
    "base": -0.95,
    "certainty": 0.466,
    "score": 0.032,
    "held_by_one": 2.468,
    "held_by_all": -0.493,
    "is_short": -1.718,
    "asks_quantity": -1.8,
    "asks_person_or_date": -0.603,
    "lacks_numbers": -2.2,
}
