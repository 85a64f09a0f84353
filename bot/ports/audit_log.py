"""What the engine asks of the audit log: who did what, written once and never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.deeds import Deed, DeedFilter, LoggedDeed


class AuditLog(Protocol):
    """Deeds in their order. Stores log their own changes, in the same transaction. All methods raise `Unavailable`."""

    async def note(self, deed: Deed) -> None:
        """Write down what was done, for what changes nothing in the database."""
        ...

    async def note_change(self, name: str, deed: Deed | None, *, value: str) -> bool:
        """Keep a value under a name; where it was another before, write down the deed, in one transaction.

        False where it was the same: of many processes that say so at once, one writes. A name never kept before counts
        as "".
        """
        ...

    async def deeds(self, wanted: DeedFilter) -> Sequence[LoggedDeed]:
        """Return the wanted deeds, the newest first."""
        ...

    async def trim(self, *, before: datetime) -> int:
        """Delete the deeds that are older, and write down that and how many; 0, and nothing is written, for none."""
        ...
