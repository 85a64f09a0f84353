"""What models were measured to make of lessons, put on their cards for whoever decides by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import structlog

from bot.domain import ModelCard
from bot.domain.probes import ProbeResult
from bot.errors import BotError
from bot.ports import ProbeLog

log = structlog.get_logger(__name__)


class ProbeBook:
    """Knows the results of one edition of the questions, as the store had them last.

    A store in trouble costs what other processes measured since, and nobody an answer.
    """

    def __init__(self, store: ProbeLog | None, *, edition: int = 0) -> None:
        self._store = store
        self.edition = edition
        self._known: dict[tuple[str, str], ProbeResult] = {}

    async def read(self) -> None:
        """Look what was measured."""
        if self._store is None:
            return
        try:
            results = await self._store.results(edition=self.edition)
        except BotError as error:
            log.info("probes.not_read", error=error.key)
            return
        self._known = {(each.key, each.server): each for each in results}

    async def keep(self, result: ProbeResult) -> None:
        """Keep a result for all processes. Raises `Unavailable`."""
        self._known[result.key, result.server] = result
        if self._store is not None:
            await self._store.keep(result)

    def dressed(self, cards: Sequence[ModelCard]) -> Sequence[ModelCard]:
        """Return cards with what was measured of each."""
        return [replace(card, probe=self._known.get((key_of(card), card.server), card.probe)) for card in cards]


def key_of(card: ModelCard) -> str:
    """Return what stands for a model's content: its digest, or its name and size where its host names none."""
    return card.digest or f"{card.name}@{card.size_bytes}"
