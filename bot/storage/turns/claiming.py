"""Claiming: which of the waiting turns may run now, decided for all workers alike in the database they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.domain import QueueState, TurnState
from bot.storage.database.notify import notify
from bot.storage.database.sql_dialects import one_at_a_time
from bot.storage.tables.chat_tables import TURNS
from bot.storage.turns.leases import LEASED, Leases, Look
from bot.storage.turns.open_turns import IS_OPEN, RUNS, WAITS

CLAIMS = 0x6C79_6365_756D
"""The lock under which workers count the free places, so that no two of them count the same one."""

_RUNNING = select(*LEASED, TURNS.c.person_id).where(RUNS)
_OLDEST = select(func.min(TURNS.c.id)).where(IS_OPEN).group_by(TURNS.c.conversation_id)
_HEADS = select(*LEASED, TURNS.c.person_id).where(TURNS.c.id.in_(_OLDEST), WAITS)
_FREE = (
    select(TURNS.c.id)
    .where(TURNS.c.id.in_(bindparam("turn_ids", expanding=True)), WAITS, TURNS.c.worker == bindparam("owner"))
    .with_for_update(skip_locked=True)
)
_START = update(TURNS).where(TURNS.c.id.in_(_FREE)).values(state=TurnState.RUNNING.value).returning(TURNS.c.id)
_LOOK = select(*LEASED, TURNS.c.state, TURNS.c.stop_requested_at, TURNS.c.person_id).where(IS_OPEN)


@dataclass(frozen=True, slots=True)
class Head:
    """The turn that is next in its conversation."""

    turn_id: int
    person_id: str | None
    worker: str | None


def claim(session: Session, worker: str, *, parallel: int, now: datetime, leases: Leases) -> list[int]:
    """Let those of the worker's turns run that are next; return their ids, first come first."""
    one_at_a_time(session, CLAIMS)
    look = leases.look(worker)
    running = [row.person_id for row in look.live(session.execute(_RUNNING))]
    if len(running) >= parallel:
        return []
    chosen = next_up(heads(session, look), Counter(running), free=parallel - len(running))
    mine = [head.turn_id for head in chosen if head.worker == worker]
    return _run(session, mine, worker=worker, now=now) if mine else []


def heads(session: Session, look: Look) -> list[Head]:
    """Read the turns that are next in their conversations. One that runs, or is an orphan, holds the later ones up."""
    return [Head(row.id, row.person_id, row.worker) for row in look.live(session.execute(_HEADS))]


def next_up(waiting: Sequence[Head], runs_of: Counter[str | None], *, free: int) -> list[Head]:
    """Choose as many as there are free places: each time the person with the fewest runs, then the lower id."""
    runs_of = runs_of.copy()
    left = set(waiting)
    chosen: list[Head] = []
    while left and len(chosen) < free:
        head = min(left, key=lambda head: (runs_of[head.person_id], head.turn_id))
        left.remove(head)
        runs_of[head.person_id] += 1
        chosen.append(head)
    return chosen


def look(session: Session, worker: str, *, leases: Leases) -> QueueState:
    """Read how the worker's turns stand, in one statement over the open turns."""
    look = leases.look(worker)
    rows = sorted(session.execute(_LOOK).all(), key=lambda row: row.id)
    leases.forget_all_but(row.id for row in rows)
    own = [row for row in rows if row.worker == worker]
    waiting = [row for row in look.live(rows) if row.state == TurnState.ACCEPTED]
    return QueueState(
        owned=frozenset(row.id for row in own),
        stopped=frozenset(row.id for row in own if row.stop_requested_at is not None),
        positions={row.id: position for position, row in enumerate(waiting, 1) if row.worker == worker},
        waiting=len(waiting),
        line=[(row.id, row.person_id or "") for row in waiting],
    )


def _run(session: Session, turn_ids: Sequence[int], *, worker: str, now: datetime) -> list[int]:
    """Mark them as running, but for those that somebody is changing at this moment, or has taken over."""
    ids = set(session.scalars(_START, {"turn_ids": turn_ids, "owner": worker, "started_at": now}))
    notify(session)
    return [turn_id for turn_id in turn_ids if turn_id in ids]
