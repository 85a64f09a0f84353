"""The index of the lessons as it is opened: for the engine, and for questions outside any conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bot.engine.lesson_commands import LessonCommands
from bot.errors import ModelMissing, UserError
from bot.lessons.answers.examining import Examiner
from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.search.retrieval import HybridRetriever
from bot.ports import Embedder, Lessons, Notes, Teacher
from bot.runtime.backends import choose_backend, choose_embedder
from bot.runtime.version import version
from bot.settings import Settings

SAMPLE = Path(__file__).parents[1] / "lessons/sample/open-models"
"""The course the product brings along."""

SAMPLE_SOURCE = "lyceum:open-models"
SAMPLE_NOTE = "lessons.sample"


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
    from bot.lessons.ingestion import Ingestion
    from bot.lessons.sources.folders import folder_source

    source = replace(await asyncio.to_thread(folder_source, SAMPLE), name=SAMPLE_SOURCE)
    # Without vectors: so few passages are found by their words, and the start stays quick.
    await Ingestion(lessons=lessons).run(source)
