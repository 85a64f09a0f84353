"""The classroom: the index of the lessons and who teaches from it, and the errands of the command line there."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bot.course import LessonQuestion
from bot.course_ports import Teacher
from bot.domain import Notice
from bot.engine.lessoned import refusal, sources
from bot.errors import UserError
from bot.hosting import choose_backend
from bot.lessons.examining import Examined, Examiner, prediction, to_question
from bot.lessons.teacher import CourseTeacher
from bot.ports import Embedder, Lessons
from bot.settings import Settings

SAMPLE = Path(__file__).parent / "lessons/sample/open-models"
"""The course the product brings along."""

SAMPLE_SOURCE = "lyceum:open-models"
Say = Callable[[Notice], None]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Classroom:
    """What answers from lessons is made of."""

    lessons: Lessons
    teacher: Teacher


def classroom(lessons: Lessons, *, embedder: Embedder | None) -> Classroom:
    """Put a classroom together; without an embedder passages are found by their words alone."""
    from bot.lessons.retrieval import HybridRetriever

    retriever = HybridRetriever(lessons=lessons, embedder=embedder)
    return Classroom(lessons=lessons, teacher=CourseTeacher(retriever=retriever, embedder=embedder))


@asynccontextmanager
async def examiner(settings: Settings, *, model: str = "") -> AsyncIterator[Examiner]:
    """Open the index for questions outside any conversation; `model` words the answers, "" quotes the lessons.

    Raises:
        ConfigurationError: the database cannot be used as it is.
        Unavailable: it is locked, or away.
    """
    from bot.storage.database import open_database
    from bot.storage.lessons import SqlLessons

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await open_database(settings.storage.location))
        lessons = SqlLessons(database)
        embedder = await embedder_of(settings, stack)
        await sample_taken_in(lessons, embedder=embedder, settings=settings)
        backend = None
        if model:
            backend = (await choose_backend(settings)).backend
            stack.push_async_callback(backend.close)
        yield Examiner(teacher=classroom(lessons, embedder=embedder).teacher, backend=backend, model=model)


async def embedder_of(settings: Settings, stack: AsyncExitStack) -> Embedder | None:
    """Return what turns texts into vectors, closed with the stack; None where nothing of the kind is installed."""
    del settings, stack
    return None


async def sample_taken_in(lessons: Lessons, *, embedder: Embedder | None, settings: Settings) -> None:
    """Keep the product's own course in the index as long as it is the only one, and no longer."""
    from bot.lessons.folders import folder_source
    from bot.lessons.ingest import Ingestion

    own = await lessons.hashes(SAMPLE_SOURCE)
    documents = await lessons.documents()
    is_wanted = settings.lessons.sample == "auto" and len(documents) == len(own)
    if own and not is_wanted:
        await lessons.remove(SAMPLE_SOURCE, list(own))
    elif is_wanted:
        source = await asyncio.to_thread(folder_source, SAMPLE)
        await Ingestion(lessons=lessons, embedder=embedder).run(source)


async def ask(settings: Settings, question: LessonQuestion, *, model: str, as_json: bool) -> list[Notice | str]:
    """Answer one question; return what is printed, line by line: sentences, or one prediction as JSON."""
    async with examiner(settings, model=model) as asked:
        examined = await asked.examine(question)
    if as_json:
        return [json.dumps(prediction("", examined), ensure_ascii=False)]
    return list(told(examined))


def told(examined: Examined) -> Sequence[Notice | str]:
    """Return an answer as it is read in a terminal."""
    if not examined.text:
        return refusal(examined.finding)
    named = [
        f"[{number}] {source.title}" + (f": {source.url}" if source.url else "")
        for number, source in enumerate(sources(examined.cited).sources, start=1)
    ]
    return [examined.text, "", *named, *([Notice("lessons.quotes")] if examined.is_quoted else [])]


async def evaluate(settings: Settings, questions: Path, output: Path, *, model: str, progress: Progress) -> int:
    """Answer every question of a set, one JSON object a line, and write the predictions; return how many.

    Raises:
        UserError: the set cannot be read, or the predictions cannot be written.
    """
    rows = read_questions(questions)
    async with examiner(settings, model=model) as asked:
        predictions = []
        for done, (question_id, question) in enumerate(rows, start=1):
            predictions.append(prediction(question_id, await asked.examine(question)))
            progress(done, len(rows))
    lines = "".join(f"{json.dumps(each, ensure_ascii=False)}\n" for each in predictions)
    try:
        await asyncio.to_thread(output.write_text, lines, encoding="utf-8")
    except OSError as error:
        raise UserError("error.evaluate_output", path=output, reason=error.strerror or type(error).__name__) from error
    return len(predictions)


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
