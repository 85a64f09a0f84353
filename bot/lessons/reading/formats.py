"""The formats lessons are written in: which files are which, how large one may be, and what reads it as a page."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from bot.domain import LessonParts
from bot.lessons.course_layout import ASCIIDOC, DOCUMENTS, HTML, MARKDOWN, NOTEBOOK, PLAIN, RST, SUBTITLES
from bot.lessons.language.languages import language_of, tag_of
from bot.lessons.language.stop_words import ENGLISH, language_told
from bot.lessons.reading.asciidoc import asciidoc_markdown
from bot.lessons.reading.html_markdown import markdown_of, title_of
from bot.lessons.reading.lesson_text import told_language
from bot.lessons.reading.pages import LessonPage, NotANotebook, read_markdown, read_notebook, read_words
from bot.lessons.reading.section_blocks import BlockKind
from bot.lessons.reading.subtitles import subtitles_markdown

PAGE_LANGUAGE = re.compile(r"<html\b[^>]*\blang=[\"']?([\w-]+)", re.IGNORECASE)
# Enough of a lesson to tell its language by; fewer words in Latin letters tell nothing.
MOST_CHARS = 12_000
TELLING_CHARS = 4000
TELLING_WORDS = 20


class ReadPage(Protocol):
    """Reads a file's text as a page."""

    def __call__(self, text: str, /, *, is_translation: bool) -> LessonPage:
        """Return the page; `is_translation`: a last paragraph about the translation is left out.

        Raises:
            NotANotebook: the file is damaged.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """Files with these suffixes, in lower case, of at most so many bytes.

    `is_apart`: a process of its own makes parts of them; `read` serves to tell their language where they are text.
    """

    suffixes: frozenset[str]
    most_bytes: int
    read: ReadPage
    is_apart: bool = False


def read_html(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read a web page for its words. GitHub shows its source, so it has no anchors."""
    page = read_words(markdown_of(text, is_page=True), is_translation=is_translation)
    return page if page.title else replace(page, told_title=title_of(text))


def read_plain(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read plain text, which may have headings as Markdown has them; it has no anchors."""
    return read_words(text, is_translation=is_translation)


def read_asciidoc(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read AsciiDoc, whose headings have no anchors that could be told from the file."""
    return read_words(asciidoc_markdown(text), is_translation=is_translation)


def read_subtitles(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read what is said in a lecture; each section is called after the time it begins at."""
    return replace(read_words(subtitles_markdown(text), is_translation=is_translation), opening="")


# Lessons have 200 KB at most; notebooks, web pages and documents carry their pictures.
FORMATS = (
    Format(MARKDOWN, 2_000_000, read_markdown),
    Format(NOTEBOOK, 20_000_000, read_notebook),
    Format(HTML, 5_000_000, read_html),
    Format(PLAIN, 2_000_000, read_plain),
    Format(ASCIIDOC, 2_000_000, read_asciidoc),
    Format(SUBTITLES, 2_000_000, read_subtitles),
    Format(RST, 2_000_000, read_plain, is_apart=True),
    Format(DOCUMENTS, 50_000_000, read_plain, is_apart=True),
)


def format_of(path: str) -> Format:
    """Return the format of a file that may be a lesson."""
    suffix = PurePosixPath(path).suffix.lower()
    return next(each for each in FORMATS if suffix in each.suffixes)


def language_said(path: str, text: str) -> str:
    """Return the language a file says it is in, or that its words tell; "" where nothing does."""
    if said := told_language(text):
        return said
    if PurePosixPath(path).suffix.lower() in HTML and (found := PAGE_LANGUAGE.search(text[:TELLING_CHARS])):
        return tag_of(found[1])
    try:
        page = format_of(path).read(
            text[:MOST_CHARS] if path.lower().endswith(tuple(MARKDOWN | PLAIN)) else text, is_translation=False
        )
    except NotANotebook:
        return ""
    prose = " ".join(
        block.text for section in page.sections for block in section.blocks if block.kind is BlockKind.TEXT
    )
    return _language_of(prose[:TELLING_CHARS])


def language_of_parts(parts: LessonParts) -> str:
    """Return the language that the words of a document tell; "" where they tell nothing."""
    text = "\n\n".join(part.text for part in parts.parts)
    return _language_of(re.sub(r"<[^<>]*>", " ", text)[:TELLING_CHARS])


def _language_of(prose: str) -> str:
    by_script = language_of(prose, declared=ENGLISH)
    if by_script != ENGLISH or len(prose.split()) < TELLING_WORDS:
        return "" if by_script == ENGLISH else by_script
    return language_told(prose)
