"""What rendering remembers of texts, so as not to do its work twice; dropped when a person's words are erased."""

from __future__ import annotations

from adapters.rendering import latex, lines, parsing, sections, text

_KEEPING = (
    latex.readable,
    lines.lines_of,
    parsing.pieces,
    sections.size_of_whole,
    *text.REMEMBERED,
)


def drop_kept_texts() -> None:
    """Forget every text that was rendered."""
    for remembered in _KEEPING:
        remembered.cache_clear()
