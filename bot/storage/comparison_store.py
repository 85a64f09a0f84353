"""Comparisons and the votes on them: `ports.Comparisons` on SQL. Each public method is one unit of work."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Address
from bot.ports import ComparedAnswer, PairVote
from bot.storage.database.database import Database
from bot.storage.tables.chat_tables import TURNS, VOTES, TurnRow
from bot.storage.tables.comparison_tables import ComparedAnswerRow, VoteRow


class SqlComparisons:
    """See `ports.Comparisons`."""

    def __init__(self, database: Database, *, clock: Clock = SYSTEM_CLOCK) -> None:
        self._database = database
        self._clock = clock

    async def keep(self, turn_id: int, answers: Sequence[ComparedAnswer]) -> None:
        """See `ports.Comparisons.keep`. A turn that is gone meanwhile keeps nothing."""
        await self._database.write(lambda session: keep(session, turn_id, answers))

    async def answers(self, turn_id: int) -> Sequence[ComparedAnswer]:
        """See `ports.Comparisons.answers`."""
        return await self._database.read(lambda session: answers_of(session, turn_id))

    async def vote(self, turn_id: int, address: Address, votes: Sequence[PairVote]) -> bool:
        """See `ports.Comparisons.vote`."""
        now = self._clock.utc()
        return await self._database.write(lambda session: vote(session, turn_id, address, votes, now=now))

    async def votes(self, platform: str, workspace: str) -> Sequence[PairVote]:
        """See `ports.Comparisons.votes`."""
        return await self._database.read(lambda session: votes_of(session, platform, workspace))

    async def speeds(self) -> Mapping[tuple[str, str], float]:
        """See `ports.Comparisons.speeds`."""
        return await self._database.read(speeds_of)


def keep(session: Session, turn_id: int, answers: Sequence[ComparedAnswer]) -> None:
    """Put the answers of a turn in the place of those kept before."""
    held = select(TURNS.c.id).where(TURNS.c.id == turn_id).with_for_update(key_share=True)
    if session.scalar(held) is None:
        return
    session.execute(delete(ComparedAnswerRow).where(ComparedAnswerRow.turn_id == turn_id))
    session.add_all(
        ComparedAnswerRow(
            turn_id=turn_id,
            label=each.label,
            model=each.model,
            digest=each.digest,
            chars=each.chars,
            first_s=each.first_s,
            answer_s=each.answer_s,
            answer_tokens=each.answer_tokens,
        )
        for each in answers
    )


def answers_of(session: Session, turn_id: int) -> list[ComparedAnswer]:
    """Read a turn's compared answers by label."""
    rows = session.scalars(
        select(ComparedAnswerRow).where(ComparedAnswerRow.turn_id == turn_id).order_by(ComparedAnswerRow.label)
    )
    return [
        ComparedAnswer(
            label=row.label,
            model=row.model,
            digest=row.digest,
            chars=row.chars,
            first_s=row.first_s,
            answer_s=row.answer_s,
            answer_tokens=row.answer_tokens,
        )
        for row in rows
    ]


def vote(session: Session, turn_id: int, address: Address, votes: Sequence[PairVote], *, now: datetime) -> bool:
    """Insert one person's votes on a turn, all or none of them."""
    # Two presses at once are two units of work: the later one waits here, and sees in a statement of its own.
    held = select(TurnRow.id).where(TurnRow.id == turn_id).with_for_update(key_share=True)
    has_voted = select(VoteRow.id).where(VoteRow.turn_id == turn_id, VoteRow.person_id == votes[0].person_id).limit(1)
    if session.scalar(held) is None or session.scalar(has_voted) is not None:
        return False
    session.execute(insert(VOTES), [_row(turn_id, address, each, now) for each in votes])
    return True


def votes_of(session: Session, platform: str, workspace: str) -> list[PairVote]:
    """Read the votes of a workspace, oldest first."""
    here = (VoteRow.platform == platform, VoteRow.workspace == workspace)
    return [_vote(row) for row in session.scalars(select(VoteRow).where(*here).order_by(VoteRow.id))]


def speeds_of(session: Session) -> dict[tuple[str, str], float]:
    """Reckon the tokens a second of each model."""
    row = ComparedAnswerRow
    is_measured = (row.answer_s > 0, row.answer_tokens > 0)
    rate = func.sum(row.answer_tokens) / func.sum(row.answer_s)
    found = session.execute(select(row.model, row.digest, rate).where(*is_measured).group_by(row.model, row.digest))
    return {(model, digest): float(rate) for model, digest, rate in found}


def _row(turn_id: int, address: Address, each: PairVote, now: datetime) -> dict[str, object]:
    return {
        "turn_id": turn_id,
        "platform": address.platform,
        "workspace": address.workspace,
        "person_id": each.person_id,
        "first": each.first,
        "first_digest": each.first_digest,
        "first_chars": each.first_chars,
        "second": each.second,
        "second_digest": each.second_digest,
        "second_chars": each.second_chars,
        "outcome": each.outcome,
        "reason": each.reason,
        "voted_at": now,
    }


def _vote(row: VoteRow) -> PairVote:
    return PairVote(
        person_id=row.person_id,
        first=row.first,
        second=row.second,
        outcome=row.outcome,
        first_digest=row.first_digest,
        second_digest=row.second_digest,
        first_chars=row.first_chars,
        second_chars=row.second_chars,
        reason=row.reason,
        voted_at=row.voted_at,
    )
