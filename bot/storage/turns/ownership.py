"""Leases: which worker owns an open turn; handing back, adopting, and the end of a turn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Update, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.orm import Session

from bot.domain import Role, StoredAnswer, Turn, TurnState
from bot.storage.conversations import within
from bot.storage.database.notify import notify
from bot.storage.database.sql_dialects import Values
from bot.storage.stored_sources import written_sources
from bot.storage.tables.chat_tables import CONVERSATIONS, MESSAGES, POSTS, TURNS, MessageRow, TurnRow
from bot.storage.turns.leases import LEASE, LEASED, Leases
from bot.storage.turns.open_turns import IS_OPEN, SAID_WITH, read_turns, takes_answer
from bot.storage.turns.pressing import put_answer

NOBODYS = {"worker": None, "lease_until": None}
# A closed turn needs no answer, so it keeps nothing of who asked. Where its answer belongs stays: another may be made.
CLOSED = NOBODYS | dict.fromkeys(
    (
        "lane_host",
        "lane_model",
        "event_id",
        "platform_message_id",
        "person_id",
        "person_name",
        "person_is_admin",
        "person_locale",
        "unseen",
        "hint",
        "job",
    )
)


def _closing(which: ColumnElement[bool]) -> Update:
    closed = update(TURNS).where(IS_OPEN, which).values(CLOSED)
    return closed.returning(TURNS.c.id, TURNS.c.conversation_id, TURNS.c.about_turn, TURNS.c.continues)


_FINISH = _closing(and_(TURNS.c.id == bindparam("turn_id"), TURNS.c.worker == bindparam("owner")))
_END = _closing(TURNS.c.id.in_(bindparam("turn_ids", expanding=True)))
_NO_POSTS = delete(POSTS).where(POSTS.c.turn_id.in_(bindparam("turn_ids", expanding=True)))
_NEW_ANSWER = insert(MESSAGES)
_READ_BY = (
    update(CONVERSATIONS)
    .where(CONVERSATIONS.c.id == bindparam("conversation"))
    .values(host=bindparam("by"), hosted_at=bindparam("at"))
)


def renew(session: Session, worker: str, *, now: datetime) -> None:
    """Move the end of the worker's lease on all its open turns."""
    session.execute(update(TurnRow).where(IS_OPEN, TurnRow.worker == worker).values(lease_until=now + LEASE))


def release(session: Session, turn_id: int, *, worker: str) -> None:
    """Give an open turn back, if it is the worker's."""
    given = update(TurnRow).where(_owned(turn_id, worker)).returning(TurnRow.id)
    back = {"state": TurnState.ACCEPTED.value, "started_at": None, "lane_host": None}
    if session.scalar(given.values(**back, **NOBODYS)) is not None:
        notify(session)


def adopt(session: Session, worker: str, *, platform: str, now: datetime, leases: Leases) -> list[Turn]:
    """Make the platform's orphans the worker's; those whose question was withdrawn end instead.

    A worker is never gone to itself: it renews its lease, and does not answer twice.
    """
    found = _orphans(session, worker, platform=platform, leases=leases)
    if not found:
        return []
    has_question = and_(MessageRow.turn_id == SAID_WITH, MessageRow.role == Role.USER.value)
    asked = set(session.scalars(select(TurnRow.id).join(MessageRow, has_question).where(TurnRow.id.in_(found))))
    withdrawn = {"turn_ids": sorted(set(found) - asked)}
    _close(session, _END, withdrawn, StoredAnswer(TurnState.STOPPED, ""), now=now)
    session.execute(
        update(TurnRow)
        .where(TurnRow.id.in_(asked))
        .values(
            state=TurnState.ACCEPTED.value,
            started_at=None,
            lane_host=None,
            worker=worker,
            lease_until=now + LEASE,
            attempt=TurnRow.attempt + 1,
        )
    )
    notify(session)
    return read_turns(session, TurnRow.id.in_(asked))


def finish(session: Session, turn_id: int, answer: StoredAnswer, *, worker: str, now: datetime) -> bool:
    """Close the worker's open turn and store what was answered; False when it is not the worker's, or closed."""
    closed = _close(session, _FINISH, {"turn_id": turn_id, "owner": worker}, answer, now=now)
    if not closed:
        return False
    if answer.text:
        _put(session, answer, closed[0], now=now)
    if answer.host:
        session.execute(_READ_BY, {"conversation": closed[0].conversation_id, "by": answer.host, "at": now})
    notify(session)
    return True


def _put(session: Session, answer: StoredAnswer, turn: Row[Any], *, now: datetime) -> None:
    """Store the words of a turn that is closed."""
    if turn.about_turn:
        put_answer(session, answer, turn, now=now)
    elif takes_answer(session, turn.id):
        new = _answer(answer, turn_id=turn.id, conversation_id=turn.conversation_id, now=now)
        session.execute(_NEW_ANSWER, new)


def _orphans(session: Session, worker: str, *, platform: str, leases: Leases) -> list[int]:
    """Hold the orphans no other worker is taking over at this moment, and return their ids."""
    look = leases.look(worker)
    is_anothers = or_(TurnRow.worker.is_(None), TurnRow.worker != worker)
    is_here = TurnRow.conversation_id.in_(within(platform, ""))
    others = select(*LEASED).where(IS_OPEN, is_anothers, is_here)
    found = look.orphans(session.execute(others).all())
    if not found:
        return []
    held = others.where(TurnRow.id.in_(found)).with_for_update(skip_locked=True, of=TurnRow)
    # Between the two somebody may have renewed a lease, or taken a turn over.
    return sorted(look.orphans(session.execute(held).all()))


def _owned(turn_id: int, worker: str) -> ColumnElement[bool]:
    return and_(TurnRow.id == turn_id, IS_OPEN, TurnRow.worker == worker)


def _close(
    session: Session, closing: Update, which: Values, answer: StoredAnswer, *, now: datetime
) -> Sequence[Row[Any]]:
    """Close open turns; return their ids, conversations, and what they were about."""
    values = {
        "state": answer.state.value,
        "finished_at": now,
        "model": answer.model,
        "error_key": answer.error_key,
        "prompt_tokens": answer.prompt_tokens,
        "answer_tokens": answer.answer_tokens,
    }
    rows = session.execute(closing, {**which, **values}).all()
    session.execute(_NO_POSTS, {"turn_ids": [row.id for row in rows]})
    return rows


def _answer(answer: StoredAnswer, *, turn_id: int, conversation_id: int, now: datetime) -> Values:
    return {
        "conversation_id": conversation_id,
        "turn_id": turn_id,
        "role": Role.ASSISTANT.value,
        "text": answer.text,
        "model": answer.model,
        "created_at": now,
        "sources": written_sources(answer.sources),
        "reasoning": answer.reasoning or None,
    }
