"""The leaderboard as figures: a table, bars, and quality against speed where the speed of all is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bot.domain import Amount, Bars, Cell, Chart, Figures, FigureTable, Mark, Notice, Scatter
from bot.engine.leaderboard import Leaderboard, Standing

Speeds = Mapping[str, float]
"""How many tokens a second models write, by the name they have on the leaderboard."""
MOST_TOLD = 15
COLUMNS = ("model", "place", "points", "margin", "won", "lost", "even", "speed")
LEGEND = (Notice("leaderboard.unbeaten"), Notice("leaderboard.beaten"))


def figures_of(board: Leaderboard, speeds: Speeds) -> Figures:
    """Return a leaderboard that has standings as figures."""
    marks = tuple(_mark(standing, speeds) for standing in board.standings)
    return Figures(
        name="leaderboard",
        table=FigureTable(
            caption=Notice("leaderboard.caption"),
            titles=tuple(Notice(f"leaderboard.{name}") for name in COLUMNS),
            rows=tuple(_row(standing, speeds) for standing in board.standings),
        ),
        told=tuple(_told(board, speeds)),
        bars=(_bars(marks, axis=Notice("leaderboard.points_apart")),),
        picture=_picture(marks, speeds),
    )


def _picture(marks: tuple[Mark, ...], speeds: Speeds) -> Chart:
    if not all(speeds.get(mark.name) for mark in marks):
        return _bars(marks, axis=Notice("leaderboard.points"))
    return Scatter(
        title=Notice("leaderboard.caption"),
        x_axis=Notice("leaderboard.speed"),
        y_axis=Notice("leaderboard.points"),
        marks=marks,
        x_digits=1,
        legend=LEGEND,
    )


def _bars(marks: tuple[Mark, ...], *, axis: Notice) -> Bars:
    return Bars(title=Notice("leaderboard.caption"), axis=axis, marks=marks, legend=LEGEND)


def _mark(standing: Standing, speeds: Speeds) -> Mark:
    """Return what is drawn of a model; it stands out where no other is surely better."""
    return Mark(
        name=standing.model,
        y=standing.points,
        x=speeds.get(standing.model, 0.0),
        low=standing.points - standing.margin,
        high=standing.points + standing.margin,
        stands_out=standing.rank == 1,
    )


def _row(standing: Standing, speeds: Speeds) -> tuple[Cell, ...]:
    speed = speeds.get(standing.model)
    return (
        standing.model,
        Amount(standing.rank),
        Amount(standing.points, is_signed=True),
        Amount(standing.margin),
        Amount(standing.wins),
        Amount(standing.losses),
        Amount(standing.ties),
        Amount(speed, 1) if speed else None,
    )


def _told(board: Leaderboard, speeds: Speeds) -> Iterator[Notice]:
    for standing in board.standings[:MOST_TOLD]:
        speed = speeds.get(standing.model)
        words: dict[str, object] = {
            "rank": standing.rank,
            "model": standing.model,
            "points": Amount(standing.points, is_signed=True).written,
            "margin": Amount(standing.margin).written,
            "wins": standing.wins,
            "losses": standing.losses,
            "ties": standing.ties,
            "speed": Notice("leaderboard.at_speed", {"rate": Amount(speed, 1).written}) if speed else "",
        }
        yield Notice("leaderboard.row", words)
    more = len(board.standings) - MOST_TOLD
    if more > 0:
        yield Notice("figures.more", {"count": more})
