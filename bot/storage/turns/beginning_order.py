"""Beginning order: in which order the answers of one conversation begin to be shown, whoever they are for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from bot.domain import Post, TurnState
from bot.storage.tables.chat_tables import POSTS

_POSTED = select(POSTS.c.turn_id, POSTS.c.key, POSTS.c.platform_message_id).where(
    POSTS.c.turn_id.in_(bindparam("turn_ids", expanding=True))
)
AnyRow = Row[*tuple[Any, ...]]


def ahead_of(session: Session, rows: Sequence[AnyRow], turn_ids: Collection[int]) -> dict[int, frozenset[int]]:
    """Return, of these open turns, the earlier ones of their conversations whose answers have no place yet.

    `rows` are all open turns, oldest first. Most turns have none before them: then nothing is read.
    """
    wanted = set(turn_ids)
    earlier: dict[int, list[int]] = {}
    seen: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        if row.id in wanted and seen[row.conversation_id]:
            earlier[row.id] = [*seen[row.conversation_id]]
        seen[row.conversation_id].append(row.id)
    placed = _placed(session, {each for ids in earlier.values() for each in ids})
    ahead = {turn_id: frozenset(ids) - placed for turn_id, ids in earlier.items()}
    return {turn_id: ids for turn_id, ids in ahead.items() if ids}


def followed(session: Session, rows: Sequence[AnyRow], worker: str) -> frozenset[int]:
    """Return the worker's turns without a place that a later one stands behind which another worker runs."""
    behind: set[int] = set()
    found = []
    for row in reversed(rows):
        if row.worker == worker and row.conversation_id in behind:
            found.append(row.id)
        if row.worker != worker and row.state == TurnState.RUNNING:
            behind.add(row.conversation_id)
    return frozenset(found) - _placed(session, found)


def _placed(session: Session, turn_ids: Collection[int]) -> frozenset[int]:
    """Return those whose answers have a place: a message of theirs is posted that stays."""
    if not turn_ids:
        return frozenset()
    posted = session.execute(_POSTED, {"turn_ids": sorted(turn_ids)})
    return frozenset(turn_id for turn_id, *post in posted if Post(*post).opens)
