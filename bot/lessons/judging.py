"""Judging: whether what was found answers a question, as far as can be told without a model. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.course import LessonQuestion, Passage

# Measured on questions with and without an answer in two courses (docs/reference/lessons.md).
COVERED = 0.35
SURE = 0.6


@dataclass(frozen=True, slots=True)
class Verdict:
    """See `Finding`."""

    is_covered: bool
    is_sure: bool


def judged(question: LessonQuestion, passages: Sequence[Passage]) -> Verdict:
    """Say whether the passages answer the question."""
    del question
    certainty = max((passage.certainty for passage in passages), default=0.0)
    return Verdict(is_covered=certainty >= COVERED, is_sure=certainty >= SURE)
