"""Judging: whether what was found answers a question, as far as can be told without a model. Pure.

A logistic regression over what little tells: how sure the search is, how many of the question's words stand in the
best passages, and what kind of thing is asked for. Its weights were fitted on questions with and without an answer in
two courses, in eleven languages; docs/reference/lessons.md says on how many, and how well it does.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain import LessonQuestion, Passage
from bot.lessons.language.stop_words import ENGLISH, binds, content, language_asked
from bot.lessons.language.terms import english_of
from bot.lessons.language.words import is_wide, lesson_words, pieces, words

COVERED = 0.25
"""From here on the lessons answer: of questions that they do answer one in twenty-five is refused."""

SURE = 0.9
"""From here on the lessons answer also people who did not ask them."""

TELLING = 2
LOOKED_AT = 3
WHOLE, ALIKE, WITHOUT_PREFIX = 1.0, 0.8, 0.7
# A word of fewer letters has no form that is told from another word.
SHORTEST_FORM = 4
SAME_LETTERS = 0.7
LONGEST = 8
WIDE_PAIR = 3
# Hebrew and Arabic write up to two particles in front of a word.
PREFIXED = re.compile("[\u0590-\u06ff]")
PREFIXES = (1, 2)
QUANTITY = re.compile(
    r"\bhow (?:much|many|long|big|large|fast)\b|\b(?:price|cost|salary|score)\b|כמה|cuánt|\bكم\b|多少|几个|いくら"
    r"|何[個人円]|combien|wie viele?|сколько|\bquant[oa]s?\b|कितन",
    re.IGNORECASE,
)
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
    if not passages:
        return Judgement(0.0)
    seen = signs(question.text, passages)
    telling = telling_words(question.text)
    return Judgement(
        chance(seen),
        seen.certainty,
        is_telling=telling >= TELLING,
        is_empty=not telling,
        is_personal=PERSONAL.search(question.text) is not None,
    )


def telling_words(asked: str) -> int:
    """Return how many words of a text say what it is about."""
    language = language_asked(asked, ())
    said = [word for word in content(asked, language) if not binds(word, language)]
    return sum(len(word) > 1 and not word.isdecimal() for piece in said for word in pieces(piece))


def signs(asked: str, passages: Sequence[Passage]) -> Signs:
    """Return what tells whether the passages, of which there is at least one, answer."""
    language = language_asked(asked, {passage.document.language for passage in passages} | {ENGLISH})
    said = content(asked, language)
    looked_for = _forms(said, english_of(words(asked)) if language != ENGLISH else {})
    best = passages[:LOOKED_AT]
    asks_quantity = QUANTITY.search(asked) is not None
    return Signs(
        certainty=max(passage.certainty for passage in passages),
        score=passages[0].score,
        held_by_one=max(_held(looked_for, [passage]) for passage in best),
        held_by_all=_held(looked_for, passages),
        is_short=len(said) <= 1,
        asks_quantity=asks_quantity,
        asks_person_or_date=PERSON_OR_DATE.search(asked) is not None,
        lacks_numbers=asks_quantity and not any(re.search(r"\d", passage.chunk.text) for passage in best[:2]),
    )


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


@dataclass(frozen=True, slots=True)
class _Form:
    """A word that is looked for, with its English names, and what it counts."""

    names: Sequence[str]
    weight: int


def _forms(said: Sequence[str], english: Mapping[str, tuple[str, ...]]) -> list[_Form]:
    """Longer words say more; a pair of letters of a script without spaces says as much as a short word."""
    forms = []
    for word in said:
        names = [name for translated in english.get(word, ()) for name in words(translated)]
        forms += [
            _Form((piece, *names), WIDE_PAIR if is_wide(word) else min(len(piece), LONGEST)) for piece in pieces(word)
        ]
    return forms


def _held(looked_for: Sequence[_Form], passages: Sequence[Passage]) -> float:
    """Return the share of what is looked for that stands in the passages."""
    known = _vocabulary(passages)
    beginnings = {
        length: {word[:length] for word in known}
        for length in {_kept(name) for form in looked_for for name in form.names}
    }
    total = sum(form.weight for form in looked_for)
    held = sum(form.weight * max(_likeness(name, known, beginnings) for name in form.names) for form in looked_for)
    return held / total if total else 0.0


def _vocabulary(passages: Sequence[Passage]) -> set[str]:
    known: set[str] = set()
    for passage in passages:
        text = " ".join((*passage.chunk.heading_path, passage.document.title, passage.chunk.text))
        for word in lesson_words(text):
            known.update(pieces(word))
            if PREFIXED.match(word):
                known.update(word[cut:] for cut in PREFIXES if len(word) - cut >= SHORTEST_FORM - 1)
    return known


def _likeness(word: str, known: Collection[str], beginnings: dict[int, set[str]]) -> float:
    """Return how well a text with these words has this one: whole, in another form, or without its particles."""
    if word in known:
        return WHOLE
    if len(word) < SHORTEST_FORM:
        return 0.0
    if word[: _kept(word)] in beginnings[_kept(word)]:
        return ALIKE
    bare = (word[cut:] for cut in PREFIXES if len(word) - cut >= SHORTEST_FORM - 1) if PREFIXED.match(word) else ()
    return WITHOUT_PREFIX if any(each in known for each in bare) else 0.0


def _kept(word: str) -> int:
    """Return how many first letters two forms of a word have in common."""
    return max(SHORTEST_FORM, math.ceil(SAME_LETTERS * len(word)))
