"""Turns in a state that this version has no word for, as a newer one may have written: left alone, and told of once."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import Any

import structlog
from sqlalchemy import Row, not_, select
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.domain import TurnState
from bot.storage.tables.chat_tables import TURNS

LOOKED_EVERY_S = 3600.0
MOST_TOLD = 20
IS_KNOWN = TURNS.c.state.in_([state.value for state in TurnState])
log = structlog.get_logger(__name__)


class UnknownStates:
    """Tells the operator of each such turn once. Nobody here may answer it, and nobody here may say that it is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next_at = -inf
        self._told: set[int] = set()

    def is_due(self) -> bool:
        """Whether it is time to look; whoever asks does it."""
        if self._clock.now() < self._next_at:
            return False
        self._next_at = self._clock.now() + LOOKED_EVERY_S
        return True

    def find(self, session: Session) -> Sequence[Row[Any, Any]]:
        """Read those nobody was told of, the newest."""
        which = select(TURNS.c.id, TURNS.c.state).where(not_(IS_KNOWN), TURNS.c.id.not_in(self._told))
        return session.execute(which.order_by(TURNS.c.id.desc()).limit(MOST_TOLD)).all()

    def tell(self, found: Sequence[Row[Any, Any]]) -> None:
        """Say which they are."""
        for row in reversed(found):
            log.warning("storage.turn_state_unknown", turn=row.id, state=str(row.state)[:MOST_TOLD])
        self._told.update(row.id for row in found)
