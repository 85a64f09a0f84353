"""A turn waits for its own hosts: a slow one holds up nobody else, and models are not swapped back and forth."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import replace

import pytest

from bot.domain import Address, Choice, Doing, Level, Person, State
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.errors import Unavailable
from bot.llm.ollama import OllamaBackend
from bot.llm.pool import Pool
from bot.ports import ModelBackend
from tests.engine.talk import DANA, NOAM, ROOM, Heard, Talk, heard, until
from tests.fakes import FakeBackend, Speech, card
from tests.lab.ollama import OllamaLab
from tests.memory import FakeChoices

SMALL, OTHER = "smollm2:135m", "qwen2.5-coder:0.5b"


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


async def pooled(stack: AsyncExitStack, *hosts: tuple[ModelBackend, int], choices: FakeChoices | None = None) -> Talk:
    """Return a talk that is answered by these hosts, each with its slots."""
    talk = Talk()
    talk.choices = choices or talk.choices
    pool = Pool(hosts)
    stack.push_async_callback(pool.close)
    await pool.models()
    talk.engine = Engine(
        turns=talk.turns,
        history=talk.history,
        answers=talk.answers,
        choices=talk.choices,
        backend=pool,
        access=Access(),
        answer_policy=AnswerPolicy(parallel=pool.slots),
        rooms=pool.rooms,
        worker="pooled",
    )
    return talk


def room(name: str) -> Address:
    return replace(ROOM, channel=name)


async def chosen(talk: Talk, at: Address, model: str, person: Person = DANA) -> Address:
    """Choose a model in a place."""
    await talk.choices.choose(Level.CHANNEL, at, person.id, model=model)
    return at


async def test_a_slow_host_holds_up_nobody_whose_model_is_elsewhere(stack: AsyncExitStack) -> None:
    slow, fast = FakeBackend(card("big"), host="slow"), FakeBackend(card("small"), host="fast")
    talk = await pooled(stack, (slow, 1), (fast, 1))
    slow.say(*[Speech("Late.", holds=True)] * 3)
    waiting = []
    for number in range(3):
        at = await chosen(talk, room(f"big{number}"), "big")
        waiting.append(asyncio.create_task(talk.say("big?", person=Person(f"P{number}", "P"), at=at)))
    await until(lambda: slow.running == 1)
    at = await chosen(talk, room("small"), "small")
    answer = await talk.say("small?", person=NOAM, at=at)
    held = len(slow.requests)
    slow.release()
    await asyncio.gather(*waiting)

    assert answer.text.startswith("You said: Noam: small?")
    assert not answer.of(State) or answer.of(State)[0].doing is not Doing.QUEUED
    assert held == 1


async def test_who_waits_is_told_the_place_among_those_who_wait_for_the_same_hosts(stack: AsyncExitStack) -> None:
    slow, fast = FakeBackend(card("big"), host="slow"), FakeBackend(card("small"), host="fast")
    talk = await pooled(stack, (slow, 1), (fast, 1))
    for backend in (slow, fast):
        backend.say(Speech("Late.", holds=True))
    replies: dict[str, Heard] = {}
    tasks = []
    for number, model in enumerate(["big", "big", "big", "small", "small"]):
        at = await chosen(talk, room(f"{number}"), model)
        turn = await talk.accept("?", person=Person(f"P{number}", "P"), at=at)
        replies[f"{model}{number}"] = got = Heard()
        tasks.append(asyncio.create_task(heard(talk.engine.reply(turn), got)))
        await until(lambda got=got: got.of(State))
    places = {name: got.of(State)[0].parameters for name, got in replies.items() if name in {"big2", "small4"}}
    for backend in (slow, fast):
        backend.release()
    await asyncio.gather(*tasks)

    assert places == {"big2": {"position": 2, "total": 2}, "small4": {"position": 1, "total": 1}}


async def test_two_models_that_do_not_fit_together_are_not_swapped_back_and_forth(stack: AsyncExitStack) -> None:
    lab = await stack.enter_async_context(OllamaLab(max_loaded=1, parallel=2, load_s=0.05, first_token_s=0.02))
    talk = await pooled(stack, (OllamaBackend(host=lab.url), 2))
    asking = []
    for number in range(8):
        at = await chosen(talk, room(f"{number}"), [SMALL, OTHER][number % 2])
        asking.append(talk.say("Hi", person=Person(f"P{number}", "P"), at=at))
    answers = await asyncio.gather(*asking)

    assert all(answer.text for answer in answers)
    assert lab.runners.loads == [SMALL, OTHER]


class BrokenChoices(FakeChoices):
    """A store of choices that does not answer for a while."""

    fails = 1

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        self.fails -= 1
        if self.fails >= 0:
            raise Unavailable("error.storage_busy")
        return await super().chain(address, person_id)


async def test_a_model_that_cannot_be_chosen_yet_costs_nobody_their_turn(stack: AsyncExitStack) -> None:
    choices = BrokenChoices()
    backend = FakeBackend(card("small"), host="one")
    talk = await pooled(stack, (backend, 1), choices=choices)

    assert (await talk.say("Hi")).text.startswith("You said")


async def test_a_turn_stopped_while_its_model_is_chosen_ends_at_once(stack: AsyncExitStack) -> None:
    class Silent(FakeChoices):
        async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:  # noqa: ARG002 - nothing comes
            return await asyncio.Event().wait() and []

    backend = FakeBackend(card("small"), host="one")
    talk = await pooled(stack, (backend, 1), choices=Silent())
    turn = await talk.accept("Hi")
    answering = asyncio.create_task(heard(talk.engine.reply(turn)))
    await until(lambda: talk.engine.opening(turn) and talk.turns.turns[turn.id].is_open)
    await asyncio.sleep(0)
    await talk.engine.stop(turn.id, person=DANA, address=ROOM)
    await asyncio.wait_for(answering, 5)

    assert backend.requests == []


async def test_a_host_that_dies_under_load_loses_no_turn_and_its_conversations_move_once(stack: AsyncExitStack) -> None:
    labs = [await stack.enter_async_context(OllamaLab(parallel=4, tokens_per_second=200)) for _ in range(2)]
    talk = await pooled(stack, *[(OllamaBackend(host=lab.url, connect_s=0.5), 4) for lab in labs])

    async def talks(number: int) -> list[Heard]:
        person, at = Person(f"P{number}", "P"), room(f"{number}")
        return [await talk.say(f"count to {30 + turn}", person=person, at=at) for turn in range(4)]

    talking = [asyncio.create_task(talks(number)) for number in range(4)]
    await until(lambda: sum(lab.running for lab in labs) >= 2 and len(labs[0].chats) >= 2)
    await labs[0].stop()
    answers = [answer for each in await asyncio.gather(*talking) for answer in each]
    with suppress(RuntimeError):
        await labs[0].start()

    kept = [turn.answer.text for turn in talk.store.turns.values() if turn.answer]
    assert len(answers) == len(kept) == 16
    assert all(text.split()[-1] in {"30", "31", "32", "33"} for text in kept)
    assert all(text.split().count("1") == 1 for text in kept)
