"""`lyceum ask` and `lyceum evaluate`: questions to the lessons outside any conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from bot.domain import LessonQuestion, Notice
from bot.engine.citations import closest, sources
from bot.errors import UserError
from bot.lessons.answers.examining import Examined, Prediction, prediction, to_question
from bot.lessons.language.languages import tag_of
from bot.runtime.lesson_index import examination
from bot.settings import Settings

Progress = Callable[[int, int], None]


async def ask(settings: Settings, question: LessonQuestion, *, model: str, as_json: bool) -> list[Notice | str]:
    """Answer one question; return what is printed, line by line: sentences, or one prediction as JSON.

    `question.lesson` is what a person calls it. Raises `UserError` where nothing is asked, or of nothing there is.
    """
    language = tag_of(question.language)
    if not question.text.strip():
        raise UserError("error.ask_question")
    if question.language and not language:
        raise UserError("error.ask_language", got=question.language)
    async with examination(settings, model=model) as opened:
        lesson = (await opened.lessons.lesson(question.lesson))[0].key if question.lesson else ""
        examined = await opened.examiner.examine(replace(question, lesson=lesson, language=language))
    if as_json:
        return [json.dumps(prediction("", examined), ensure_ascii=False)]
    return list(told(examined))


def told(examined: Examined) -> Sequence[Notice | str]:
    """Return an answer as it is read in a terminal."""
    if not examined.text:
        passages = examined.finding.passages
        return [Notice("ask.refused" if passages else "lessons.none"), *closest(passages)]
    named = [
        f"[{number}] {source.title}" + (f": {source.url}" if source.url else "")
        for number, source in enumerate(sources(examined.cited).sources, start=1)
    ]
    return [examined.text, "", *named, *([Notice("lessons.quotes")] if examined.is_quoted else [])]


async def evaluate(settings: Settings, questions: Path, output: Path, *, model: str, progress: Progress) -> int:
    """Answer every question of a set, one JSON object a line, and write each prediction at once; return how many.

    Raises:
        UserError: the set cannot be read, or the predictions cannot be written.
    """
    rows = read_questions(questions)
    async with examination(settings, model=model) as opened:
        # Before the first question, which may take hours till the last: what was there goes only now.
        await asyncio.to_thread(_write, output, "w")
        for done, (question_id, question) in enumerate(rows, start=1):
            answered = prediction(question_id, await opened.examiner.examine(question))
            await asyncio.to_thread(_write, output, "a", answered)
            progress(done, len(rows))
    return len(rows)


def _write(output: Path, mode: Literal["w", "a"], *predictions: Prediction) -> None:
    """Write predictions behind each other; what is written stays when a later question fails."""
    try:
        with output.open(mode, encoding="utf-8") as file:
            file.writelines(f"{json.dumps(each, ensure_ascii=False)}\n" for each in predictions)
    except OSError as error:
        raise UserError("error.evaluate_output", path=output, reason=error.strerror or type(error).__name__) from error


def read_questions(path: Path) -> list[tuple[str, LessonQuestion]]:
    """Read a question set: an id and a question of each line that is not empty.

    Raises:
        UserError: it cannot be read, or a line is none of a question set's.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError("error.evaluate_questions", path=path) from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append((str(row["id"]), to_question(row)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UserError("error.evaluate_line", path=path, number=number) from error
    return rows
