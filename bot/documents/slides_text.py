"""The text of a PowerPoint file, slide by slide: what stands on it from top to bottom, and the speaker's notes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pptx import Presentation
from pptx.shapes.group import GroupShape

from bot.documents.office_archives import checked_archive

MOST_DEPTH = 20


def slide_texts(content: bytes) -> Iterator[str]:
    """Yield the slides that have text, each under its mark. Raises `Stopped`, and what python-pptx does on damage."""
    for number, slide in enumerate(Presentation(checked_archive(content)).slides, 1):
        lines = list(_lines(slide.shapes))
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        if notes is not None and notes.text.strip():
            lines += ["Notes:", notes.text.strip()]
        if lines:
            hidden = ", hidden" if slide.element.get("show") == "0" else ""
            yield "\n".join([f"[slide {number}{hidden}]", *lines])


def _lines(shapes: Iterable[Any], depth: int = 0) -> Iterator[str]:
    """Yield the text of shapes as people read them; the file has them in the order in which they were drawn."""
    for shape in sorted(shapes, key=lambda each: (each.top or 0, each.left or 0)):
        if isinstance(shape, GroupShape):
            if depth < MOST_DEPTH:
                yield from _lines(shape.shapes, depth + 1)
        elif shape.has_text_frame:
            if text := shape.text_frame.text.replace("\v", "\n").strip():
                yield text
        elif getattr(shape, "has_table", False):
            for row in shape.table.rows:
                yield " | ".join(" ".join(cell.text.split()) for cell in row.cells)
