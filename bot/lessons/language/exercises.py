"""Exercises: headings under which lessons ask, or promise, what they teach elsewhere. Pure."""

from __future__ import annotations

import re

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


def is_exercise(text: str) -> bool:
    """Whether a heading, or a question, is about exercises, quizzes or goals and not about their subject."""
    said = folded(text)
    return _EXERCISE.search(said) is not None or _ASKED.fullmatch(said) is not None
