"""Signs: the figures that tell, without a model, whether passages answer a question. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain import Passage
from bot.lessons.answers.held_words import (
    ALIKE,
    Form,
    english_names,
    forms,
    held_share,
    said_in,
    with_text,
)
from bot.lessons.answers.together import standing
from bot.lessons.language.amounts import amounts
from bot.lessons.language.asked_for import QUANTITY, asks_meaning, defines
from bot.lessons.language.generic_words import topic_words
from bot.lessons.language.words import is_wide

LOOKED_AT = 3
# A sentence that has so much of what is asked for, and a number, tells the amount.
PRICED = frozenset({"price", "cost", "salary", "score"})
AMOUNT_HELD = 0.75
# So many letters of a script without spaces are about a word.
WIDE_WORD, RUN_HELD = 3, 0.3
PERSON_OR_DATE = re.compile(
    r"^\W*(?:and |so |but |ok )?(?:who|when)\b|\b(?:which|what) (?:date|year)\b"
    r"|(?<!\w)מי(?!\w)|מתי|quién|cuándo|من هو|متى|谁|什么时候|何时|誰|いつ|\bqui a\b|quand|\bwer\b|\bwann\b|кто|когда",
    re.IGNORECASE,
)

ASKS_WHY = re.compile(
    r"\bwhy\b|\bhow come\b|(?<!\w)(?:למה|מדוע)(?!\w)|\bpor qu[ée]\b|为什么|为何|なぜ|どうして|почему|зачем|لماذا"
    r"|\bpourquoi\b|\bwarum\b|क्यों",
    re.IGNORECASE,
)

ASKS_HOW = re.compile(
    r"^\W*(?:and |so |but |ok )?how (?:do|does|did|can|could|should|would|to|is|are)\b"
    r"|(?<!\w)(?:איך|כיצד)(?!\w)|\bcómo\b|怎么|怎样|如何|するには|方法|どうやって"
    r"|^\W*(?:а |и )?как\b|كيف|\bcomment\b|^\W*wie\b(?! viel)|^\W*como\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Signs:
    """The figures a verdict is made from.

    `is_apart`: no sentence has all words of a short question; `is_undefined`: of one that asks what something is;
    `is_unfounded`: of one that asks why. `is_by_the_way`: how something is done is asked, and some of its words the
    passages hardly have.
    """

    certainty: float
    held_by_one: float
    is_short: bool
    asks_quantity: bool
    asks_person_or_date: bool
    lacks_numbers: bool
    is_apart: bool
    is_undefined: bool
    is_unfounded: bool
    is_by_the_way: bool


def signs(asked: str, passages: Sequence[Passage], *, language: str, is_of_one: bool = False) -> Signs:
    """Return what tells whether the passages, of which there is at least one, answer; `is_of_one`: of one lesson."""
    said = topic_words(asked, language)
    looked_for = forms(said, english_names(asked, language))
    best = passages[:LOOKED_AT]
    asks_quantity = QUANTITY.search(asked) is not None and not _tells_amount(asked, language, best)
    held_by_one = max(held_share(looked_for, [passage]) for passage in best)
    # Of the one lesson that was named, or of what a heading names, a word says which part.
    is_enough = held_by_one >= ALIKE and (is_of_one or _is_named(looked_for, best) or _is_defined(asked, best))
    stand = standing(asked, language, best)
    is_apart = not stand.are_together
    return Signs(
        certainty=max(passage.certainty for passage in passages),
        held_by_one=held_by_one,
        is_short=_is_short(said, held_by_one) and not is_enough,
        asks_quantity=asks_quantity,
        asks_person_or_date=PERSON_OR_DATE.search(asked) is not None,
        lacks_numbers=asks_quantity and not any(amounts(passage.chunk.text) for passage in best[:2]),
        is_apart=is_apart,
        is_undefined=is_apart and asks_meaning(asked),
        is_unfounded=is_apart and ASKS_WHY.search(asked) is not None,
        is_by_the_way=not stand.are_treated and ASKS_HOW.search(asked) is not None,
    )


def _is_short(said: Sequence[str], held: float) -> bool:
    """Whether a question has one word; a run of a script without spaces is several, where half of it is held."""
    if len(said) != 1 or not is_wide(said[0]):
        return len(said) <= 1
    return held < RUN_HELD or len(said[0]) <= WIDE_WORD


def _tells_amount(asked: str, language: str, passages: Sequence[Passage]) -> bool:
    """Whether a sentence that holds what is asked for, under its headings, has a number."""
    rest = QUANTITY.sub(lambda found: found[0] if found[0].lower() in PRICED else " ", asked)
    looked_for = forms(topic_words(rest, language), english_names(rest, language))
    for passage in passages:
        for text in said_in(passage.chunk.text):
            if amounts(text) and held_share(looked_for, [with_text(passage, text)]) >= AMOUNT_HELD:
                return True
    return False


def _is_defined(asked: str, passages: Sequence[Passage]) -> bool:
    """Whether a sentence says what the word is that is asked for."""
    return any(defines(asked, text) for passage in passages for text in said_in(passage.chunk.text))


def _is_named(looked_for: Sequence[Form], passages: Sequence[Passage]) -> bool:
    """Whether a heading is about what is asked for."""
    heads = [with_text(passage, "") for passage in passages]
    return any(held_share(looked_for, [head]) >= ALIKE for head in heads)
