"""How strong models are by votes between two of them: Bradley-Terry, with answer length as a control.

The log-odds that model a is preferred to b are the difference of their strengths, plus `length` times the logarithm of
how many times longer a's answer is: people like long answers, and no model shall win by that alone. A tie counts half a
win for each. Fitted by Newton's method on the penalised likelihood; intervals come from a bootstrap over people, whose
votes hang together, and are never narrower than those of the curvature (Bradley & Terry 1952; Efron 1979; Hunter
2004).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]

POINTS = 400 / np.log(10)
"""Points of a strength: 400 points are odds of ten to one, as in chess."""
# A weak belief that strengths are alike: a standard deviation of 2 in log-odds, some 350 points. It keeps a model that
# has won its only vote from being infinitely strong, and weighs as much as half a vote.
PRIOR = 0.25
LENGTH_PRIOR = 4.0
STEPS = 12
BOOTSTRAPS = 200
SEED = 20_260_601
# One standard error to either side of the middle of a normal distribution.
ONE_ERROR = (0.1587, 0.8413)
# Answers of very different length say no more than this about it: e to the 1.5 is four and a half times.
MOST_LENGTH = 1.5


@dataclass(frozen=True, slots=True)
class Vote:
    """One person's preference: `outcome` is 1 where `first` is better, 0 where `second` is, 0.5 for a tie.

    Lengths are those of the two answers, in characters.
    """

    person: str
    first: str
    second: str
    outcome: float
    first_chars: int = 0
    second_chars: int = 0


@dataclass(frozen=True, slots=True)
class Strengths:
    """Fitted strengths in log-odds, of mean 0, in the order of `models`; `spread` the standard errors of differences.

    `band` is how many standard errors a difference must measure for all pairs to be told apart at once.
    """

    models: tuple[str, ...]
    values: Floats
    spread: Floats
    band: float
    length: float

    def difference(self, first: int, second: int) -> tuple[float, float]:
        """Return by how much one is stronger than another, and the standard error of that, in log-odds."""
        return float(self.values[first] - self.values[second]), float(self.spread[first, second])


def fit(votes: Sequence[Vote], *, confidence: float = 0.95) -> Strengths:
    """Fit the strengths of all models that were voted on."""
    models = tuple(sorted({name for vote in votes for name in (vote.first, vote.second)}))
    design, outcomes = _design(votes, models)
    people = sorted({vote.person for vote in votes})
    person = np.array([people.index(vote.person) for vote in votes], dtype=np.int64)
    weights = _resampled(person, len(people))
    fitted = _newton(design, outcomes, np.vstack([np.ones(len(votes)), weights]))
    values, samples = fitted[0, :-1], fitted[1:, :-1]
    curved = _curvature_spread(design, fitted[0])
    moved = samples[:, :, None] - samples[:, None, :] - (values[:, None] - values[None, :])
    low, high = np.quantile(moved, ONE_ERROR, axis=0)
    spread = np.maximum(curved, (high - low) / 2)
    # Only what shrinks a difference speaks against it: a model that won all its votes may be any amount stronger.
    shrunk = -moved * np.sign(values[:, None] - values[None, :]) / np.where(spread > 0, spread, np.inf)
    largest = np.max(shrunk, axis=(1, 2))
    return Strengths(
        models, values - values.mean(), spread, float(np.quantile(largest, confidence)), float(fitted[0, -1])
    )


def without_worst(votes: Sequence[Vote], strengths: Strengths, first: int, second: int, *, share: float) -> float:
    """Return the difference of two models where the votes that speak most for it are left out.

    `share` of all votes, at least one; which those are is told by each vote's pull on the difference.
    """
    design, outcomes = _design(votes, strengths.models)
    coefficients = np.append(strengths.values, strengths.length)
    chances = _chances(design @ coefficients)
    contrast = np.zeros(design.shape[1])
    contrast[first], contrast[second] = 1.0, -1.0
    pull = design @ np.linalg.solve(_hessian(design, chances, np.ones(len(votes))), contrast) * (outcomes - chances)
    weights = np.ones(len(votes))
    sign = np.sign(strengths.values[first] - strengths.values[second])
    weights[np.argsort(-pull * sign)[: max(1, int(np.ceil(len(votes) * share)))]] = 0.0
    values = _newton(design, outcomes, weights[None, :])[0]
    return float(values[first] - values[second])


def _design(votes: Sequence[Vote], models: tuple[str, ...]) -> tuple[Floats, Floats]:
    """Return a row a vote (+1 for the first model, -1 for the second, the logarithm of lengths) and the outcomes."""
    at = {name: index for index, name in enumerate(models)}
    design = np.zeros((len(votes), len(models) + 1))
    for row, vote in enumerate(votes):
        design[row, at[vote.first]] += 1.0
        design[row, at[vote.second]] -= 1.0
        ratio = np.log((vote.first_chars + 1) / (vote.second_chars + 1))
        design[row, -1] = np.clip(ratio, -MOST_LENGTH, MOST_LENGTH)
    return design, np.array([vote.outcome for vote in votes])


def _resampled(person: npt.NDArray[np.int64], people: int) -> Floats:
    """Return how often each vote counts in each bootstrap: people are drawn, with all their votes."""
    drawn = np.random.default_rng(SEED).multinomial(people, np.full(people, 1 / people), size=BOOTSTRAPS)
    weights: Floats = drawn[:, person].astype(np.float64)
    return weights


def _newton(design: Floats, outcomes: Floats, weights: Floats) -> Floats:
    """Return the fitted coefficients for each row of weights, all at once."""
    fitted = np.zeros((len(weights), design.shape[1]))
    prior = _prior(design.shape[1])
    # Each vote's part of the curvature, once: what is summed up for all bootstraps at once would fill the memory.
    parts = (design[:, :, None] * design[:, None, :]).reshape(len(design), -1)
    for _ in range(STEPS):
        chances = _chances(fitted @ design.T)
        slope = (weights * (outcomes - chances)) @ design - fitted * prior
        hessians = ((weights * chances * (1 - chances)) @ parts).reshape(-1, design.shape[1], design.shape[1])
        fitted += np.linalg.solve(hessians + np.diag(prior), slope[:, :, None])[:, :, 0]
    return fitted


def _curvature_spread(design: Floats, fitted: Floats) -> Floats:
    covariance = np.linalg.inv(_hessian(design, _chances(design @ fitted), np.ones(len(design))))[:-1, :-1]
    own = np.diag(covariance)
    spread: Floats = np.sqrt(np.maximum(own[:, None] + own[None, :] - 2 * covariance, 0.0))
    return spread


def _hessian(design: Floats, chances: Floats, weights: Floats) -> Floats:
    scaled = design * (weights * chances * (1 - chances))[:, None]
    hessian: Floats = scaled.T @ design + np.diag(_prior(design.shape[1]))
    return hessian


def _prior(columns: int) -> Floats:
    return np.append(np.full(columns - 1, PRIOR), LENGTH_PRIOR)


def _chances(odds: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))
