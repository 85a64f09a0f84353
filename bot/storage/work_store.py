"""The work of model hosts: `ports.WorkLog` on SQL. Each public method is one unit of work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.orm import Session

from bot.domain import Account, ModelWork, RecordedWork, Role
from bot.storage.database.database import Database
from bot.storage.erasing import FEW, Within
from bot.storage.tables.chat_tables import MessageRow, TurnRow
from bot.storage.tables.work_tables import ModelWorkRow

_OF = ("platform", "workspace", "channel", "person_id", "turn_id")
_FACTS = (
    "ended_at",
    "worked_s",
    "model",
    "digest",
    "host",
    "prompt_tokens",
    "answer_tokens",
    "is_counted",
    "is_measured",
    "is_remote",
)
_COLUMNS = [getattr(ModelWorkRow, name) for name in (*_FACTS, *_OF)]
"""What a value is read from: whole rows, tracked by the session, take ten times as long."""


class SqlWorkLog:
    """See `ports.WorkLog`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, works: Sequence[ModelWork]) -> None:
        """See `ports.WorkLog.keep`."""
        await self._database.write(lambda session: keep(session, works))

    async def beside(self, since: datetime, until: datetime) -> Sequence[ModelWork]:
        """See `ports.WorkLog.beside`."""
        return await self._database.read(lambda session: beside(session, since, until))

    async def of_turn(self, turn_id: int) -> Sequence[ModelWork]:
        """See `ports.WorkLog.of_turn`."""
        return await self._database.read(lambda session: of_turn(session, turn_id))


def keep(session: Session, works: Sequence[ModelWork]) -> None:
    """Insert work; that of a question which is gone is nobody's."""
    asked = _asked(session, {work.account.turn_id for work in works})
    for work in works:
        is_theirs = not work.account.person_id or work.account.turn_id in asked
        account = work.account if is_theirs else replace(work.account, person_id="")
        facts = {name: getattr(work, name) for name in _FACTS}
        session.add(ModelWorkRow(began_at=work.began_at, **facts, **{name: getattr(account, name) for name in _OF}))


def beside(session: Session, since: datetime, until: datetime) -> list[ModelWork]:
    """Read the work that ended within, and what ran beside it."""
    within = (ModelWorkRow.ended_at >= since, ModelWorkRow.ended_at < until)
    first = session.scalar(select(func.min(ModelWorkRow.began_at)).where(*within))
    if first is None:
        return []
    near = select(*_COLUMNS).where(ModelWorkRow.ended_at >= first, ModelWorkRow.began_at < until)
    return [_work(row) for row in session.execute(near.order_by(ModelWorkRow.ended_at, ModelWorkRow.id))]


def of_turn(session: Session, turn_id: int) -> list[ModelWork]:
    """Read a turn's work."""
    mine = select(*_COLUMNS).where(ModelWorkRow.turn_id == turn_id)
    return [_work(row) for row in session.execute(mine.order_by(ModelWorkRow.ended_at, ModelWorkRow.id))]


def recorded(session: Session, platform: str, person_id: str) -> list[RecordedWork]:
    """Read what a person's answers took, oldest first."""
    mine = (ModelWorkRow.person_id == person_id, ModelWorkRow.platform == platform)
    rows = session.scalars(select(ModelWorkRow).where(*mine).order_by(ModelWorkRow.ended_at, ModelWorkRow.id))
    return [
        RecordedWork(
            row.ended_at, row.workspace, row.channel, row.model, row.prompt_tokens, row.answer_tokens, row.worked_s
        )
        for row in rows
    ]


def forget_work(session: Session, person_id: str, where: Within) -> None:
    """Have a person's work be nobody's."""
    here = [ModelWorkRow.platform == where.platform, ModelWorkRow.person_id == person_id]
    here += [ModelWorkRow.workspace == where.workspace] if where.workspace else []
    session.execute(update(ModelWorkRow).where(*here).values(person_id=""))


def work_before(session: Session, before: datetime, where: Within, *, after: int) -> Sequence[int]:
    """Read the ids of the next few works that ended before that moment, from after the one named, in their order."""
    here = [ModelWorkRow.platform == where.platform] if where.platform else []
    here += [ModelWorkRow.workspace == where.workspace] if where.workspace else []
    old = select(ModelWorkRow.id).where(ModelWorkRow.id > after, ModelWorkRow.ended_at < before, *here)
    return session.scalars(old.order_by(ModelWorkRow.id).limit(FEW)).all()


def erase_work(session: Session, ids: Sequence[int]) -> int:
    """Delete work. Returns 0: no message is gone."""
    session.execute(delete(ModelWorkRow).where(ModelWorkRow.id.in_(ids)))
    return 0


def _asked(session: Session, turn_ids: set[int]) -> set[int]:
    """Read which of these turns have their question still; they are held, so that none is erased meanwhile."""
    held = select(TurnRow.id, func.coalesce(TurnRow.about_turn, TurnRow.id).label("question"))
    held = held.where(TurnRow.id.in_(turn_ids)).order_by(TurnRow.id).with_for_update(key_share=True)
    questions = {row.id: row.question for row in session.execute(held)}
    asked = select(MessageRow.turn_id).where(
        MessageRow.turn_id.in_(questions.values()), MessageRow.role == Role.USER.value
    )
    there = set(session.scalars(asked))
    return {turn_id for turn_id, question in questions.items() if question in there}


def _work(row: Row[*tuple[Any, ...]]) -> ModelWork:
    values = dict(zip((*_FACTS, *_OF), row, strict=True))
    account = Account(**{name: values.pop(name) for name in _OF})
    return ModelWork(account=account, **values)
