"""What is read in a lesson's file that is no plain text: a PDF, slides, a Word file, reStructuredText."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PartKind(StrEnum):
    """What a part of a file is, and what its text is written in."""

    PAGE = "page"  # of a PDF, in Markdown
    SLIDE = "slide"  # in Markdown
    MARKDOWN = "markdown"  # the whole file; `{#name}` behind a heading is the anchor it has
    HTML = "html"  # the whole file


@dataclass(frozen=True, slots=True)
class LessonPart:
    """A page, a slide, or all of a file. `title` is what it is called, "" where it says nothing."""

    kind: PartKind
    text: str
    number: int = 0
    title: str = ""


@dataclass(frozen=True, slots=True)
class LessonParts:
    """A file as it was read; `title` is what it calls itself, "" for nothing; `is_cut`: it is the beginning alone."""

    parts: tuple[LessonPart, ...]
    title: str = ""
    is_cut: bool = False
