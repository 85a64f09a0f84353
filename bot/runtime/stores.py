"""The ports on the database that the settings name, opened together and closed together."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot import ports
from bot.clock import Clock
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.observe.prometheus_meter import PrometheusMeter
    from bot.storage.census import SqlCensus


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The ports on the database, whichever it is."""

    turns: ports.Turns
    history: ports.History
    answers: ports.Answers
    choices: ports.Choices
    notes: ports.Notes
    census: SqlCensus
    lessons: ports.Lessons
    usage: ports.Usage
    comparisons: ports.Comparisons
    assistants: ports.Assistants
    work_log: ports.WorkLog
    audit: ports.AuditLog
    news: ports.NewsStore
    replacements: ports.Replacements
    courses: ports.CourseChoices
    sources: ports.CourseSources
    probes: ports.ProbeLog


async def open_stores(settings: Settings, stack: AsyncExitStack, meter: PrometheusMeter | None, clock: Clock) -> Stores:
    """Open the database, and return the ports on it; the stack closes it. `meter` times its units of work.

    Raises:
        ConfigurationError: the database cannot be used as it is.
        Unavailable: it is locked.
    """
    from bot.storage.answer_store import SqlAnswers
    from bot.storage.assistant_store import SqlAssistants
    from bot.storage.audit_store import SqlAuditLog
    from bot.storage.census import SqlCensus
    from bot.storage.choice_store import SqlChoices
    from bot.storage.comparison_store import SqlComparisons
    from bot.storage.course_choice_store import SqlCourseChoices
    from bot.storage.course_source_store import SqlCourseSources
    from bot.storage.database.metered import MeteredDatabase
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

    database = await open_database(settings.storage.location)
    database = await stack.enter_async_context(MeteredDatabase(database, meter, clock=clock) if meter else database)
    return Stores(
        turns=SqlTurns(database, clock=clock),
        history=SqlHistory(database, clock=clock),
        answers=SqlAnswers(database, clock=clock),
        choices=SqlChoices(database, clock=clock),
        notes=SqlNotes(database, clock=clock),
        census=SqlCensus(database, clock=clock),
        lessons=SqlLessons(database),
        usage=SqlUsage(database),
        comparisons=SqlComparisons(database, clock=clock),
        assistants=SqlAssistants(database, clock=clock),
        work_log=SqlWorkLog(database),
        audit=SqlAuditLog(database, clock=clock),
        news=SqlNewsStore(database, clock=clock),
        replacements=SqlReplacements(database, clock=clock),
        courses=SqlCourseChoices(database, clock=clock),
        sources=SqlCourseSources(database, clock=clock),
        probes=SqlProbeLog(database),
    )
