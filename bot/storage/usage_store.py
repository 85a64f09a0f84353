"""Usage, counts by day and subject: `ports.Usage` on SQL."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.ports import Allowance, Used
from bot.storage.database.database import Database
from bot.storage.database.sql_dialects import insert_or_nothing, one_at_a_time
from bot.storage.tables.chat_tables import USAGE
from bot.storage.tables.usage_tables import UsageRow

SPENDING = 0x7573_6167_65
"""The lock under which what is left of an allowance is looked at, so that no two questions are the last one."""


class SqlUsage:
    """See `ports.Usage`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def spend(self, day: str, allowances: Sequence[Allowance]) -> Sequence[Used]:
        """See `ports.Usage.spend`."""
        return await self._database.write(lambda session: spend(session, day, allowances))

    async def add(self, day: str, subjects: Sequence[str], *, tokens: int) -> None:
        """See `ports.Usage.add`."""
        await self._database.write(lambda session: add(session, day, subjects, tokens=tokens))

    async def tell(self, day: str, subject: str, *, percent: int) -> None:
        """See `ports.Usage.tell`."""
        here = (UsageRow.day == day, UsageRow.subject == subject)
        await self._database.write(
            lambda session: session.execute(update(UsageRow).where(*here).values(told=percent)) and None
        )


def spend(session: Session, day: str, allowances: Sequence[Allowance]) -> list[Used]:
    """Count one question for all, or none where one of them is used up."""
    one_at_a_time(session, SPENDING)
    session.execute(delete(UsageRow).where(UsageRow.day < day))
    used = [_used(session, day, allowance) for allowance in allowances]
    if refused := next((each for each in used if each.over), None):
        return [refused]
    _count(session, day, [allowance.subject for allowance in allowances], questions=1)
    return [Used(each.allowance, each.questions + 1, each.tokens, each.told) for each in used]


def add(session: Session, day: str, subjects: Sequence[str], *, tokens: int) -> None:
    """Count tokens for all of these."""
    one_at_a_time(session, SPENDING)
    for subject in subjects:
        _there(session, day, subject)
    _count(session, day, subjects, tokens=tokens)


def over(allowance: Allowance, *, questions: int, tokens: int) -> str:
    """Return what of an allowance is used up, "" where another question may be asked."""
    if 0 < allowance.questions <= questions:
        return "questions"
    return "tokens" if 0 < allowance.tokens <= tokens else ""


def _used(session: Session, day: str, allowance: Allowance) -> Used:
    _there(session, day, allowance.subject)
    here = (UsageRow.day == day, UsageRow.subject == allowance.subject)
    row = session.execute(select(UsageRow.questions, UsageRow.tokens, UsageRow.told).where(*here)).one()
    is_over = over(allowance, questions=row.questions, tokens=row.tokens)
    return Used(allowance, row.questions, row.tokens, row.told, is_over)


def _there(session: Session, day: str, subject: str) -> None:
    """See to it that there is a row."""
    insert_or_nothing(session, USAGE, {"day": day, "subject": subject, "questions": 0, "tokens": 0, "told": 0})


def _count(session: Session, day: str, subjects: Sequence[str], *, questions: int = 0, tokens: int = 0) -> None:
    session.execute(
        update(UsageRow)
        .where(UsageRow.day == day, UsageRow.subject.in_(subjects))
        .values(questions=UsageRow.questions + questions, tokens=UsageRow.tokens + tokens)
    )
