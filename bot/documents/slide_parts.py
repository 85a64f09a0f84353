"""A PowerPoint file as a lesson: its slides by their titles, with their items, tables and notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.shapes.group import GroupShape

from bot.documents.markdown_words import line_of, table_of, unmarked, words
from bot.documents.office_archives import checked_archive
from bot.documents.slides_text import MOST_DEPTH
from bot.domain.lesson_parts import LessonPart, PartKind

TITLES = frozenset({PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE})
LISTS = frozenset({PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT, PP_PLACEHOLDER.VERTICAL_BODY})
# What stands on every slide.
MOST_TITLE = 80
EDGES = frozenset({PP_PLACEHOLDER.SLIDE_NUMBER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.HEADER})


def slide_parts(content: bytes) -> tuple[str, Iterator[LessonPart]]:
    """Return the title of a file and its slides. Raises `Stopped`, and what python-pptx does on a damaged file."""
    presentation = Presentation(checked_archive(content))
    parts = list(_parts(presentation.slides))
    first = parts[0].title if parts and parts[0].number == 1 else ""
    return first or " ".join((presentation.core_properties.title or "").split()), iter(parts)


def _parts(slides: Iterable[Any]) -> Iterator[LessonPart]:
    for number, slide in enumerate(slides, 1):
        if slide.element.get("show") == "0":
            continue
        blocks = list(filter(None, _blocks(slide.shapes)))
        title = _title(slide)
        if not title and len(blocks) > 1 and len(blocks[0]) <= MOST_TITLE and "\n" not in blocks[0]:
            title = unmarked(blocks.pop(0))
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        if notes is not None:
            blocks += [line_of(line) for line in notes.text.replace("\v", "\n").split("\n")]
        text = "\n\n".join(filter(None, blocks))
        if text:
            yield LessonPart(PartKind.SLIDE, text, number, title)


def _title(slide: Any) -> str:
    title = slide.shapes.title
    return " ".join(title.text_frame.text.split()) if title is not None and title.has_text_frame else ""


def _kind(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _blocks(shapes: Iterable[Any], depth: int = 0) -> Iterator[str]:
    """Yield what stands on a slide as people read it; the file has it in the order in which it was drawn."""
    for shape in sorted(shapes, key=lambda each: (each.top or 0, each.left or 0)):
        if isinstance(shape, GroupShape):
            if depth < MOST_DEPTH:
                yield from _blocks(shape.shapes, depth + 1)
        elif _kind(shape) in TITLES | EDGES:
            continue
        elif shape.has_text_frame:
            yield _paragraphs(shape)
        elif getattr(shape, "has_table", False):
            yield table_of([words(cell.text) for cell in row.cells] for row in shape.table.rows)


def _paragraphs(shape: Any) -> str:
    """Return a text box as paragraphs, the body of a slide as the items it is."""
    said = [(each.level, line_of(each.text.replace("\v", " "))) for each in shape.text_frame.paragraphs]
    said = [(level, text) for level, text in said if text]
    if _kind(shape) in LISTS and len(said) > 1:
        return "\n".join(f"{'  ' * level}- {text}" for level, text in said)
    return "\n\n".join(text for _, text in said)
