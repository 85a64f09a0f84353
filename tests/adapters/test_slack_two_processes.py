"""Two processes of the bot answer people of one Slack thread: neither takes the other's stream for its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import aiohttp
import pytest

from adapters.base import Content, PostFailed
from adapters.slack.beginnings import SETTLED_WITHIN_S, Beginnings
from adapters.slack.calls import open_web
from adapters.slack.place import Identity, place_of
from adapters.slack.poster import SlackPoster
from bot.domain import BEGUN, LOST, Post, Turn
from tests.adapters.slack_process import WORKER, heard
from tests.adapters.slack_scene import Scene, make_adapter, make_engine, make_scene, running
from tests.contracts.stores import Stores, in_sqlite
from tests.fakes import FakeBackend, Speech, card
from tests.lab.slack import Message, SlackLab
from tests.lab.slack.acting import Said

OWLS = "One owl, two owls."
DUCKS = "One duck, two ducks."
LOOKS_WITHIN_S = 0.5


@dataclass
class Pair:
    """Two processes on one database and one Slack, each with a model of its own."""

    stores: Stores
    one: Scene
    two: Scene

    @property
    def lab(self) -> SlackLab:
        """The Slack of both."""
        return self.one.lab

    def posts(self) -> list[Message]:
        """Return what stands in the channel."""
        return list(self.lab.posts(self.one.channel))

    def looks(self) -> int:
        """Count the looks at threads."""
        return len(self.lab.called("conversations.replies"))

    async def looked_since(self, looks: int) -> None:
        """Wait a moment for another look at a thread: whoever may not look yet makes none."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKS_WITHIN_S):
                await self.lab.until(lambda: self.looks() > looks)

    async def accepted(self, said: Said) -> Turn:
        """Accept a question, for neither of the processes yet."""
        turn = await self.stores.turns.accept(heard(self.lab, said), worker=WORKER)
        assert turn is not None
        return turn

    @asynccontextmanager
    async def answering(self, scene: Scene, turn: Turn) -> AsyncIterator[None]:
        """Run a process that answers this question."""
        await self.stores.turns.release(turn.id, worker=WORKER)
        async with running(scene.adapter):
            await scene.take_over()
            yield


@pytest.fixture
async def pair(tmp_path: Path) -> AsyncIterator[Pair]:
    """Both processes, with nobody connected as the bot."""
    async with in_sqlite(tmp_path) as stores, SlackLab() as lab:
        one = make_scene(lab, stores=stores)
        backend = FakeBackend(card("smollm2:135m"), card("qwen3:8b"))
        engine = make_engine(one.turns, backend, stores=replace(stores, turns=stores.elsewhere))
        yield Pair(stores, one, replace(one, backend=backend, engine=engine, adapter=make_adapter(lab, engine)))
        assert lab.violations == []


@pytest.fixture
async def asked(pair: Pair) -> Said:
    return await pair.lab.say(pair.one.channel, pair.one.ada, "count owls")


@pytest.fixture
async def owls(pair: Pair, asked: Said) -> Turn:
    return await pair.accepted(asked)


@pytest.fixture
async def ducks(pair: Pair, owls: Turn, asked: Said) -> Turn:
    assert owls.id
    return await pair.accepted(await pair.lab.say(pair.one.channel, pair.one.ben, "count ducks", thread=asked.ts))


async def test_a_stream_that_another_process_begins_is_not_taken_by_an_answer_that_ends(
    pair: Pair, asked: Said, owls: Turn, ducks: Turn
) -> None:
    pair.one.backend.say(Speech(OWLS, holds=True, after=2))
    pair.two.backend.say(Speech(DUCKS, holds=True, after=2))
    is_answered = asyncio.Event()
    async with pair.answering(pair.one, owls):
        growing = await pair.one.shown("One owl")
        pair.lab.fail_next("chat.startStream", late=is_answered)
        async with pair.answering(pair.two, ducks):
            beside = await pair.one.shown("One duck")
            looks = pair.looks()
            pair.one.backend.release()
            await pair.one.answered(OWLS)
            await pair.looked_since(looks)
            is_answered.set()
            pair.two.backend.release()
            await pair.one.answered(DUCKS)
            await pair.one.at_rest(pair.one.channel, asked.ts)

    assert pair.posts() == [growing, beside]
    assert growing.shown.startswith(OWLS)
    assert beside.shown.startswith(DUCKS)


class Answer:
    """A reply as one process posts it, and notes what it posts."""

    def __init__(self, scene: Scene, turn: Turn, session: aiohttp.ClientSession) -> None:
        lab, self._engine = scene.lab, scene.engine
        self.turn = turn
        self.key = f"turn-{turn.id}:0"
        self.beginnings = Beginnings(
            turn.id, turn.message.address, engine=scene.engine, clock=lab.clock, left=turn.unknown
        )
        self.poster = SlackPoster(
            web=open_web(session, token=lab.bot_token, api_url=lab.api_url),
            place=place_of(turn.message),
            identity=Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id),
            clock=lab.clock,
            locale="en",
            turn_id=turn.id,
            posts=turn.posts,
            beginnings=self.beginnings,
        )

    async def say(self, text: str) -> str:
        """Post the first words; return the message's ts once it is noted."""
        ts = await self.poster.post(Content(text, running=True), key=self.key)
        await self._engine.note_post(self.turn.id, Post(self.key, ts))
        return ts

    async def lose(self, pair: Pair, text: str) -> str:
        """Post the first words, and lose Slack's answer; return the ts of the message that stands."""
        pair.lab.fail_next("chat.startStream", drop="after")
        with pytest.raises(PostFailed):
            await self.say(text)
        return pair.posts()[-1].ts


@asynccontextmanager
async def answers(*of: tuple[Scene, Turn]) -> AsyncIterator[list[Answer]]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield [Answer(scene, turn, session) for scene, turn in of]


async def test_a_stream_whose_start_was_lost_is_told_from_one_that_another_process_begins(
    pair: Pair, owls: Turn, ducks: Turn
) -> None:
    is_answered = asyncio.Event()
    async with answers((pair.one, owls), (pair.two, ducks)) as (first, second):
        pair.lab.fail_next("chat.startStream", late=is_answered)
        begins = asyncio.create_task(second.say("One duck"))
        beside = await pair.one.shown("One duck")
        lost = await first.lose(pair, "One owl")
        looks = pair.looks()
        seeks = asyncio.create_task(first.say("One owl, two"))
        await pair.looked_since(looks)
        is_answered.set()

        assert await begins == beside.ts
        assert await seeks == lost != beside.ts


@pytest.mark.parametrize("is_earlier_first", [True, False])
async def test_two_that_lost_their_starts_at_once_take_one_message_each(
    pair: Pair, owls: Turn, ducks: Turn, *, is_earlier_first: bool
) -> None:
    async with answers((pair.one, owls), (pair.two, ducks)) as (first, second):
        begun = [await answer.lose(pair, text) for answer, text in ((first, "One owl"), (second, "One duck"))]
        in_turn = [first, second] if is_earlier_first else [second, first]
        found = await asyncio.gather(*(answer.say("One owl, two") for answer in in_turn))

    assert sorted(found) == sorted(begun)
    assert len(pair.posts()) == len(begun)


async def test_a_message_that_may_be_another_processs_is_left_alone_however_long_that_one_says_nothing(
    pair: Pair, owls: Turn, ducks: Turn
) -> None:
    async with answers((pair.one, owls), (pair.two, ducks)) as (first, second):
        await second.beginnings.begin(second.key)
        beside = await first.lose(pair, "One duck")
        seeks = asyncio.create_task(first.say("One owl"))
        while not seeks.done():
            pair.lab.clock.advance(SETTLED_WITHIN_S)
            await asyncio.sleep(0)

        assert await seeks != beside


async def test_what_an_ended_process_was_beginning_is_looked_for_by_the_next_one(pair: Pair, owls: Turn) -> None:
    async with answers((pair.one, owls)) as (ended,):
        left = await ended.lose(pair, "One owl")
    await pair.stores.turns.note_post(owls.id, Post(ended.key, BEGUN))
    (turn,) = await pair.two.engine.open_at(owls.message.address)
    async with answers((pair.two, turn)) as (next_one,):
        await next_one.beginnings.take_over()
        (seen,) = await pair.two.engine.open_at(owls.message.address)
        found = await next_one.poster.find(next_one.key)

    assert seen.unknown == (Post(ended.key, LOST),)
    assert found == left


async def test_a_process_that_was_beginning_nothing_takes_no_stream(pair: Pair, owls: Turn, ducks: Turn) -> None:
    async with answers((pair.one, owls), (pair.two, ducks)) as (first, second):
        await second.lose(pair, "One duck")

        assert await first.poster.find(first.key) == ""
