"""Where what is typed comes from: the one screen, on which everything is answered."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from adapters.base import Content, Poster
from adapters.console.poster import ConsolePoster
from adapters.console.terminal import Screen
from adapters.origin import AnsweredOrigin
from bot.domain import Notice, Turn
from bot.engine.intake import Audience
from bot.errors import BotError
from bot.i18n import sentence

OnOffer = Callable[[Content], None]


class Typed(AnsweredOrigin):
    """A line. `on_offer` is told of messages with buttons, `on_turn` of the turn that is answered, None after it."""

    def __init__(
        self, screen: Screen, *, locale: str, on_offer: OnOffer, on_turn: Callable[[Turn | None], None]
    ) -> None:
        super().__init__(event_id=uuid.uuid4().hex, locale=locale)
        self._screen = screen
        self._on_offer = on_offer
        self._on_turn = on_turn
        self.is_refused = False

    async def refuse(self, error: BotError) -> Poster | None:
        """See `adapters.origin.Origin`."""
        self.is_refused = True
        return await super().refuse(error)

    def poster(self, audience: Audience) -> Poster:  # noqa: ARG002 - nobody else reads here
        """See `adapters.origin.Origin`."""
        return OfferPoster(self._screen, locale=self.locale, on_offer=self._on_offer)

    @asynccontextmanager
    async def answering(self, turn: Turn) -> AsyncIterator[Poster]:
        """See `adapters.origin.Origin`."""
        self._on_turn(turn)
        try:
            yield ConsolePoster(self._screen)
        finally:
            self._on_turn(None)


class OfferPoster(ConsolePoster):
    """Prints what a command says; what it offers to press is numbered, and the next line may be such a number."""

    def __init__(self, screen: Screen, *, locale: str, on_offer: OnOffer) -> None:
        super().__init__(screen)
        self._locale = locale
        self._on_offer = on_offer

    async def edit(self, message_id: str, content: Content) -> None:
        """See `ConsolePoster.edit`."""
        await super().edit(message_id, content)
        if content.running or not content.buttons:
            return
        self._on_offer(content)
        for number, button in enumerate(() if content.are_told else content.buttons, start=1):
            row = Notice("console.button", {"number": number, "label": button.label})
            self._screen.write(f"{sentence(row, self._locale)}\n")
