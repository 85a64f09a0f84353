"""Claiming: which of the waiting turns may run now, decided for all workers alike in the database they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update
from sqlalchemy.orm import Session

from bot.domain import (
    ANYWHERE,
    AtWork,
    Claimed,
    Head,
    HostRoom,
    Lanes,
    ModelWish,
    QueueState,
    TurnState,
    next_up,
    taking_places,
)
from bot.storage.database.notify import notify
from bot.storage.database.sql_dialects import one_at_a_time
from bot.storage.tables.chat_tables import CONVERSATIONS, TURNS
from bot.storage.turns.beginning_order import ahead_of, followed
from bot.storage.turns.leases import LEASED, Leases
from bot.storage.turns.open_turns import IS_OPEN, RUNS, WAITS

CLAIMS = 0x6C79_6365_756D
"""The lock under which workers count the free places, so that no two of them count the same one."""

LEFT = ""
"""The host of a turn whose model is done with it; one that runs on no host in particular has none."""

# For so long a host is taken to hold what it has read of a conversation, when conversations are spread over hosts.
READ_LATELY = timedelta(minutes=10)

_LOOK = select(
    *LEASED,
    TURNS.c.state,
    TURNS.c.person_id,
    TURNS.c.conversation_id,
    TURNS.c.is_direct,
    TURNS.c.stop_requested_at,
    TURNS.c.lane_host,
    TURNS.c.lane_model,
    TURNS.c.job,
).where(IS_OPEN)
_FREE = (
    select(TURNS.c.id)
    .where(TURNS.c.id == bindparam("turn"), WAITS, TURNS.c.worker == bindparam("owner"))
    .with_for_update(skip_locked=True)
)
_START = (
    update(TURNS)
    .where(TURNS.c.id.in_(_FREE))
    .values(state=TurnState.RUNNING.value, lane_host=bindparam("on_host"), lane_model=bindparam("of_model"))
    .returning(TURNS.c.id)
)
_LEAVE = (
    update(TURNS)
    .where(TURNS.c.id == bindparam("turn"), RUNS, TURNS.c.worker == bindparam("owner"))
    .values(lane_host=LEFT)
    .returning(TURNS.c.id)
)
_NOTE_MODEL = update(TURNS).where(TURNS.c.id == bindparam("turn")).values(lane_model=bindparam("of_model"))
_HOMES = select(CONVERSATIONS.c.id, CONVERSATIONS.c.host).where(
    CONVERSATIONS.c.id.in_(bindparam("ids", expanding=True)), CONVERSATIONS.c.host.is_not(None)
)
_READ_LATELY = (
    select(CONVERSATIONS.c.host, func.count())
    .where(CONVERSATIONS.c.hosted_at > bindparam("since"))
    .group_by(CONVERSATIONS.c.host)
)
AnyRow = Row[*tuple[Any, ...]]


def claim(
    session: Session,
    worker: str,
    *,
    parallel: int,
    rooms: Sequence[HostRoom],
    wanted: Mapping[int, ModelWish] | None,
    now: datetime,
    leases: Leases,
) -> dict[int, Claimed]:
    """Let those of the worker's turns run that are next; return them, first come first."""
    one_at_a_time(session, CLAIMS)
    look = leases.look(worker)
    rows = sorted(session.execute(_LOOK).all(), key=lambda row: row.id)
    live = look.live(rows)
    running = [row for row in live if row.state == TurnState.RUNNING and row.job is None]
    at_work = taking_places(list(map(_at_work, running)), most_left=parallel)
    heads = _heads(rows, live, worker, wanted)
    # Work on a host's models takes no place.
    jobs = [key for key, row in heads.items() if row.job is not None]
    chosen = {row.id: ANYWHERE for row in map(heads.pop, jobs) if row.worker == worker}
    if len(at_work) < parallel:
        homes = _homes(session, heads.values(), rooms)
        waiting = [_head(row, worker, wanted, homes) for row in heads.values()]
        lanes = Lanes(rooms, at_work, _read_lately(session, rooms, now) if waiting else {})
        placed = next_up(waiting, at_work, lanes=lanes, parallel=parallel)
        chosen |= {head.turn_id: host for head, host in placed if head.worker == worker}
    started = _run(session, chosen, wanted or {}, worker=worker, now=now)
    if len(rooms) > 1:
        _note_models(session, [row for row in rows if row.id not in started], worker, wanted or {})
    ahead = ahead_of(session, rows, started)
    return {turn_id: Claimed(chosen[turn_id], ahead.get(turn_id, frozenset())) for turn_id in started}


def leave_lane(session: Session, turn_id: int, *, worker: str) -> None:
    """Note that a model is done with a turn of the worker's."""
    if session.scalar(_LEAVE, {"turn": turn_id, "owner": worker}) is not None:
        notify(session)


def look(session: Session, worker: str, *, leases: Leases) -> QueueState:
    """Read how the worker's turns stand, mostly in one statement over the open turns."""
    look = leases.look(worker)
    rows = sorted(session.execute(_LOOK).all(), key=lambda row: row.id)
    leases.forget_all_but(row.id for row in rows)
    own = [row for row in rows if row.worker == worker]
    waiting = [row for row in look.live(rows) if row.state == TurnState.ACCEPTED]
    return QueueState(
        owned=frozenset(row.id for row in own),
        stopped=frozenset(row.id for row in own if row.stop_requested_at is not None),
        positions={row.id: position for position, row in enumerate(waiting, 1) if row.worker == worker},
        waiting=sum(row.job is None for row in waiting),
        line=[(row.id, row.person_id or "") for row in waiting if row.job is None],
        models={row.id: row.lane_model for row in waiting if row.lane_model is not None},
        ahead=ahead_of(session, rows, [row.id for row in own]),
        followed=followed(session, rows, worker),
    )


def _heads(
    rows: Sequence[AnyRow], live: Sequence[AnyRow], worker: str, wanted: Mapping[int, ModelWish] | None
) -> dict[object, AnyRow]:
    """Return the turns that are next of those that run one after the other. An orphan holds the later ones up.

    One person's turns of a conversation do, and all of a direct message's. Work on a host's models waits for nobody.
    """
    oldest: dict[object, AnyRow] = {}
    for row in rows:
        key = row.id if row.job is not None else (row.conversation_id, None if row.is_direct else row.person_id)
        oldest.setdefault(key, row)
    is_live = {row.id for row in live}
    return {
        key: row
        for key, row in oldest.items()
        if row.state == TurnState.ACCEPTED
        and row.id in is_live
        and (wanted is None or row.worker != worker or row.id in wanted)
    }


def _at_work(row: AnyRow) -> AtWork:
    return AtWork(row.person_id, row.lane_host or "", row.lane_model or "", has_left=row.lane_host == LEFT)


def _head(row: AnyRow, worker: str, wanted: Mapping[int, ModelWish] | None, homes: Mapping[int, str]) -> Head:
    own = (wanted or {}).get(row.id) if row.worker == worker else None
    home = homes.get(row.conversation_id, "")
    return Head(row.id, row.person_id, row.worker, own or ModelWish(row.lane_model or ""), home)


def _homes(session: Session, heads: Iterable[AnyRow], rooms: Sequence[HostRoom]) -> dict[int, str]:
    """Read which hosts have read the conversations; with one host nobody needs to know."""
    conversations = sorted({row.conversation_id for row in heads})
    if len(rooms) <= 1 or not conversations:
        return {}
    return {row.id: row.host for row in session.execute(_HOMES, {"ids": conversations})}


def _read_lately(session: Session, rooms: Sequence[HostRoom], now: datetime) -> Mapping[str, int]:
    if len(rooms) <= 1:
        return {}
    found = session.execute(_READ_LATELY, {"since": now - READ_LATELY})
    return Counter({host: count for host, count in found if host})


def _run(
    session: Session, chosen: Mapping[int, str], wanted: Mapping[int, ModelWish], *, worker: str, now: datetime
) -> list[int]:
    """Mark them as running, but for those that somebody is changing at this moment, or has taken over."""
    started = []
    for turn_id, host in chosen.items():
        lane = {"on_host": host or None, "of_model": wanted[turn_id].model if turn_id in wanted else None}
        if session.scalar(_START, {"turn": turn_id, "owner": worker, "started_at": now, **lane}) is not None:
            started.append(turn_id)
    if started:
        notify(session)
    return started


def _note_models(session: Session, rows: Sequence[AnyRow], worker: str, wanted: Mapping[int, ModelWish]) -> None:
    """Note what the worker's turns wait for, once: other workers are to know which host they do not wait for."""
    for row in rows:
        if row.worker == worker and row.state == TurnState.ACCEPTED and row.id in wanted:
            model = wanted[row.id].model
            if row.lane_model != model:
                session.execute(_NOTE_MODEL, {"turn": row.id, "of_model": model})
