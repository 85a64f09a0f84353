"""Reads a source's files as documents with their chunks: what is taken, what each file is, whether it is up to date.

A `Reader` looks at all paths first, since a translation is known by its original; then each file is read by itself.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.domain import Chunk, Document, LessonParts, WhyUnread
from bot.lessons.course_layout import INDEX, Skip, Spot, is_document, named
from bot.lessons.files import CourseFile, CourseSource
from bot.lessons.reading.chunks import SIZE, chunks_of
from bot.lessons.reading.common_headings import COMMON
from bot.lessons.reading.course_languages import completed
from bot.lessons.reading.course_order import Place, course_order, ranked
from bot.lessons.reading.document_parts import UNREAD, page_of
from bot.lessons.reading.formats import format_of, language_of_parts, language_said
from bot.lessons.reading.includes import with_includes
from bot.lessons.reading.lesson_text import decoded, front_of, original_hash_of
from bot.lessons.reading.old_editions import without_equal_editions
from bot.lessons.reading.originals import Originals, contents, title_in
from bot.lessons.reading.pages import LessonPage, NotANotebook
from bot.lessons.reading.quiz_files import LeftOut, QuizFile, Quizzes
from bot.lessons.reading.site_links import LinkedFile, SiteLinks, on_site
from bot.lessons.reading.sorting import (
    ALL,
    Candidate,
    FileSelection,
    Skipped,
    is_first_page,
    sorted_out,
    without_language,
)
from bot.lessons.reading.toctrees import named_below, toctree_order
from bot.lessons.sites.published_site import Site

# Grows when the same bytes make other documents: all are read again then.
RECIPE = 3
# Files that are called the same in every folder.
GENERIC = frozenset({
    "article", "content", "exercise", "exercises", "instructions", "lesson", "main", "notes", "quiz", "slides",
    "solution", "solutions", "task", "tasks",
})  # fmt: skip
# A file that a lesson includes is a listing, or a part of it.
MOST_INCLUDED_BYTES = 200_000
# What git leaves where it keeps a large file elsewhere.
POINTER = "version https://git-lfs.github.com/spec/"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """A file that was opened. `content_hash` is the document's, `listed` what the table of contents calls it.

    `told` is what the navigation of the course's site calls it, "" where it has none; `site` is the one it is read on.
    `parts` are a document's, `quiz` lies beside it.
    """

    candidate: Candidate
    text: str
    content_hash: str
    is_stale: bool
    listed: str
    told: str = ""
    site: Site | None = None
    quiz: QuizFile | None = None
    parts: LessonParts | None = None

    @property
    def is_apart(self) -> bool:
        """Whether a process of its own reads the file."""
        return format_of(self.candidate.file.path).is_apart

    @property
    def suffix(self) -> str:
        """The suffix of the file, in lower case."""
        return PurePosixPath(self.candidate.file.path).suffix.lower()


Loaded = tuple[Document, Sequence[Chunk]]
Parts = LessonParts | WhyUnread


class Reader:
    """Reads one source. `candidates` are what may be taken, by course, number and lesson; `skipped` what is not.

    `documents` are those among them as they were read, by path. `size` is the chunks'. `links` are the addresses the
    files are cited by, as of `today`.
    """

    def __init__(
        self,
        source: CourseSource,
        *,
        selection: FileSelection = ALL,
        documents: Mapping[str, Parts] | None = None,
        size: int = SIZE,
        today: str = "",
    ) -> None:
        self._source = source
        self._documents = documents or {}
        self.links = SiteLinks(source, today=today)
        self._size = size
        self._courses: dict[str, Originals] = {}
        self._listed: dict[tuple[str, str], dict[str, str]] = {}
        self._places: dict[str, dict[str, str]] = defaultdict(dict)
        for file in source.files:
            self._places[file.course][file.place] = file.path
        languages, positions, trees = self._said()
        self._order = course_order(source.files, source.read)
        self._titles, toctree_numbers = toctree_order(trees, self._places)
        self._titles.update(self._order.titles)
        numbers = {**ranked(positions), **toctree_numbers, **self._order.numbers}
        found = sorted_out(source, selection, languages, numbers)
        self.candidates, self.skipped = without_equal_editions(*found, read=self._bytes)
        self._all = sorted_out(source, ALL, languages)[0]
        self._first_pages = [each for each in self._all if is_first_page(each.spot.original)]
        self._quizzes = Quizzes(source)
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
        if isinstance(raw, Skip):
            return Skipped(file.path, raw)
        text = self._text(file, raw)
        if isinstance(text, Skip):
            return Skipped(file.path, text)
        linked = self.links.linked(file, text)
        candidate, file = replace(candidate, file=linked.file), linked.file
        stale = self._courses[file.course].is_stale(file.place, spot, original_hash=original_hash_of(text))
        listed = title_in(self._contents(file.course, spot.language), spot.original)
        address = file.url.replace(self._source.version, "", 1) if self._source.version else file.url
        told = "" if spot.is_translation else self._titles.get((file.course, spot.original), "")
        facts = [told, RECIPE, self._size, file.course, spot.lesson, spot.number, spot.language, listed, stale, address]
        facts += linked.facts
        digest = hashlib.sha256(json.dumps(facts).encode())
        digest.update(raw)
        digest.update(text.encode())
        quiz = self._quizzes.beside(file.path)
        digest.update(quiz.text.encode() if quiz else b"")
        parts = self._documents.get(file.path)
        return ReadDocument(
            candidate=candidate,
            text=text,
            parts=parts if isinstance(parts, LessonParts) else None,
            content_hash=digest.hexdigest(),
            is_stale=stale,
            listed=listed,
            told=told,
            site=linked.site,
            quiz=quiz,
        )

    def _text(self, file: CourseFile, raw: bytes) -> str | Skip:
        """Return a file's text with what it includes, "" for a document, or why it is none."""
        if raw.startswith(POINTER.encode()):
            return Skip.POINTER
        if is_document(file.path):
            read = self._documents.get(file.path, WhyUnread.NO_READER)
            return UNREAD.get(read, Skip.DAMAGED) if isinstance(read, WhyUnread) else ""
        text = decoded(raw)
        if not text or not text.strip():
            return Skip.NOT_TEXT if text is None else Skip.EMPTY
        return with_includes(text, file.place, lambda place: self._text_at(file.course, place))

    def load(self, ready: ReadDocument, parts: Parts | None = None) -> Loaded | Skipped:
        """Make a document of an opened file. Takes some milliseconds. `parts` are those of one that is read apart."""
        file, spot = ready.candidate.file, ready.candidate.spot
        parts = parts or ready.parts or (WhyUnread.NO_READER if ready.is_apart else None)
        if isinstance(parts, WhyUnread):
            return Skipped(file.path, UNREAD.get(parts, Skip.DAMAGED))
        try:
            page = _page(file, spot, ready.text, parts)
            page = on_site(page, LinkedFile(file, ready.site), ready.text, is_translation=spot.is_translation)
        except NotANotebook:
            return Skipped(file.path, Skip.DAMAGED)
        chunks = chunks_of(page, language=spot.language, size=self._size)
        if not chunks:
            return Skipped(file.path, Skip.EMPTY)
        document = Document(
            course=file.course,
            lesson=spot.lesson,
            number=spot.number,
            title=page.told_title or ready.told or _heading(spot, page) or ready.listed or self._title(ready, page),
            language=spot.language,
            path=file.path,
            url=file.url,
            content_hash=ready.content_hash,
            is_stale=ready.is_stale,
        )
        return document, chunks

    def lonely_quizzes(self) -> list[LeftOut]:
        """Return the quizzes that lie beside no lesson of the source."""
        return self._quizzes.lonely(candidate.file.path for candidate in self._all)

    def _said(self) -> tuple[dict[str, str], dict[Place, float], dict[Place, list[tuple[str, str]]]]:
        """Return the language, the position and the pages below that files tell, where no path tells a language."""
        languages: dict[str, str] = {}
        positions: dict[Place, float] = {}
        trees: dict[Place, list[tuple[str, str]]] = {}
        files = without_language(self._source)
        for file in files:
            if isinstance(parts := self._documents.get(file.path), LessonParts):
                languages[file.path] = language_of_parts(parts)
            raw = b"" if is_document(file.path) else self._bytes(file)
            text = decoded(raw) if isinstance(raw, bytes) else None
            if not text:
                continue
            if language := language_said(file.path, text):
                languages[file.path] = language
            if (position := front_of(text).position) is not None:
                positions[file.course, file.place] = position
            if below := named_below(text):
                trees[file.course, file.place] = below
        return completed(languages, files), positions, trees

    def _title(self, ready: ReadDocument, page: LessonPage) -> str:
        """Return the title of a page that has none: its banner, how it begins, the English contents, or its name."""
        file, spot = ready.candidate.file, ready.candidate.spot
        original = PurePosixPath(spot.original)
        is_index = original.stem.lower() in INDEX
        name = (original.parent.name or file.course) if is_index else original.stem
        in_english = title_in(self._contents(file.course, "en"), spot.original)
        banner = page.banner if is_index else ""
        opening = "" if page.opening.strip(" :.").casefold() in COMMON else page.opening
        within = f"{named(original.parent.name)}: " if name.lower() in GENERIC and original.parent.name else ""
        return banner or opening or in_english or within + named(name)

    def _bytes(self, file: CourseFile) -> bytes | Skip:
        try:
            raw = self._source.read(file.path)
        except OSError:
            return Skip.UNREADABLE
        return Skip.TOO_LARGE if len(raw) > format_of(file.path).most_bytes else raw

    def _text_at(self, course: str, place: str) -> str | None:
        """Return the text of a course's file, None where there is none or it is no text."""
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


def _heading(spot: Spot, page: LessonPage) -> str:
    """Return the heading a page is called after; a first page of several parts is called after none of them."""
    return "" if page.has_parts and PurePosixPath(spot.original).stem.lower() in INDEX else page.title


def _page(file: CourseFile, spot: Spot, text: str, parts: LessonParts | None = None) -> LessonPage:
    if parts:
        return page_of(parts, url=file.url, language=spot.language, is_translation=spot.is_translation)
    return format_of(file.path).read(text, is_translation=spot.is_translation)
