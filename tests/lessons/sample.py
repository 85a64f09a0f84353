"""The course the product brings along, as lessons in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import bot.lessons
from bot.domain import Passage
from bot.lessons.files import CourseSource
from bot.lessons.ingestion import Ingestion
from bot.lessons.reading.chunks import SIZE
from bot.lessons.reading.loaders import Loaded, ReadDocument, Reader
from bot.lessons.reading.sorting import Skipped
from bot.lessons.sources.folders import folder_source
from tests.memory.lessons import FakeLessons

SAMPLE = Path(bot.lessons.__file__).parent / "sample/open-models"


def read_course(source: CourseSource, *, size: int = SIZE) -> Iterator[Loaded]:
    """Yield every document of a source with its chunks; what is not taken is left out silently."""
    reader = Reader(source, size=size)
    for candidate in reader.candidates:
        ready = reader.open(candidate)
        loaded = reader.load(ready) if isinstance(ready, ReadDocument) else ready
        if not isinstance(loaded, Skipped):
            yield loaded


async def sample_lessons(*, base_url: str = "") -> FakeLessons:
    """Take the course in, without vectors."""
    return await lessons_in(SAMPLE, base_url=base_url)


async def lessons_in(folder: Path, *, base_url: str = "") -> FakeLessons:
    """Take the course in a folder in, without vectors."""
    lessons = FakeLessons()
    await Ingestion(lessons=lessons).run(replace(folder_source(folder, base_url=base_url), name=folder.name))
    return lessons


async def passages_of(lesson: str, language: str = "en") -> list[Passage]:
    """Return the chunks of a lesson whose name begins so."""
    lessons = await sample_lessons()
    for document in await lessons.documents():
        if document.lesson.startswith(lesson) and document.language == language:
            return list(await lessons.chunks(document))
    raise LookupError(lesson)
