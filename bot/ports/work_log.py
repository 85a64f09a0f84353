"""What the engine keeps of the work of model hosts: tokens and seconds of each completion, and no words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain import ModelWork


class WorkLog(Protocol):
    """The work of all processes of the bot. All methods raise `Unavailable` when the store does.

    Work is kept as long as messages are, by the same rules. What a person was answered loses the person when they have
    their words erased, and where it was if that was a direct message; its figures stay.
    """

    async def keep(self, works: Sequence[ModelWork]) -> None:
        """Add work. Of a turn whose question is gone by now it is kept as nobody's."""
        ...

    async def beside(self, since: datetime, until: datetime) -> Sequence[ModelWork]:
        """Return the work that ended from `since` on and before `until`, and all that ran beside any of it.

        Oldest end first.
        """
        ...

    async def of_turn(self, turn_id: int) -> Sequence[ModelWork]:
        """Return a turn's work, oldest end first."""
        ...
