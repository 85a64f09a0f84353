"""Several hosts as one model backend: a chat goes where its place is, and elsewhere when that host is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TypeAlias

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    ChatRequest,
    Completion,
    Delta,
    FinishReason,
    HostRoom,
    ModelCard,
    ModelEvent,
    SpeechRequest,
    Transcript,
)
from bot.domain.model_news import HostModels
from bot.errors import BotError, HostLost, ModelMissing, Unavailable
from bot.llm.pool_hosts import PoolHost
from bot.ports import ModelBackend

# How often hosts are asked whether they are there: while one answers or is down, and while nothing goes on.
WATCH_S = 2.0
IDLE_S = 15.0
Asked: TypeAlias = ChatRequest | SpeechRequest
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HostStanding:
    """How one host fares: the key of its error, "" while it is there, and how many models it has."""

    host: str
    error: str
    models: int


class Pool:
    """See `ports.ModelBackend`: what all hosts have together.

    With several hosts, one that cannot be reached is left at once, and watched until it is back. A chat whose host is
    lost before its first words goes to another one that has the model; after them it raises `HostLost`, for the words
    to be taken back. Of one host alone everything is as that backend has it.
    """

    def __init__(self, hosts: Sequence[tuple[ModelBackend, int]], *, clock: Clock = SYSTEM_CLOCK) -> None:
        """Take each host with the number of answers it writes at once."""
        self._hosts = [PoolHost(backend, slots=slots, clock=clock) for backend, slots in hosts]
        self._clock = clock
        self._watching: asyncio.Task[None] | None = None
        self._looks: set[asyncio.Task[None]] = set()

    @property
    def host(self) -> str:
        """See `ports.ModelBackend.host`: the addresses of all."""
        return ", ".join(host.name for host in self._hosts)

    @property
    def slots(self) -> int:
        """How many answers all hosts write at once."""
        return sum(host.slots for host in self._hosts)

    def rooms(self) -> Sequence[HostRoom]:
        """Return what the hosts take now that are there.

        A model that failed on a host a moment ago is not asked of it where another one has it.
        """
        self._watch()
        up = [host for host in self._hosts if not host.is_down]
        failing = {host.name: {model for model in host.cards if host.failed_lately(model)} for host in up}
        sound = {model for host in up for model in host.cards if model not in failing[host.name]}
        rooms = [(host.room(), failing[host.name] & sound) for host in up]
        return [replace(room, models=room.models - avoided) for room, avoided in rooms]

    def standings(self) -> Sequence[HostStanding]:
        """Return how the hosts fare, as they were last seen."""
        return [HostStanding(host.name, host.error.key if host.error else "", len(host.cards)) for host in self._hosts]

    async def models(self) -> Sequence[ModelCard]:
        """See `ports.ModelBackend.models`. A host that is down is not waited for while another is there."""
        self._watch()
        up = [host for host in self._hosts if not host.is_down] or self._hosts
        if not self._is_many:
            return await up[0].listed()
        found = await asyncio.gather(*(host.look() for host in up), return_exceptions=True)
        errors = [each for each in found if isinstance(each, BaseException)]
        if unforeseen := [each for each in errors if not isinstance(each, BotError)]:
            raise unforeseen[0]
        if len(errors) == len(found):
            raise errors[0]
        return merged({host.name: [*host.cards.values()] for host in self._hosts if not host.is_down})

    async def inventory(self) -> Sequence[HostModels]:
        """See `ports.Inventory.inventory`. Hosts that are down are asked, too: they may be back."""
        found = await asyncio.gather(*(self._asked(host) for host in self._hosts), return_exceptions=True)
        if unforeseen := [each for each in found if isinstance(each, BaseException) and not isinstance(each, BotError)]:
            raise unforeseen[0]
        told = [None if isinstance(each, BaseException) else each for each in found]
        return [HostModels(host.name, cards) for host, cards in zip(self._hosts, told, strict=True)]

    async def _asked(self, host: PoolHost) -> Sequence[ModelCard]:
        return await (host.look() if self._is_many else host.listed())

    async def has_loaded(self, model: str) -> bool:
        """See `ports.ModelBackend.has_loaded`: on any host."""
        having = [host for host in self._hosts if not host.is_down and host.has(model)] or self._hosts
        found = await asyncio.gather(*(host.backend.has_loaded(model) for host in having), return_exceptions=True)
        errors = [each for each in found if isinstance(each, BaseException)]
        if len(errors) == len(found):
            raise errors[0]
        return any(each is True for each in found)

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """See `ports.ModelBackend.chat`."""
        self._watch()
        tried: list[PoolHost] = []
        while True:
            host = self._best(request, tried)
            has_spoken = False
            try:
                async with aclosing(self._answered(host, request)) as events:
                    async for event in events:
                        has_spoken = has_spoken or isinstance(event, Delta)
                        yield event
            except (Unavailable, ModelMissing) as error:
                tried.append(host)
                if not await self._may_move(request, tried, error):
                    raise
                if has_spoken:
                    raise HostLost(host=host.name, model=request.model) from error
            else:
                return

    async def transcribe(self, request: SpeechRequest) -> Transcript:
        """See `ports.Transcriber.transcribe`: nothing of it is heard before its end, so any other host may do it."""
        self._watch()
        tried: list[PoolHost] = []
        while True:
            host = self._best(request, tried)
            try:
                written = await host.transcribe(request)
            except (Unavailable, ModelMissing) as error:
                tried.append(host)
                if not await self._may_move(request, tried, error):
                    raise
            else:
                ended = written.completion or Completion(reason=FinishReason.STOP, model=request.model)
                return replace(written, completion=replace(ended, host=host.name)) if self._is_many else written

    async def close(self) -> None:
        """See `ports.ModelBackend.close`."""
        tasks = [*self._looks, *([self._watching] if self._watching else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(host.backend.close() for host in self._hosts))

    @property
    def _is_many(self) -> bool:
        return len(self._hosts) > 1

    async def _answered(self, host: PoolHost, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        """Yield what the host says; where a model had to be loaded, see what it has put out."""
        was_loaded = request.model in host.loaded
        async with aclosing(host.chat(request)) as events:
            async for event in events:
                if not was_loaded:
                    was_loaded = True
                    self._look_at(host)
                yield replace(event, host=host.name) if self._is_many and isinstance(event, Completion) else event

    async def _may_move(self, request: Asked, tried: Sequence[PoolHost], error: BotError) -> bool:
        """Note that the last host tried is lost; return whether another one has the model.

        Where none does that is there, one may have come back since it was last looked at.
        """
        host = tried[-1]
        host.fail(request.model)
        self._look_at(host)
        if not self._others(request, tried):
            await asyncio.gather(*(self._seen(each) for each in self._hosts if each.is_down and each not in tried))
        is_moved = bool(self._others(request, tried))
        if is_moved:
            log.warning("pool.moved", host=host.name, model=request.model, error=error.key)
        return is_moved

    def _best(self, request: Asked, tried: Collection[PoolHost]) -> PoolHost:
        """Return where a place was taken, else the least busy of those with the model, loaded ones first."""
        up = [host for host in self._hosts if not host.is_down]
        hosts = self._others(request, tried) or up or self._hosts
        return min(
            hosts,
            key=lambda host: (
                host.name != request.host,
                host.failed_lately(request.model),
                request.model not in host.loaded,
                host.running / host.slots,
            ),
        )

    def _others(self, request: Asked, tried: Collection[PoolHost]) -> list[PoolHost]:
        return [each for each in self._hosts if each not in tried and not each.is_down and each.has(request.model)]

    def _look_at(self, host: PoolHost) -> None:
        """See soon how a host is; who looks already sees it for all."""
        if host.is_seen_to:
            return
        host.is_seen_to = True
        task = asyncio.create_task(self._seen(host), name=f"look at {host.name}")
        self._looks.add(task)
        task.add_done_callback(self._looks.discard)

    async def _seen(self, host: PoolHost) -> None:
        try:
            await self._asked(host)
        except BotError as error:
            log.info("pool.host_not_seen", host=host.name, error=error.key)
        finally:
            host.is_seen_to = False

    def _watch(self) -> None:
        if self._is_many and (self._watching is None or self._watching.done()):
            self._watching = asyncio.create_task(self._keep_watch(), name="hosts")

    async def _keep_watch(self) -> None:
        waited_s = 0.0
        while True:
            if not any(host.is_doubted for host in self._hosts):
                await self._clock.sleep(WATCH_S)
            waited_s += WATCH_S
            if waited_s >= IDLE_S or any(host.running or host.is_down or host.is_doubted for host in self._hosts):
                waited_s = 0.0
                await asyncio.gather(*(self._seen(host) for host in self._hosts))


def merged(cards: dict[str, Sequence[ModelCard]]) -> Sequence[ModelCard]:
    """Return one card a model, by name, with the hosts it is on; its window is the smallest anywhere."""
    by_name: dict[str, list[tuple[str, ModelCard]]] = {}
    for host, own in cards.items():
        for card in own:
            by_name.setdefault(card.name, []).append((host, card))
    return [_one(by_name[name]) for name in sorted(by_name)]


def _one(found: Sequence[tuple[str, ModelCard]]) -> ModelCard:
    readable = [card for _, card in found if not card.is_unreadable] or [found[0][1]]
    readable.sort(key=lambda card: card.is_barred)
    windows = [card.context_tokens for card in readable if card.context_tokens is not None]
    return replace(
        readable[0],
        context_tokens=min(windows, default=None),
        is_loaded=any(card.is_loaded for card in readable),
        is_remote=any(card.is_remote for _, card in found),
        is_barred=all(card.is_barred for _, card in found),
        hosts=tuple(host for host, _ in found),
    )
