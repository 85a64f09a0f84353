"""The set-up of the Discord tests: a loopback Discord, the real adapter and engine, a model with behaviour."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from adapters.discord.adapter import DiscordAdapter
from adapters.discord.buttons import STOP_PREFIX
from adapters.discord.threads import Threads
from adapters.hearing import Follow
from bot.documents.document_reader import DocumentReader
from bot.documents.sound_reader import SoundReader
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.engine.model_keeping import KeptModels
from bot.lessons.answers.teacher import CourseTeacher
from tests.adapters.accounts import accounting_over
from tests.adapters.course_scene import kept_courses
from tests.contracts.stores import Stores
from tests.fakes import FakeBackend, card
from tests.lab.discord import Channel, DiscordLab, Guild, Message, User
from tests.memory import (
    FakeAnswers,
    FakeAssistants,
    FakeChoices,
    FakeComparisons,
    FakeHistory,
    FakeKeeper,
    FakeLessons,
    FakeNotes,
    FakeTurns,
    FakeUpkeep,
)
from tests.memory.retrieval import FakeRetriever

MESSAGES = "/channels/{channel_id}/messages"
JOINED = "/channels/{channel_id}/thread-members/@me"
MESSAGE = "/channels/{channel_id}/messages/{message_id}"
COMMANDS = "/applications/{application_id}/commands"


class LabTime:
    """The lab's clock as adapters ask for it: it is pushed on, not waited for."""

    def __init__(self, lab: DiscordLab) -> None:
        self._lab = lab

    def now(self) -> float:
        """See `bot.clock.Clock.now`."""
        return self._lab.clock.now()

    def utc(self) -> datetime:
        """See `bot.clock.Clock.utc`."""
        return self._lab.clock.utc()

    async def sleep(self, seconds: float) -> None:
        """See `bot.clock.Clock.sleep`."""
        until = self.now() + seconds
        await self._lab.until(lambda: self.now() >= until, timeout_s=seconds + 1)


@dataclass
class Scene:
    """A school's Discord with the bot in it; Ada and Ben talk, the owner rules."""

    lab: DiscordLab
    backend: FakeBackend
    turns: FakeTurns
    history: FakeHistory
    notes: FakeNotes
    engine: Engine
    adapter: DiscordAdapter
    guild: Guild
    channel: Channel
    ada: User
    ben: User
    access: Access
    upkeep: FakeUpkeep

    async def answers(self, channel: Channel | None = None, *, count: int = 1) -> list[Message]:
        """Wait until the bot has finished so many messages, none of them running, and return its messages."""
        wall = await self.lab.wall_reads(channel or self.channel, lambda wall: len(self._finished(wall)) >= count)
        return self._finished(wall)

    async def answer(self, channel: Channel | None = None) -> Message:
        """Wait for the bot's first finished message."""
        return (await self.answers(channel))[0]

    async def reads(self, text: str, channel: Channel | None = None) -> Message:
        """Wait until a message of the bot holds this text, running or not."""
        wall = await self.lab.wall_reads(channel or self.channel, lambda wall: self._with(text, wall))
        return self._with(text, wall)[0]

    def another_adapter(self, *, token: str = "", message_content: bool = False) -> DiscordAdapter:
        """Make a second adapter for the same engine."""
        return _adapter(
            self.lab, self.engine, self.notes, token=token or self.lab.token, message_content=message_content
        )

    def another_engine(self) -> Engine:
        """Make the engine of another process, on the same stores."""
        return _engine(self.turns, self.history, self.backend, self.upkeep, access=self.access)

    async def take_over(self) -> None:
        """Let the adapter, once it is connected, answer what other processes left."""
        await self.adapter.ready.wait()
        for turn in await self.engine.adopt(self.adapter.platform):
            self.adapter.resume(turn)

    async def disconnected(self, *, connections: int = 100) -> None:
        """Take the gateway away, and wait until the adapter knows: all of its connections, or only so many."""
        self.lab.gateway.is_down = True
        for connection in list(self.lab.gateway.connections)[:connections]:
            connection.tear()
        await self.lab.until(lambda: not self.adapter.ready.is_set())

    async def registered(self) -> None:
        """Wait until the slash commands are registered."""
        await self.lab.until(lambda: self.requests("PUT", COMMANDS))

    def requests(self, method: str, route: str) -> int:
        """Count the requests of a route."""
        return sum((seen.method, seen.route) == (method, route) for seen in self.lab.requests)

    @property
    def allowed_mentions(self) -> list[Any]:
        """The different rules of who may ring that the bot posted messages with."""
        rules = [seen.body["allowed_mentions"] for seen in self.lab.requests if seen.body and seen.route == MESSAGES]
        return [rule for index, rule in enumerate(rules) if rule not in rules[:index]]

    def _finished(self, wall: list[Message]) -> list[Message]:
        return [each for each in wall if each.author is self.lab.bot and not _has_stop(each)]

    def _with(self, text: str, wall: list[Message]) -> list[Message]:
        return [each for each in wall if each.author is self.lab.bot and text in each.text]


def _has_stop(message: Message) -> bool:
    return any(custom_id.startswith(STOP_PREFIX) for custom_id in message.custom_ids)


@asynccontextmanager
async def set_up(
    *,
    message_content: bool = False,
    threads: Threads = Threads.REQUEST,
    fail: str = "",
    lessons: FakeLessons | None = None,
    stores: Stores | None = None,
    parallel: int = 4,
    follow: Follow = Follow.ASKER,
) -> AsyncIterator[Scene]:
    """Open the scene with the bot connected; afterwards no rule of Discord may have been broken.

    `fail` is a route whose first request Discord refuses; `lessons` are answered from in quotes; `stores` are a
    database in the place of the fakes, which are in the scene all the same.
    """
    async with DiscordLab(message_content=message_content) as lab:
        scene = make_scene(
            lab,
            message_content=message_content,
            threads=threads,
            lessons=lessons,
            stores=stores,
            parallel=parallel,
            follow=follow,
        )
        if fail:
            lab.fail_next(fail, status=403, code=20001)
        async with running(scene, scene.adapter):
            yield scene
        assert not lab.violations, lab.violations


@asynccontextmanager
async def running(scene: Scene, adapter: DiscordAdapter) -> AsyncIterator[None]:
    """Run an adapter, connected."""
    run = asyncio.create_task(adapter.run())
    connected = asyncio.create_task(scene.lab.gateway.connected())
    await asyncio.wait([run, connected], return_when=asyncio.FIRST_COMPLETED)
    try:
        await connected
        yield
    finally:
        run.cancel()
        with suppress(asyncio.CancelledError):
            await run


def make_scene(
    lab: DiscordLab,
    *,
    message_content: bool = False,
    threads: Threads = Threads.REQUEST,
    lessons: FakeLessons | None = None,
    stores: Stores | None = None,
    parallel: int = 4,
    follow: Follow = Follow.ASKER,
) -> Scene:
    """Fill a Discord with a school."""
    backend, turns, notes = FakeBackend(card("smollm2:135m"), card("qwen3:8b")), FakeTurns(), FakeNotes()
    history, access = FakeHistory(turns.store), Access()
    upkeep = FakeUpkeep(turns.store, clock=LabTime(lab))
    engine = _engine(turns, history, backend, upkeep, access=access, lessons=lessons, stores=stores, parallel=parallel)
    adapter = _adapter(
        lab, engine, notes, token=lab.token, message_content=message_content, threads=threads, follow=follow
    )
    guild = lab.add_guild("School")
    ada, ben = lab.add_user("Ada"), lab.add_user("Ben")
    guild.add_member(ada)
    guild.add_member(ben)
    channel = guild.add_channel("general")
    return Scene(lab, backend, turns, history, notes, engine, adapter, guild, channel, ada, ben, access, upkeep)


def _engine(
    turns: FakeTurns,
    history: FakeHistory,
    backend: FakeBackend,
    upkeep: FakeUpkeep,
    *,
    access: Access,
    lessons: FakeLessons | None = None,
    stores: Stores | None = None,
    parallel: int = 4,
) -> Engine:
    """Make the engine of one process; each is another worker on the same stores."""
    answer_policy = AnswerPolicy(default_model="smollm2:135m", lesson_answers="quotes", parallel=parallel)
    return Engine(
        turns=stores.turns if stores else turns,
        history=stores.history if stores else history,
        answers=stores.answers if stores else FakeAnswers(turns.store),
        choices=stores.choices if stores else FakeChoices(turns.store),
        comparisons=stores.comparisons if stores else FakeComparisons(turns.store),
        assistants=stores.assistants if stores else FakeAssistants(turns.store),
        accounting=accounting_over(turns, stores),
        backend=backend,
        access=access,
        answer_policy=answer_policy,
        lessons=lessons,
        teacher=CourseTeacher(retriever=FakeRetriever(lessons)) if lessons else None,
        courses=kept_courses(turns.store, lessons),
        kept_models=KeptModels(keepers=[FakeKeeper(backend)]),
        upkeep=upkeep.over(backend),
    )


def _adapter(
    lab: DiscordLab,
    engine: Engine,
    notes: FakeNotes,
    *,
    token: str,
    message_content: bool,
    threads: Threads = Threads.REQUEST,
    follow: Follow = Follow.ASKER,
) -> DiscordAdapter:
    return DiscordAdapter(
        engine=engine,
        notes=notes,
        token=token,
        api_url=lab.api_url,
        gateway_url=lab.gateway_url,
        message_content=message_content,
        clock=LabTime(lab),
        threads=threads,
        follow=follow,
        documents=DocumentReader(),
        sounds=SoundReader(),
    )
