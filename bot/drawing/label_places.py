"""Where the names of points stand: beside each, in the first of six places where nothing else is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bot.drawing.canvas import ABOVE, Anchor, Box, Label
from bot.drawing.letters import BELOW

GAP = 4.0


@dataclass(frozen=True, slots=True)
class NamedPoint:
    """A point with its name and, where it has one, the line of its interval."""

    name: str
    x: float
    y: float
    line: Box | None = None


def placed(
    spots: Sequence[NamedPoint], *, size: float, radius: float, within: Box, taken: Sequence[Box]
) -> list[Label]:
    """Return labels for the names that find a place, the first spots' first.

    None meets another, a point, or what is `taken`; lines are kept clear where that can be.
    """
    points = [_around(spot, radius) for spot in spots]
    lines = [spot.line for spot in spots if spot.line]
    labels: list[Label] = []
    for spot in spots:
        free = [
            label
            for label in _places(spot, size, radius)
            if label.box.is_within(within)
            and not any(label.box.meets(box, GAP) for box in taken)
            and not any(label.box.meets(other.box, GAP) for other in labels)
            and not any(label.box.meets(point) for point in points)
        ]
        if free:
            labels.append(min(free, key=lambda label: sum(label.box.meets(line) for line in lines)))
    return labels


def _around(spot: NamedPoint, radius: float) -> Box:
    return Box(spot.x - radius, spot.y - radius, spot.x + radius, spot.y + radius)


def _places(spot: NamedPoint, size: float, radius: float) -> Iterator[Label]:
    """Yield the six places: right and left of the point, then above and below on either side."""
    # So far apart that points in one place can have six names.
    middle, far = size * 0.27, max(radius + size * 0.62, size * (ABOVE + BELOW) + GAP + 1)
    sides: tuple[tuple[Anchor, float], ...] = (("start", radius + 9), ("end", -radius - 9))
    for lift in (0.0, -far, far):
        for anchor, across in sides:
            yield Label(text=spot.name, x=spot.x + across, y=spot.y + middle + lift, size=size, anchor=anchor)
