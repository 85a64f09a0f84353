"""`ports.Answers` in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import Address, Person
from bot.errors import Unavailable
from bot.ports import Answer, Rating, Verdict
from tests.memory.store import FakeStore, FakeTurn


class FakeAnswers:
    """See `ports.Answers`. Give it the store of the turns."""

    def __init__(self, store: FakeStore | None = None, *, broken: Unavailable | None = None) -> None:
        self.store = store or FakeStore()
        self.broken = broken

    async def find(self, turn_id: int) -> Answer | None:
        self._check()
        kept = self.store.turns.get(turn_id)
        if kept is None or kept.holder.question is None:
            return None
        holder = kept.holder
        text = holder.answer.text if holder.answer else ""
        return Answer(
            turn_id=turn_id,
            question_turn=holder.turn.id,
            address=kept.address,
            asker=Person(holder.person.id, holder.person.name),
            question=holder.question.text if holder.question else "",
            text=text,
            reasoning=holder.reasoning if text else "",
            sources=holder.sources,
            model=kept.closed_with.model if kept.closed_with else "",
            is_newest=bool(text) and turn_id == (holder.written_by or holder.turn.id),
            is_open=kept.is_open,
        )

    async def reasoned(self, address: Address, person_id: str) -> Answer | None:
        self._check()
        here = [
            kept for kept in self.store.turns.values() if kept.person.id == person_id and _holds(address, kept.address)
        ]
        found = [
            kept.written_by or kept.turn.id for kept in here if kept.answer and kept.answer.text and kept.reasoning
        ]
        return await self.find(max(found)) if found else None

    async def publish(self, turn_id: int) -> bool:
        self._check()
        kept = self._over(turn_id)
        if kept is None or kept.is_published:
            return False
        kept.is_published = True
        return True

    async def unpublish(self, turn_id: int) -> None:
        self._check()
        if kept := self.store.turns.get(turn_id):
            kept.is_published = False

    async def rate(self, turn_id: int, person_id: str, verdict: Verdict, *, reason: str) -> bool:
        self._check()
        kept = self._over(turn_id)
        if kept is None:
            return False
        model = kept.closed_with.model if kept.closed_with else ""
        kept.ratings[person_id] = Rating(model, verdict, reason, self.store.clock.utc())
        return True

    async def ratings(self) -> Sequence[Rating]:
        self._check()
        every = [rating for kept in self.store.turns.values() for rating in kept.ratings.values()]
        return sorted(every, key=lambda rating: rating.rated_at)

    def _over(self, turn_id: int) -> FakeTurn | None:
        """A turn that is over and has its question still."""
        kept = self.store.turns.get(turn_id)
        return kept if kept and not kept.is_open and kept.holder.question else None

    def _check(self) -> None:
        if broken := self.broken or self.store.broken:
            raise broken


def _holds(place: Address, address: Address) -> bool:
    return address == place if place.thread else replace(address, thread="") == place
