"""The set-up of the Slack tests: a loopback Slack, the real adapter and engine, a model with behaviour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from adapters.slack.adapter import SlackAdapter
from adapters.slack.beginnings import Beginnings
from adapters.slack.place import Place
from bot.documents.document_reader import DocumentReader
from bot.documents.sound_reader import SoundReader
from bot.domain import Address, Post, TurnState
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.model_keeping import KeptModels
from bot.lessons.answers.teacher import CourseTeacher
from tests.adapters.accounts import accounting_over
from tests.adapters.course_scene import kept_courses
from tests.contracts.stores import Stores
from tests.fakes import FakeBackend, card
from tests.lab.slack import Channel, Message, Rates, SlackLab, User
from tests.memory import (
    FakeAnswers,
    FakeAssistants,
    FakeChoices,
    FakeComparisons,
    FakeHistory,
    FakeKeeper,
    FakeLessons,
    FakeTurns,
    FakeUpkeep,
)
from tests.memory.retrieval import FakeRetriever


@dataclass
class Scene:
    """A school's Slack with the bot in #general; Ada and Ben talk, Rosa is an admin."""

    lab: SlackLab
    backend: FakeBackend
    turns: FakeTurns
    engine: Engine
    adapter: SlackAdapter
    channel: Channel
    ada: User
    ben: User
    rosa: User
    access: Access
    upkeep: FakeUpkeep
    lessons: FakeLessons | None = None

    async def answered(self, text: str, *, channel: Channel | None = None, thread: str | None = None) -> Message:
        """Wait until a finished message of the bot, without buttons, holds this text."""
        wanted = channel or self.channel
        await self.lab.until(lambda: bool(self._finished(wanted, text, thread)))
        return self._finished(wanted, text, thread)[0]

    async def shown(self, text: str, *, channel: Channel | None = None) -> Message:
        """Wait until a message of the bot, finished or not, holds this text."""
        wanted = channel or self.channel
        await self.lab.until(lambda: any(text in post.shown for post in self.lab.posts(wanted)))
        return next(post for post in self.lab.posts(wanted) if text in post.shown)

    async def at_rest(self, channel: Channel, thread: str) -> None:
        """Wait until the thread shows neither a status nor Slack's own Stop."""
        await self.lab.until(
            lambda: (
                self.lab.status(channel, thread).session in ("", "active") and not self.lab.status(channel, thread).text
            )
        )

    async def take_over(self) -> None:
        """Let the adapter, once it is connected, answer what other processes left."""
        await self.adapter.ready.wait()
        for turn in await self.engine.adopt(self.adapter.platform):
            self.adapter.resume(turn)

    async def closed(self, turn_id: int) -> TurnState:
        """Wait until a turn is over; return how it ended."""
        await self.lab.until(lambda: not self.turns.turns[turn_id].is_open)
        return self.turns.turns[turn_id].state

    def another_process(self) -> Scene:
        """Return the same scene with an engine and an adapter of their own, on the same turns."""
        engine = make_engine(self.turns, self.backend, lessons=self.lessons, access=self.access, upkeep=self.upkeep)
        return replace(self, engine=engine, adapter=make_adapter(self.lab, engine))

    def _finished(self, channel: Channel, text: str, thread: str | None) -> list[Message]:
        return [
            post
            for post in self.lab.posts(channel)
            if text in post.shown
            and not post.streaming
            and "stop" not in post.action_ids
            and thread in (None, post.thread_ts)
        ]


@asynccontextmanager
async def set_up(
    lab: SlackLab | None = None, *, lessons: FakeLessons | None = None, stores: Stores | None = None, parallel: int = 4
) -> AsyncIterator[Scene]:
    """Open the scene with the bot connected; afterwards no rule of Slack may have been broken.

    `lessons` are answered from in quotes; `stores` are a database in the place of the fakes.
    """
    async with lab or SlackLab() as opened:
        scene = make_scene(opened, lessons=lessons, stores=stores, parallel=parallel)
        async with running(scene.adapter):
            await opened.socket.connected()
            yield scene
        assert opened.violations == []


@asynccontextmanager
async def running(adapter: SlackAdapter) -> AsyncIterator[asyncio.Task[None]]:
    """Run an adapter until the block is left, from when it is ready."""
    run = asyncio.create_task(adapter.run())
    ready = asyncio.create_task(adapter.ready.wait())
    await asyncio.wait([run, ready], return_when=asyncio.FIRST_COMPLETED, timeout=10)
    try:
        yield run
    finally:
        ready.cancel()
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run


def make_scene(
    lab: SlackLab, *, lessons: FakeLessons | None = None, stores: Stores | None = None, parallel: int = 4
) -> Scene:
    """Fill a Slack with a school."""
    backend, turns, access = FakeBackend(card("smollm2:135m"), card("qwen3:8b")), FakeTurns(), Access()
    upkeep = FakeUpkeep(turns.store, clock=lab.clock)
    engine = make_engine(
        turns, backend, lessons=lessons, access=access, stores=stores, parallel=parallel, upkeep=upkeep
    )
    ada, ben = lab.add_user("ada", locale="en-US"), lab.add_user("ben", locale="he-IL")
    rosa = lab.add_user("rosa", admin=True)
    channel = lab.add_channel("general", [ada, ben, rosa])
    adapter = make_adapter(lab, engine)
    return Scene(lab, backend, turns, engine, adapter, channel, ada, ben, rosa, access, upkeep, lessons)


def beginnings(scene: Scene, place: Place, turn_id: int, *, left: Sequence[Post] = ()) -> Beginnings:
    """Return where the poster of a turn that no process has notes its streams; `left` are of an earlier process."""
    address = Address("slack", place.workspace, place.channel, place.thread)
    return Beginnings(turn_id, address, engine=scene.engine, clock=scene.lab.clock, left=left)


def make_engine(
    turns: FakeTurns,
    backend: FakeBackend,
    *,
    lessons: FakeLessons | None = None,
    access: Access | None = None,
    stores: Stores | None = None,
    parallel: int = 4,
    upkeep: FakeUpkeep | None = None,
) -> Engine:
    """Make the engine of one process; each is another worker on the same turns."""
    return Engine(
        turns=stores.turns if stores else turns,
        history=stores.history if stores else FakeHistory(turns.store),
        answers=stores.answers if stores else FakeAnswers(turns.store),
        choices=stores.choices if stores else FakeChoices(turns.store),
        comparisons=stores.comparisons if stores else FakeComparisons(turns.store),
        assistants=stores.assistants if stores else FakeAssistants(turns.store),
        accounting=accounting_over(turns, stores),
        backend=backend,
        access=access or Access(),
        answer_policy=AnswerPolicy(
            default_model="smollm2:135m", answer_tokens=4096, lesson_answers="quotes", parallel=parallel
        ),
        lessons=lessons,
        teacher=CourseTeacher(retriever=FakeRetriever(lessons)) if lessons else None,
        courses=kept_courses(turns.store, lessons),
        kept_models=KeptModels(keepers=[FakeKeeper(backend)]),
        upkeep=upkeep.over(backend) if upkeep else None,
    )


def make_adapter(lab: SlackLab, engine: Engine, *, bot_token: str = "", app_token: str = "") -> SlackAdapter:
    """Make an adapter for the lab, in the lab's time."""
    return SlackAdapter(
        engine=engine,
        bot_token=bot_token or lab.bot_token,
        app_token=app_token or lab.app_token,
        api_url=lab.api_url,
        clock=lab.clock,
        documents=DocumentReader(),
        sounds=SoundReader(),
    )


def unlimited() -> Rates:
    """Return rates that limit nothing, for tests that move the clock or say much."""
    return Rates(limits={})
