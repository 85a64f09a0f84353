"""The catalog: which models are installed, remembered for a while, so that nobody waits for the host to list them."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Iterable, Sequence
from difflib import get_close_matches

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ModelCard
from bot.engine.probe_book import ProbeBook
from bot.errors import BotError, UserError
from bot.ports import ModelBackend

MAX_AGE_S = 30.0
SUGGESTIONS = 25
log = structlog.get_logger(__name__)


class Catalog:
    """The installed models of one backend, at most `max_age_s` old when somebody asks for one."""

    def __init__(
        self,
        *,
        backend: ModelBackend,
        max_age_s: float = MAX_AGE_S,
        probes: ProbeBook | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._backend = backend
        self._probes = probes or ProbeBook(None)
        self._max_age_s = max_age_s
        self._clock = clock
        self._cards: tuple[ModelCard, ...] = ()
        self._read_at = -float("inf")
        self._reading = asyncio.Lock()

    @property
    def cached(self) -> Sequence[ModelCard]:
        """What was installed when the host was last asked; empty before that."""
        return self._cards

    async def cards(self, *, max_age_s: float | None = None) -> Sequence[ModelCard]:
        """Return the installed models, sorted by name; asks the host when the list is old.

        Raises:
            Unavailable: the host does not answer.
        """
        if self._clock.now() - self._read_at > (self._max_age_s if max_age_s is None else max_age_s):
            return await self.refresh()
        return self._cards

    async def refresh(self) -> Sequence[ModelCard]:
        """Ask the host now. Whoever asks while it is being asked shares the answer."""
        asked_at = self._clock.now()
        async with self._reading:
            if self._read_at < asked_at:
                models = await self._backend.models()
                await self._probes.read()
                self._cards = tuple(self._probes.dressed(models))
                self._read_at = self._clock.now()
        return self._cards

    async def find(self, name: str) -> ModelCard | None:
        """Return the card of a name as people type it: any case, `:latest` left out; None when not installed."""
        wanted = tidy_name(name)
        cards = await self.cards()
        return next((card for card in cards if tidy_name(card.name) == wanted), None)

    async def require(self, name: str) -> ModelCard:
        """Return the card of a model that can chat, as the host tells of it now: it may have come or gone just now.

        Raises:
            UserError: not installed (with the nearest name that is), no chat model, or none the host tells of.
        """
        await self.refresh()
        card = await self.find(name)
        if card is None:
            nearest = get_close_matches(tidy_name(name), [card.name for card in self._cards], n=1, cutoff=0.4)
            key = "error.model_unknown_near" if nearest else "error.model_unknown"
            raise UserError(key, model=tidy_name(name), nearest="".join(nearest))
        if card.is_unreadable:
            raise UserError("error.model_unreadable", model=card.name)
        if card.is_barred:
            raise UserError("error.model_barred", model=card.name)
        if not card.can_chat:
            raise UserError("error.model_cannot_chat", model=card.name)
        return card

    def suggest(self, typed: str) -> Sequence[str]:
        """Return the names of chat models that hold what was typed, those that begin with it first; at most 25."""
        return _completed(typed, (card.name for card in self._cards if card.can_chat))

    def suggest_any(self, typed: str) -> Sequence[str]:
        """Return the names of models as `suggest` does, whatever they are good for."""
        return _completed(typed, (card.name for card in self._cards))

    async def keep_fresh(self, *, every_s: float = 60.0) -> None:
        """Ask the host again and again, for completion while typing; until cancelled."""
        while True:
            try:
                await self.refresh()
            except BotError as error:
                log.warning("catalog.not_refreshed", host=self._backend.host, error=error.key)
            await self._clock.sleep(every_s)


def _completed(typed: str, names: Iterable[str]) -> Sequence[str]:
    wanted = tidy_name(typed)
    found = [name for name in names if wanted in name.lower()]
    return sorted(found, key=lambda name: (not name.lower().startswith(wanted), name))[:SUGGESTIONS]


def tidy_name(name: str) -> str:
    """Return a model's name in one spelling: lower case, no `:latest`, no invisible characters."""
    visible = "".join(c for c in name if unicodedata.category(c) not in {"Cc", "Cf", "Cs"})
    return visible.strip().strip("`").lower().removesuffix(":latest")
