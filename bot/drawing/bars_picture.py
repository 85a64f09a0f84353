"""Bars as a picture: a row for each thing, its name on the left, its value on the right, its interval on the bar."""

from __future__ import annotations

from bot.domain import Amount, Bars, Mark, Notice
from bot.drawing.canvas import HEIGHT, WIDTH, Box, Drawing, Label
from bot.drawing.frame import EDGE, SMALL, WORDS, add_note, add_ticks, framed
from bot.drawing.letters import fitted, shortened, width_of
from bot.drawing.scales import Scale, scale_of
from bot.i18n import sentence

MOST_BARS = 16
MOST_NAME = 340.0
CAP = 7.0
FOOT = 116.0
_TALLEST = 74.0


def bars_drawing(chart: Bars, *, locale: str, is_dark: bool = False) -> Drawing:
    """Draw the bars, the first on top; of those that are too many, the first ones."""
    drawing, top = framed(chart, locale=locale, is_dark=is_dark)
    marks = chart.marks[:MOST_BARS]
    values = [Amount(mark.y, chart.digits, is_signed=any(each.y < 0 for each in marks)).written for mark in marks]
    names = [shortened(mark.name, WORDS, most=MOST_NAME) for mark in marks]
    left = EDGE + max(width_of(name, WORDS) for name in names) + 20
    right = WIDTH - EDGE - max(width_of(value, WORDS) for value in values) - 20
    room = Box(left, top + 16, right, HEIGHT - FOOT)
    ends = [value for mark in marks for value in (mark.y, mark.low, mark.high) if value is not None]
    scale = scale_of(ends, has_zero=True)
    _add_axis(drawing, chart, scale, room, locale)
    height = min((room.bottom - room.top) / len(marks), _TALLEST)
    for row, mark in enumerate(marks):
        middle = room.top + (row + 0.5) * height
        _add_bar(drawing, mark, scale, Box(room.left, middle - height * 0.32, room.right, middle + height * 0.32))
        size = min(WORDS, height * 0.8)
        line = middle + size * 0.3
        drawing.labels.append(Label(text=names[row], x=EDGE, y=line, size=size))
        drawing.labels.append(Label(text=values[row], x=WIDTH - EDGE, y=line, size=size, anchor="end"))
    if len(marks) < len(chart.marks):
        add_note(drawing, Notice("picture.drawn", {"drawn": len(marks), "all": len(chart.marks)}), locale)
    return drawing


def _add_axis(drawing: Drawing, chart: Bars, scale: Scale, room: Box, locale: str) -> None:
    ticks = []
    for tick in scale.ticks:
        x = room.left + scale.share(tick) * (room.right - room.left)
        drawing.line((x, room.top), (x, room.bottom), drawing.colours.grid)
        text = scale.written(tick)
        ticks.append(Label(text=text, x=x, y=room.bottom + 28, size=SMALL, anchor="middle", is_quiet=True))
    add_ticks(drawing, ticks)
    middle = (room.left + room.right) / 2
    axis = fitted(sentence(chart.axis, locale), WORDS, most=2 * (WIDTH - EDGE - middle))
    drawing.labels.append(Label(text=axis, x=middle, y=room.bottom + 62, size=WORDS, anchor="middle", is_quiet=True))


def _add_bar(drawing: Drawing, mark: Mark, scale: Scale, row: Box) -> None:
    def across(value: float) -> float:
        return row.left + scale.share(value) * (row.right - row.left)

    ends = sorted((across(0.0), across(mark.y)))
    drawing.bar(Box(ends[0], row.top, ends[1], row.bottom), stands_out=mark.stands_out)
    if mark.low is None or mark.high is None:
        return
    middle, colour = (row.top + row.bottom) / 2, drawing.colours.text
    drawing.line((across(mark.low), middle), (across(mark.high), middle), colour, 3)
    for end in (mark.low, mark.high):
        drawing.line((across(end), middle - CAP), (across(end), middle + CAP), colour, 3)
