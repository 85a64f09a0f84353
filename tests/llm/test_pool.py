"""Several hosts as one: where a chat goes, what becomes of it when its host is lost, and how a host comes back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any

import pytest

from bot.domain import ChatRequest, Completion, Delta, ModelCard, ModelEvent, PromptMessage, Role
from bot.errors import HostLost, ModelMissing, Transient, Unavailable, UserError
from bot.llm.ollama import OllamaBackend
from bot.llm.pool import Pool
from tests.clocks import SetClock
from tests.engine.talk import until
from tests.fakes import FakeBackend, Speech, card
from tests.lab.ollama import BUSY, OUT_OF_MEMORY, Fault, OllamaLab, Say

MODEL, CODER = "smollm2:135m", "qwen2.5-coder:0.5b"


class SlowClock(SetClock):
    """Lets nobody sleep through: hosts are watched when a test says so."""

    def __init__(self) -> None:
        super().__init__()
        self.rings = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await self.rings.wait()
        self.advance(seconds)
        await asyncio.sleep(0.01)


def asked(host: str = "", *, model: str = MODEL, text: str = "Hi") -> ChatRequest:
    return ChatRequest(
        model=model, prompt=(PromptMessage(Role.USER, text),), context_tokens=2048, answer_tokens=256, host=host
    )


async def listen(pool: Pool, request: ChatRequest, heard: list[ModelEvent]) -> None:
    """Hear a chat to its end."""
    async with aclosing(pool.chat(request)) as events:
        async for event in events:
            heard += [event]


async def answer(pool: Pool, request: ChatRequest) -> tuple[str, Completion]:
    """Return what was said, and the end."""
    heard: list[ModelEvent] = []
    await listen(pool, request, heard)
    assert isinstance(heard[-1], Completion)
    return "".join(event.text for event in heard if isinstance(event, Delta)), heard[-1]


@dataclass
class Labs:
    """Two hosts with the same models, and the pool over them."""

    one: OllamaLab
    two: OllamaLab
    pool: Pool
    clock: SlowClock


@pytest.fixture
async def labs() -> AsyncIterator[Labs]:
    async with two_labs() as opened:
        yield opened


@asynccontextmanager
async def two_labs(**knobs: Any) -> AsyncIterator[Labs]:
    async with AsyncExitStack() as stack:
        one, two = [await stack.enter_async_context(OllamaLab(parallel=4, **knobs)) for _ in range(2)]
        clock = SlowClock()
        hosts = [(OllamaBackend(host=lab.url, connect_s=0.5), 4) for lab in (one, two)]
        pool = Pool(hosts, clock=clock)
        stack.push_async_callback(pool.close)
        await pool.models()
        yield Labs(one, two, pool, clock)


async def test_a_chat_goes_where_its_place_was_taken(labs: Labs) -> None:
    _, ended = await answer(labs.pool, asked(labs.two.url))

    assert ended.host == labs.two.url
    assert (len(labs.one.chats), len(labs.two.chats)) == (0, 1)


async def test_chats_without_a_place_are_spread_and_count_as_guests(labs: Labs) -> None:
    for lab in (labs.one, labs.two):
        lab.next_chat(Say("One two", fault=Fault.STALL, after=1))
    chats = [asyncio.create_task(answer(labs.pool, asked())) for _ in range(2)]
    await until(lambda: labs.one.running == labs.two.running == 1)
    slots = [room.slots for room in labs.pool.rooms()]
    for lab in (labs.one, labs.two):
        lab.resume()
    await asyncio.gather(*chats)

    assert slots == [3, 3]
    assert [room.slots for room in labs.pool.rooms()] == [4, 4]


async def test_a_chat_whose_host_is_down_goes_to_the_other_at_once(labs: Labs) -> None:
    await labs.one.stop()
    said, ended = await answer(labs.pool, asked(labs.one.url))

    assert said.startswith("You said: Hi")
    assert ended.host == labs.two.url


@pytest.mark.parametrize("reply", [BUSY, OUT_OF_MEMORY])
async def test_a_host_that_refuses_has_its_chat_answered_by_the_other_and_stays(labs: Labs, reply: Any) -> None:
    labs.one.next_chat(reply)
    _, ended = await answer(labs.pool, asked(labs.one.url))

    assert ended.host == labs.two.url
    await asyncio.sleep(0.05)
    assert len(labs.pool.rooms()) == 2


async def test_a_model_that_fails_on_a_host_is_left_to_the_other_for_a_while(labs: Labs) -> None:
    labs.one.next_chat(OUT_OF_MEMORY)
    await answer(labs.pool, asked(labs.one.url))
    failing = [MODEL in room.models for room in labs.pool.rooms()]
    others = [CODER in room.models for room in labs.pool.rooms()]
    labs.clock.advance(60)

    assert (failing, others) == ([False, True], [True, True])
    assert [MODEL in room.models for room in labs.pool.rooms()] == [True, True]


async def test_a_model_that_fails_everywhere_is_asked_of_all(labs: Labs) -> None:
    for lab in (labs.one, labs.two):
        lab.next_chat(OUT_OF_MEMORY)
    with pytest.raises(Transient):
        await answer(labs.pool, asked(labs.one.url))

    assert [MODEL in room.models for room in labs.pool.rooms()] == [True, True]


async def test_a_host_that_dies_before_the_first_word_loses_nobodys_turn() -> None:
    async with two_labs(first_token_s=30.0) as labs:
        chat = asyncio.create_task(answer(labs.pool, asked(labs.one.url)))
        await labs.one.until(lambda: labs.one.running == 1)
        labs.two.first_token_s = 0.0
        await labs.one.stop()

        assert (await asyncio.wait_for(chat, 5))[1].host == labs.two.url


async def test_words_of_a_host_that_dies_are_to_be_said_anew(labs: Labs) -> None:
    labs.one.next_chat(Say("One two three", fault=Fault.BREAK_OFF, after=2))
    heard: list[ModelEvent] = []
    with pytest.raises(HostLost):
        await listen(labs.pool, asked(labs.one.url), heard)

    assert [event.text for event in heard if isinstance(event, Delta)] == ["One", " two"]


async def test_the_last_host_that_fails_is_told_of_as_it_failed(labs: Labs) -> None:
    await labs.one.stop()
    labs.two.next_chat(Say("One two three", fault=Fault.BREAK_OFF, after=2))
    with suppress(Unavailable):
        await labs.pool.models()
    with pytest.raises(Transient) as error:
        await answer(labs.pool, asked())

    assert not isinstance(error.value, HostLost)
    assert error.value.key == "error.stream_broken"


async def test_one_that_came_back_unseen_is_found_when_the_last_one_fails(labs: Labs) -> None:
    await labs.two.stop()
    await answer(labs.pool, asked(labs.two.url))
    await until(lambda: [room.host for room in labs.pool.rooms()] == [labs.one.url])
    await labs.two.start()
    await labs.one.stop()
    _, ended = await answer(labs.pool, asked())

    assert ended.host == labs.two.url


async def test_what_a_model_refuses_is_asked_of_no_other_host(labs: Labs) -> None:
    with pytest.raises(UserError):
        await answer(labs.pool, asked(labs.one.url, model="all-minilm:latest"))

    assert labs.two.chats == []


async def test_a_model_that_is_gone_from_one_host_is_asked_of_the_other(labs: Labs) -> None:
    labs.one.remove(MODEL)
    _, ended = await answer(labs.pool, asked(labs.one.url))
    await labs.pool.models()

    assert ended.host == labs.two.url
    assert [MODEL in room.models for room in labs.pool.rooms()] == [False, True]


async def test_a_model_that_is_nowhere_is_missing(labs: Labs) -> None:
    with pytest.raises(ModelMissing):
        await answer(labs.pool, asked(model="nope:1b"))


async def test_a_dead_host_is_left_and_a_recovered_one_returns(labs: Labs) -> None:
    await labs.one.stop()
    await answer(labs.pool, asked(labs.one.url))
    await labs.two.until(lambda: len(labs.pool.rooms()) == 1)
    left = [standing.error for standing in labs.pool.standings()]
    await labs.one.start()
    labs.clock.rings.set()
    await labs.two.until(lambda: len(labs.pool.rooms()) == 2)

    assert left == ["error.host_unreachable", ""]
    assert (await answer(labs.pool, asked(labs.one.url)))[1].host == labs.one.url


async def test_a_host_that_is_down_holds_up_no_list(labs: Labs) -> None:
    await labs.one.stop()
    cards = {card.name: card for card in await labs.pool.models()}

    assert cards[MODEL].hosts == (labs.two.url,)


async def test_a_model_is_listed_once_with_its_hosts_and_their_smallest_window() -> None:
    backends = [
        FakeBackend(card("m", context_tokens=tokens), *extra, host=host)
        for host, tokens, extra in (("a", 8192, (card("a-only"),)), ("b", 4096, ()))
    ]
    backends[1].cards["m"] = replace(backends[1].cards["m"], is_loaded=True)
    pool = Pool([(backend, 2) for backend in backends])
    cards: dict[str, ModelCard] = {each.name: each for each in await pool.models()}
    await pool.close()

    assert list(cards) == ["a-only", "m"]
    assert (cards["m"].hosts, cards["m"].context_tokens, cards["m"].is_loaded) == (("a", "b"), 4096, True)
    assert cards["a-only"].hosts == ("a",)
    assert all(backend.is_closed for backend in backends)


class Frozen(FakeBackend):
    """A machine that lost its power: what is asked of it is neither answered nor refused."""

    is_frozen = False

    async def models(self) -> list[ModelCard]:
        if self.is_frozen:
            await asyncio.Event().wait()
        return list(await super().models())

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ModelEvent]:
        async with aclosing(super().chat(request)) as events:
            async for event in events:
                if self.is_frozen:
                    await asyncio.Event().wait()
                yield event


@pytest.mark.parametrize("after", [0, 1])
async def test_a_machine_that_goes_silent_is_left_within_seconds(monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    monkeypatch.setattr("bot.llm.pool_hosts.LOOK_S", 0.05)
    clock = SlowClock()
    silent, other = Frozen(card("m"), host="silent"), FakeBackend(card("m"), host="other")
    pool = Pool([(silent, 2), (other, 2)], clock=clock)
    await pool.models()
    silent.say(Speech("one two", holds=True, after=after))
    other.say("Here.")
    chat = asyncio.create_task(answer(pool, asked("silent", model="m")))
    await until(lambda: silent.running)
    silent.is_frozen = True
    clock.rings.set()

    if after:
        with pytest.raises(HostLost):
            await asyncio.wait_for(chat, 5)
    else:
        assert (await asyncio.wait_for(chat, 5))[1].host == "other"
    await pool.close()


async def test_one_host_alone_is_as_it_is_without_a_pool() -> None:
    backend = FakeBackend(card("m"), host="only")
    pool = Pool([(backend, 3)])
    cards = await pool.models()
    _, ended = await answer(pool, asked(model="m"))
    backend.say(Speech("one two", error=Transient("error.stream_broken"), after=1))
    with pytest.raises(Transient) as error:
        await answer(pool, asked(model="m"))
    backend.down = Unavailable("error.host_silent")
    with pytest.raises(Unavailable, match="silent"):
        await pool.models()
    rooms = pool.rooms()
    await pool.close()

    assert (pool.host, pool.slots) == ("only", 3)
    assert cards[0].hosts == ()
    assert ended.host == ""
    assert not isinstance(error.value, HostLost)
    assert [room.host for room in rooms] == ["only"]


async def test_what_a_load_has_put_out_is_seen() -> None:
    async with OllamaLab(max_loaded=1, parallel=2) as lab:
        pool = Pool([(OllamaBackend(host=lab.url), 2)])
        await pool.models()
        await answer(pool, asked(model=MODEL))
        await until(lambda: pool.rooms()[0].loaded == {MODEL})
        await answer(pool, asked(model=CODER))
        await until(lambda: pool.rooms()[0].loaded == {CODER})
        await pool.close()
