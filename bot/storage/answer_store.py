"""Answers once they are given: `ports.Answers` on SQL. Each public method is one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import structlog
from sqlalchemy import and_, not_, select, update
from sqlalchemy.orm import Session, aliased

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address, Person, Role, TurnState
from bot.ports import Answer, Rating, Verdict
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import Values, insert_or_replace
from bot.storage.stored_sources import read_sources
from bot.storage.tables.chat_tables import RATINGS, ConversationRow, MessageRow, RatingRow, TurnRow
from bot.storage.turns.open_turns import IS_OPEN, SAID_WITH
from bot.storage.turns.pressing import is_newest

# A turn in a state that only a newer version knows may be anything but over.
OVER = frozenset({TurnState.ANSWERED.value, TurnState.STOPPED.value, TurnState.FAILED.value})
QUESTION, ANSWER = aliased(MessageRow), aliased(MessageRow)
_IS_QUESTION = and_(QUESTION.turn_id == SAID_WITH, QUESTION.role == Role.USER.value)
_IS_ANSWER = and_(ANSWER.turn_id == SAID_WITH, ANSWER.role == Role.ASSISTANT.value)

VERDICTS = frozenset(Verdict)
log = structlog.get_logger(__name__)


class SqlAnswers:
    """See `ports.Answers`. Every method raises `Unavailable` when the database is locked, full or broken."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def find(self, turn_id: int) -> Answer | None:
        """See `ports.Answers.find`."""
        return await self._database.read(lambda session: find(session, turn_id))

    async def publish(self, turn_id: int) -> bool:
        """See `ports.Answers.publish`."""
        now = self._clock.utc()
        return await self._database.write(lambda session: publish(session, turn_id, now=now))

    async def unpublish(self, turn_id: int) -> None:
        """See `ports.Answers.unpublish`."""
        await self._database.write(lambda session: unpublish(session, turn_id))

    async def rate(self, turn_id: int, person_id: str, verdict: Verdict, *, reason: str) -> bool:
        """See `ports.Answers.rate`."""
        rated = {"verdict": verdict.value, "reason": reason, "rated_at": self._clock.utc()}
        return await self._database.write(lambda session: rate(session, turn_id, person_id, rated))

    async def ratings(self) -> Sequence[Rating]:
        """See `ports.Answers.ratings`."""
        return await self._database.read(ratings)


def find(session: Session, turn_id: int) -> Answer | None:
    """Read a turn, its question and the newest answer to it in one statement."""
    found = session.execute(
        select(TurnRow, ConversationRow, QUESTION, ANSWER)
        .join(ConversationRow, ConversationRow.id == TurnRow.conversation_id)
        .join(QUESTION, _IS_QUESTION)
        .outerjoin(ANSWER, _IS_ANSWER)
        .where(TurnRow.id == turn_id)
    ).one_or_none()
    return None if found is None else _answer(*found)


def publish(session: Session, turn_id: int, *, now: datetime) -> bool:
    """Mark a turn that is over and has its question still; of two that do so at once one does."""
    has_question = select(TurnRow.id).join(QUESTION, _IS_QUESTION).where(TurnRow.id == turn_id)
    fresh = (TurnRow.id.in_(has_question), not_(IS_OPEN), TurnRow.published_at.is_(None))
    return session.scalar(update(TurnRow).where(*fresh).values(published_at=now).returning(TurnRow.id)) is not None


def unpublish(session: Session, turn_id: int) -> None:
    """Take the mark away."""
    session.execute(update(TurnRow).where(TurnRow.id == turn_id).values(published_at=None))


def rate(session: Session, turn_id: int, person_id: str, rated: Values) -> bool:
    """Insert or replace a person's rating of a turn that is over and has its question still."""
    # Held, so that whoever erases the question finds the rating, or the rating no question.
    held = select(TurnRow.model).where(TurnRow.id == turn_id, not_(IS_OPEN)).with_for_update(key_share=True)
    model = session.scalar(held)
    is_there = select(QUESTION.id).join(TurnRow, _IS_QUESTION).where(TurnRow.id == turn_id)
    if model is None or session.scalar(is_there) is None:
        return False
    insert_or_replace(
        session, RATINGS, at={"turn_id": turn_id, "person_id": person_id}, values={"model": model, **rated}
    )
    return True


def ratings(session: Session) -> list[Rating]:
    """Read every rating, oldest first. One whose verdict is none is damaged, and passed over."""
    found = session.scalars(select(RatingRow).order_by(RatingRow.rated_at, RatingRow.id)).all()
    rows = [row for row in found if row.verdict in VERDICTS]
    if len(rows) < len(found):
        log.warning("storage.verdicts_damaged", ratings=len(found) - len(rows))
    return [Rating(row.model, Verdict(row.verdict), row.reason, row.rated_at) for row in rows]


def _answer(turn: TurnRow, where: ConversationRow, question: MessageRow, answer: MessageRow | None) -> Answer:
    return Answer(
        turn_id=turn.id,
        question_turn=turn.about_turn or turn.id,
        address=Address(where.platform, where.workspace, where.channel, where.thread),
        asker=Person(question.person_id or "", question.person_name),
        question=question.text,
        text=answer.text if answer else "",
        sources=read_sources(answer.sources) if answer else (),
        model=turn.model,
        is_newest=answer is not None and is_newest(answer, turn.id),
        is_open=turn.state not in OVER,
    )
