"""How one of two model hosts is lost, and comes back. Both have the usual model; the second has another one besides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

from tests.faults.causes import LONG, SLOW_TOKENS_PER_S, meanwhile
from tests.faults.rooms import Room, read
from tests.faults.stage import OTHER_MODEL, Stage
from tests.lab.ollama import LabModel, OllamaLab, Say

# A host that is down is looked at every two seconds.
LOOKED_AT_WITHIN_S = 3.0
LONG_S = 30.0


@asynccontextmanager
async def dies_in_mid_answer(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Of two hosts with the model, the one that writes the answer dies after a few words."""
    for host in stage.hosts:
        host.tokens_per_second = SLOW_TOKENS_PER_S
    async with _lost(stage, _has_spoken):
        yield


@asynccontextmanager
async def dies_before_its_first_word(stage: Stage, _: Room) -> AsyncIterator[None]:
    """Of two hosts with the model, the one that reads the question dies before it has said a word."""
    for host in stage.hosts:
        host.first_token_s = LONG_S
    async with _lost(stage, lambda host: host.running > 0):
        yield


@asynccontextmanager
async def is_silent(stage: Stage, _: Room) -> AsyncIterator[None]:
    """One of two hosts with the model is not there when the question comes."""
    await stage.hosts[0].stop()
    try:
        yield
    finally:
        await stage.hosts[0].start()


@asynccontextmanager
async def returns(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The only host with the chosen model was away, while another one answered, and is back for three seconds."""
    async with _alone(stage, room) as host:
        await host.stop()
        try:
            await read(await room.ask("are you there?"), "does not offer it now")
        finally:
            await host.start()
        await asyncio.sleep(LOOKED_AT_WITHIN_S)
        yield


@asynccontextmanager
async def only_one_away(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The only host with the chosen model is not there; another host is, with other models."""
    async with _alone(stage, room) as host:
        await host.stop()
        try:
            yield
        finally:
            await host.start()


@asynccontextmanager
async def only_one_dies(stage: Stage, room: Room) -> AsyncIterator[None]:
    """The only host with the chosen model dies while it writes the answer."""
    async with _alone(stage, room) as host:
        host.tokens_per_second = SLOW_TOKENS_PER_S
        host.next_chat(Say(LONG))
        async with _lost(stage, _has_spoken):
            yield


@asynccontextmanager
async def _alone(stage: Stage, room: Room) -> AsyncIterator[OllamaLab]:
    """Have a model chosen here that one host alone has, and give that host."""
    host = stage.hosts[1]
    host.install(LabModel(name=OTHER_MODEL))
    await asyncio.sleep(LOOKED_AT_WITHIN_S)
    await read(await room.ask(f"model use {OTHER_MODEL}"))
    yield host


@asynccontextmanager
async def _lost(stage: Stage, is_so_far: Callable[[OllamaLab], bool]) -> AsyncIterator[None]:
    """Let the host that works on the next chat die once it is so far; it is there again afterwards.

    The other one is as fast as it can from then on.
    """
    before = {host.url: len(host.chats) for host in stage.hosts}
    lost: list[OllamaLab] = []

    async def die() -> None:
        while not lost:
            await asyncio.sleep(0.01)
            lost.extend(host for host in stage.hosts if len(host.chats) > before[host.url] and is_so_far(host))
        _hurry(host for host in stage.hosts if host not in lost)
        await lost[0].stop()

    try:
        async with meanwhile(die()):
            yield
    finally:
        _hurry(stage.hosts)
        for host in lost:
            await host.start()


def _hurry(hosts: Iterable[OllamaLab]) -> None:
    for host in hosts:
        host.tokens_per_second = host.first_token_s = 0.0


def _has_spoken(host: OllamaLab) -> bool:
    return host.chats[-1].first_token_at is not None
