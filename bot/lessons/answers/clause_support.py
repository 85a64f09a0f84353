"""Clause by clause: whether each thing a sentence says is said so in one clause of a lesson. Pure.

Nearly every false sentence about a lesson is made of its own words: what it says of one thing, said of another. So what
a sentence says has to stand in one clause; a word from elsewhere counts only where it is what that clause speaks of.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from bot.lessons.answers.clauses import Clause, clauses, compared, names_its_subject
from bot.lessons.answers.lesson_clauses import LessonClauses, LessonPlace
from bot.lessons.answers.negations import is_denied_alike, negated
from bot.lessons.answers.understood import LONGEST_NAME, NEW_LETTERS, SUBJECT, is_understood
from bot.lessons.language.amounts import truth
from bot.lessons.language.telling import Telling, holds, is_noun_like, telling
from bot.lessons.language.word_forms import are_one
from bot.lessons.language.words import is_wide

CANDIDATES = 4
"""So many clauses, those that hold most of a sentence, are held against it."""


def borne_out(sentence: str, lesson: LessonClauses) -> bool:
    """Whether every clause of a sentence is said so by one clause of the lesson."""
    cut = clauses(sentence, lesson.language)
    whole = Clause(sentence, tuple(telling(sentence, lesson.language)), is_one=len(cut) < 2)  # noqa: PLR2004 - the whole
    if not _says_something(whole):
        return False
    if _places_of(whole, lesson) or whole.is_one:
        return bool(_places_of(whole, lesson))
    subject = _subject(cut[0], lesson)
    at = _places_of(cut[0], lesson)
    for before, clause in pairwise(cut):
        last = [word for word in before.words if not word.is_light][-SUBJECT:]
        is_aside = clause.refers_back or len(clause.words) <= LONGEST_NAME
        spoken_of = [subject, last, last[-1:]] if is_aside else [subject]
        at = _going_on(clause, spoken_of, at, lesson) if at else ()
    return bool(at)


def _subject(clause: Clause, lesson: LessonClauses) -> Sequence[Telling]:
    """Return what a clause speaks of: its first word, and the second where the lesson has them side by side."""
    first = [word for word in clause.words if not word.is_light and not word.is_number][:SUBJECT]
    run = [word.word for word in first]
    return first if lesson.has_run(run) else first[:1]


def _is_of_another(subject: Telling, place: LessonPlace, clause: Clause) -> bool:
    """Whether a clause of the lesson says which of those that this word names it means, and the sentence does not."""
    around = [place.clause, *place.before[-1:]]
    here = next((each.words for each in around if holds(each.words, subject)), None)
    if here is None:
        return False
    at = next(number for number, word in enumerate(here) if are_one(word.word, subject.word))
    beside = [*here[max(0, at - 1) : at], *here[at + 1 : at + 2]]
    return any(not word.is_light and not holds(clause.words, word) for word in beside)


def _going_on(
    clause: Clause, spoken_of: Sequence[Sequence[Telling]], at: Sequence[LessonPlace], lesson: LessonClauses
) -> Sequence[LessonPlace]:
    """Return where a later clause is said of what the sentence began with, or of a subject of its own."""
    alone = [
        place
        for place in _places_of(clause, lesson)
        if _has_own_subject(place, clause, lesson.language) or _follows(place, at)
    ]
    if alone:
        return alone
    for subject in spoken_of:
        told = Clause(clause.text, (*subject, *clause.words), clause.refers_back)
        if found := _places_of(told, lesson):
            return found
        for word in subject if len(subject) > 1 else ():
            told = Clause(clause.text, (word, *clause.words), clause.refers_back)
            if found := [place for place in _places_of(told, lesson) if not _is_of_another(word, place, told)]:
                return found
    return ()


def _has_own_subject(place: LessonPlace, clause: Clause, language: str) -> bool:
    if names_its_subject(clause.text, language) and not clause.refers_back:
        return True
    first = next((word for word in place.clause.words if not word.is_light), None)
    return first is not None and not place.clause.refers_back and holds(clause.words, first)


def _follows(place: LessonPlace, at: Sequence[LessonPlace]) -> bool:
    """Whether a clause refers back to one of these."""
    return place.clause.refers_back and bool(place.before) and any(place.before[-1] is each.clause for each in at)


def _places_of(clause: Clause, lesson: LessonClauses) -> Sequence[LessonPlace]:
    return [place for place in _likeliest(clause, lesson) if _fits(clause, place, lesson)]


def _likeliest(clause: Clause, lesson: LessonClauses) -> Sequence[LessonPlace]:
    """Return the places whose clauses hold most of a clause's words, of those the shortest first."""

    def worth(place: LessonPlace) -> tuple[int, int]:
        held = [word for word in clause.words if holds(place.clause.words, word)]
        return sum(2 - word.is_light for word in held), -len(place.clause.words)

    return sorted(lesson.places, key=worth, reverse=True)[:CANDIDATES]


def _fits(clause: Clause, place: LessonPlace, lesson: LessonClauses) -> bool:
    """Whether one clause of the lesson says it, with what that clause leaves to be understood."""
    here = place.clause.words
    missing = [word for word in clause.words if not holds(here, word) and not word.is_light]
    left = [word for word in here if not word.is_light and not holds(clause.words, word)]
    lost = [word for word in clause.words if not holds(here, word)]
    if any(_opposed(word, left) for word in lost) or _is_turned(clause, place.clause, lesson):
        return False
    fresh = [word for word in missing if not holds(lesson.everything, word)]
    if (
        not _numbers_agree(clause.words, here)
        or not _may_be_new(fresh, clause, lesson.language)
        or len(missing) == len(clause.words)
    ):
        return False
    strong = [word for word in clause.words if not word.is_light]
    if left and 2 * len(missing) > len(strong):
        return False
    given = [word for word in missing if word not in fresh]
    if given and not all(is_understood(word, clause, place, left, lesson) for word in given):
        return False
    used = [place.clause.text, *(each.text for each in _donors(given, place))]
    return not negated(clause.text, " ".join(used)) and (
        bool(left or given) or is_denied_alike(clause.text, place.clause.text)
    )


def _says_something(clause: Clause) -> bool:
    """Whether a sentence says something of something: a number or a word by itself does not."""
    said = [word for word in clause.words if not word.is_light]
    is_counted = any(word.is_number for word in said)
    is_named = any(not word.is_number for word in said)
    return is_named and (is_counted or len(said) > 1)


def _may_be_new(fresh: Sequence[Telling], clause: Clause, language: str) -> bool:
    """Whether words that stand nowhere in the lesson may be the sentence's own: one, and it names nothing."""
    if any(word.is_number or word.is_name for word in fresh):
        return False
    most = NEW_LETTERS if fresh and all(is_wide(word.word) for word in fresh) else 1
    if fresh and compared(clause.text, language):
        return False
    counted = [unit for number, unit in pairwise(clause.words) if number.is_number]
    return len(fresh) <= most and not any(is_noun_like(word.word, clause.text) or word in counted for word in fresh)


def _numbers_agree(said: Sequence[Telling], here: Sequence[Telling]) -> bool:
    """Whether what each number counts in the sentence is not what another one counts in the clause."""
    counted = [(a, b) for a, b in pairwise(here) if a.is_number and not b.is_number]
    for number, unit in pairwise(said):
        if not number.is_number or unit.is_number:
            continue
        of_unit = [a for a, b in counted if are_one(b.word, unit.word)]
        if of_unit and not holds(of_unit, number):
            return False
    return True


def _donors(given: Sequence[Telling], place: LessonPlace) -> Sequence[Clause]:
    """Return the clauses beside this one that a sentence takes words from."""
    return [each for each in (*place.before, *place.behind) if any(holds(each.words, word) for word in given)]


def _is_turned(clause: Clause, here: Clause, lesson: LessonClauses) -> bool:
    """Whether the two things that are compared have changed places."""
    said, told = compared(clause.text, lesson.language), compared(here.text, lesson.language)
    return bool(told) and any(holds(here.words, word) and not holds(told, word) for word in said)


def _opposed(word: Telling, left: Sequence[Telling]) -> bool:
    opposites = _opposites().get(word.word, set())
    return any(each.word in opposites for each in left)


@cache
def _opposites() -> dict[str, set[str]]:
    lines = [set(line.split()) for line in truth()["opposites"].strip().split("\n")]
    known = set().union(*lines)
    return {word: set().union(*(line for line in lines if word in line)) - {word} for word in known}
