"""A PDF as a lesson: its pages, each called after what its table of contents says of it, and its title."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import takewhile
from typing import Any

from pypdf import PageObject, PdfReader
from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError, PyPdfError
from pypdf.generic import Destination

from bot.documents.page_lines import BULLET, is_table_of_contents, looks_like_title, one_line, paragraphs, without_edges
from bot.documents.stopped import Stopped
from bot.domain.attachments import WhyUnread
from bot.domain.lesson_parts import LessonPart, PartKind

MOST_TITLE = 120
MOST_PAGES = 3000
# What programs write where nobody has given a title.
NO_TITLE = re.compile(
    r"untitled|r graphics|powerpoint|presentation\d*$|microsoft|slide \d+$|document\d*$"
    r"|\.(?:docx?|pptx?|tex|dvi|indd|pdf|qxd|md|html?|key|od[pt]|rtf)\b|[\w.-]+_[\w.-]+$|[a-z]+[- ]?\d+$",
    re.IGNORECASE,
)
NO_HEAD = re.compile(rf"{BULLET.pattern}|https?://")
OUTLINE_FAULTS = (PyPdfError, KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError)


def pdf_parts(content: bytes, has_time: Callable[[], bool]) -> tuple[str, Iterator[LessonPart], bool]:
    """Return a PDF's title, its pages with words, and whether there was no time for all of them.

    Raises `Stopped`, and what pypdf does on a damaged file.
    """
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Stopped(WhyUnread.LOCKED)
        texts = [page.extract_text() for page in takewhile(lambda _: has_time(), reader.pages[:MOST_PAGES])]
        return _title(reader, texts), _parts(reader, texts), len(texts) < len(reader.pages)
    except LimitReachedError as error:
        raise Stopped(WhyUnread.COSTLY) from error
    except (DependencyError, FileNotDecryptedError) as error:
        # Newer ciphers take a package that is not installed for them alone.
        raise Stopped(WhyUnread.LOCKED) from error


def _parts(reader: PdfReader, texts: list[str]) -> Iterator[LessonPart]:
    contents = _contents(reader)
    lines = without_edges([text.split("\n") for text in texts])
    called = ""
    for number, (left, following) in enumerate(zip(lines, [*lines[1:], []], strict=True), 1):
        called = contents.get(number, called)
        is_slide = _is_slide(reader.pages[number - 1])
        has_title = not contents and is_slide and _begins_with_title(left)
        title = one_line(left[0]) if has_title else called
        # A slide that is shown point by point is as many pages, of which the last has all.
        is_shown_again = is_slide and set(left) <= set(following)
        if left and not is_shown_again and not is_table_of_contents(left):
            yield LessonPart(PartKind.PAGE, paragraphs(left[has_title:]), number, title)


def _begins_with_title(lines: Sequence[str]) -> bool:
    return len(lines) > 1 and len(lines[0]) <= MOST_TITLE and not NO_HEAD.match(lines[0])


def _is_slide(page: PageObject) -> bool:
    return bool(page.mediabox.width > page.mediabox.height)


def _contents(reader: PdfReader) -> Mapping[int, str]:
    """Return what the table of contents calls pages, by number; of several entries the first."""
    found: dict[int, str] = {}
    try:
        for title, page in _entries(reader, reader.outline):
            found.setdefault(page, title)
    except OUTLINE_FAULTS:
        return found
    return found


def _entries(reader: PdfReader, outline: Any) -> Iterator[tuple[str, int]]:
    for each in outline:
        if isinstance(each, list):
            yield from _entries(reader, each)
        elif isinstance(each, Destination):
            page = reader.get_destination_page_number(each)
            if page is not None and each.title:
                yield one_line(str(each.title))[:MOST_TITLE], page + 1


def _title(reader: PdfReader, texts: list[str]) -> str:
    """Return what the file's properties call it, or the largest line of its first page, "" where neither tells."""
    try:
        told = str((reader.metadata and reader.metadata.title) or "")
    except OUTLINE_FAULTS:
        told = ""
    told = one_line(told)
    if told and len(told) <= MOST_TITLE and not NO_TITLE.search(told) and re.search(r"[^\W\d_]{2}", told):
        return told
    return _largest(reader, texts[0]) if texts else ""


def _largest(reader: PdfReader, text: str) -> str:
    """Return the lines of the first page that are set in the largest letters, or a first line that looks like it."""
    runs: list[tuple[float, str]] = []

    def visit(run: str, _: Any, matrix: list[float], __: Any, size: float) -> None:
        if len(run.strip()) > 1:
            runs.append((round(abs(size * (matrix[3] or matrix[1])), 1), _letters(run)))

    reader.pages[0].extract_text(visitor_text=visit)
    lines = [one_line(line) for line in text.split("\n") if line.strip()]
    largest = max((size for size, _ in runs), default=0)
    if {size for size, _ in runs} <= {largest}:
        return lines[0] if len(lines) > 1 and looks_like_title(lines[0], lines[1:]) else ""
    big = [run for size, run in runs if size == largest]
    # What is written from right to left may come in the other direction here.
    spelt = {"".join(sorted(run)) for run in [*big, "".join(big)]}
    found = [line for line in lines if _letters(line) in "".join(big) or "".join(sorted(_letters(line))) in spelt]
    title = " ".join(line for line in found if len(line) > 1)
    return title if len(title) <= MOST_TITLE else ""


def _letters(text: str) -> str:
    return "".join(one_line(text).split()).casefold()
