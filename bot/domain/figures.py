"""Figures that people compare: a table, bars with intervals, one quantity against another. Values only.

`bot.drawing` says how they read: in words, as CSV, as a picture. A platform that has tables and charts of its own makes
those of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TypeAlias

from bot.domain.notices import Notice


@dataclass(frozen=True, slots=True)
class Amount:
    """A number as it is to be read: so many digits behind the point, with its sign where `is_signed`."""

    value: float
    digits: int = 0
    is_signed: bool = False

    def __post_init__(self) -> None:
        if not isfinite(self.value):
            raise ValueError(f"{self.value} is no amount")

    @property
    def written(self) -> str:
        """How it is written for reading: "1,234.5"; never "-0"."""
        rounded = round(self.value, self.digits) + 0.0
        return f"{rounded:{'+' if self.is_signed and rounded else ''},.{self.digits}f}"

    @property
    def plain(self) -> str:
        """How it is written for programs: "1234.5"."""
        return f"{round(self.value, self.digits) + 0.0:.{self.digits}f}"


Cell: TypeAlias = str | Notice | Amount | None
"""What stands in a table: a name, words of ours, a number; None where nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureTable:
    """Rows under titles, all of the same length; the first column names the row. `caption` says what it shows."""

    caption: Notice
    titles: tuple[Notice, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        if any(len(row) != len(self.titles) for row in self.rows):
            raise ValueError("each row has a cell for each title")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is drawn of one thing: its name, its value (`y`), the ends of its interval where it has one.

    `x` is the other quantity in a scatter. `stands_out`: it is drawn in colour, the others are grey.
    """

    name: str
    y: float
    x: float = 0.0
    low: float | None = None
    high: float | None = None
    stands_out: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """A bar for each thing, the first on top. `legend` says what stands out and what does not, where both are there."""

    title: Notice
    axis: Notice
    marks: tuple[Mark, ...]
    digits: int = 0
    legend: tuple[Notice, Notice] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scatter:
    """One quantity against another, a point for each thing."""

    title: Notice
    x_axis: Notice
    y_axis: Notice
    marks: tuple[Mark, ...]
    x_digits: int = 0
    y_digits: int = 0
    legend: tuple[Notice, Notice] | None = None


Chart: TypeAlias = Bars | Scatter


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Figures of one reply.

    `name` begins the names of its files. `told` are the same figures in words, a line each: what is read where there
    are no tables. `bars` are shown where a platform has such a chart of its own, at most two of them; `picture` is
    drawn where a picture can be sent. `is_dark`: it is drawn for a dark background.
    """

    name: str
    table: FigureTable
    told: tuple[Notice, ...]
    bars: tuple[Bars, ...] = ()
    picture: Chart | None = None
    is_dark: bool = False
