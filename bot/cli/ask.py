"""`lyceum ask` and `lyceum evaluate`: questions to the lessons outside any conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bot.cli.predictions import as_line, prediction, read_questions, write_predictions
from bot.domain import Notice
from bot.engine.lesson_questions import OutsideAnswer, OutsideQuestion
from bot.errors import UserError
from bot.lessons.language.languages import tag_of
from bot.runtime.examination import examination
from bot.settings import Settings

Progress = Callable[[int, int], None]
# What a channel is told goes on with what can be done there.
REFUSALS = frozenset(
    {"lessons.refused", "lessons.refused_by_one", "lessons.refused_by_course", "lessons.refused_within"}
)


async def ask(settings: Settings, question: OutsideQuestion, *, model: str, as_json: bool) -> list[Notice | str]:
    """Answer one question; return what is printed, line by line: sentences, or one prediction as JSON.

    Raises `UserError` where nothing is asked, or of nothing there is.
    """
    language = tag_of(question.language)
    if not question.text.strip():
        raise UserError("error.ask_question")
    if question.language and not language:
        raise UserError("error.ask_language", got=question.language)
    async with examination(settings, model=model) as questions:
        answer = await questions.ask(replace(question, language=language))
    return [as_line(prediction("", answer))] if as_json else list(told(answer))


def told(answer: OutsideAnswer) -> Sequence[Notice | str]:
    """Return an answer as it is read in a terminal."""
    notices = [Notice("ask.refused") if notice.key in REFUSALS else notice for notice in answer.notices]
    if not answer.text:
        return notices
    named = [
        f"[{number}] {source.title}" + (f": {source.url}" if source.url else "")
        for number, source in enumerate(answer.sources, start=1)
    ]
    return [answer.text, "", *named, *notices]


async def evaluate(settings: Settings, questions: Path, output: Path, *, model: str, progress: Progress) -> int:
    """Answer every question of a set, one JSON object a line, and write each prediction at once; return how many.

    Raises:
        UserError: the set cannot be read, or the predictions cannot be written.
    """
    rows = read_questions(questions)
    async with examination(settings, model=model) as opened:
        # Before the first question, which may take hours till the last: what was there goes only now.
        await asyncio.to_thread(write_predictions, output, "w")
        for done, (question_id, question) in enumerate(rows, start=1):
            answered = prediction(question_id, await opened.ask(question))
            await asyncio.to_thread(write_predictions, output, "a", answered)
            progress(done, len(rows))
    return len(rows)
