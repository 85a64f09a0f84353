"""Judging: whether what was found answers a question, as far as can be told without a model. Pure.

A logistic regression over what little tells: how sure the search is, how many of the question's words stand in the best
passages, whether they stand there together, and what kind of thing is asked for. Its weights were fitted on questions
with and without an answer in some twenty courses; docs/reference/lessons.md says on how many, and how well it does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain import LessonQuestion, Passage
from bot.lessons.answers.held_words import FENCED, WITHOUT_PREFIX, forms, held_share, looked_for_by, with_text
from bot.lessons.answers.lacking import is_lacking, names_in
from bot.lessons.answers.signs import LOOKED_AT, Signs, signs
from bot.lessons.answers.small_talk import is_order, is_small_talk
from bot.lessons.answers.untold import is_untold
from bot.lessons.language.stop_words import ENGLISH, binds, content, language_asked
from bot.lessons.language.words import pieces

COVERED = 0.38
"""From here on the lessons answer: of questions that they do answer one in thirty is refused."""

LIKELY = 0.2
"""From here on the lessons may answer a question about something they name."""

SURE, SURELY_ANSWERED = 0.9, 0.99
"""From such a certainty and such a chance on the lessons answer also people who did not ask them."""

TELLING = 2
# A question that names code has one of these.
CODE_ASKED = re.compile(
    r"`|\w_\w|\w\(\)?|\w\.\w|\b[a-z]+[A-Z]\w*|(?<!\w)--?[a-z]|\b(?:code|command|python|api)\b", re.ASCII
)
CODE_SHARE = 0.5
NAMED = 0.5
# Who asks a team of its own things asks no lesson.
OURS = re.compile(
    r"\b(?:my|our|ours|we|us|you|your)\b|(?<!\w)(?:שלי|שלנו|שלך|אנחנו)(?!\w)|\b(?:mi|mis|tu|tus|nuestr[oa]s?|nosotros)\b"
    r"|我们|我的|你们|咱|мо[йяеи]\b|наш|\b(?:mon|mes|notre|nos|nous|mein\w*|unser\w*|wir)\b|私の|うちの",
    re.IGNORECASE,
)
PERSONAL = re.compile(r"\b(?:i|me|my|you|your)\b|(?<!\w)(?:אני|אתה|שלי|שלך)(?!\w)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judgement:
    """See `Finding`. `chance` is how likely it is that the passages answer the question, `certainty` their best."""

    chance: float
    certainty: float = 0.0
    names_something: bool = False
    is_telling: bool = False
    is_ours: bool = False
    is_empty: bool = False
    is_personal: bool = False
    is_small_talk: bool = False

    @property
    def is_covered(self) -> bool:
        """Whether the lessons answer the question."""
        return self.chance >= COVERED

    @property
    def is_likely(self) -> bool:
        """Whether they are worth showing where nobody else understands the question: they hold what it names."""
        return self.is_covered or (self.names_something and self.chance >= LIKELY)

    @property
    def is_sure(self) -> bool:
        """Whether they surely do: what people say to each other often has one or two words of some lesson."""
        return self.is_telling and not self.is_ours and self.chance >= SURELY_ANSWERED and self.certainty >= SURE

    @property
    def is_vague(self) -> bool:
        """Whether a question is more likely about who asks or is asked: "What can you do?", "What is my name?"."""
        return self.is_empty or (self.is_personal and not self.is_telling)


def judged(question: LessonQuestion, passages: Sequence[Passage]) -> Judgement:
    """Say how likely it is that the passages, best first, answer the question."""
    telling = telling_words(question.text)
    is_personal = PERSONAL.search(question.text) is not None
    if is_small_talk(question.text):
        return Judgement(0.0, is_empty=True, is_small_talk=True)
    if not passages or is_order(question.text):
        return Judgement(0.0, is_empty=not telling, is_personal=is_personal)
    language = language_asked(question.text, {passage.document.language for passage in passages} | {ENGLISH})
    seen = signs(question.text, passages, language=language, is_of_one=bool(question.lesson))
    is_refused = (
        is_lacking(question.text, passages, language=language, holds=_holds)
        or is_untold(question.text, question.previous, passages, language=language)
        or _is_code_only(question.text, language, passages[:LOOKED_AT])
    )
    return Judgement(
        0.0 if is_refused else _chance(seen, passages, language),
        seen.certainty,
        names_something=any(names_in(question.text, language)),
        is_telling=telling >= TELLING,
        is_ours=OURS.search(question.text) is not None,
        is_empty=not telling,
        is_personal=is_personal,
    )


def telling_words(asked: str) -> int:
    """Return how many words of a text say what it is about."""
    language = language_asked(asked, ())
    said = [word for word in content(asked, language) if not binds(word, language)]
    return sum(len(word) > 1 and not word.isdecimal() for piece in said for word in pieces(piece))


def _chance(seen: Signs, passages: Sequence[Passage], language: str) -> float:
    """Return how likely the passages answer: by meaning where the first is in another language, too, if that is known.

    Otherwise it is not held against those that have half of its words, which are names then, that the rest are nowhere.
    """
    if _is_in(language, passages[0].chunk.language):
        return chance(seen)
    foreign = [each for each in passages[:LOOKED_AT] if not _is_in(language, each.chunk.language)]
    near = [each.near for each in foreign if each.near is not None]
    if not near and seen.held_by_one >= NAMED:
        return chance(replace(seen, is_apart=False, is_undefined=False, is_unfounded=False, is_by_the_way=False))
    by_meaning = chance_by_meaning(max(near), max(each.ahead for each in foreign)) if near else 0.0
    return max(chance(seen), by_meaning)


def _is_in(language: str, other: str) -> bool:
    return language.partition("-")[0] == other.partition("-")[0]


def _is_code_only(asked: str, language: str, passages: Sequence[Passage]) -> bool:
    """Whether a question in prose has most of its words in code alone, where they are names of other things."""
    if CODE_ASKED.search(asked):
        return False
    looked_for = looked_for_by(asked, language)
    as_prose = [with_text(passage, passage.chunk.text.replace("```", "").replace("~~~", "")) for passage in passages]
    held = held_share(looked_for, as_prose)
    prose = held_share(looked_for, [with_text(passage, FENCED.sub("", passage.chunk.text)) for passage in passages])
    return prose < CODE_SHARE * held


def _holds(word: str, passage: Passage) -> bool:
    """Whether a passage has a word in some form."""
    return held_share(forms([word], {}), [passage]) >= WITHOUT_PREFIX


def chance(seen: Signs) -> float:
    """Return the fitted regression's value."""
    sure = min(max(seen.certainty, 1e-4), 1 - 1e-4)
    weighed = (
        WEIGHTS["base"]
        + WEIGHTS["certainty"] * math.log(sure / (1 - sure))
        + WEIGHTS["held_by_one"] * seen.held_by_one
        + WEIGHTS["is_short"] * seen.is_short
        + WEIGHTS["asks_quantity"] * seen.asks_quantity
        + WEIGHTS["lacks_numbers"] * seen.lacks_numbers
        + WEIGHTS["asks_person_or_date"] * seen.asks_person_or_date
        + WEIGHTS["is_apart"] * seen.is_apart
        + WEIGHTS["is_undefined"] * seen.is_undefined
        + WEIGHTS["is_unfounded"] * seen.is_unfounded
        + WEIGHTS["is_by_the_way"] * seen.is_by_the_way
    )
    return 1 / (1 + math.exp(-weighed))


def chance_by_meaning(near: float, ahead: float) -> float:
    """Return the value of a second regression, for passages in another language than the question's."""
    weighed = FOREIGN["base"] + FOREIGN["near"] * near + FOREIGN["ahead"] * ahead
    return 1 / (1 + math.exp(-weighed))


# As fitted, but for short questions and the two signs of amounts, which too few of the answered questions have.
WEIGHTS = {
    "base": 1.48,
    "certainty": 0.522,
    "held_by_one": 1.64,
    "is_short": -0.8,
    "asks_quantity": -2.3,
    "lacks_numbers": -2.0,
    "asks_person_or_date": -1.52,
    "is_apart": -1.51,
    "is_undefined": -2.12,
    "is_unfounded": -2.06,
    "is_by_the_way": -2.16,
}

# As fitted, and moved so that the same bar lets through four in five of those that the lessons answer.
FOREIGN = {"base": -26.6, "near": 32.1, "ahead": 0.17}
