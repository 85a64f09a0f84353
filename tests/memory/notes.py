"""`ports.Notes` in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.errors import Unavailable


@dataclass
class FakeNotes:
    """See `ports.Notes`."""

    broken: Unavailable | None = None
    _notes: dict[str, str] = field(default_factory=dict)

    async def read(self, name: str) -> str | None:
        self._check()
        return self._notes.get(name)

    async def write(self, name: str, value: str) -> None:
        self._check()
        self._notes[name] = value

    def _check(self) -> None:
        if self.broken:
            raise self.broken
