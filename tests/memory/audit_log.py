"""`ports.AuditLog` in memory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.deeds import Deed, DeedFilter, DeedKind, LoggedDeed
from tests.memory.store import FakeStore


class FakeAuditLog:
    """See `ports.AuditLog`. Give it the store of the choices and the history that are to write in it."""

    def __init__(self, store: FakeStore | None = None) -> None:
        self.store = store or FakeStore()
        self._values: dict[str, str] = {}

    async def note(self, deed: Deed) -> None:
        self._check()
        self.store.note_deed(deed)

    async def note_change(self, name: str, deed: Deed | None, *, value: str) -> bool:
        self._check()
        if self._values.get(name, "") == value:
            return False
        self._values[name] = value
        if deed:
            self.store.note_deed(deed)
        return True

    async def deeds(self, wanted: DeedFilter) -> Sequence[LoggedDeed]:
        self._check()
        found = [logged for logged in reversed(self.store.deeds) if _is_wanted(logged, wanted)]
        return found[: wanted.most]

    async def trim(self, *, before: datetime) -> int:
        self._check()
        kept = [logged for logged in self.store.deeds if logged.done_at >= before]
        count = len(self.store.deeds) - len(kept)
        self.store.deeds = kept
        if count:
            self.store.note_deed(Deed(kind=DeedKind.TRIMMED, amount=count))
        return count

    def _check(self) -> None:
        if self.store.broken:
            raise self.store.broken


def _is_wanted(logged: LoggedDeed, wanted: DeedFilter) -> bool:
    deed, where = logged.deed, logged.deed.address
    is_here = where is None or (wanted.platform in {"", where.platform} and wanted.workspace in {"", where.workspace})
    return (
        is_here
        and wanted.kind in {None, deed.kind}
        and wanted.person_id in {"", deed.person_id}
        and wanted.model in {"", *(name.lower().removesuffix(":latest") for name in (deed.model, deed.other))}
        and (wanted.since is None or logged.done_at >= wanted.since)
    )
