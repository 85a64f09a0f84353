"""Figures as a picture with words for who cannot see it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Amount, Chart, Figures, Mark, Notice, Scatter
from bot.drawing.bars_picture import bars_drawing
from bot.drawing.canvas import Drawing
from bot.drawing.png import png_of
from bot.drawing.scatter_picture import scatter_drawing
from bot.i18n import sentence
from bot.reasoning import harmless

MOST_ALT_CHARS = 1_000
"""Discord keeps 1,024 characters of a picture's description."""


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    """A picture as a file: its name, its bytes, what it shows in words."""

    name: str
    png: bytes
    alt: str


def picture_of(figures: Figures, locale: str) -> DrawnPicture | None:
    """Draw the picture of figures; None where they have none, or there is nothing in it."""
    chart = figures.picture
    if chart is None or not chart.marks:
        return None
    alt = alt_of(chart, locale)
    svg = drawing_of(chart, locale=locale, is_dark=figures.is_dark).written(alt)
    return DrawnPicture(f"{figures.name}.png", png_of(svg), alt)


def drawing_of(chart: Chart, *, locale: str, is_dark: bool = False) -> Drawing:
    """Lay out a picture; `Drawing.written` gives its SVG."""
    if isinstance(chart, Scatter):
        return scatter_drawing(chart, locale=locale, is_dark=is_dark)
    return bars_drawing(chart, locale=locale, is_dark=is_dark)


def alt_of(chart: Chart, locale: str) -> str:
    """Return in words what a picture shows: every mark with its figures, as far as there is room."""
    if isinstance(chart, Scatter):
        axes = {"y": chart.y_axis, "x": chart.x_axis}
        head = sentence(Notice("picture.scatter", {"title": chart.title, **axes}), locale)
    else:
        head = sentence(Notice("picture.bars", {"title": chart.title, "axis": chart.axis}), locale)
    told = f"{head} {'; '.join(_told(chart, mark) for mark in chart.marks)}"
    return told if len(told) <= MOST_ALT_CHARS else f"{told[: MOST_ALT_CHARS - 1]}…"


def _told(chart: Chart, mark: Mark) -> str:
    if isinstance(chart, Scatter):
        figures = [Amount(mark.y, chart.y_digits), Amount(mark.x, chart.x_digits)]
    else:
        figures = [Amount(mark.y, chart.digits)]
    return f"{harmless(mark.name)} {', '.join(amount.written for amount in figures)}"
