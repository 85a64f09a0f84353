"""What the engine asks of the store of usage: how much was asked on a day, counted for all processes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a subject, named by its key, may use on one day: questions and tokens, 0 for as many as it likes."""

    subject: str
    questions: int = 0
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Used:
    """What a subject has used of an allowance on the day, and the share in percent that was told before.

    `over` is what is used up, so that the question was not counted: "questions", "tokens", or "".
    """

    allowance: Allowance
    questions: int
    tokens: int
    told: int = 0
    over: str = ""


class Usage(Protocol):
    """Counts by day ("2026-11-30") and subject. Both methods raise `Unavailable` when the store does."""

    async def spend(self, day: str, allowances: Sequence[Allowance]) -> Sequence[Used]:
        """Count one question for all of these, or none of it where one of them is used up.

        Return how they stand in their order, the question counted; or the one that is used up, alone. Days before this
        one are forgotten.
        """
        ...

    async def add(self, day: str, subjects: Sequence[str], *, tokens: int) -> None:
        """Count tokens."""
        ...

    async def tell(self, day: str, subject: str, *, percent: int) -> None:
        """Remember which share of its allowance a subject was told."""
        ...
