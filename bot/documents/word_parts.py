"""A Word file as a lesson: one part of HTML, whose headings are the file's."""

from __future__ import annotations

from collections.abc import Iterator

from bot.documents.word_text import word_html
from bot.domain.lesson_parts import LessonPart, PartKind


def word_parts(content: bytes) -> tuple[str, Iterator[LessonPart]]:
    """Return no title, as it is among the headings, and all of the file. Raises as `word_html` does."""
    return "", iter([LessonPart(PartKind.HTML, word_html(content))])
