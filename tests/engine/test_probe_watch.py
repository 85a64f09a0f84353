"""Models are probed by themselves, while nobody waits for an answer, and never in anybody's way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.engine.answer_policy import AnswerPolicy
from bot.engine.catalog import Catalog
from bot.engine.probe_book import ProbeBook
from bot.engine.probe_watch import QUIET_S, ProbeWatch
from bot.engine.probing import ProbeQuestions, Probing
from bot.errors import Transient
from bot.lessons.answers.probe_questions import probe_questions
from bot.lessons.answers.teacher import CourseTeacher
from tests.clocks import SetClock
from tests.engine.talk import until
from tests.fakes import FakeBackend, Speech, card
from tests.lessons.sample import sample_lessons
from tests.memory import FakeProbeLog
from tests.memory.retrieval import FakeRetriever

EDITION, QUESTIONS = probe_questions()


class Idle:
    """A process with one model in memory; `is_busy` while somebody waits for an answer."""

    def __init__(self, teacher: CourseTeacher, *, questions: int = 3) -> None:
        self.clock = SetClock()
        self.backend = FakeBackend(replace(card("m", is_loaded=True), digest="sha256:1"))
        self.backend.answer = lambda _: "NO ANSWER"
        self.log = FakeProbeLog()
        self.is_busy = False
        self.is_ours = True
        book = ProbeBook(self.log, edition=EDITION)
        self.catalog = Catalog(backend=self.backend, probes=book, max_age_s=-1, clock=self.clock)
        self.watch = ProbeWatch(
            Probing(
                ProbeQuestions(EDITION, QUESTIONS[:questions]),
                backend=self.backend,
                answer_policy=AnswerPolicy(),
                teacher=teacher,
            ),
            book=book,
            catalog=self.catalog,
            is_busy=self._busy,
            is_ours=lambda: self.is_ours,
            clock=self.clock,
        )

    async def _busy(self) -> bool:
        return self.is_busy

    async def look(self, *, after_s: float = QUIET_S) -> int:
        """Look now and after some time; return how many chats were asked for by then."""
        await self.watch.look()
        self.clock.advance(after_s)
        await self.watch.look()
        return len(self.backend.requests)


@pytest.fixture
async def idle() -> Idle:
    return Idle(CourseTeacher(retriever=FakeRetriever(await sample_lessons())))


@asynccontextmanager
async def looking(idle: Idle) -> AsyncIterator[asyncio.Task[int]]:
    looking = asyncio.create_task(idle.look())
    try:
        yield looking
    finally:
        looking.cancel()


async def test_a_model_in_memory_is_probed_once_nobody_waited_for_a_while(idle: Idle) -> None:
    asked = await idle.look()

    assert asked == 3
    assert [each.key for each in await idle.log.results(edition=EDITION)] == ["sha256:1"]
    assert (await idle.catalog.cards())[0].probe


async def test_it_is_probed_once_for_its_content_and_its_server(idle: Idle) -> None:
    await idle.look()
    again = await idle.look()
    idle.backend.install(replace(idle.backend.cards["m"], server="0.34.0"))

    assert again == 3
    assert await idle.look() == 6


async def test_nothing_is_asked_before_it_was_quiet_for_a_while(idle: Idle) -> None:
    assert await idle.look(after_s=QUIET_S - 1) == 0


async def test_nothing_is_asked_while_somebody_waits(idle: Idle) -> None:
    idle.is_busy = True

    assert await idle.look() == 0


async def test_a_model_that_is_not_in_memory_is_left_alone(idle: Idle) -> None:
    idle.backend.unload("m")

    assert await idle.look() == 0


async def test_one_process_probes(idle: Idle) -> None:
    idle.is_ours = False

    assert await idle.look() == 0


async def test_a_demonstration_and_a_model_elsewhere_are_left_alone(idle: Idle) -> None:
    loaded = idle.backend.cards["m"]
    idle.backend.cards = {
        "d": replace(loaded, name="d", is_demonstration=True),
        "r": replace(loaded, name="r", is_remote=True),
    }

    assert await idle.look() == 0


async def test_whoever_asks_ends_the_probe_at_once_and_it_goes_on_later(idle: Idle) -> None:
    idle.backend.say("NO ANSWER", Speech(text="The dough rests for eleven hours.", holds=True, after=2))
    async with looking(idle) as look:
        await until(lambda: len(idle.backend.requests) == 2 and idle.backend.running)
        idle.is_busy = True
        idle.clock.advance(1)
        await until(lambda: not idle.backend.running)
        await look
    idle.backend.release()
    idle.is_busy = False

    assert await idle.log.results(edition=EDITION) == []
    assert await idle.look() == 4
    assert await idle.log.results(edition=EDITION)


async def test_a_model_that_fails_is_left_alone_for_a_while(idle: Idle, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.attempts.RETRY_WAITS_S", ())
    idle.backend.answer = lambda _: Speech(error=Transient("error.host_busy"))
    with pytest.raises(Transient):
        await idle.look()
    failed = len(idle.backend.requests)

    assert await idle.look() == failed
