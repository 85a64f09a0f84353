"""What all pictures have around their marks: the title, the legend, a note at the foot."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Chart, Notice
from bot.drawing.canvas import DARK, HEIGHT, LIGHT, WIDTH, Anchor, Box, Drawing, Label
from bot.drawing.letters import fitted, is_to_the_left
from bot.i18n import sentence

EDGE = 36.0
TITLE, WORDS, SMALL = 38.0, 26.0, 22.0
"""Sizes of texts. A phone shows the picture at a third of its size or a little more."""
TITLE_AT, LEGEND_AT, NOTE_AT = 58.0, 102.0, HEIGHT - 22.0
_LINE, TICK_GAP = 36.0, 6.0


def framed(chart: Chart, *, locale: str, is_dark: bool) -> tuple[Drawing, float]:
    """Return a picture with the title and the legend, and how far down they reach."""
    drawing = Drawing(DARK if is_dark else LIGHT)
    add_words(drawing, sentence(chart.title, locale), TITLE_AT, TITLE, is_bold=True)
    kinds = {mark.stands_out for mark in chart.marks}
    if chart.legend is None or len(kinds) < len((True, False)):
        return drawing, TITLE_AT + 20
    for row, (notice, stands_out) in enumerate(zip(chart.legend, (True, False), strict=True)):
        _add_key(drawing, sentence(notice, locale), LEGEND_AT + row * _LINE, stands_out=stands_out)
    return drawing, LEGEND_AT + _LINE + 20


def add_words(drawing: Drawing, text: str, y: float, size: float, *, is_bold: bool = False) -> None:
    """Write a line over the whole width, from the side where its reader begins."""
    text = fitted(text, size, most=WIDTH - 2 * EDGE, is_bold=is_bold)
    x, anchor = _begin(text)
    drawing.labels.append(Label(text=text, x=x, y=y, size=size, anchor=anchor, is_bold=is_bold))


def add_note(drawing: Drawing, notice: Notice, locale: str) -> None:
    """Write a line at the foot."""
    text = fitted(sentence(notice, locale), SMALL, most=WIDTH - 2 * EDGE)
    x, anchor = _begin(text)
    drawing.labels.append(Label(text=text, x=x, y=NOTE_AT, size=SMALL, anchor=anchor, is_quiet=True))


def add_ticks(drawing: Drawing, ticks: Sequence[Label]) -> None:
    """Write the numbers of an axis, in their order; one that would meet the one before it, or the edge, is left out."""
    kept: list[Label] = []
    page = Box(0, 0, WIDTH, HEIGHT)
    for tick in ticks:
        if not tick.box.is_within(page):
            continue
        if not kept or not tick.box.meets(kept[-1].box, TICK_GAP):
            kept.append(tick)
    drawing.labels += kept


def _add_key(drawing: Drawing, text: str, y: float, *, stands_out: bool) -> None:
    text = fitted(text, WORDS, most=WIDTH - 2 * EDGE - 40)
    x, anchor = _begin(text)
    inwards = -1 if anchor == "end" else 1
    drawing.dot(x + inwards * 10, y - WORDS * 0.3, 9, stands_out=stands_out)
    drawing.labels.append(Label(text=text, x=x + inwards * 34, y=y, size=WORDS, anchor=anchor))


def _begin(text: str) -> tuple[float, Anchor]:
    return (WIDTH - EDGE, "end") if is_to_the_left(text) else (EDGE, "start")
