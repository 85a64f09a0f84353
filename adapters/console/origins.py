"""Where what is typed comes from: the one screen, on which everything is answered."""

from __future__ import annotations

import os
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from adapters.base import Content, Poster, Undeliverable
from adapters.console.poster import ConsolePoster
from adapters.console.terminal import Screen
from adapters.cutting import File
from adapters.origin import AnsweredOrigin
from bot.domain import FormRequest, Notice, Turn
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
        self.form: FormRequest | None = None

    async def refuse(self, error: BotError) -> Poster | None:
        """See `adapters.origin.Origin`."""
        self.is_refused = True
        return await super().refuse(error)

    async def open_fields(self, form: FormRequest) -> bool:
        """See `adapters.origin.Origin`: whoever reads the lines asks, one after another."""
        self.form = form
        return True

    def poster(self, audience: Audience) -> Poster:  # noqa: ARG002 - nobody else reads here
        """See `adapters.origin.Origin`."""
        return OfferPoster(self._screen, locale=self.locale, on_offer=self._on_offer)

    @asynccontextmanager
    async def answering(self, turn: Turn) -> AsyncIterator[Poster]:
        """See `adapters.origin.Origin`."""
        self._on_turn(turn)
        try:
            # A ballot is answered by its number; the buttons under other answers are commands here.
            yield self.poster(Audience.ASKER) if turn.message.compares else ConsolePoster(self._screen)
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
        if content.running:
            return
        for file in content.files:
            self._say(Notice("console.file", {"path": str(written(file))}))
        if not content.buttons:
            return
        self._on_offer(content)
        for number, button in enumerate(() if content.are_told else content.buttons, start=1):
            self._say(Notice("console.button", {"number": number, "label": button.label}))

    def _say(self, notice: Notice) -> None:
        self._screen.write(f"{sentence(notice, self._locale)}\n")


def written(file: File) -> Path:
    """Write a file into the folder the bot was started in, for its user alone; one that is there stays."""
    stem, suffix = Path(file.name).stem, Path(file.name).suffix
    for number in count(1):
        path = Path.cwd() / (file.name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        except OSError as error:
            raise Undeliverable from error
        with os.fdopen(descriptor, "w", encoding="utf-8") as target:
            target.write(file.text)
        return path
    raise AssertionError
