"""Looks at the lessons: whether there are any, and whether their vectors are of the model that reads questions."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence

from bot.clock import SYSTEM_CLOCK
from bot.domain import Notice
from bot.domain.check_result import CheckResult, problem, remark, told, well
from bot.domain.place_courses import KnownSource
from bot.errors import BotError
from bot.ports import Embedder
from bot.runtime.backends import choose_embedder
from bot.runtime.checks.database_checks import opened
from bot.runtime.lesson_index import SAMPLE_SOURCE
from bot.settings import Settings
from bot.storage.course_source_store import SqlCourseSources
from bot.storage.lesson_sources import indexed_sources

AREA, EMBEDDING, REFRESH = "lessons.index", "lessons.embedding", "lessons.refresh"
EMBED_S = 8.0


async def check_lessons(settings: Settings) -> Sequence[CheckResult]:
    """Look at the index and at the embedding model, side by side."""
    embedder = await choose_embedder(settings)
    try:
        index, embedding = await asyncio.gather(_index(settings, embedder), _embedding(settings, embedder))
    finally:
        if embedder is not None:
            await embedder.close()
    return [*index, *embedding]


async def _index(settings: Settings, embedder: Embedder | None) -> Sequence[CheckResult]:
    try:
        async with opened(settings) as database:
            if database is None:
                return []
            sources = await indexed_sources(database)
            known = await SqlCourseSources(database, clock=SYSTEM_CLOCK).known()
    except BotError as error:
        return [told(AREA, Notice(error.key, error.parameters), shows="no_lessons")]
    own = [each for each in sources if each.name != SAMPLE_SOURCE]
    if not own:
        return [remark(AREA, "lessons_sample" if settings.lessons.sample == "auto" else "lessons_none")]
    models = {each.model for each in own if each.model}
    if embedder is not None and models and embedder.name not in models:
        return [
            problem(AREA, "lessons_vectors", shows="words_only", model=embedder.name, was=", ".join(sorted(models)))
        ]
    names = ", ".join(sorted({each.name for each in own}))
    return [
        *_refreshed(settings, {each.name for each in own}, known),
        well(AREA, "lessons", count=sum(each.documents for each in own), sources=names),
    ]


def _refreshed(settings: Settings, names: Collection[str], known: Sequence[KnownSource]) -> list[CheckResult]:
    """Say which lessons could not be taken in anew, and of which it is not known how."""
    failed = [
        problem(REFRESH, "lessons_refresh", shows="old_lessons", source=each.name, reason=each.failure)
        for each in known
        if each.failure
    ]
    unknown = sorted(set(names) - {each.name for each in known}) if settings.lessons.refresh else []
    return failed + ([remark(REFRESH, "lessons_refresh_unknown", sources=", ".join(unknown))] if unknown else [])


async def _embedding(settings: Settings, embedder: Embedder | None) -> Sequence[CheckResult]:
    model = settings.lessons.embedding_model
    if embedder is None:
        return [remark(EMBEDDING, "lessons_words_only")]
    if not model:
        return []
    try:
        async with asyncio.timeout(EMBED_S):
            await embedder.questions(["?"])
    except TimeoutError:
        return [problem(EMBEDDING, "embedding_late", shows="words_only", model=model, seconds=round(EMBED_S))]
    except BotError as error:
        reason = Notice(error.key, error.parameters)
        return [problem(EMBEDDING, "embedding", shows="words_only", model=model, reason=reason)]
    return [well(EMBEDDING, "embedding_well", model=model)]
