"""How sure it is that what was found bears on the question. Pure."""

from __future__ import annotations

import math
from dataclasses import dataclass

CLEAR = 0.6
"""What is surer than this needs no second look."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a window: the part of the question's words it holds, and how near it is in meaning, if known."""

    held: float
    near: float | None


def certainty(evidence: Evidence) -> float:
    """Return how sure it is, between 0 and 1."""
    return 1 / (1 + math.exp(-12 * (evidence.held - 0.3)))
