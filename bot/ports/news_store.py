"""What the engine asks of the store of model news: what is known of models, what changed, and who was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.model_news import HostModels, ModelNews, NewsBatch, Retirement


class NewsStore(Protocol):
    """What is known of models, shared by all processes: one of them looks, and each news is told once in each place.

    All methods raise `Unavailable` when the store does.
    """

    async def take_watch(self, worker: str, *, for_s: float) -> bool:
        """Let a worker look after the models for so long; False while another one does."""
        ...

    async def observe(
        self, worker: str, seen: Sequence[HostModels], retirements: Sequence[Retirement], *, gone_after_s: float
    ) -> Sequence[ModelNews]:
        """Keep what the hosts have, and note what changed; return that. Nothing by a worker that lost the watch."""
        ...

    async def news(self, *, since: datetime) -> Sequence[ModelNews]:
        """Return what changed since then, oldest first."""
        ...

    async def has_untold(self, place: str, *, since: datetime) -> bool:
        """Whether there is news, from since then on, that was not told in a place."""
        ...

    async def take_news(
        self, place: str, worker: str, *, since: datetime, for_s: float, settled_s: float = 0.0, waits_s: float = 0.0
    ) -> NewsBatch | None:
        """Take what nobody told in a place, from since then on, for a worker to tell within so long; None for nothing.

        Also None while somebody tells it. What a worker took and did not tell in time is taken again as it was.
        Nothing is taken while the newest is younger than `settled_s`, unless the oldest has waited for `waits_s`.
        """
        ...

    async def told(self, batch: NewsBatch) -> None:
        """Say that a batch was told."""
        ...


@dataclass(frozen=True, slots=True)
class Replaced:
    """A replacement of one model by another: in how many choices, and the number it is undone by."""

    id: int
    old: str
    new: str
    choices: int


class Replacements(Protocol):
    """Choices moved from one model to another, all at once. "" for platform and workspace is everywhere."""

    async def chosen(self, *, platform: str, workspace: str) -> Mapping[str, int]:
        """Return how many choices there are of each model, by its name in lower case without `:latest`."""
        ...

    async def replace(self, old: str, new: str, *, platform: str, workspace: str, person_id: str) -> Replaced | None:
        """Move every choice of a model to another one, and log it, in one transaction; None where none names it."""
        ...

    async def put_back(self, number: int, *, platform: str, workspace: str, person_id: str) -> Replaced | None:
        """Undo a replacement, 0 for the last one; choices that were made anew since stay as they are.

        None where there is none in that place, it was undone already, or nothing of it is left.
        """
        ...
