"""Figures to be shown in tests."""

from __future__ import annotations

from bot.domain import Amount, Bars, Cell, Figures, FigureTable, Mark, Notice, Scatter

POINTS, SPEED = Notice("leaderboard.points"), Notice("leaderboard.speed")


def table_of(
    *rows: tuple[Cell, ...], titles: tuple[str, ...] = ("leaderboard.model", "leaderboard.points")
) -> FigureTable:
    return FigureTable(caption=Notice("leaderboard.caption"), titles=tuple(map(Notice, titles)), rows=rows)


def figures_of(*marks: Mark, is_dark: bool = False) -> Figures:
    """Return a table, bars and a scatter of these marks."""
    rows = tuple((mark.name, Amount(mark.y, is_signed=True)) for mark in marks)
    told = tuple(Notice("model.info.note", {"text": f"{mark.name} {mark.y:+.0f}"}) for mark in marks)
    legend = (Notice("leaderboard.unbeaten"), Notice("leaderboard.beaten"))
    return Figures(
        name="leaderboard",
        table=table_of(*rows),
        told=told,
        bars=(Bars(title=Notice("leaderboard.caption"), axis=POINTS, marks=marks, legend=legend),),
        picture=Scatter(
            title=Notice("leaderboard.caption"), x_axis=SPEED, y_axis=POINTS, marks=marks, x_digits=1, legend=legend
        ),
        is_dark=is_dark,
    )
