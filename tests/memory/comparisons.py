"""`ports.Comparisons` in memory."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.domain import Address
from bot.ports import ComparedAnswer, PairVote
from tests.memory.store import FakeStore


class FakeComparisons:
    """See `ports.Comparisons`. Give it the store of the turns."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()

    async def keep(self, turn_id: int, answers: Sequence[ComparedAnswer]) -> None:
        self._check()
        if kept := self.store.turns.get(turn_id):
            kept.compared = tuple(sorted(answers, key=lambda each: each.label))

    async def answers(self, turn_id: int) -> Sequence[ComparedAnswer]:
        self._check()
        kept = self.store.turns.get(turn_id)
        return kept.compared if kept else ()

    async def vote(self, turn_id: int, address: Address, votes: Sequence[PairVote]) -> bool:
        self._check()
        place = (address.platform, address.workspace)
        voted = {(turn, vote.person_id) for turn, _, vote in self.store.votes}
        if turn_id not in self.store.turns or (turn_id, votes[0].person_id) in voted:
            return False
        now = self.store.clock.utc()
        self.store.votes += [(turn_id, place, replace(vote, voted_at=now)) for vote in votes]
        return True

    async def votes(self, platform: str, workspace: str) -> Sequence[PairVote]:
        self._check()
        return [vote for _, place, vote in self.store.votes if place == (platform, workspace)]

    async def speeds(self) -> Mapping[tuple[str, str], float]:
        self._check()
        tokens: Counter[tuple[str, str]] = Counter()
        seconds: defaultdict[tuple[str, str], float] = defaultdict(float)
        for each in (answer for kept in self.store.turns.values() for answer in kept.compared):
            if each.answer_s > 0 and each.answer_tokens > 0:
                tokens[each.model, each.digest] += each.answer_tokens
                seconds[each.model, each.digest] += each.answer_s
        return {key: tokens[key] / seconds[key] for key in tokens}

    def _check(self) -> None:
        if self.store.broken:
            raise self.store.broken
