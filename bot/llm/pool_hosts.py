"""One host of a pool: what it has, how busy it is, and whether it is there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from typing import TypeVar

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ChatRequest, HostRoom, ModelCard, ModelEvent, SpeechRequest, Transcript
from bot.errors import BotError, ModelUnfit, Transient
from bot.ports import ModelBackend, Transcriber

# A host lists its models at once; one that does not for so long, twice, is not there.
LOOK_S = 3.0
MOST_MISSES = 2
# A host that broke off is given chats that may go elsewhere only after this.
FAILED_S = 30.0
T = TypeVar("T")
log = structlog.get_logger(__name__)


class PoolHost:
    """A model backend with so many places. Down from when it cannot be reached until it lists its models again."""

    def __init__(self, backend: ModelBackend, *, slots: int, clock: Clock = SYSTEM_CLOCK) -> None:
        self.backend = backend
        self.slots = slots
        self.cards: dict[str, ModelCard] = {}
        self.loaded: set[str] = set()
        self.error: BotError | None = None
        # Chats under way, and those of them for which a place was taken elsewhere, or none.
        self.running = self.guests = 0
        # Whether somebody looks at this moment.
        self.is_seen_to = False
        self._clock = clock
        self._misses = 0
        self._heard_at = self._missed_at = -float("inf")
        self._failed_at: dict[str, float] = {}
        self._waits: set[asyncio.Timeout] = set()

    @property
    def name(self) -> str:
        """The host's address."""
        return self.backend.host

    @property
    def is_down(self) -> bool:
        """Whether it is not there, as far as is known."""
        return self.error is not None

    @property
    def is_doubted(self) -> bool:
        """Whether it did not tell of its models the last time, and is not given up yet."""
        return self._misses > 0 and not self.is_down

    def failed_lately(self, model: str) -> bool:
        """Whether a chat with a model was lost here a moment ago."""
        return self._clock.now() - self._failed_at.get(model, -float("inf")) < FAILED_S

    def fail(self, model: str) -> None:
        """Note that a chat with a model was lost here."""
        self._failed_at[model] = self._clock.now()

    def has(self, model: str) -> bool:
        """Whether it has a model that may be asked there; one that was never asked may have any."""
        card = self.cards.get(model)
        return not self.cards or (card is not None and not card.is_barred)

    def room(self) -> HostRoom:
        """Return what it takes at this moment."""
        models = frozenset(card.name for card in self.cards.values() if card.can_chat)
        return HostRoom(self.name, max(0, self.slots - self.guests), models, frozenset(self.loaded))

    async def listed(self) -> Sequence[ModelCard]:
        """Ask for its models as the backend answers, with no bound of ours. Raises as that does."""
        cards = await self.backend.models()
        self._come(cards)
        return cards

    async def look(self) -> Sequence[ModelCard]:
        """Ask for its models.

        Raises:
            BotError: it does not tell them, or not in time. It may be down from now on.
        """
        asked_at = self._clock.now()
        try:
            async with asyncio.timeout(LOOK_S):
                cards = await self.backend.models()
        except TimeoutError:
            error = Transient("error.host_unreachable", host=self.name)
            if self._is_missed_again(asked_at):
                self._go_down(error)
            raise error from None
        except BotError as error:
            self._go_down(error)
            raise
        self._come(cards)
        return cards

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`. A host that goes down ends what waits for it."""
        with self._taken(request):
            async with aclosing(self.backend.chat(request)) as events:
                while (event := await self._next(events)) is not None:
                    self.loaded.add(request.model)
                    yield event

    async def transcribe(self, request: SpeechRequest) -> Transcript:
        """See `ports.Transcriber.transcribe`. A host that goes down ends what waits for it."""
        if not isinstance(self.backend, Transcriber):
            raise ModelUnfit(request.model)
        with self._taken(request):
            words = await self._while_up(self.backend.transcribe(request))
            self.loaded.add(request.model)
            return words

    async def _next(self, events: AsyncGenerator[ModelEvent]) -> ModelEvent | None:
        return await self._while_up(anext(events, None))

    async def _while_up(self, answering: Awaitable[T]) -> T:
        """Wait for the host, as long as it is not down."""
        try:
            async with asyncio.timeout(None) as limit:
                self._waits.add(limit)
                try:
                    answer = await answering
                finally:
                    self._waits.discard(limit)
        except TimeoutError:
            raise Transient("error.host_unreachable", host=self.name) from None
        self._heard_at = self._clock.now()
        return answer

    @contextmanager
    def _taken(self, request: ChatRequest | SpeechRequest) -> Iterator[None]:
        is_guest = request.host != self.name
        self.running += 1
        self.guests += is_guest
        try:
            yield
        finally:
            self.running -= 1
            self.guests -= is_guest

    def _is_missed_again(self, asked_at: float) -> bool:
        """Count a look that saw nothing; return whether there were too many, one after the other.

        One that writes is there, however long it takes to tell of its models.
        """
        if asked_at >= self._missed_at:
            self._misses, self._missed_at = self._misses + 1, self._clock.now()
        return self._misses >= MOST_MISSES and self._heard_at < asked_at

    def _come(self, cards: Sequence[ModelCard]) -> None:
        if self.error is not None:
            log.warning("pool.host_returned", host=self.name)
        self.error, self._misses = None, 0
        self.cards = {card.name: card for card in cards}
        self.loaded = {card.name for card in cards if card.is_loaded}

    def _go_down(self, error: BotError) -> None:
        if self.error is None:
            log.warning("pool.host_left", host=self.name, error=error.key, running=self.running)
        self.error = error
        self.loaded.clear()
        for limit in [*self._waits]:
            limit.reschedule(-1.0)
