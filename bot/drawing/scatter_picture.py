"""One quantity against another, as a picture: a point for each thing, its interval, its name where there is room."""

from __future__ import annotations

from dataclasses import dataclass

from bot.domain import Mark, Notice, Scatter
from bot.drawing.canvas import HEIGHT, WIDTH, Anchor, Box, Drawing, Label
from bot.drawing.frame import EDGE, SMALL, WORDS, add_note, add_ticks, framed
from bot.drawing.label_places import GAP, NamedPoint, placed
from bot.drawing.letters import fitted, shortened, width_of
from bot.drawing.scales import Scale, scale_of
from bot.i18n import sentence

RADIUS, CAP, INSET = 11.0, 9.0, 18.0
# With more points than this their names are smaller.
FEW = 12
MOST_NAME = 330.0
# From the foot of the picture to the horizontal axis: its numbers, its title, a note.
FOOT = 122.0


@dataclass(frozen=True, slots=True)
class _Plot:
    """The part of the picture where points are, and the scales of its sides."""

    box: Box
    x: Scale
    y: Scale

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point is drawn: never on the edge, where the numbers of the axes begin."""
        box = self.box
        across = box.left + INSET + self.x.share(x) * (box.right - box.left - 2 * INSET)
        return across, box.bottom - INSET - self.y.share(y) * (box.bottom - box.top - 2 * INSET)


def scatter_drawing(chart: Scatter, *, locale: str, is_dark: bool = False) -> Drawing:
    """Draw the points, the first of them named first; what is left without a name is told at the foot."""
    drawing, top = framed(chart, locale=locale, is_dark=is_dark)
    plot = _plot_of(chart, top)
    _add_axes(drawing, chart, plot, locale)
    size = WORDS if len(chart.marks) <= FEW else SMALL
    spots = [_drawn(drawing, plot, mark, size) for mark in reversed(chart.marks)][::-1]
    taken = [label.box for label in drawing.labels]
    room = Box(plot.box.left, plot.box.top - GAP, WIDTH - GAP, plot.box.bottom)
    names = placed(spots, size=size, radius=RADIUS, within=room, taken=taken)
    drawing.labels += names
    if len(names) < len(spots):
        add_note(drawing, Notice("picture.named", {"named": len(names), "all": len(spots)}), locale)
    return drawing


def _plot_of(chart: Scatter, top: float) -> _Plot:
    x = scale_of([mark.x for mark in chart.marks], may_be_log=True)
    y = scale_of([value for mark in chart.marks for value in (mark.y, mark.low, mark.high) if value is not None])
    numbers = max(width_of(y.written(tick), SMALL) for tick in y.ticks)
    # Under the legend stands the title of the upright axis.
    return _Plot(Box(EDGE + numbers + 16, top + 52, WIDTH - EDGE - 24, HEIGHT - FOOT), x, y)


def _add_axes(drawing: Drawing, chart: Scatter, plot: _Plot, locale: str) -> None:
    box, colours = plot.box, drawing.colours
    beside, below = [], []
    for tick in plot.y.ticks:
        y = plot.at(plot.x.low, tick)[1]
        drawing.line((box.left, y), (box.right, y), colours.grid)
        beside.append(_number(plot.y.written(tick), box.left - 14, y + SMALL * 0.3, "end"))
    for tick in plot.x.ticks:
        x = plot.at(tick, plot.y.low)[0]
        drawing.line((x, box.top), (x, box.bottom), colours.grid)
        below.append(_number(plot.x.written(tick), x, box.bottom + 32, "middle"))
    add_ticks(drawing, beside)
    add_ticks(drawing, below)
    half = WIDTH / 2
    upright = fitted(sentence(chart.y_axis, locale), WORDS, most=WIDTH - 2 * EDGE)
    across = fitted(sentence(chart.x_axis, locale), WORDS, most=WIDTH - 2 * EDGE)
    drawing.labels.append(Label(text=upright, x=EDGE, y=box.top - 24, size=WORDS, is_quiet=True))
    drawing.labels.append(Label(text=across, x=half, y=box.bottom + 66, size=WORDS, anchor="middle", is_quiet=True))


def _number(text: str, x: float, y: float, anchor: Anchor) -> Label:
    return Label(text=text, x=x, y=y, size=SMALL, anchor=anchor, is_quiet=True)


def _drawn(drawing: Drawing, plot: _Plot, mark: Mark, size: float) -> NamedPoint:
    """Draw a point and its interval."""
    x, y = plot.at(mark.x, mark.y)
    name = shortened(mark.name, size, most=MOST_NAME)
    line = None
    if mark.low is not None and mark.high is not None:
        low, high = plot.at(mark.x, mark.low)[1], plot.at(mark.x, mark.high)[1]
        colour = drawing.colours.accent if mark.stands_out else drawing.colours.others
        drawing.line((x, high), (x, low), colour, 3)
        for end in (low, high):
            drawing.line((x - CAP, end), (x + CAP, end), colour, 3)
        line = Box(x - CAP, high, x + CAP, low)
    drawing.dot(x, y, RADIUS, stands_out=mark.stands_out)
    return NamedPoint(name, x, y, line)
