"""The implementations of the storage ports, by name: what runs their contracts."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.domain import Address, ChatMessage, Person, StoredAnswer, Turn, TurnState
from bot.ports import (
    Answers,
    Assistants,
    AuditLog,
    Choices,
    Comparisons,
    CourseChoices,
    CourseSources,
    History,
    Lessons,
    NewsStore,
    Notes,
    ProbeLog,
    Replacements,
    Turns,
    Usage,
    WorkLog,
)
from bot.storage.answer_store import SqlAnswers
from bot.storage.assistant_store import SqlAssistants
from bot.storage.audit_store import SqlAuditLog
from bot.storage.choice_store import SqlChoices
from bot.storage.comparison_store import SqlComparisons
from bot.storage.course_choice_store import SqlCourseChoices
from bot.storage.course_source_store import SqlCourseSources
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.history_store import SqlHistory
from bot.storage.lesson_store import SqlLessons
from bot.storage.model_news_store import SqlNewsStore
from bot.storage.note_store import SqlNotes
from bot.storage.probe_store import SqlProbeLog
from bot.storage.replacing import SqlReplacements
from bot.storage.turns.turn_store import SqlTurns
from bot.storage.usage_store import SqlUsage
from bot.storage.work_store import SqlWorkLog
from tests.clocks import SetClock
from tests.lab import postgres
from tests.lab.sqlite import make_file
from tests.memory import (
    FakeAnswers,
    FakeAssistants,
    FakeAuditLog,
    FakeChoices,
    FakeComparisons,
    FakeCourseChoices,
    FakeCourseSources,
    FakeHistory,
    FakeLessons,
    FakeNewsStore,
    FakeNotes,
    FakeProbeLog,
    FakeReplacements,
    FakeStore,
    FakeTurns,
    FakeUsage,
    FakeWorkLog,
)

HERE = Address("discord", "guild", "channel", "thread")
PIA = Person("p1", "Pia")
TOM = Person("p2", "Tom")
ME = "this worker"


@dataclass(frozen=True, kw_only=True)
class Stores:
    """One implementation of each port, all by one clock. `elsewhere` is what another process has."""

    turns: Turns
    elsewhere: Turns
    history: History
    answers: Answers
    choices: Choices
    notes: Notes
    lessons: Lessons
    usage: Usage
    usage_elsewhere: Usage
    comparisons: Comparisons
    assistants: Assistants
    assistants_elsewhere: Assistants
    courses: CourseChoices
    sources: CourseSources
    sources_elsewhere: CourseSources
    work_log: WorkLog
    audit: AuditLog
    audit_elsewhere: AuditLog
    news: NewsStore
    news_elsewhere: NewsStore
    replacements: Replacements
    replacements_elsewhere: Replacements
    probes: ProbeLog
    probes_elsewhere: ProbeLog
    clock: SetClock = field(default_factory=SetClock)


@asynccontextmanager
async def in_memory(folder: Path) -> AsyncIterator[Stores]:  # noqa: ARG001 - the other implementation needs it
    clock = SetClock()
    store, usage = FakeStore(clock), FakeUsage()
    sources = FakeCourseSources(clock)
    audit, news, replacements = FakeAuditLog(store), FakeNewsStore(store), FakeReplacements(store)
    yield Stores(
        turns=FakeTurns(store),
        elsewhere=FakeTurns(store),
        history=FakeHistory(store),
        answers=FakeAnswers(store),
        choices=FakeChoices(store),
        notes=FakeNotes(),
        lessons=FakeLessons(),
        usage=usage,
        usage_elsewhere=usage,
        comparisons=FakeComparisons(store),
        assistants=(assistants := FakeAssistants(store)),
        assistants_elsewhere=assistants,
        courses=FakeCourseChoices(store),
        sources=sources,
        sources_elsewhere=sources,
        work_log=FakeWorkLog(store),
        audit=audit,
        audit_elsewhere=audit,
        news=news,
        news_elsewhere=news,
        replacements=replacements,
        replacements_elsewhere=replacements,
        probes=(probes := FakeProbeLog()),
        probes_elsewhere=probes,
        clock=clock,
    )


@asynccontextmanager
async def in_sqlite(folder: Path) -> AsyncIterator[Stores]:
    async with AsyncExitStack() as stack:
        file = await make_file(folder / "lyceum.db")
        database, another = [await stack.enter_async_context(await open_database(file)) for _ in range(2)]
        yield over(database, another)


@asynccontextmanager
async def in_postgres(folder: Path) -> AsyncIterator[Stores]:  # noqa: ARG001 - as above
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(postgres.shared().database())
        database, another = [await stack.enter_async_context(await open_database(url)) for _ in range(2)]
        yield over(database, another)


def over(database: Database, another: Database) -> Stores:
    """Return the implementations on SQL, over two connections to one database."""
    clock = SetClock()
    return Stores(
        turns=SqlTurns(database, clock=clock),
        elsewhere=SqlTurns(another, clock=clock),
        history=SqlHistory(database, clock=clock),
        answers=SqlAnswers(database, clock=clock),
        choices=SqlChoices(database, clock=clock),
        notes=SqlNotes(database, clock=clock),
        lessons=SqlLessons(database),
        usage=SqlUsage(database),
        usage_elsewhere=SqlUsage(another),
        comparisons=SqlComparisons(database, clock=clock),
        assistants=SqlAssistants(database, clock=clock),
        assistants_elsewhere=SqlAssistants(another, clock=clock),
        courses=SqlCourseChoices(database, clock=clock),
        sources=SqlCourseSources(database, clock=clock),
        sources_elsewhere=SqlCourseSources(another, clock=clock),
        work_log=SqlWorkLog(database),
        audit=SqlAuditLog(database, clock=clock),
        audit_elsewhere=SqlAuditLog(another, clock=clock),
        news=SqlNewsStore(database, clock=clock),
        news_elsewhere=SqlNewsStore(another, clock=clock),
        replacements=SqlReplacements(database, clock=clock),
        replacements_elsewhere=SqlReplacements(another, clock=clock),
        probes=SqlProbeLog(database),
        probes_elsewhere=SqlProbeLog(another),
        clock=clock,
    )


IMPLEMENTATIONS: dict[str, Callable[[Path], AbstractAsyncContextManager[Stores]]] = {
    "memory": in_memory,
    "sqlite": in_sqlite,
    "postgres": in_postgres,
}


def said(
    text: str, *, address: Address = HERE, person: Person = PIA, message_id: str = "", event_id: str = ""
) -> ChatMessage:
    """Return a message; its ids are made of its text where none are given."""
    return ChatMessage(
        event_id=event_id or f"event of {text}",
        message_id=message_id or f"message of {text}",
        address=address,
        person=person,
        text=text,
    )


async def accepted(stores: Stores, message: ChatMessage, *, worker: str = ME) -> Turn:
    """Accept a message that is new."""
    turn = await stores.turns.accept(message, worker=worker)
    assert turn is not None
    return turn


async def answered(stores: Stores, text: str, answer: str, *, message: ChatMessage | None = None) -> Turn:
    """Accept a message and answer it."""
    turn = await accepted(stores, message or said(text))
    stored = StoredAnswer(TurnState.ANSWERED, answer, model="m", prompt_tokens=3, answer_tokens=2)
    await stores.turns.finish(turn.id, stored, worker=ME)
    return turn
