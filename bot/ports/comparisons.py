"""What the engine keeps of answers that were compared, and of the votes on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain import Address


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedAnswer:
    """One of the answers of a comparison: its label is all that voters see of whose it is.

    `chars` is its length, 0 where the model did not answer; times in seconds, 0 where they are not known.
    """

    label: str
    model: str
    digest: str = ""
    chars: int = 0
    first_s: float = 0.0
    answer_s: float = 0.0
    answer_tokens: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PairVote:
    """What a person's vote says of two models: `outcome` is 1 where the first is better, 0 the second, 0.5 neither."""

    person_id: str
    first: str
    second: str
    outcome: float
    first_digest: str = ""
    second_digest: str = ""
    first_chars: int = 0
    second_chars: int = 0
    reason: str = ""
    voted_at: datetime | None = None


class Comparisons(Protocol):
    """Compared answers, by the turn that made them. All methods raise `Unavailable` when the store does."""

    async def keep(self, turn_id: int, answers: Sequence[ComparedAnswer]) -> None:
        """Keep which answer is whose, in place of what was kept for the turn before."""
        ...

    async def answers(self, turn_id: int) -> Sequence[ComparedAnswer]:
        """Return a turn's compared answers by label; empty where there are none."""
        ...

    async def vote(self, turn_id: int, address: Address, votes: Sequence[PairVote]) -> bool:
        """Keep what one person says of each pair of a comparison; False where they have voted on it already.

        It outlives the answers, and is erased with what the person said.
        """
        ...

    async def votes(self, platform: str, workspace: str) -> Sequence[PairVote]:
        """Return all votes of a workspace, oldest first."""
        ...

    async def speeds(self) -> Mapping[tuple[str, str], float]:
        """Return how many tokens a second each model wrote in the answers that are kept, by its name and digest.

        One whose host did not measure it is not in it.
        """
        ...
