"""The leaderboard of a team's votes: who is better, who is not told apart yet, and which vote would tell most.

A model is called better than another only where the difference of their strengths is larger than chance gives to the
largest of all differences, larger than `LEAST_BAND` standard errors, and still there when the 2 % of the votes that
speak most for it are left out. tests/bench/leaderboard.py measures how often that is wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import ceil

from bot.engine.strengths import POINTS, Strengths, Vote, fit, without_worst

LEAST_BAND = 2.0
"""Standard errors; with one look after another at growing votes, 2 keep wrong claims far below one in twenty."""
WORST_SHARE = 0.02
MOST_MORE = 999
# A model needs so many votes before it is called better or worse than another.
LEAST_VOTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A model's place: `points` of strength (0 is the mean of all), give or take `margin`; its votes by outcome.

    `rank` is 1 and the number of models that are surely better; those not told apart share one.
    """

    model: str
    rank: int
    points: float
    margin: float
    wins: int
    losses: int
    ties: int

    @property
    def votes(self) -> int:
        """How many votes it took part in."""
        return self.wins + self.losses + self.ties


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two models, the stronger first: whether they are told apart, and about how many more votes would tell."""

    better: str
    worse: str
    is_told_apart: bool
    more_votes: int


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """All standings, the strongest first; all pairs; the pair a vote on which tells most, None where all is told."""

    standings: tuple[Standing, ...]
    pairs: tuple[Pair, ...]
    proposed: tuple[str, str] | None


def leaderboard_of(votes: Sequence[Vote]) -> Leaderboard:
    """Return what votes say; nothing where there are none."""
    votes = [vote for vote in votes if vote.first != vote.second]
    if not votes:
        return Leaderboard((), (), None)
    strengths = fit(votes)
    counts = {model: sum(model in {vote.first, vote.second} for vote in votes) for model in strengths.models}
    pairs = tuple(
        _pair(votes, strengths, counts, one, two) for one, two in combinations(range(len(strengths.models)), 2)
    )
    better = [pair for pair in pairs if pair.is_told_apart]
    order = sorted(range(len(strengths.models)), key=lambda index: -strengths.values[index])
    standings = tuple(_standing(votes, strengths, index, better) for index in order)
    return Leaderboard(standings, pairs, _proposed(pairs, counts))


def _pair(votes: Sequence[Vote], strengths: Strengths, counts: dict[str, int], one: int, two: int) -> Pair:
    first, second = (one, two) if strengths.values[one] >= strengths.values[two] else (two, one)
    difference, error = strengths.difference(first, second)
    needed = max(LEAST_BAND, strengths.band) * error
    names = strengths.models[first], strengths.models[second]
    told = (
        difference > needed
        and min(counts[name] for name in names) >= LEAST_VOTES
        and without_worst(votes, strengths, first, second, share=WORST_SHARE) > 0
    )
    more = 0 if told else _more(difference, needed, min(counts[name] for name in names))
    return Pair(better=names[0], worse=names[1], is_told_apart=told, more_votes=more)


def _more(difference: float, needed: float, votes: int) -> int:
    """Return about how many more votes would tell two apart: errors shrink with the square root of the votes."""
    if difference <= 0:
        return MOST_MORE
    wanted = max(LEAST_VOTES, votes * (needed / difference) ** 2)
    return int(min(MOST_MORE, max(1, ceil(wanted - votes))))


def _standing(votes: Sequence[Vote], strengths: Strengths, index: int, better: Sequence[Pair]) -> Standing:
    model = strengths.models[index]
    scores = [
        vote.outcome if vote.first == model else 1 - vote.outcome
        for vote in votes
        if model in {vote.first, vote.second}
    ]
    # The error of a strength is that of its difference to the mean of all.
    margin = float(strengths.spread[index].mean()) * max(LEAST_BAND, strengths.band) / 2**0.5
    return Standing(
        model=model,
        rank=1 + sum(pair.worse == model for pair in better),
        points=float(strengths.values[index] * POINTS),
        margin=margin * POINTS,
        wins=sum(score > 0.5 for score in scores),  # noqa: PLR2004 - half a win is a tie
        losses=sum(score < 0.5 for score in scores),  # noqa: PLR2004
        ties=sum(score == 0.5 for score in scores),  # noqa: PLR2004
    )


def _proposed(pairs: Sequence[Pair], counts: dict[str, int]) -> tuple[str, str] | None:
    """Return the pair that is nearest to being told apart, models with few votes first."""
    open_ = [pair for pair in pairs if not pair.is_told_apart]
    if not open_:
        return None

    def need(pair: Pair) -> tuple[bool, int, str, str]:
        few = min(counts[pair.better], counts[pair.worse]) < LEAST_VOTES
        return not few, pair.more_votes, pair.better, pair.worse

    nearest = min(open_, key=need)
    return nearest.better, nearest.worse
