"""Quizzes: questions that were written for a lesson, and those its own definitions give. Pure; the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from bot.domain import Passage, QuizItem, QuizQuestion
from bot.lessons.answers.definitions import Definition, definitions
from bot.lessons.language.languages import language_of
from bot.lessons.language.words import folded, words
from bot.lessons.reading.quiz_files import fault_of, place_of

OPTIONS = 4
FEWEST_OPTIONS = 3
# Of two options one is not this much longer than the other: the odd one out would be the answer, or surely not.
MOST_TIMES = 3
# Words with as many first letters in common are forms of one.
STEM = 5


def quiz(passages: Sequence[Passage], written: Sequence[QuizQuestion] = ()) -> list[QuizItem]:
    """Return every question of a document, those written for it first; `passages` are all of its chunks."""
    texts = [passage.chunk.text for passage in passages]
    items = [
        _written(question, passages[at])
        for question in written
        if fault_of(question, texts) is None and (at := place_of(question.proof, texts)) is not None
    ]
    defined = definitions(passages)
    return items + [item for each in defined if (item := _made(each, defined))]


def _written(question: QuizQuestion, passage: Passage) -> QuizItem:
    options = sorted((question.right, *question.wrong), key=lambda option: _order(question.question, option))
    return QuizItem(
        id=f"{passage.id}.{question.question}",
        question=question.question,
        options=tuple(options),
        answer=options.index(question.right),
        passage=passage,
        proof=question.proof,
    )


def _made(right: Definition, defined: Sequence[Definition]) -> QuizItem | None:
    """Return the question which of some terms a definition is about; None where too few are of its kind."""
    terms = [right.term]
    for term in sorted((each.term for each in defined), key=lambda term: _order(right.id, term)):
        is_other = _stems(term).isdisjoint(_stems(right.term)) and folded(term) not in folded(right.clue)
        if is_other and _is_alike(term, right.term) and _stems(term) not in map(_stems, terms):
            terms.append(term)
    if len(terms) < FEWEST_OPTIONS:
        return None
    options = sorted(terms[:OPTIONS], key=lambda term: _order(term, right.id))
    return QuizItem(
        id=right.id,
        clue=right.clue,
        options=tuple(options),
        answer=options.index(right.term),
        passage=right.passage,
        proof=right.proof,
    )


def _stems(term: str) -> frozenset[str]:
    """Return the words of a term, the same for all their forms."""
    return frozenset(word[:STEM] for word in words(term))


def _is_alike(one: str, other: str) -> bool:
    """Whether a term could be taken for another, by its length and its letters."""
    is_as_long = max(len(one), len(other)) <= MOST_TIMES * min(len(one), len(other))
    return is_as_long and language_of(one, declared="") == language_of(other, declared="")


def _order(one: str, other: str) -> bytes:
    """Return a sort key that looks like chance and is the same every time."""
    return hashlib.sha256(f"{one}\n{other}".encode()).digest()
