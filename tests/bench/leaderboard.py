"""A thousand seeded teams that vote on models of planted strengths: `python -m tests.bench.leaderboard`.

Strengths lie 10 to 200 points apart, as those of real models do; people vote, look, and vote on. What is counted: how
often "better" is shown and wrong, at every look; how often a planted order is recovered; whether the worst 2 % of the
votes turn a shown rank. The baseline calls whoever is ahead better. Nothing fails on a number.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np

from bot.engine.leaderboard import WORST_SHARE, Leaderboard, leaderboard_of
from bot.engine.strengths import POINTS, Vote, fit, without_worst

TEAMS = 1_000
LOOKS, VOTES_A_LOOK = 6, 20
ORDERS = ((200, 60), (100, 200))
"""Points between two neighbours of three models, and votes."""
ORDER_TRIALS = 100
TIES = 0.15
MOST_WRONG = 0.05


@dataclass(slots=True)
class Claims:
    """How often something was called better, and wrongly so."""

    shown: int = 0
    wrong: int = 0

    def share(self) -> float:
        """Return the share that was wrong."""
        return self.wrong / self.shown if self.shown else 0.0


def voted(rng: np.random.Generator, points: list[float], pair: tuple[int, int], people: int) -> Vote:
    """Let somebody vote on two models of planted strengths."""
    one, two = pair
    chance = 1 / (1 + np.exp(-(points[one] - points[two]) / POINTS))
    outcome = 0.5 if rng.random() < TIES else float(rng.random() < chance)
    chars = rng.integers(200, 2_000, 2)
    return Vote(f"p{rng.integers(people)}", f"m{one}", f"m{two}", outcome, int(chars[0]), int(chars[1]))


def a_team(rng: np.random.Generator, ours: Claims, plain: Claims) -> int:
    """Let one team vote and look; return how many shown ranks turn without the worst votes."""
    points = list(np.cumsum(rng.uniform(10, 200, rng.integers(2, 6))))
    people = int(rng.integers(3, 13))
    votes: list[Vote] = []
    for _ in range(LOOKS):
        for _ in range(VOTES_A_LOOK):
            one, two = (int(each) for each in rng.choice(len(points), 2, replace=False))
            votes.append(voted(rng, points, (one, two), people))
        board = leaderboard_of(votes)
        for pair in board.pairs:
            is_wrong = points[int(pair.better[1:])] < points[int(pair.worse[1:])]
            plain.shown += 1
            plain.wrong += is_wrong
            if pair.is_told_apart:
                ours.shown += 1
                ours.wrong += is_wrong
    return turned(votes, board)


def turned(votes: list[Vote], board: Leaderboard) -> int:
    """Return how many pairs that are told apart turn where the votes that speak most for them are left out."""
    strengths = fit(votes)
    at = strengths.models.index
    told = [pair for pair in board.pairs if pair.is_told_apart]
    left = (without_worst(votes, strengths, at(pair.better), at(pair.worse), share=WORST_SHARE) for pair in told)
    return sum(difference <= 0 for difference in left)


def recovered(gap: float, votes: int, *, seed: int) -> bool:
    """Whether three models, so many points apart, stand in their order after so many votes, on proposed pairs."""
    rng = np.random.default_rng(seed)
    points = [0.0, gap, 2 * gap]
    cast = [voted(rng, points, pair, 6) for pair in ((0, 1), (1, 2), (0, 2))]
    while len(cast) < votes:
        proposed = leaderboard_of(cast).proposed if len(cast) % 5 == 0 else None
        one, two = (int(name[1:]) for name in proposed) if proposed else rng.choice(3, 2, replace=False)
        cast.append(voted(rng, points, (int(one), int(two)), 6))
    return [standing.model for standing in leaderboard_of(cast).standings] == ["m2", "m1", "m0"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--teams", type=int, default=TEAMS)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    ours, plain = Claims(), Claims()
    turns = sum(a_team(rng, ours, plain) for _ in range(options.teams))
    print(f"{options.teams} teams, {LOOKS} looks each: {ours.shown} of {plain.shown} pairs told apart.")
    print(f"wrong where told apart: {ours.share():.3f} (at most {MOST_WRONG}); whoever is ahead: {plain.share():.3f}")
    print(f"shown ranks that turn without the worst 2 % of the votes: {turns} (0)")
    for gap, votes in ORDERS:
        right = sum(recovered(gap, votes, seed=seed) for seed in range(ORDER_TRIALS))
        print(f"three models {gap} points apart in order after {votes} votes: {right} of {ORDER_TRIALS} (95)")


if __name__ == "__main__":
    main()
