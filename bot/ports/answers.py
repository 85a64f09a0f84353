"""What the engine asks of answers once they are given: to read, to show to others, to keep what people think."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from bot.domain import Address, Person, Source


class Verdict(StrEnum):
    """What a person thinks of an answer."""

    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A turn as it is kept, and the question it answers; `question_turn` is the turn that question came with.

    `text` are the newest words answered to the question, "" where there are none; `reasoning` is what was reasoned
    before them, "" where that is not known. `is_newest` says that this turn wrote (the end of) them. `is_open`: the
    turn is not over yet.
    """

    turn_id: int
    question_turn: int
    address: Address
    asker: Person
    question: str
    text: str = ""
    reasoning: str = ""
    sources: tuple[Source, ...] = ()
    model: str = ""
    is_newest: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Rating:
    """One person's word on one answer; `reason` "" where they gave none."""

    model: str
    verdict: Verdict
    reason: str
    rated_at: datetime


class Answers(Protocol):
    """The answers, by the turns that made them. All methods raise `Unavailable` when the store does."""

    async def find(self, turn_id: int) -> Answer | None:
        """Return a turn with its question; None when there is no such turn, or the question was erased."""
        ...

    async def reasoned(self, address: Address, person_id: str) -> Answer | None:
        """Return the newest answer to a person that has its reasoning with it; None for none.

        In the thread that is named, or in the channel with all its threads.
        """
        ...

    async def publish(self, turn_id: int) -> bool:
        """Mark the answer of a turn that is over as shown to others; False when it is marked already, or gone."""
        ...

    async def unpublish(self, turn_id: int) -> None:
        """Take the mark away: it was not shown after all."""
        ...

    async def rate(self, turn_id: int, person_id: str, verdict: Verdict, *, reason: str) -> bool:
        """Keep what a person thinks of a turn's answer, in place of what they said before; False when it is gone.

        It is erased with the answer, with the question, and with what the person said.
        """
        ...

    async def ratings(self) -> Sequence[Rating]:
        """Return every rating, oldest first."""
        ...
