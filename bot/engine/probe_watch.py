"""The watch that has models probed while nobody waits for a model."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing, suppress

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ModelCard
from bot.engine.catalog import Catalog
from bot.engine.generation import Writing
from bot.engine.probe_book import ProbeBook
from bot.engine.probing import Probing
from bot.errors import BotError

EVERY_S = 30.0
# Whoever talks to a model writes again within this, mostly: a probe's prompt takes the place of theirs in its cache.
QUIET_S = 120.0
# A question that comes in is seen after this at the latest, and ends the completion under way.
LOOK_S = 0.25
# A model that fails while it is probed is left alone for so long.
LEFT_ALONE_S = 3600.0
log = structlog.get_logger(__name__)


class ProbeWatch:
    """Probes each model once, when it is in memory and all processes are idle; ends at once where somebody asks.

    `is_busy` says whether anybody waits for an answer, whatever process has it. `is_ours` says whether this process is
    the one that looks after the models.
    """

    def __init__(
        self,
        probing: Probing,
        *,
        book: ProbeBook,
        catalog: Catalog,
        is_busy: Callable[[], Awaitable[bool]],
        is_ours: Callable[[], bool],
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._probing = probing
        self._book = book
        self._catalog = catalog
        self._is_busy = is_busy
        self._is_ours = is_ours
        self._clock = clock
        self._quiet_since: float | None = None
        self._failed_at: dict[str, float] = {}

    async def keep(self) -> None:
        """Look until cancelled. Trouble is logged and tried again."""
        while True:
            try:
                await self.look()
            except BotError as error:
                log.info("probe.not_made", error=error.key)
            await self._clock.sleep(EVERY_S)

    async def look(self) -> None:
        """Probe one model, where there is one to probe and nobody wants anything. Raises `BotError`."""
        now = self._clock.now()
        if await self._is_busy():
            self._quiet_since = None
            return
        self._quiet_since = now if self._quiet_since is None else self._quiet_since
        if now - self._quiet_since < QUIET_S or not self._is_ours():
            return
        card = next((card for card in await self._catalog.cards() if self._is_wanted(card, now)), None)
        if card is not None:
            await self._probe(card)

    def _is_wanted(self, card: ModelCard, now: float) -> bool:
        """Whether a model is to be probed now: to load another would take the place of one that people use."""
        failed_at = self._failed_at.get(card.name)
        is_left_alone = failed_at is not None and now - failed_at < LEFT_ALONE_S
        is_own = card.can_chat and not (card.is_remote or card.is_demonstration)
        return is_own and card.is_loaded and card.probe is None and not is_left_alone

    async def _probe(self, card: ModelCard) -> None:
        writing = Writing()
        watching = asyncio.create_task(self._end_when_busy(writing), name="probe watch")
        try:
            async with aclosing(self._probing.probe(card, writing)) as done:
                async for _ in done:
                    pass
        except BotError:
            self._failed_at[card.name] = self._clock.now()
            raise
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
        if (result := self._probing.result(card)) is not None:
            await self._book.keep(result)
            await self._catalog.refresh()
            log.info("model.probed", model=card.name, worded=result.worded, quoted=result.quoted)

    async def _end_when_busy(self, writing: Writing) -> None:
        while not writing.is_stopped:
            try:
                is_busy = await self._is_busy()
            except BotError:
                is_busy = True
            if is_busy:
                self._quiet_since = None
                writing.stop()
            await self._clock.sleep(LOOK_S)
