"""Small facts that are kept between starts."""

from __future__ import annotations

from typing import Protocol


class Notes(Protocol):
    """Small facts the adapters keep between starts, such as the hash of the last command synchronisation."""

    async def read(self, name: str) -> str | None:
        """Return the fact, None when it was never written."""
        ...

    async def write(self, name: str, value: str) -> None:
        """Store the fact."""
        ...
