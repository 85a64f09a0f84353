"""Reads a source's files as documents with their chunks: what is taken, what each file is, whether it is up to date.

A `Reader` looks at all paths first, since a translation is known by its original; then each file is read by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.domain import Chunk, Document
from bot.lessons.course_layout import INDEX, Skip, Spot, named
from bot.lessons.files import CourseFile, CourseSource
from bot.lessons.reading.chunks import SIZE, chunks_of
from bot.lessons.reading.course_order import course_order, ranked
from bot.lessons.reading.formats import format_of, language_said
from bot.lessons.reading.includes import with_includes
from bot.lessons.reading.lesson_text import decoded, front_of, original_hash_of
from bot.lessons.reading.old_editions import without_equal_editions
from bot.lessons.reading.originals import Originals, contents, title_in
from bot.lessons.reading.pages import LessonPage, NotANotebook
from bot.lessons.reading.sorting import (
    ALL,
    Candidate,
    FileSelection,
    Skipped,
    is_first_page,
    sorted_out,
    without_language,
)

# Grows when the same bytes make other documents: all are read again then.
RECIPE = 2
# Headings that many a lesson begins with, and none is called.
COMMON = frozenset({
    "about", "contents", "goals", "intro", "introduction", "learning goals", "learning objectives", "objectives",
    "overview", "prerequisites", "requirements", "summary", "table of contents", "introducción", "introdução",
    "einführung", "einleitung", "introduzione", "введение", "הקדמה", "מבוא", "مقدمة", "المقدمة", "परिचय", "简介",
    "介绍", "引言", "概述", "はじめに", "概要", "소개",
})  # fmt: skip
# A file that a lesson includes is a listing, or a part of it.
MOST_INCLUDED_BYTES = 200_000
# What git leaves where it keeps a large file elsewhere.
POINTER = "version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """A file that was opened. `content_hash` is the document's, `listed` what the table of contents calls it.

    `told` is what the navigation of the course's site calls it, "" where it has none.
    """

    candidate: Candidate
    text: str
    content_hash: str
    is_stale: bool
    listed: str
    told: str = ""


Loaded = tuple[Document, Sequence[Chunk]]


class Reader:
    """Reads one source. `candidates` are what may be taken, by course, number and lesson; `skipped` what is not.

    `size` is the chunks'.
    """

    def __init__(self, source: CourseSource, *, selection: FileSelection = ALL, size: int = SIZE) -> None:
        self._source = source
        self._size = size
        self._courses: dict[str, Originals] = {}
        self._listed: dict[tuple[str, str], dict[str, str]] = {}
        languages, positions = self._said()
        self._places: dict[str, dict[str, str]] = {}
        self._order = course_order(source.files, source.read)
        numbers = {**ranked(positions), **self._order.numbers}
        candidates, skipped = sorted_out(source, selection, languages, numbers)
        self.candidates, copies = without_equal_editions(candidates, self._bytes)
        self.skipped = [*skipped, *copies]
        self._first_pages = [
            each for each in sorted_out(source, ALL, languages)[0] if is_first_page(each.spot.original)
        ]
        for course in {each.file.course for each in self.candidates}:
            self._courses[course] = Originals([file for file in source.files if file.course == course], source.read)

    @property
    def source(self) -> str:
        """The source's name."""
        return self._source.name

    def open(self, candidate: Candidate) -> ReadDocument | Skipped:
        """Read a file's bytes and say what its document would be, cheaply."""
        file, spot = candidate.file, candidate.spot
        raw = self._bytes(file)
        text = raw if isinstance(raw, Skip) else decoded(raw)
        if isinstance(raw, Skip) or isinstance(text, Skip) or text is None:
            return Skipped(file.path, raw if isinstance(raw, Skip) else Skip.NOT_TEXT)
        if text.startswith(POINTER) or not text.strip():
            return Skipped(file.path, Skip.POINTER if text.strip() else Skip.EMPTY)
        text = with_includes(text, file.place, lambda place: self._text_at(file.course, place))
        stale = self._courses[file.course].is_stale(file.place, spot, original_hash=original_hash_of(text))
        listed = title_in(self._contents(file.course, spot.language), spot.original)
        address = file.url.replace(self._source.version, "", 1) if self._source.version else file.url
        told = "" if spot.is_translation else self._order.titles.get((file.course, spot.original), "")
        facts = [told, RECIPE, self._size, file.course, spot.lesson, spot.number, spot.language, listed, stale, address]
        digest = hashlib.sha256(json.dumps(facts).encode())
        digest.update(raw)
        digest.update(text.encode())
        return ReadDocument(
            candidate=candidate, text=text, content_hash=digest.hexdigest(), is_stale=stale, listed=listed, told=told
        )

    def load(self, ready: ReadDocument) -> Loaded | Skipped:
        """Make a document of an opened file. Takes some milliseconds."""
        file, spot = ready.candidate.file, ready.candidate.spot
        try:
            page = _page(file, spot, ready.text)
        except NotANotebook:
            return Skipped(file.path, Skip.DAMAGED)
        chunks = chunks_of(page, language=spot.language, size=self._size)
        if not chunks:
            return Skipped(file.path, Skip.EMPTY)
        document = Document(
            course=file.course,
            lesson=spot.lesson,
            number=spot.number,
            title=page.told_title or ready.told or page.title or ready.listed or self._title(ready, page),
            language=spot.language,
            path=file.path,
            url=file.url,
            content_hash=ready.content_hash,
            is_stale=ready.is_stale,
        )
        return document, chunks

    def _said(self) -> tuple[dict[str, str], dict[tuple[str, str], float]]:
        """Return the language and the position files tell themselves, where their paths do not tell a language."""
        languages: dict[str, str] = {}
        positions: dict[tuple[str, str], float] = {}
        for file in without_language(self._source):
            raw = self._bytes(file)
            text = decoded(raw) if isinstance(raw, bytes) else None
            if not text:
                continue
            if language := language_said(file.path, text):
                languages[file.path] = language
            if (position := front_of(text).position) is not None:
                positions[file.course, file.place] = position
        return languages, positions

    def _title(self, ready: ReadDocument, page: LessonPage) -> str:
        """Return the title of a page that has none: its banner, how it begins, the English contents, or its name."""
        file, spot = ready.candidate.file, ready.candidate.spot
        original = PurePosixPath(spot.original)
        name = original.parent.name if original.stem.lower() in INDEX and original.parent.name else original.stem
        in_english = title_in(self._contents(file.course, "en"), spot.original)
        banner = page.banner if original.stem.lower() in INDEX else ""
        opening = "" if page.opening.strip(" :.").casefold() in COMMON else page.opening
        return banner or opening or in_english or named(name)

    def _bytes(self, file: CourseFile) -> bytes | Skip:
        try:
            raw = self._source.read(file.path)
        except OSError:
            return Skip.UNREADABLE
        return Skip.TOO_LARGE if len(raw) > format_of(file.path).most_bytes else raw

    def _text_at(self, course: str, place: str) -> str | None:
        """Return the text of a course's file, None where there is none or it is no text."""
        if course not in self._places:
            self._places[course] = {file.place: file.path for file in self._source.files if file.course == course}
        path = self._places[course].get(place)
        try:
            raw = self._source.read(path) if path else b"\0"
        except OSError:
            return None
        return decoded(raw) if len(raw) <= MOST_INCLUDED_BYTES else None

    def _contents(self, course: str, language: str) -> dict[str, str]:
        """Return what the course's first page in this language calls the files it links to."""
        if (course, language) not in self._listed:
            self._listed[course, language] = self._first_page(course, language)
        return self._listed[course, language]

    def _first_page(self, course: str, language: str) -> dict[str, str]:
        for each in self._first_pages:
            if each.file.course == course and each.spot.language == language:
                raw = self._bytes(each.file)
                text = decoded(raw) if isinstance(raw, bytes) else None
                return contents(_page(each.file, each.spot, text or ""), original=each.spot.original)
        return {}


def _page(file: CourseFile, spot: Spot, text: str) -> LessonPage:
    return format_of(file.path).read(text, is_translation=spot.is_translation)
