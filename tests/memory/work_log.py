"""`ports.WorkLog` in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain import ModelWork
from tests.memory.store import FakeStore


class FakeWorkLog:
    """See `ports.WorkLog`. Give it the store of the turns."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()

    async def keep(self, works: Sequence[ModelWork]) -> None:
        self._check()
        for work in works:
            account = work.account
            kept = self.store.turns.get(account.turn_id)
            is_theirs = kept is not None and kept.holder.question is not None
            person = account.person_id if is_theirs else ""
            self.store.works.append(replace(work, account=replace(account, person_id=person)))

    async def beside(self, since: datetime, until: datetime) -> Sequence[ModelWork]:
        self._check()
        within = [work for work in self.store.works if since <= work.ended_at < until]
        if not within:
            return []
        first = min(work.began_at for work in within)
        near = [work for work in self.store.works if work.ended_at >= first and work.began_at < until]
        return sorted(near, key=lambda work: work.ended_at)

    async def of_turn(self, turn_id: int) -> Sequence[ModelWork]:
        self._check()
        mine = [work for work in self.store.works if work.account.turn_id == turn_id]
        return sorted(mine, key=lambda work: work.ended_at)

    def _check(self) -> None:
        if self.store.broken:
            raise self.store.broken
