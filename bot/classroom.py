"""The classroom: who teaches from the index of the lessons, and questions to them outside any conversation."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from pathlib import Path

from bot.course import LessonQuestion
from bot.course_ports import Teacher
from bot.domain import Notice
from bot.engine.lessoned import refusal, sources
from bot.errors import UserError
from bot.hosting import choose_backend, choose_embedder
from bot.lessons.examining import Examined, Examiner, prediction, to_question
from bot.lessons.retrieval import HybridRetriever
from bot.lessons.teacher import CourseTeacher
from bot.ports import Embedder, Lessons, Notes
from bot.settings import Settings

SAMPLE = Path(__file__).parent / "lessons/sample/open-models"
"""The course the product brings along."""

SAMPLE_SOURCE = "lyceum:open-models"
SAMPLE_NOTE = "lessons.sample"
Say = Callable[[Notice], None]
Progress = Callable[[int, int], None]


def teacher_of(lessons: Lessons, *, embedder: Embedder | None) -> Teacher:
    """Return who teaches from the index; without an embedder passages are found by their words alone."""
    return CourseTeacher(retriever=HybridRetriever(lessons=lessons, embedder=embedder), embedder=embedder)


@asynccontextmanager
async def examiner(settings: Settings, *, model: str = "") -> AsyncIterator[Examiner]:
    """Open the index for questions outside any conversation; `model` words the answers, "" quotes the lessons.

    Raises:
        ConfigurationError: the database cannot be used as it is.
        Unavailable: it is locked, or away.
    """
    from bot.storage.database import open_database
    from bot.storage.lessons import SqlLessons
    from bot.storage.notes import SqlNotes

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await open_database(settings.storage.location))
        lessons = SqlLessons(database)
        embedder = await choose_embedder(settings)
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        await sample_taken_in(lessons, SqlNotes(database), settings=settings)
        backend = None
        if model:
            backend = (await choose_backend(settings)).backend
            stack.push_async_callback(backend.close)
        yield Examiner(teacher=teacher_of(lessons, embedder=embedder), backend=backend, model=model)


async def sample_taken_in(lessons: Lessons, notes: Notes, *, settings: Settings) -> None:
    """Keep the product's own course in the index as long as it is the only one, and no longer."""
    own = await lessons.hashes(SAMPLE_SOURCE)
    is_alone = len(await lessons.documents()) == len(own)
    if settings.lessons.sample == "never" or not is_alone:
        await lessons.remove(SAMPLE_SOURCE, list(own))
    elif not own or await notes.read(SAMPLE_NOTE) != version():
        await _take_in_sample(lessons)
        await notes.write(SAMPLE_NOTE, version())


async def _take_in_sample(lessons: Lessons) -> None:
    # Imported here: a start that finds the course in place needs no Markdown parser.
    from bot.lessons.folders import folder_source
    from bot.lessons.ingest import Ingestion

    source = replace(await asyncio.to_thread(folder_source, SAMPLE), name=SAMPLE_SOURCE)
    # Without vectors: so few passages are found by their words, and the start stays quick.
    await Ingestion(lessons=lessons).run(source)


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib.metadata import version as version_of

    return version_of("lyceum-bot")


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
