"""Messages given up: what they were to read is posted anew, and they are taken away when that stands."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from adapters.base import Poster, PostFailed, Undeliverable

# So many times messages of one reply are replaced at most.
MOST_REPLACED = 3


class GivenUp:
    """The messages of one reply that cannot be edited any more."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._ids: list[str] = []
        self._times = 0

    @property
    def are_most(self) -> bool:
        """Whether no more may be given up."""
        return self._times == MOST_REPLACED

    def add(self, ids: Sequence[str]) -> None:
        """Give up some more."""
        self._times += 1
        self._ids += ids

    def key_beside(self, key: str) -> str:
        """Return the key of a post: another one while what is given up still stands under it."""
        return f"{key} again {self._times}" if self._ids else key

    async def take_away(self) -> None:
        """Take them away; one that stays is a nuisance, the answer is there all the same."""
        while self._ids:
            with suppress(Undeliverable, PostFailed):
                await self._poster.remove(self._ids[-1])
            self._ids.pop()
