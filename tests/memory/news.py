"""`ports.NewsStore` and `ports.Replacements` in memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import Address, Choice, Level
from bot.domain.deeds import Deed, DeedKind
from bot.domain.model_news import HostModels, KnownModel, ModelChange, ModelNews, NewsBatch, NewsKind, Retirement, judge
from bot.ports import Replaced
from tests.memory.store import FakeStore


@dataclass
class Taken:
    """Up to which news a place was told, and what a worker tells now."""

    up_to: int = 0
    taken_to: int = 0
    worker: str = ""
    taken_at: datetime | None = None
    until: datetime | None = None


class FakeNewsStore:
    """See `ports.NewsStore`."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()
        self.known: Sequence[KnownModel] = ()
        self.noted: list[ModelNews] = []
        self._places: dict[str, Taken] = {}
        self._keys: set[tuple[object, ...]] = set()

    async def take_watch(self, worker: str, *, for_s: float) -> bool:
        now, watch = self._now(), self._places.setdefault("", Taken())
        if watch.until and watch.until > now and watch.worker != worker:
            return False
        watch.worker, watch.until = worker, now + timedelta(seconds=for_s)
        return True

    async def observe(
        self, worker: str, seen: Sequence[HostModels], retirements: Sequence[Retirement], *, gone_after_s: float
    ) -> Sequence[ModelNews]:
        if self._places.get("", Taken()).worker != worker:
            return []
        judged = judge(self.known, seen, now=self._now(), gone_after=timedelta(seconds=gone_after_s))
        self.known, last = judged.known, len(self.noted)
        for change in (*judged.changes, *(each.change for each in retirements)):
            self._note(change)
        return self.noted[last:]

    async def news(self, *, since: datetime) -> Sequence[ModelNews]:
        self._check()
        return [each for each in self.noted if each.noted_at >= since]

    async def has_untold(self, place: str, *, since: datetime) -> bool:
        up_to = self._places.get(place, Taken()).up_to
        return any(each.id > up_to and each.noted_at >= since for each in self.noted)

    async def take_news(
        self, place: str, worker: str, *, since: datetime, for_s: float, settled_s: float = 0.0, waits_s: float = 0.0
    ) -> NewsBatch | None:
        now, taken = self._now(), self._places.setdefault(place, Taken())
        if taken.taken_to > taken.up_to and taken.until and taken.taken_at:
            if taken.until > now:
                return None
            taken.worker, taken.until = worker, now + timedelta(seconds=for_s)
            found = [each for each in self.noted if taken.up_to < each.id <= taken.taken_to]
            return NewsBatch(place=place, up_to=taken.taken_to, news=found, taken_at=taken.taken_at, is_again=True)
        found = [each for each in self.noted if each.id > taken.up_to and each.noted_at >= since]
        ripe = [now - timedelta(seconds=seconds) for seconds in (settled_s, waits_s)]
        if not found or (found[-1].noted_at > ripe[0] and found[0].noted_at > ripe[1]):
            return None
        taken.taken_to, taken.worker, taken.taken_at = found[-1].id, worker, now
        taken.until = now + timedelta(seconds=for_s)
        return NewsBatch(place=place, up_to=found[-1].id, news=found, taken_at=now)

    async def told(self, batch: NewsBatch) -> None:
        taken = self._places.setdefault(batch.place, Taken())
        taken.up_to = max(taken.up_to, batch.up_to)

    def _note(self, change: ModelChange) -> None:
        lasting = change.kind in {NewsKind.RETIRES, NewsKind.RETIRED}
        key = (change, None if lasting else self._now())
        if key not in self._keys:
            self._keys.add(key)
            self.noted.append(ModelNews(len(self.noted) + 1, self._now(), change))

    def _now(self) -> datetime:
        self._check()
        return self.store.clock.utc()

    def _check(self) -> None:
        if self.store.broken:
            raise self.store.broken


class FakeReplacements:
    """See `ports.Replacements`. Give it the store of the choices."""

    def __init__(self, store: FakeStore) -> None:
        self.store = store
        # What each moved: the choice as it was, and as it is now; and where it was made.
        self._made: dict[int, tuple[Replaced, str, str]] = {}
        self._moved: dict[tuple[Level, Address, str], tuple[int, Choice, Choice]] = {}

    async def chosen(self, *, platform: str, workspace: str) -> Mapping[str, int]:
        here = [key for key in self.store.chosen if platform in {"", key[1].platform}]
        names = [
            self.store.chosen[key].model.lower().removesuffix(":latest")
            for key in here
            if workspace in {"", key[1].workspace}
        ]
        return Counter(names)

    async def replace(self, old: str, new: str, *, platform: str, workspace: str, person_id: str) -> Replaced | None:
        keys = self._of(old, platform, workspace)
        if not keys:
            return None
        made = Replaced(max(self._made, default=0) + 1, old, new, len(keys))
        self._made[made.id] = made, platform, workspace
        for key in keys:
            before = self.store.chosen[key]
            self.store.chosen[key] = replace(before, model=new)
            self._moved[key] = made.id, before, self.store.chosen[key]
        self._log(DeedKind.REPLACED, made, platform, workspace, person_id)
        return made

    async def put_back(self, number: int, *, platform: str, workspace: str, person_id: str) -> Replaced | None:
        found = [
            made
            for made, of_platform, of_workspace in self._made.values()
            if number in {0, made.id} and platform in {"", of_platform} and workspace in {"", of_workspace}
        ]
        if not found:
            return None
        made = found[-1]
        del self._made[made.id]
        back = {key: was for key, (by, was, now) in self._moved.items() if by == made.id and self._stands(key, now)}
        self.store.chosen |= back
        if not back:
            return None
        undone = replace(made, choices=len(back))
        self._log(DeedKind.PUT_BACK, undone, platform, workspace, person_id)
        return undone

    def _stands(self, key: tuple[Level, Address, str], now: Choice) -> bool:
        """Whether nobody has chosen anew: then it is the very value that was put there."""
        return self.store.chosen.get(key) is now

    def _of(self, model: str, platform: str, workspace: str) -> list[tuple[Level, Address, str]]:
        name = model.lower().removesuffix(":latest")
        return [
            key
            for key, choice in self.store.chosen.items()
            if choice.model.lower().removesuffix(":latest") == name
            and platform in {"", key[1].platform}
            and workspace in {"", key[1].workspace}
        ]

    def _log(self, kind: DeedKind, made: Replaced, platform: str, workspace: str, person_id: str) -> None:
        where = Address(platform, workspace, "") if platform else None
        deed = Deed(kind=kind, person_id=person_id, address=where, model=made.old, other=made.new, amount=made.choices)
        self.store.note_deed(deed)
