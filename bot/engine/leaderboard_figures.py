"""The leaderboard as figures: a table, bars, and quality against cost, or speed, where that of all is known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.domain import Amount, Bars, Cell, Chart, Figures, FigureTable, Mark, Notice, Scatter
from bot.engine.leaderboard import Leaderboard, Standing
from bot.engine.money import amount_of, common_digits, money

Speeds = Mapping[str, float]
"""How many tokens a second models write, by the name they have on the leaderboard."""


@dataclass(frozen=True, slots=True)
class TokenPrices:
    """What a million tokens cost at work, by the name a model has on the leaderboard; the currency they are in."""

    by_model: Mapping[str, float] = field(default_factory=dict)
    currency: str = ""

    @property
    def title(self) -> Notice:
        """What their column and their axis are called."""
        return Notice("leaderboard.cost", {"currency": self.currency})


MOST_TOLD = 15
COLUMNS = ("model", "place", "points", "margin", "won", "lost", "even", "speed")
LEGEND = (Notice("leaderboard.unbeaten"), Notice("leaderboard.beaten"))


def figures_of(board: Leaderboard, speeds: Speeds, prices: TokenPrices | None = None) -> Figures:
    """Return a leaderboard that has standings as figures; costs are in them where one is known."""
    prices = prices or TokenPrices()
    marks = tuple(_mark(standing) for standing in board.standings)
    titles = tuple(Notice(f"leaderboard.{name}") for name in COLUMNS)
    return Figures(
        name="leaderboard",
        table=FigureTable(
            caption=Notice("leaderboard.caption"),
            titles=(*titles, prices.title) if prices.by_model else titles,
            rows=tuple(_row(standing, speeds, prices) for standing in board.standings),
        ),
        told=tuple(_told(board, speeds, prices)),
        bars=(_bars(marks, axis=Notice("leaderboard.points_apart")),),
        picture=_picture(marks, speeds, prices),
    )


def _picture(marks: tuple[Mark, ...], speeds: Speeds, prices: TokenPrices) -> Chart:
    """Draw quality against cost where that of all is known, else against speed where that is; else quality alone."""
    if all(mark.name in prices.by_model for mark in marks):
        digits = common_digits([prices.by_model[mark.name] for mark in marks])
        return _against(marks, prices.by_model, axis=prices.title, digits=digits)
    if all(speeds.get(mark.name) for mark in marks):
        return _against(marks, speeds, axis=Notice("leaderboard.speed"), digits=1)
    return _bars(marks, axis=Notice("leaderboard.points"))


def _against(marks: tuple[Mark, ...], others: Mapping[str, float], *, axis: Notice, digits: int) -> Scatter:
    return Scatter(
        title=Notice("leaderboard.caption"),
        x_axis=axis,
        y_axis=Notice("leaderboard.points"),
        marks=tuple(replace(mark, x=others[mark.name]) for mark in marks),
        x_digits=digits,
        legend=LEGEND,
    )


def _bars(marks: tuple[Mark, ...], *, axis: Notice) -> Bars:
    return Bars(title=Notice("leaderboard.caption"), axis=axis, marks=marks, legend=LEGEND)


def _mark(standing: Standing) -> Mark:
    """Return what is drawn of a model; it stands out where no other is surely better."""
    return Mark(
        name=standing.model,
        y=standing.points,
        low=standing.points - standing.margin,
        high=standing.points + standing.margin,
        stands_out=standing.rank == 1,
    )


def _row(standing: Standing, speeds: Speeds, prices: TokenPrices) -> tuple[Cell, ...]:
    speed, price = speeds.get(standing.model), prices.by_model.get(standing.model)
    cells: tuple[Cell, ...] = (
        standing.model,
        Amount(standing.rank),
        Amount(standing.points, is_signed=True),
        Amount(standing.margin),
        Amount(standing.wins),
        Amount(standing.losses),
        Amount(standing.ties),
        Amount(speed, 1) if speed else None,
    )
    return (*cells, None if price is None else amount_of(price)) if prices.by_model else cells


def _told(board: Leaderboard, speeds: Speeds, prices: TokenPrices) -> Iterator[Notice]:
    for standing in board.standings[:MOST_TOLD]:
        speed, price = speeds.get(standing.model), prices.by_model.get(standing.model)
        cost = "" if price is None else Notice("leaderboard.at_cost", {"cost": money(price, prices.currency)})
        words: dict[str, object] = {
            "rank": standing.rank,
            "model": standing.model,
            "points": Amount(standing.points, is_signed=True).written,
            "margin": Amount(standing.margin).written,
            "wins": standing.wins,
            "losses": standing.losses,
            "ties": standing.ties,
            "cost": cost,
            "speed": Notice("leaderboard.at_speed", {"rate": Amount(speed, 1).written}) if speed else "",
        }
        yield Notice("leaderboard.row", words)
    more = len(board.standings) - MOST_TOLD
    if more > 0:
        yield Notice("figures.more", {"count": more})
