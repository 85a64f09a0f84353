"""The index of the lessons: who teaches from it, and the course that comes along."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.search.retrieval import HybridRetriever
from bot.ports import Embedder, LessonDocuments, Lessons, Notes, Retriever, Teacher
from bot.runtime.version import version
from bot.settings import Settings

SAMPLE = Path(__file__).parents[1] / "lessons/sample/open-models"
"""The course the product brings along."""

SAMPLE_SOURCE = "lyceum:open-models"
SAMPLE_NOTE = "lessons.sample"


def retriever_of(lessons: Lessons, *, embedder: Embedder | None) -> Retriever:
    """Return what finds passages in the index; without an embedder by their words alone."""
    return HybridRetriever(lessons=lessons, embedder=embedder)


def teacher_of(retriever: Retriever, *, embedder: Embedder | None) -> Teacher:
    """Return who teaches from what is found."""
    return CourseTeacher(retriever=retriever, embedder=embedder)


def document_reader() -> LessonDocuments:
    """Return what reads lessons that are no plain text."""
    from bot.documents.lesson_reader import LessonReader

    return LessonReader()


async def sample_taken_in(lessons: Lessons, notes: Notes, *, settings: Settings) -> None:
    """Keep the product's own course in the index as long as it is the only one, and no longer."""
    own = await lessons.hashes(SAMPLE_SOURCE)
    is_alone = len(await lessons.documents()) == len(own)
    if settings.lessons.sample == "never" or not is_alone:
        await lessons.remove(SAMPLE_SOURCE, list(own))
        return
    edition = await asyncio.to_thread(_edition)
    if not own or await notes.read(SAMPLE_NOTE) != edition:
        await _take_in_sample(lessons)
        await notes.write(SAMPLE_NOTE, edition)


def _edition() -> str:
    """Return what changes with the course, or with the version that reads it."""
    digest = hashlib.sha256(version().encode())
    for file in sorted(SAMPLE.rglob("*.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


async def _take_in_sample(lessons: Lessons) -> None:
    # Imported here: a start that finds the course in place needs no Markdown parser.
    from bot.lessons.ingestion import Ingestion
    from bot.lessons.sources.folders import folder_source

    source = replace(await asyncio.to_thread(folder_source, SAMPLE), name=SAMPLE_SOURCE)
    # Without vectors: so few passages are found by their words, and the start stays quick.
    await Ingestion(lessons=lessons).run(source)
