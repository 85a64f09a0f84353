"""The report: rows of numbers with their aims, as a table, as bars, and as docs/reference/speed.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby

BAR_CHARS = 40
SMALL = 10
TITLES = ("what", "baseline", "through the bot", "compared", "aim", "met")


class Aim(Enum):
    """How a number is judged: by its distance from the baseline, as a part or a multiple of it, or by itself."""

    MORE_THAN_BASELINE_BY = "≤ +"
    SHARE_OF_BASELINE = "≥ "
    TIMES_BASELINE = "≤ × "
    ALONE = "≤ "


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One measured number. `group` heads its bars; `baseline` None where there is nothing to compare with."""

    group: str
    name: str
    unit: str
    measured: float
    aim: Aim
    limit: float
    baseline: float | None = None

    @property
    def compared(self) -> float:
        """What the aim is about."""
        base = self.baseline or 0.0
        match self.aim:
            case Aim.MORE_THAN_BASELINE_BY:
                return self.measured - base
            case Aim.SHARE_OF_BASELINE | Aim.TIMES_BASELINE:
                return self.measured / base
            case Aim.ALONE:
                return self.measured

    @property
    def is_met(self) -> bool:
        """Whether the aim is met."""
        return self.compared >= self.limit if self.aim is Aim.SHARE_OF_BASELINE else self.compared <= self.limit

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        is_ratio = self.aim in (Aim.SHARE_OF_BASELINE, Aim.TIMES_BASELINE)
        unit = "" if is_ratio else f" {self.unit}"
        compared = {
            Aim.MORE_THAN_BASELINE_BY: f"{self.compared:+.1f}{unit}",
            Aim.SHARE_OF_BASELINE: f"{self.compared:.3f}",
            Aim.TIMES_BASELINE: f"× {self.compared:.2f}",
            Aim.ALONE: "",
        }[self.aim]
        return (
            f"{self.group}, {self.name}" if self.name else self.group,
            "" if self.baseline is None else f"{_rounded(self.baseline)} {self.unit}",
            f"{_rounded(self.measured)} {self.unit}",
            compared,
            f"{self.aim.value}{self.limit:g}{unit}",
            "yes" if self.is_met else "NO",
        )


def table(rows: Sequence[Row]) -> str:
    """Return the table as Markdown, its columns aligned for a terminal."""
    cells = [TITLES, *(row.cells for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in cells
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]) + "\n"


def picture(rows: Sequence[Row]) -> str:
    """Return the numbers as bars, a group's on one scale."""
    return "\n".join(_bars(group, list(each)) for group, each in groupby(rows, key=lambda row: row.group))


def _bars(group: str, rows: Sequence[Row]) -> str:
    lines: list[tuple[str, float]] = []
    for row in rows:
        if row.baseline is not None and ("bare client", row.baseline) not in lines:
            lines.append(("bare client", row.baseline))
        lines.append((row.name or "the bot", row.measured))
    lines.append(("aim", _aim(rows[-1])))
    scale = BAR_CHARS / max(value for _, value in lines)
    width = max(len(name) for name, _ in lines)
    return f"{group}, {rows[0].unit}\n" + "".join(
        f"  {name.ljust(width)}  {'█' * max(1, round(value * scale))} {_rounded(value)}\n" for name, value in lines
    )


def _rounded(value: float) -> str:
    return f"{value:.2f}" if value < SMALL else f"{value:.1f}"


def _aim(row: Row) -> float:
    base = row.baseline or 0.0
    match row.aim:
        case Aim.MORE_THAN_BASELINE_BY:
            return base + row.limit
        case Aim.SHARE_OF_BASELINE | Aim.TIMES_BASELINE:
            return base * row.limit
        case Aim.ALONE:
            return row.limit


def verdict(rows: Sequence[Row]) -> str:
    """Say in one line each what was missed."""
    missed = [f"MISSED: {row.cells[0]}: {row.cells[2]}, aim {row.cells[4]}" for row in rows if not row.is_met]
    return "\n".join(missed) or "All aims are met."
