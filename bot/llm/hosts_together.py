"""Several model hosts of any kind as one backend: each model is asked where it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import structlog

from bot.domain import ChatRequest, ModelCard, ModelEvent
from bot.errors import BotError, ModelMissing
from bot.ports import ModelBackend

log = structlog.get_logger(__name__)


class HostsTogether:
    """See `ports.ModelBackend`. A model that several hosts have is asked at the first of them.

    A host that does not answer costs its own models only.
    """

    def __init__(self, backends: Sequence[ModelBackend]) -> None:
        """Take at least one backend; they are closed with this one."""
        self._backends = tuple(backends)
        self._homes: dict[str, ModelBackend] = {}
        self._silent: set[str] = set()

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`: all of them, by commas."""
        return ", ".join(each.host for each in self._backends)

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`. Raises what the first host raised where none answers."""
        answers = await asyncio.gather(*(_models(each) for each in self._backends))
        self._note_silent(answers)
        lists = [each for each in answers if not isinstance(each, BotError)]
        if not lists:
            raise next(each for each in answers if isinstance(each, BotError))
        cards: dict[str, ModelCard] = {}
        for backend, answer in zip(self._backends, answers, strict=True):
            for card in () if isinstance(answer, BotError) else answer:
                if card.name not in cards:
                    cards[card.name], self._homes[card.name] = card, backend
        return [cards[name] for name in sorted(cards)]

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`."""
        home = await self._home_of(model)
        return home is not None and await home.has_loaded(model)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`."""
        home = await self._home_of(request.model)
        if home is None:
            raise ModelMissing(request.model)
        async with aclosing(home.chat(request)) as events:
            async for event in events:
                yield event

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        for backend in self._backends:
            await backend.close()

    async def _home_of(self, model: str) -> ModelBackend | None:
        if model not in self._homes:
            await self.models()
        return self._homes.get(model)

    def _note_silent(self, answers: Sequence[Sequence[ModelCard] | BotError]) -> None:
        """Tell the operator once of each host that does not answer, until it does again."""
        for backend, answer in zip(self._backends, answers, strict=True):
            if not isinstance(answer, BotError):
                self._silent.discard(backend.host)
            elif backend.host not in self._silent:
                self._silent.add(backend.host)
                log.warning("host.left", host=backend.host, error=answer.key)


async def _models(backend: ModelBackend) -> Sequence[ModelCard] | BotError:
    try:
        return await backend.models()
    except BotError as error:
        return error
