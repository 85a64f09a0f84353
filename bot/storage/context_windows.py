"""Context windows as rows: where each model's reading of a conversation begins, and the summaries of what is older."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from bot.domain import ContextWindow, StoredMessage
from bot.storage.database.sql_dialects import insert_or_nothing
from bot.storage.tables.chat_tables import (
    CONTEXT_WINDOWS,
    ContextWindowRow,
    ConversationRow,
    MessageRow,
    TurnRow,
)

NO_PLAN: Mapping[str, Any] = {"next_turn": 0, "next_summary": "", "next_at": None}
NO_SUMMARY: Mapping[str, Any] = {"summary": "", "summary_at": None}
_EMPTY: Mapping[str, Any] = {
    "from_turn": 0,
    "dropped": 0,
    "cut_at": None,
    "bytes_per_1000_tokens": 0,
    **NO_SUMMARY,
    **NO_PLAN,
}


@dataclass(frozen=True, slots=True)
class Begin:
    """Where a model's window is to begin, and the moment that was settled."""

    conversation_id: int
    model: str
    from_turn: int
    now: datetime


def window(session: Session, conversation_id: int, model: str) -> ContextWindow:
    """Read a model's window; what was settled for one that a reset has left behind does not count."""
    begun = select(ContextWindowRow, ConversationRow.context_turn).join(
        ConversationRow, ConversationRow.id == ContextWindowRow.conversation_id
    )
    found = session.execute(begun.where(*_of(conversation_id, model))).one_or_none()
    if found is None:
        return ContextWindow()
    row, context_turn = found
    told = ContextWindow(bytes_per_token=row.bytes_per_1000_tokens / 1000)
    if row.from_turn >= context_turn:
        told = replace(told, from_turn=row.from_turn, dropped=row.dropped, cut_at=row.cut_at, summary=row.summary)
    if row.next_turn > context_turn:
        told = replace(told, next_turn=row.next_turn, next_summary=row.next_summary)
    return told


def cut(session: Session, begin: Begin, *, dropped: int) -> None:
    """Move the beginning of a window; what no model reads any more leaves the context."""
    row = _there(session, begin.conversation_id, begin.model)
    if row is None or row.from_turn >= begin.from_turn:
        return
    is_planned = row.next_turn == begin.from_turn
    summary = {"summary": row.next_summary, "summary_at": row.next_at} if is_planned else NO_SUMMARY
    plan = {} if row.next_turn > begin.from_turn else NO_PLAN
    values = {"from_turn": begin.from_turn, "dropped": row.dropped + dropped, "cut_at": begin.now, **summary, **plan}
    _set(session, begin.conversation_id, begin.model, values)
    here = ContextWindowRow.conversation_id == begin.conversation_id
    oldest = session.scalar(select(func.min(ContextWindowRow.from_turn)).where(here))
    session.execute(
        update(ConversationRow)
        .where(ConversationRow.id == begin.conversation_id, ConversationRow.context_turn < oldest)
        .values(context_turn=oldest, context_from=0)
    )


def plan_cut(
    session: Session, begin: Begin, *, summary: str, rests_on: Sequence[StoredMessage], upon: str = ""
) -> bool:
    """Keep a summary made ahead, if all it rests on is still there; held meanwhile, so that nobody erases of it."""
    turn_ids, message_ids = {message.turn for message in rests_on}, {message.id for message in rests_on}
    held = select(TurnRow.id).where(TurnRow.id.in_(turn_ids)).order_by(TurnRow.id.desc())
    session.scalars(held.with_for_update(read=True)).all()
    texts = select(MessageRow.id, MessageRow.text).where(MessageRow.id.in_(message_ids)).order_by(MessageRow.id)
    stored = {row.id: row.text for row in session.execute(texts.with_for_update(read=True))}
    if stored != {message.id: message.text for message in rests_on}:
        return False
    row = _there(session, begin.conversation_id, begin.model)
    if row is None or row.from_turn >= begin.from_turn or row.summary != upon:
        return False
    planned = {"next_turn": begin.from_turn, "next_summary": summary, "next_at": begin.now}
    _set(session, begin.conversation_id, begin.model, planned)
    return True


def calibrate(session: Session, conversation_id: int, model: str, *, bytes_per_token: float) -> None:
    """Keep what a model's tokens were measured to be."""
    if _there(session, conversation_id, model) is not None:
        _set(session, conversation_id, model, {"bytes_per_1000_tokens": round(bytes_per_token * 1000)})


def forget_windows(session: Session, conversation_id: int) -> None:
    """Have every model begin anew, and no summary left of what was before."""
    session.execute(delete(ContextWindowRow).where(ContextWindowRow.conversation_id == conversation_id))


def drop_summaries(session: Session, turn_ids: Sequence[int]) -> None:
    """Erase every summary that rests on words of one of these turns: all that are older than where it ends."""
    touched = select(TurnRow.conversation_id).where(TurnRow.id.in_(turn_ids))
    for ends, gone in ((ContextWindowRow.from_turn, NO_SUMMARY), (ContextWindowRow.next_turn, NO_PLAN)):
        is_older = exists().where(
            TurnRow.id.in_(turn_ids), TurnRow.conversation_id == ContextWindowRow.conversation_id, TurnRow.id < ends
        )
        here = ContextWindowRow.conversation_id.in_(touched)
        session.execute(update(ContextWindowRow).where(here, is_older).values(**gone))


def _there(session: Session, conversation_id: int, model: str) -> ContextWindowRow | None:
    """Return a model's row, held, and new where there was none; None where the conversation is gone."""
    held = select(ContextWindowRow).where(*_of(conversation_id, model)).with_for_update()
    if (row := session.scalar(held)) is not None:
        return row
    # Held, so that it does not expire before its row is there.
    conversation = select(ConversationRow.id).where(ConversationRow.id == conversation_id)
    if session.scalar(conversation.with_for_update(key_share=True)) is None:
        return None
    insert_or_nothing(session, CONTEXT_WINDOWS, {"conversation_id": conversation_id, "model": model, **_EMPTY})
    return session.scalar(held)


def _set(session: Session, conversation_id: int, model: str, values: Mapping[str, Any]) -> None:
    session.execute(update(ContextWindowRow).where(*_of(conversation_id, model)).values(**values))


def _of(conversation_id: int, model: str) -> tuple[ColumnElement[bool], ...]:
    return ContextWindowRow.conversation_id == conversation_id, ContextWindowRow.model == model
