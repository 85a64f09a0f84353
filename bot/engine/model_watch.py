"""The watch over the models: looks at what the hosts have, again and again, and notes what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ModelCard
from bot.domain.model_news import HostModels, Retirement
from bot.errors import BotError
from bot.ports import Inventory, ModelBackend, ModelCatalogue, NewsStore

EVERY_S = 60.0
# A process that looks no more is waited for so long; a look at hosts that hang takes some seconds.
WATCH_S = 180.0
# A model is removed and pulled anew within this; longer gone, it has left.
GONE_AFTER_S = 600.0
RETIRES_WITHIN = timedelta(days=30)
log = structlog.get_logger(__name__)


class ModelWatch:
    """Looks at the hosts, in one process at a time; `is_ours`: in this one."""

    def __init__(
        self,
        store: NewsStore,
        *,
        backend: ModelBackend,
        catalogue: ModelCatalogue,
        worker: str,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._store = store
        self._backend = backend
        self._catalogue = catalogue
        self._worker = worker
        self._clock = clock
        self.is_ours = False

    async def keep(self, *, every_s: float = EVERY_S) -> None:
        """Look until cancelled. Trouble is logged and tried again."""
        while True:
            try:
                await self.look()
            except BotError as error:
                log.warning("models.not_watched", error=error.key)
            await self._clock.sleep(every_s)

    async def look(self) -> None:
        """Look once, where no other process does.

        Raises:
            Unavailable: the store does not answer.
        """
        self.is_ours = await self._store.take_watch(self._worker, for_s=WATCH_S)
        if not self.is_ours:
            return
        asked = await self._seen()
        seen = [HostModels(each.host, _lasting(each.cards)) for each in asked]
        cards = [card for each in seen for card in each.cards or ()]
        noted = await self._store.observe(self._worker, seen, self._retirements(cards), gone_after_s=GONE_AFTER_S)
        for each in noted:
            log.info("model.changed", kind=each.change.kind.value, model=each.change.model)

    async def _seen(self) -> Sequence[HostModels]:
        if isinstance(self._backend, Inventory):
            return await self._backend.inventory()
        try:
            return [HostModels(self._backend.host, await self._backend.models())]
        except BotError:
            return [HostModels(self._backend.host, None)]

    def _retirements(self, cards: Sequence[ModelCard]) -> list[Retirement]:
        """Return by name the installed models whose last day has come, or comes soon."""
        today = self._clock.utc().date()
        found = {}
        for card in cards:
            entry = self._catalogue.entry_of(card)
            if entry and entry.retires and entry.retires <= today + RETIRES_WITHIN:
                found[card.name] = Retirement(card.name, entry.retires, is_due=entry.retires <= today)
        return [found[name] for name in sorted(found)]


def _lasting(cards: Sequence[ModelCard] | None) -> Sequence[ModelCard] | None:
    """Return the cards of models that somebody installed: a demonstration steps aside as soon as there is a host."""
    return None if cards is None else [card for card in cards if not card.is_demonstration]
