"""What a clause of a lesson leaves to be understood: words that a sentence says and the clause does not. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain, takewhile

from bot.lessons.answers.clauses import Clause
from bot.lessons.answers.lesson_clauses import LessonClauses, LessonPlace
from bot.lessons.language.telling import Telling, holds, is_noun_like
from bot.lessons.language.word_forms import are_one
from bot.lessons.language.words import is_wide

SUBJECT = 2
"""So many of its first words are what a clause speaks of."""

LEAD = 4
"""So many of its first words are what the sentence after may refer to."""

FEWEST_HELD = 4
"""A clause of fewer words is not said with another verb."""

VERBS_STAND_APART = frozenset({"en", "de"})
"""Languages in which what an article or a preposition stands before is no verb, and all that is named has one."""

LONGEST_NAME = 3
"""A name of so many words at most is told of another word."""

NEW_LETTERS = 2
"""So many letters of a script without spaces are a word."""


def is_understood(
    word: Telling, clause: Clause, place: LessonPlace, left: Sequence[Telling], lesson: LessonClauses
) -> bool:
    """Whether a word that stands elsewhere is what the clause speaks of without saying so."""
    if _is_told_of_it(word, clause, place.clause, lesson) or _is_beside(word, clause, place, left, lesson):
        return True
    begins = [each for each in place.clause.words if not each.is_light][: _most(place.clause)]
    if any(each in left for each in begins) and (place.clause.has_own or not place.clause.refers_back):
        return False
    if not left and holds(lesson.headings, word):
        return True
    return holds([*chain.from_iterable(_context(clause, place, lesson, is_whole=clause.is_one and not left))], word)


def _is_told_of_it(word: Telling, clause: Clause, here: Clause, lesson: LessonClauses) -> bool:
    """Whether a word stands behind another one as it does elsewhere in the lesson: "the station at Kelsey Point"."""
    if not word.is_name:
        return False
    at = clause.words.index(word)
    start = next((each for each in range(at - 1, -1, -1) if holds(here.words, clause.words[each])), None)
    if start is None or clause.words[start].is_light or at - start > LONGEST_NAME:
        return False
    run = [each.word for each in clause.words[start : at + 1]]
    stands = lesson.has_run(run)
    head = [each.word for each in here.words]
    follows = next((head[each + 1 :][:1] for each, one in enumerate(head) if are_one(one, run[0])), [])
    return stands and all(holds(clause.words, Telling(each)) for each in follows)


def _is_beside(
    word: Telling, clause: Clause, place: LessonPlace, left: Sequence[Telling], lesson: LessonClauses
) -> bool:
    """Whether a word is one of the lesson's that stands beside what a clause says, and neither names nor counts."""
    new = [each for each in clause.words if not each.is_light and not holds(place.clause.words, each)]
    nearby = [each for one in (*place.before, *place.behind) for each in one.words]
    if is_wide(word.word):
        earlier = [each for one in place.before for each in one.words]
        return not left and len(new) <= NEW_LETTERS + 1 and not word.is_number and holds(earlier, word)
    if len(new) > 1 or word.is_number or word.is_name:
        return False
    refers_back = place.clause.refers_back or place.clause.has_pronoun
    if not left and not place.before and not refers_back and not holds(nearby, word):
        return True
    return len(left) == 1 and (
        _is_verb_said_once(word, clause, place, left[0]) or _is_other_verb(word, clause, lesson.language)
    )


def _is_verb_said_once(word: Telling, clause: Clause, place: LessonPlace, left: Telling) -> bool:
    """Whether two clauses share a verb, and what is left of this one stands before a name: "her friend Lea, stones"."""
    here = [each.word for each in place.clause.words]
    first = clause.words[0].word
    follows = here[here.index(left.word) + 1 :][:1] == [first] and re.match(rf"{first}\b", clause.text, re.IGNORECASE)
    is_capital = bool(follows) and clause.text[:1].isupper() and clause.text[:1].lower() != clause.text[:1]
    return is_capital and bool(place.before) and holds(place.before[-1].words, word)


def _is_other_verb(word: Telling, clause: Clause, language: str) -> bool:
    """Whether a word is another verb for what a long clause says: nothing that is named, and not the first word."""
    is_first = clause.words[0] == word or language not in VERBS_STAND_APART
    return len(clause.words) > FEWEST_HELD and not is_first and not is_noun_like(word.word, clause.text)


def _context(
    clause: Clause, place: LessonPlace, lesson: LessonClauses, *, is_whole: bool
) -> Iterator[Sequence[Telling]]:
    """Yield the words that a clause may leave out because they stand around it.

    They are more where the sentence has all of the lesson's clause.
    """
    here = place.clause
    yield lesson.headings if here.refers_back or is_whole else _begins_with(clause, lesson.headings)
    for each in reversed(place.before):
        lead = [*takewhile(lambda word: _is_said(word, clause), each.words)][: _most(each)]
        yield _unnumbered(lead)
        if not lead and not each.goes_on:
            break
    if not place.before and (here.refers_back or here.has_pronoun) and place.previous:
        yield _unnumbered(place.previous[0].words[:LEAD])
    if is_whole:
        yield from _shared(clause, place)


def _shared(clause: Clause, place: LessonPlace) -> Iterator[Sequence[Telling]]:
    """Yield what the clauses of a lesson's sentence share: "Ann won in 2011, Lea in 2013" says the verb once."""
    if place.before:
        before = place.before[-1].words
        yield [word for word in before if not word.is_number and (place.clause.refers_back or not word.is_name)]
    for each in place.behind[-1:]:
        yield _unnumbered([*takewhile(lambda word: _is_said(word, clause), reversed(each.words))][:1])
    for each in (*place.before, *place.behind):
        if all(_is_said(word, clause) for word in each.words):
            yield each.words


def _is_said(word: Telling, clause: Clause) -> bool:
    return word.is_light or holds(clause.words, word)


def _begins_with(clause: Clause, headings: Sequence[Telling]) -> Sequence[Telling]:
    """Return the words of the headings that a clause begins with: it speaks of what they name."""
    first = [word for word in clause.words if not word.is_light][:1]
    return [word for word in headings if holds(first, word)]


def _unnumbered(said: Sequence[Telling]) -> Sequence[Telling]:
    """Return words without the numbers: those are never left to be understood."""
    return [word for word in said if not word.is_number]


def _most(clause: Clause) -> int:
    return SUBJECT + NEW_LETTERS - 1 if clause.words and is_wide(clause.words[0].word) else SUBJECT
