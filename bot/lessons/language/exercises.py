"""Exercises: headings under which lessons ask, or promise, what they teach elsewhere. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.lessons.language.words import folded

_EXERCISE = re.compile(
    r"\b(?:quiz(?:zes)?|knowledge check|check your|test yourself|exercises?|challenges?|assignments?|homework"
    r"|learning (?:goals|objectives|outcomes)|objectives|practice|self-check"
    r"|ejercicios?|cuestionario|objetivos|aufgaben?"
    r"|übung(?:en)?|lernziele|exercices?|objectifs|задани[ея]|упражнени[ея])\b|בוחן|תרגיל|מטרות|מטלה|חידון|אתגר"
    r"|练习|測驗|测验|作业|学习目标|クイズ|演習|課題|学習目標|اختبار|تمارين|أهداف",
    re.IGNORECASE,
)
# "Questions", "Review questions": what a lesson asks. "Test on your own questions" teaches.
_ASKED = re.compile(r"(?:[\W\d]+)?(?:\w+ )?questions\W*", re.IGNORECASE)

_PROMISE = re.compile(
    r"\byou (?:will|should) (?:be able to|learn|know)\b|\byou['’]ll (?:learn|be able)\b|\bby the end of\b"
    r"|\bin this (?:lesson|chapter|section|episode),? (?:we|you)\b|\blearning (?:goals|objectives|outcomes)\b"
    r"|תלמדו|תדעו|בסוף השיעור|aprenderás|al final de|vous (?:apprendrez|saurez)"
    r"|lernst du|学完|你将学|学习目标|学習目標|ستتعلم",
    re.IGNORECASE,
)
_GOAL = re.compile(
    r"^\W*(?:explain|describe|discuss|identify|define|compare|demonstrate|understand|learn|distinguish|recogni[sz]e|summari[sz]e"
    r"|interpret|construct|translate|list|state|evaluate|analy[sz]e|differentiate)\b",
    re.IGNORECASE,
)
_GOALS, _FEWEST = 0.5, 2
"""A list is one of goals where so many of its items, and this part of them, say what a reader will be able to do."""


def promises(said: Sequence[str]) -> bool:
    """Whether the items of a list, and the words before it as the last, say what a reader will learn."""
    *items, before = said
    goals = sum(_GOAL.match(item) is not None for item in items)
    return _PROMISE.search(folded(before)) is not None or (goals >= _FEWEST and goals >= _GOALS * len(items))


def is_exercise(text: str) -> bool:
    """Whether a heading, or a question, is about exercises, quizzes or goals and not about their subject."""
    said = folded(text)
    return _EXERCISE.search(said) is not None or _ASKED.fullmatch(said) is not None
