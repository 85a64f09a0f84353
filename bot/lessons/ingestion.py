"""Ingestion: one run over one source, after which the index holds exactly what the source has of what was asked for.

Documents are stored some at a time, so a run that was broken off goes on about where it stopped. Knows nothing of
screens.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import PurePosixPath

from bot.domain import Chunk, Document, LessonParts
from bot.errors import BotError, UserError
from bot.lessons.course_layout import Skip
from bot.lessons.files import CourseSource
from bot.lessons.reading.chunks import SIZE
from bot.lessons.reading.formats import format_of
from bot.lessons.reading.loaders import Parts, ReadDocument, Reader
from bot.lessons.reading.quiz_files import LeftOut, read_quiz
from bot.lessons.reading.sorting import ALL, Candidate, FileSelection, Skipped, documents_among
from bot.lessons.search.digest import digests
from bot.ports import Embedder, LessonDocuments, Lessons, NewDocument, PartsReader, Vectors

# Passages to an embedder at once: a second's work on two cores, so that the progress moves.
BATCH = 16
# Passages stored at once: whoever asks meanwhile reads the index anew that often, and a run that is broken off loses
# no more of them.
AT_ONCE = 256
# Files that could not be read now; what the index has of them stays.
UNREAD = frozenset({Skip.UNREADABLE})


class Outcome(StrEnum):
    """What became of a file that was taken."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: files looked at, of how many, and chunks stored so far; `path` is the file at hand."""

    done: int
    total: int
    chunks: int
    path: str


@dataclass(slots=True, kw_only=True)
class IngestReport:
    """What a run did: the paths by outcome, what was skipped and why, and chunks, translations and languages.

    `sites` counts the files cited by each of the courses' sites, by the program that makes it and its address;
    `unaddressed` are programs whose settings tell no address; `without_link` files have none at all.
    `questions` are those of quizzes that were stored, `left_out` those that were not.
    """

    taken: dict[Outcome, list[str]] = field(default_factory=lambda: {outcome: [] for outcome in Outcome})
    removed: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    cut: list[str] = field(default_factory=list)
    languages: Counter[str] = field(default_factory=Counter)
    sites: Counter[tuple[str, str]] = field(default_factory=Counter)
    unaddressed: list[str] = field(default_factory=list)
    without_link: int = 0
    chunks: int = 0
    questions: int = 0
    left_out: list[LeftOut] = field(default_factory=list)

    @property
    def documents(self) -> int:
        """How many documents the index now has of the source."""
        return sum(map(len, self.taken.values()))

    def count(self, ready: ReadDocument, outcome: Outcome) -> None:
        """Note what became of a file that was taken."""
        self.taken[outcome].append(ready.candidate.file.path)
        self.languages[ready.candidate.spot.language] += 1
        self.without_link += not ready.candidate.file.url
        if ready.site:
            self.sites[ready.site.kind, ready.site.address] += 1
        if ready.is_stale:
            self.stale.append(ready.candidate.file.path)

    @property
    def paths(self) -> frozenset[str]:
        """The paths of the documents the index now has of the source."""
        return frozenset(path for paths in self.taken.values() for path in paths)


class NoLessons(UserError):
    """A source has nothing that could be taken; `skipped` says why not."""

    def __init__(self, source: str, skipped: Sequence[Skipped]) -> None:
        super().__init__("error.lessons_nothing_there", source=source)
        self.skipped = skipped


class Batch:
    """Documents of one source that are ready to be stored, all at once: nobody ever reads a part of them."""

    def __init__(self, source: str, lessons: Lessons) -> None:
        self._source = source
        self._lessons = lessons
        self._ready: list[NewDocument] = []
        self.chunks = 0

    def add(self, document: NewDocument) -> None:
        """Take one in."""
        self._ready.append(document)
        self.chunks += len(document.chunks)

    async def store(self, *, gone: Sequence[str] = ()) -> None:
        """Store those there are, and take what is gone out of the index. Raises `Unavailable`; they are kept then."""
        if self._ready or gone:
            await self._lessons.put_all(self._source, self._ready, gone=gone)
        self._ready, self.chunks = [], 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingestion:
    """What every run needs. `embedder` None stores passages that are found by their words alone.

    `documents` None leaves out what is no plain text. `today` is the date, as 2026-11-30: what a course dates later is
    not on its site yet; "" for unknown.
    """

    lessons: Lessons
    embedder: Embedder | None = None
    documents: LessonDocuments | None = None
    progress: Callable[[Progress], None] = lambda _: None
    size: int = SIZE
    today: str = ""
    at_once: int = AT_ONCE

    async def run(self, source: CourseSource, *, selection: FileSelection = ALL) -> IngestReport:
        """Bring the index up to date with a source.

        Raises:
            NoLessons: the source has none; the index stays as it is.
            Unavailable: the index or the embedder does not answer; what was stored before stays.
        """
        async with AsyncExitStack() as stack:
            apart = await stack.enter_async_context(self.documents.reading()) if self.documents else None
            documents = await self._documents(source, selection, apart)
            reader = await asyncio.to_thread(
                Reader, source, selection=selection, documents=documents, size=self.size, today=self.today
            )
            if not reader.candidates:
                raise NoLessons(source.name, reader.skipped)
            known = await self.lessons.hashes(source.name)
            report = IngestReport(skipped=list(reader.skipped), left_out=reader.lonely_quizzes())
            ready = Batch(source.name, self.lessons)
            try:
                for done, candidate in enumerate(reader.candidates):
                    self.progress(Progress(done, len(reader.candidates), report.chunks, candidate.file.path))
                    await self._take(candidate, reader, known, report, ready, apart=apart)
                    if ready.chunks >= self.at_once:
                        await ready.store()
            except BotError:
                # What is embedded already is not embedded again by the next run.
                with suppress(BotError):
                    await ready.store()
                raise
        if not report.documents:
            raise NoLessons(source.name, report.skipped)
        report.unaddressed = reader.links.unaddressed
        kept = report.paths | {each.path for each in report.skipped if each.reason in UNREAD}
        report.removed = sorted(set(known) - kept)
        await ready.store(gone=report.removed)
        self.progress(Progress(len(reader.candidates), len(reader.candidates), report.chunks, ""))
        return report

    async def forget(self, name: str) -> int:
        """Take everything of a source out of the index; return how many documents."""
        known = await self.lessons.hashes(name)
        await self.lessons.remove(name, sorted(known))
        return len(known)

    async def _documents(
        self, source: CourseSource, selection: FileSelection, apart: PartsReader | None
    ) -> dict[str, Parts]:
        """Return the documents of a source as they were read: only their words tell which language they are in."""
        read: dict[str, Parts] = {}
        files = documents_among(source, selection) if apart else []
        for done, file in enumerate(files):
            self.progress(Progress(done, len(files), 0, file.path))
            try:
                content = await asyncio.to_thread(source.read, file.path)
            except OSError:
                continue  # which is told where it is opened
            if apart and len(content) <= format_of(file.path).most_bytes:
                read[file.path] = await apart.read(content, suffix=PurePosixPath(file.path).suffix.lower())
        return read

    async def _take(
        self,
        candidate: Candidate,
        reader: Reader,
        known: Mapping[str, str],
        report: IngestReport,
        batch: Batch,
        *,
        apart: PartsReader | None,
    ) -> None:
        """Make one file ready to be stored, unless the index has it already or it is no lesson."""
        path = candidate.file.path
        ready = await asyncio.to_thread(reader.open, candidate)
        if isinstance(ready, Skipped):
            report.skipped.append(ready)
            return
        if self._is_known(ready, known.get(path, "")):
            report.count(ready, Outcome.UNCHANGED)
            return
        parts: Parts | None = ready.parts
        if apart and ready.is_apart and not parts:
            parts = await apart.read(ready.text.encode(), suffix=ready.suffix)
        loaded = await asyncio.to_thread(reader.load, ready, parts)
        if isinstance(loaded, Skipped):
            report.skipped.append(loaded)
            return
        document, chunks = loaded
        questions, left = read_quiz(ready.quiz.path, ready.quiz.text, chunks) if ready.quiz else ([], [])
        if isinstance(parts, LessonParts) and parts.is_cut:
            report.cut.append(path)
        vectors = await self._vectors(document, chunks)
        mark = f"{document.content_hash} {vectors.model if vectors else ''}".strip()
        batch.add(NewDocument(replace(document, content_hash=mark), chunks, vectors, questions))
        report.chunks += len(chunks)
        report.questions += len(questions)
        report.left_out += left
        report.count(ready, Outcome.CHANGED if path in known else Outcome.ADDED)

    async def _vectors(self, document: Document, chunks: Sequence[Chunk]) -> Vectors | None:
        if self.embedder is None:
            return None
        texts = digests(document, chunks)
        once = list(dict.fromkeys(texts))
        rows: list[Sequence[float]] = []
        for start in range(0, len(once), BATCH):
            rows += await self.embedder.passages(once[start : start + BATCH])
        row_of = dict(zip(once, rows, strict=True))
        return Vectors(self.embedder.name, [row_of[text] for text in texts])

    def _is_known(self, ready: ReadDocument, stored: str) -> bool:
        """Whether the index has this very document, with vectors where there is somebody to make them."""
        digest, _, model = stored.partition(" ")
        return digest == ready.content_hash and (self.embedder is None or model == self.embedder.name)
