from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from bot.engine.leaderboard import LEAST_VOTES, leaderboard_of
from bot.engine.strengths import POINTS, Vote, fit, without_worst


def planted(
    points: list[float], votes: int, *, seed: int, people: int = 6, ties: float = 0.15, length: float = 0
) -> list[Vote]:
    """Make votes between models of these strengths, in points; `length` is what a longer answer is worth."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(votes):
        one, two = rng.choice(len(points), 2, replace=False)
        chars = rng.integers(100, 3_000, 2)
        odds = (points[one] - points[two]) / POINTS + length * np.log(chars[0] / chars[1])
        outcome = 0.5 if rng.random() < ties else float(rng.random() < 1 / (1 + np.exp(-odds)))
        person = f"p{rng.integers(people)}"
        made.append(Vote(person, f"m{one}", f"m{two}", outcome, int(chars[0]), int(chars[1])))
    return made


def test_strengths_are_those_of_another_fit() -> None:
    votes = planted([0, 60, 150, 400], 3_000, seed=3)
    names = ["m0", "m1", "m2", "m3"]
    wins = np.zeros((4, 4))
    for vote in votes:
        one, two = names.index(vote.first), names.index(vote.second)
        wins[one, two] += vote.outcome
        wins[two, one] += 1 - vote.outcome

    import choix  # loads SciPy: a second of every worker's

    others = choix.ilsr_pairwise_dense(wins)
    others -= others.mean()

    assert fit(votes).values == pytest.approx(others, abs=0.03)


def test_nothing_is_said_where_nobody_voted() -> None:
    assert leaderboard_of([]).standings == ()
    assert leaderboard_of([Vote("p", "a", "a", 1.0)]).standings == ()


def test_one_vote_tells_nobody_apart() -> None:
    board = leaderboard_of([Vote("p", "a", "b", 1.0)])

    assert [standing.rank for standing in board.standings] == [1, 1]
    assert not board.pairs[0].is_told_apart
    assert board.pairs[0].more_votes >= LEAST_VOTES - 1
    assert board.proposed == ("a", "b")


def test_a_clear_winner_is_called_better_and_counted() -> None:
    votes = [Vote(f"p{number % 7}", "a", "b", 0.0 if number % 10 == 0 else 1.0) for number in range(40)]

    board = leaderboard_of(votes)

    assert [(each.model, each.rank, each.wins, each.losses) for each in board.standings] == [
        ("a", 1, 36, 4),
        ("b", 2, 4, 36),
    ]
    assert board.proposed is None


def test_one_persons_votes_do_not_outweigh_a_team() -> None:
    alone = [Vote("zealot", "a", "b", 1.0) for _ in range(30)]
    others = [Vote(f"p{number}", "a", "b", float(number % 2)) for number in range(12)]

    assert not leaderboard_of([*alone, *others]).pairs[0].is_told_apart


def test_length_alone_makes_no_model_better() -> None:
    rng = np.random.default_rng(5)
    votes = []
    for number in range(200):
        long, short = int(rng.integers(1_500, 3_000)), int(rng.integers(300, 3_000))
        chance = 1 / (1 + (short / long) ** 1.5)
        votes.append(Vote(f"p{number % 9}", "wordy", "terse", float(rng.random() < chance), long, short))

    strengths = fit(votes)
    wordy = abs(strengths.values[0] - strengths.values[1]) * POINTS

    assert strengths.length > 0.7
    assert wordy < 100


@pytest.mark.parametrize(("gap", "votes", "models"), [(200, 60, 2), (200, 60, 3), (100, 200, 2), (100, 200, 3)])
def test_a_planted_order_is_recovered(gap: float, votes: int, models: int) -> None:
    points = [gap * number for number in range(models)]
    found = [leaderboard_of(planted(points, votes, seed=seed)) for seed in range(40)]

    right = [[each.model for each in board.standings] == [f"m{n}" for n in reversed(range(models))] for board in found]
    assert sum(right) >= 0.95 * len(right)


def test_what_is_called_better_is_seldom_wrong() -> None:
    rng = np.random.default_rng(11)
    shown = wrong = 0
    for seed in range(40):
        points = list(np.cumsum(rng.uniform(10, 200, rng.integers(2, 5))))
        board = leaderboard_of(planted(points, int(rng.integers(20, 150)), seed=seed, people=int(rng.integers(3, 9))))
        told = [pair for pair in board.pairs if pair.is_told_apart]
        shown += len(told)
        wrong += sum(points[int(pair.better[1:])] < points[int(pair.worse[1:])] for pair in told)

    assert shown >= 20
    assert wrong <= 0.05 * shown


def test_no_shown_rank_turns_without_the_worst_votes() -> None:
    for seed in range(20):
        votes = planted([0, 120, 260], 90, seed=seed)
        strengths = fit(votes)
        for pair in leaderboard_of(votes).pairs:
            better, worse = strengths.models.index(pair.better), strengths.models.index(pair.worse)
            left = without_worst(votes, strengths, better, worse, share=0.02)
            assert not pair.is_told_apart or left > 0


def test_the_same_votes_always_say_the_same() -> None:
    votes = planted([0, 90, 180], 80, seed=1)

    assert leaderboard_of(votes) == leaderboard_of(list(votes))


@pytest.mark.parametrize(("first", "second"), list(product(["a", "b"], repeat=2)))
def test_odd_lengths_do_no_harm(first: str, second: str) -> None:
    votes = [Vote("p", first, second, 1.0, 0, 10**9), Vote("q", "a", "b", 0.0, 10**9, 0), Vote("r", "b", "a", 0.5)]

    board = leaderboard_of(votes)

    assert all(np.isfinite(standing.points) and np.isfinite(standing.margin) for standing in board.standings)
