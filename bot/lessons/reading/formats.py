"""The formats lessons are written in: which files are which, how large one may be, and what reads it as a page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Protocol

from bot.lessons.course_layout import HTML, MARKDOWN, NOTEBOOK, PLAIN
from bot.lessons.reading.html_markdown import markdown_of, title_of
from bot.lessons.reading.pages import LessonPage, read_markdown, read_notebook, read_words


class Read(Protocol):
    """Reads a file's text as a page."""

    def __call__(self, text: str, /, *, is_translation: bool) -> LessonPage:
        """Return the page; `is_translation`: a last paragraph about the translation is left out.

        Raises:
            NotANotebook: the file is damaged.
        """
        ...


@dataclass(frozen=True, slots=True)
class Format:
    """Files with these suffixes, in lower case, of at most so many bytes."""

    suffixes: frozenset[str]
    most_bytes: int
    read: Read


def read_html(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read a web page for its words. GitHub shows its source, so it has no anchors."""
    page = read_words(markdown_of(text, is_page=True), is_translation=is_translation)
    return page if page.title else replace(page, told_title=title_of(text))


def read_plain(text: str, /, *, is_translation: bool) -> LessonPage:
    """Read plain text, which may have headings as Markdown has them; it has no anchors."""
    return read_words(text, is_translation=is_translation)


# Lessons have 200 KB at most; notebooks and web pages carry their pictures.
FORMATS = (
    Format(MARKDOWN, 2_000_000, read_markdown),
    Format(NOTEBOOK, 20_000_000, read_notebook),
    Format(HTML, 5_000_000, read_html),
    Format(PLAIN, 2_000_000, read_plain),
)


def format_of(path: str) -> Format:
    """Return the format of a file that may be a lesson."""
    suffix = PurePosixPath(path).suffix.lower()
    return next(each for each in FORMATS if suffix in each.suffixes)
