"""`ports.Choices` in memory."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain import Address, Choice, Level, PlacedChoice, Think
from bot.domain.deeds import Deed, DeedKind
from bot.errors import Unavailable
from tests.memory.store import FakeStore


class FakeChoices:
    """See `ports.Choices`. Give it the store of the history that shall forget a person's choices."""

    def __init__(self, store: FakeStore | None = None, *, broken: Unavailable | None = None) -> None:
        self.store = store or FakeStore()
        self.broken = broken

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        self._check()
        keys = [scope(level, address, person_id) for level in Level if exists(level, address)]
        return [self.store.chosen[key] for key in keys if key in self.store.chosen]

    async def choose(
        self, level: Level, address: Address, person_id: str, *, model: str, think: Think | None = None
    ) -> None:
        self._check()
        if not exists(level, address):
            raise ValueError(f"no {level} here")
        self.store.chosen[scope(level, address, person_id)] = Choice(level, model, person_id, think)
        self._note(DeedKind.CHOSE, level, address, person_id, model)

    async def clear(self, level: Level, address: Address, person_id: str) -> bool:
        self._check()
        cleared = self.store.chosen.pop(scope(level, address, person_id), None)
        if cleared:
            self._note(DeedKind.CLEARED, level, address, person_id, cleared.model)
        return cleared is not None

    def _note(self, kind: DeedKind, level: Level, address: Address, person_id: str, model: str) -> None:
        self.store.note_deed(Deed(kind=kind, person_id=person_id, address=address, level=level, model=model))

    async def uses(self, model: str) -> Sequence[PlacedChoice]:
        self._check()
        bare = model.removesuffix(":latest")
        return [
            PlacedChoice(
                level=level,
                platform=scope.platform,
                workspace=scope.workspace,
                channel=scope.channel,
                thread=scope.thread,
                person_id=person_id,
                person_name=self._name_of(scope.platform, person_id),
            )
            for (level, scope, person_id), choice in self.store.chosen.items()
            if choice.model.removesuffix(":latest") == bare
        ]

    def _name_of(self, platform: str, person_id: str) -> str:
        heard = [kept.question.speaker for kept in self.store.turns.values() if kept.question and person_id
                 and (kept.address.platform, kept.person.id) == (platform, person_id)]  # fmt: skip
        return next(reversed(heard), "")

    def _check(self) -> None:
        if broken := self.broken or self.store.broken:
            raise broken


def exists(level: Level, address: Address) -> bool:
    return bool({Level.THREAD: address.public.thread, Level.WORKSPACE: address.workspace}.get(level, "yes"))


def scope(level: Level, address: Address, person_id: str) -> tuple[Level, Address, str]:
    match level:
        case Level.ME:
            return level, address.public, person_id
        case Level.THREAD:
            return level, address.public, ""
        case Level.CHANNEL:
            return level, Address(address.platform, address.workspace, address.channel), ""
        case Level.WORKSPACE:
            return level, Address(address.platform, address.workspace, ""), ""
