"""Open turns: which they are, how they are read back, and what is noted on them while they are open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select, update
from sqlalchemy.orm import Session

from bot.domain import Address, ChatMessage, ModelJob, Person, Post, Role, Turn, TurnState, read_job
from bot.storage.conversations import at
from bot.storage.database.notify import notify
from bot.storage.database.sql_dialects import insert_or_replace
from bot.storage.tables.chat_tables import MESSAGES, POSTS, TURNS, ConversationRow, MessageRow, PostRow, TurnRow

# Written out, not bound, as in the condition of the index they are found by.
IS_OPEN = TURNS.c.state.in_([literal_column("'accepted'"), literal_column("'running'")])
WAITS = and_(IS_OPEN, TURNS.c.state == TurnState.ACCEPTED.value)
RUNS = and_(IS_OPEN, TURNS.c.state == TurnState.RUNNING.value)

SAID_WITH = func.coalesce(TurnRow.about_turn, TurnRow.id)
"""The turn that has the question, and the answer, of a turn."""

_OPEN_TURN = select(TURNS.c.id).where(TURNS.c.id == bindparam("turn_id"), IS_OPEN)
_ROLES = select(MESSAGES.c.role).where(MESSAGES.c.turn_id == bindparam("turn_id"))


def is_orphan(now: datetime) -> ColumnElement[bool]:
    """Whether the turn was released, or the lease on it ran out, by the clock: for what is old by the clock as well."""
    return or_(TurnRow.lease_until.is_(None), TurnRow.lease_until <= now)


def find(session: Session, turn_id: int) -> Turn | None:
    """Read an open turn; None when there is none of this id."""
    found = read_turns(session, TurnRow.id == turn_id)
    return found[0] if found else None


def open_at(session: Session, address: Address) -> list[Turn]:
    """Read the open turns of a conversation, oldest first."""
    conversation = select(ConversationRow.id).where(*at(address)).scalar_subquery()
    return read_turns(session, TurnRow.conversation_id == conversation)


def open_of(session: Session, person_id: str, address: Address) -> list[Turn]:
    """Read a person's open turns in a channel and its threads, oldest first."""
    in_channel = (
        ConversationRow.platform == address.platform,
        ConversationRow.workspace == address.workspace,
        ConversationRow.channel == address.channel,
    )
    return read_turns(session, TurnRow.person_id == person_id, *in_channel)


def read_turns(session: Session, *which: ColumnElement[bool]) -> list[Turn]:
    """Read the open turns these conditions hold for, oldest first; one without a question has an empty text."""
    rows = session.execute(_turns().where(IS_OPEN, *which)).all()
    posts = _posts(session, [row.TurnRow.id for row in rows])
    turns = [_turn(row.TurnRow, row.ConversationRow, row.text or "", posts.get(row.TurnRow.id, ())) for row in rows]
    return sorted(turns, key=lambda turn: turn.id)


def takes_answer(session: Session, turn_id: int) -> bool:
    """Whether the turn's question was not withdrawn, nor its answer erased before it was there."""
    return session.scalars(_ROLES, {"turn_id": turn_id}).all() == [Role.USER.value]


def stop(session: Session, which: ColumnElement[bool], *, now: datetime) -> None:
    """Ask for the open turns this holds for to be stopped."""
    asked = update(TurnRow).where(IS_OPEN, which).values(stop_requested_at=now).returning(TurnRow.id)
    if session.scalars(asked).all():
        notify(session)


def note_post(session: Session, turn_id: int, post: Post) -> None:
    """Remember a posted message of an open turn."""
    if session.scalar(_OPEN_TURN, {"turn_id": turn_id}) is not None:
        at_key = {"turn_id": turn_id, "key": post.key}
        values = {"platform_message_id": post.message_id}
        insert_or_replace(session, POSTS, at=at_key, values=values)


def note_job(session: Session, turn_id: int, job: ModelJob) -> None:
    """Write an open turn's job anew: more of it is known by now."""
    session.execute(update(TurnRow).where(TurnRow.id == turn_id, IS_OPEN).values(job=job.written()))


def running_with(session: Session, model: str) -> int:
    """Count the turns that a model answers at this moment."""
    counted = select(func.count()).select_from(TURNS).where(RUNS, TURNS.c.lane_model == model)
    return session.scalar(counted) or 0


def _turns() -> Select[TurnRow, ConversationRow, str | None]:
    is_question = and_(MessageRow.turn_id == SAID_WITH, MessageRow.role == Role.USER.value)
    return (
        select(TurnRow, ConversationRow, MessageRow.text)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .outerjoin(MessageRow, is_question)
    )


def _posts(session: Session, turn_ids: Sequence[int]) -> dict[int, tuple[Post, ...]]:
    if not turn_ids:
        return {}
    rows = session.scalars(
        select(PostRow).where(PostRow.turn_id.in_(turn_ids)).order_by(PostRow.turn_id, PostRow.id)
    ).all()
    return {
        turn_id: tuple(Post(row.key, row.platform_message_id) for row in of_turn)
        for turn_id, of_turn in groupby(rows, key=lambda row: row.turn_id)
    }


def _turn(row: TurnRow, where: ConversationRow, text: str, posts: tuple[Post, ...]) -> Turn:
    person = Person(row.person_id or "", row.person_name or "", bool(row.person_is_admin), row.person_locale or "en")
    message = ChatMessage(
        event_id=row.event_id or "",
        message_id=row.platform_message_id or "",
        address=Address(where.platform, where.workspace, where.channel, where.thread),
        person=person,
        text=text,
        direct=bool(row.is_direct),
        reply_to=row.reply_to or "",
        lessons_only=bool(row.lessons_only),
        lesson=row.lesson or "",
        answer_language=row.answer_language or "",
        hint=row.hint or "",
        unseen=tuple((row.unseen or "").split("\n")) if row.unseen else (),
        compares=tuple(row.compares.split("\n")) if row.compares else (),
        job=read_job(row.job or ""),
    )
    return Turn(
        row.id,
        row.conversation_id,
        message,
        row.attempt,
        tuple(post for post in posts if post.is_known),
        tuple(post for post in posts if not post.is_known),
        about=row.about_turn or 0,
        continues=bool(row.continues),
    )
