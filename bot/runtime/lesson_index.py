"""The lessons while the bot runs: the course that comes along, and questions asked on the command line."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from bot.domain import LessonQuestion, Notice
from bot.engine.lesson_answers import closest, sources
from bot.engine.lesson_commands import LessonCommands
from bot.errors import ModelMissing, UserError
from bot.lessons.answers.examining import Examined, Examiner, Prediction, prediction, to_question
from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.language.languages import tag_of
from bot.lessons.search.retrieval import HybridRetriever
from bot.ports import Embedder, Lessons, Notes, Teacher
from bot.runtime.backends import choose_backend, choose_embedder
from bot.settings import Settings

SAMPLE = Path(__file__).parents[1] / "lessons/sample/open-models"
"""The course the product brings along."""

SAMPLE_SOURCE = "lyceum:open-models"
SAMPLE_NOTE = "lessons.sample"
Say = Callable[[Notice], None]
Progress = Callable[[int, int], None]


def teacher_of(lessons: Lessons, *, embedder: Embedder | None) -> Teacher:
    """Return who teaches from the index; without an embedder passages are found by their words alone."""
    return CourseTeacher(retriever=HybridRetriever(lessons=lessons, embedder=embedder), embedder=embedder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The index, opened for questions outside any conversation."""

    examiner: Examiner
    lessons: LessonCommands


@asynccontextmanager
async def examination(settings: Settings, *, model: str = "") -> AsyncIterator[Examination]:
    """Open the index for questions outside any conversation; `model` words the answers, "" quotes the lessons.

    Raises:
        ConfigurationError: the database cannot be used as it is.
        Unavailable: it is locked, or away.
        UserError: there is no such model.
    """
    from bot.storage.database.open_database import open_database
    from bot.storage.lesson_store import SqlLessons
    from bot.storage.note_store import SqlNotes

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
        teacher = teacher_of(lessons, embedder=embedder)
        try:
            yield Examination(
                examiner=Examiner(teacher=teacher, backend=backend, model=model),
                lessons=LessonCommands(lessons=lessons, teacher=teacher),
            )
        except ModelMissing as error:
            raise UserError("error.ask_model", model=error.model) from error


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
    from bot.lessons.ingest import Ingestion
    from bot.lessons.sources.folders import folder_source

    source = replace(await asyncio.to_thread(folder_source, SAMPLE), name=SAMPLE_SOURCE)
    # Without vectors: so few passages are found by their words, and the start stays quick.
    await Ingestion(lessons=lessons).run(source)


def version() -> str:
    """Return the version of the installed distribution."""
    from importlib.metadata import version as version_of

    return version_of("lyceum-bot")


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
