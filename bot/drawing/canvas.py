"""What a picture is made of, before it is written as SVG: texts that know their box, and shapes."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Literal, TypeAlias

from bot.drawing.letters import depth_of, directed, shown, width_of

WIDTH, HEIGHT = 1050.0, 750.0
FAMILY = "Heebo, 'Noto Sans Arabic', sans-serif"
# Of a text's size: how far its letters reach above the line they stand on.
ABOVE = 0.78
HALO = 5
Anchor: TypeAlias = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Colours:
    """The colours of a picture. Texts have at least 4.5 times the contrast to the background."""

    background: str
    text: str
    quiet: str
    grid: str
    accent: str
    others: str


LIGHT = Colours("#ffffff", "#1b1f24", "#565d66", "#e1e4e8", "#0a5cc2", "#6b727b")
DARK = Colours("#15181d", "#eceef1", "#aab1ba", "#343a43", "#6db3ff", "#9aa2ac")


@dataclass(frozen=True, slots=True)
class Box:
    """A place in a picture; `top` is above `bottom`, and smaller."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box, gap: float = 0) -> bool:
        """Whether two boxes come nearer to each other than the gap."""
        beside = self.right + gap <= other.left or other.right + gap <= self.left
        above = self.bottom + gap <= other.top or other.bottom + gap <= self.top
        return not beside and not above

    def is_within(self, other: Box) -> bool:
        """Whether no part of it stands out of another."""
        across = other.left <= self.left and self.right <= other.right
        return across and other.top <= self.top and self.bottom <= other.bottom


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A text: `x` is its start, middle or end, always counted from the left; `y` is the line it stands on."""

    text: str
    x: float
    y: float
    size: float
    anchor: Anchor = "start"
    is_quiet: bool = False
    is_bold: bool = False

    @property
    def box(self) -> Box:
        """The place it takes."""
        width = width_of(self.text, self.size, is_bold=self.is_bold)
        left = self.x - {"start": 0.0, "middle": width / 2, "end": width}[self.anchor]
        return Box(left, self.y - ABOVE * self.size, left + width, self.y + depth_of(self.text, self.size))

    def written(self, colours: Colours) -> str:
        """Return it as SVG, with a halo, so that it is read where a line runs behind it."""
        colour = colours.quiet if self.is_quiet else colours.text
        weight = ' font-weight="700"' if self.is_bold else ""
        halo = f'stroke="{colours.background}" stroke-width="{HALO}" stroke-linejoin="round" paint-order="stroke"'
        place = f'x="{self.x:.1f}" y="{self.y:.1f}" font-size="{self.size:g}" text-anchor="{self.anchor}"'
        return f'<text {place} fill="{colour}" {halo}{weight}>{escape(directed(self.text))}</text>'


@dataclass(slots=True)
class Drawing:
    """A picture in the making: shapes, as SVG, the first ones behind; then the labels."""

    colours: Colours
    shapes: list[str] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)

    def line(self, start: tuple[float, float], end: tuple[float, float], colour: str, width: float = 2) -> None:
        """Draw a line."""
        ends = f'x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
        self.shapes.append(f'<line {ends} stroke="{colour}" stroke-width="{width:g}" stroke-linecap="round"/>')

    def dot(self, x: float, y: float, radius: float, *, stands_out: bool) -> None:
        """Draw a point: full where it stands out, else a ring, which is told apart without its colour, too."""
        colours = self.colours
        fill, stroke = (colours.accent,) * 2 if stands_out else (colours.background, colours.others)
        paint = f'fill="{fill}" stroke="{stroke}" stroke-width="4"'
        self.shapes.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {paint}/>')

    def bar(self, box: Box, *, stands_out: bool) -> None:
        """Draw a bar."""
        colours = self.colours
        fill, stroke = (colours.accent,) * 2 if stands_out else (colours.background, colours.others)
        size = f'width="{max(box.right - box.left, 1):.1f}" height="{box.bottom - box.top:.1f}"'
        paint = f'fill="{fill}" stroke="{stroke}" stroke-width="3"'
        self.shapes.append(f'<rect x="{box.left:.1f}" y="{box.top:.1f}" {size} rx="3" {paint}/>')

    def written(self, alt: str) -> str:
        """Return the whole picture as SVG; `alt` says in words what it shows."""
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" '
            f'height="{HEIGHT:g}" role="img" font-family="{FAMILY}"><title>{escape(shown(alt))}</title>'
        )
        ground = f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="{self.colours.background}"/>'
        labels = [label.written(self.colours) for label in self.labels]
        return "\n".join([head, ground, *self.shapes, *labels, "</svg>"])
