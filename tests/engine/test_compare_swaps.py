"""How often a host that holds one model at a time has to swap it where people compare models."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from itertools import combinations, count

import pytest

from bot.domain import ChatRequest, CommandCall, ModelCard, ModelEvent
from bot.engine.intake import TakenTurn
from tests.engine.talk import DANA, ROOM, Talk, heard
from tests.fakes import FakeBackend, card

MODELS = ("falcon:7b", "mistral:7b", "olmo2:7b")
CHOICES: list[tuple[str, ...]] = [*combinations(MODELS, 2), MODELS]
EVENTS, ROOMS = count(1), count(100)


class OneModelHost(FakeBackend):
    """A host with memory for one model: it answers with that alone, and loads another when nobody is answered."""

    def __init__(self) -> None:
        super().__init__(*(card(name) for name in MODELS))
        self.loads: list[str] = []
        self._free = asyncio.Lock()

    async def models(self) -> Sequence[ModelCard]:
        loaded = self.loads[-1] if self.loads else ""
        return [replace(each, is_loaded=each.name == loaded) for each in await super().models()]

    async def has_loaded(self, model: str) -> bool:
        return self.loads[-1:] == [model]

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        async with self._free:
            if self.loads[-1:] != [request.model]:
                self.loads.append(request.model)
            async for event in super().chat(request):
                yield event


async def compare(talk: Talk, names: Sequence[str], *, at: int = 0) -> None:
    number = next(EVENTS)
    call = CommandCall(
        event_id=f"compare {number}",
        address=replace(ROOM, channel=f"C{at}"),
        person=replace(DANA, id=f"P{number}"),
        command="model compare",
        arguments={
            **dict(zip(("first", "second", "third"), names, strict=False)),
            "question": f"Question {number}",
        },
    )
    taken = await talk.engine.take(call)
    assert isinstance(taken, TakenTurn)
    await heard(talk.engine.reply(taken.turn))


def mixed(seed: int) -> list[tuple[str, ...]]:
    """Return a hundred comparisons of two or of all three models, named in any order."""
    drawn = random.Random(seed)
    return [tuple(drawn.sample(names, len(names))) for names in drawn.choices(CHOICES, k=100)]


def one_model_host() -> tuple[Talk, OneModelHost]:
    talk, host = Talk(), OneModelHost()
    talk.backend = host
    talk.engine = talk.another_process("one model at a time")
    return talk, host


@pytest.mark.parametrize("seed", range(2))
async def test_one_after_another_each_comparison_loads_only_what_is_not_in_memory(seed: int) -> None:
    talk, host = one_model_host()
    unavoidable = 0
    for names in mixed(seed):
        unavoidable += len(names) - (host.loads[-1:] != [] and host.loads[-1] in names)
        await compare(talk, names, at=next(ROOMS))

    assert len(host.loads) == unavoidable


async def test_a_hundred_comparisons_of_the_same_three_models_swap_twice_each() -> None:
    talk, host = one_model_host()
    for _ in range(100):
        await compare(talk, MODELS, at=next(ROOMS))

    assert len(host.loads) == 1 + 100 * 2


@pytest.mark.parametrize("seed", range(2))
async def test_asked_at_once_they_swap_less_than_in_any_order_one_after_another(seed: int) -> None:
    talk, host = one_model_host()
    runs = mixed(seed)
    await asyncio.gather(*(compare(talk, names, at=number % 20) for number, names in enumerate(runs)))

    assert len(host.requests) == sum(map(len, runs))
    assert len(host.loads) <= (1 + sum(len(names) - 1 for names in runs)) / 2
