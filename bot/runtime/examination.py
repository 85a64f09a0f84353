"""The lessons and the models, opened for questions outside any conversation."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ChatRequest, ModelCard, ModelEvent
from bot.engine.catalog import Catalog
from bot.engine.courses_in_use import CoursesInUse
from bot.engine.lesson_questions import LessonQuestions, MemoryHistory, NamedModel, RecordingRetriever
from bot.engine.turn_answers import turn_answerer
from bot.errors import ModelMissing
from bot.ports import ModelBackend
from bot.runtime.backends import choose_backend, choose_embedder
from bot.runtime.compose import answer_policy_of
from bot.runtime.lesson_index import retriever_of, sample_taken_in, teacher_of
from bot.settings import Settings


class NoModels:
    """See `ports.ModelBackend`: where lessons are quoted, no host is looked for."""

    host = ""

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`."""
        return ()

    async def has_loaded(self, model: str) -> bool:  # noqa: ARG002 - the port's
        """See `ports.ModelBackend.has_loaded`."""
        return False

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`."""
        nothing: tuple[ModelEvent, ...] = ()
        for event in nothing:
            yield event
        raise ModelMissing(request.model)

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""


@asynccontextmanager
async def examination(
    settings: Settings, *, model: str = "", clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[LessonQuestions]:
    """Open the lessons for questions; `model` words the answers, "" quotes the lessons.

    Raises:
        ConfigurationError: the database cannot be used as it is.
        Unavailable: it is locked, or away.
    """
    from bot.storage.course_source_store import SqlCourseSources
    from bot.storage.database.open_database import open_database
    from bot.storage.lesson_store import SqlLessons
    from bot.storage.note_store import SqlNotes

    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await open_database(settings.storage.location))
        lessons, notes = SqlLessons(database), SqlNotes(database, clock=clock)
        embedder = await choose_embedder(settings)
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        await sample_taken_in(lessons, notes, settings=settings)
        backend: ModelBackend = (await choose_backend(settings, clock=clock)).backend if model else NoModels()
        stack.push_async_callback(backend.close)
        history, retriever = MemoryHistory(), RecordingRetriever(retriever_of(lessons, embedder=embedder))
        teacher = teacher_of(retriever, embedder=embedder)
        answerer = turn_answerer(
            backend=backend,
            history=history,
            selector=NamedModel(model, catalog=Catalog(backend=backend, clock=clock)),
            answer_policy=replace(answer_policy_of(settings), lesson_answers="model" if model else "quotes"),
            notes=notes,
            teacher=teacher,
            lessons=CoursesInUse(lessons, sources=SqlCourseSources(database, clock=clock)),
            clock=clock,
        )
        yield LessonQuestions(answerer=answerer, history=history, retriever=retriever)
