"""The composition root: settings become the objects that all adapters share, and are closed with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bot import ports
from bot.clock import SYSTEM_CLOCK, Clock
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.catalog import tidy_name
from bot.engine.engine import Engine
from bot.engine.model_keeping import KeptModels
from bot.engine.model_upkeep import MakeUpkeep, ModelUpkeep, UpkeepStores
from bot.engine.probe_book import ProbeBook
from bot.engine.probe_watch import ProbeWatch
from bot.engine.refresh_schedule import RefreshSchedule
from bot.engine.retention import Policy, Prune
from bot.engine.turn_watch import Bounds
from bot.observe.health import Health
from bot.runtime.accounts import accounting_of, limits_of
from bot.runtime.backends import ChosenBackend, choose_backend, choose_embedder
from bot.runtime.keeping import kept_models_of
from bot.runtime.lesson_index import retriever_of, sample_taken_in, teacher_of
from bot.runtime.model_probes import probe_book_of, probe_watch_of, probing_of
from bot.runtime.opened_settings import note_openings
from bot.runtime.refreshing import kept_courses_of, schedule_of
from bot.runtime.stores import Stores, open_stores
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.observe.prometheus_meter import PrometheusMeter

# A fact that is written to see whether the database takes anything: a full disk still reads.
PROBE_NOTE = "health"
# A host is waited for so long, and a turn a little longer before it counts as hung.
SLACK_S = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What is built once and shared by all adapters. `default_model` is "" where no model that chats is known."""

    engine: Engine
    chosen_backend: ChosenBackend
    stores: Stores
    health: Health
    default_model: str
    meter: PrometheusMeter | None = None
    probe_watch: ProbeWatch | None = None
    news_language: str = "en"
    refreshing: RefreshSchedule | None = None
    clock: Clock = SYSTEM_CLOCK


@asynccontextmanager
async def compose(
    settings: Settings, *, access: Access, meter: PrometheusMeter | None = None, clock: Clock = SYSTEM_CLOCK
) -> AsyncIterator[Services]:
    """Make the services, and close them at the end. `meter` counts what they do.

    Raises:
        ConfigurationError: the database or the embedded model cannot be used as they are.
        Unavailable: the database is locked.
    """
    async with AsyncExitStack() as stack:
        storing = asyncio.create_task(open_stores(settings, stack, meter, clock), name="storage")
        try:
            chosen_backend = await choose_backend(settings, clock=clock)
            stack.push_async_callback(chosen_backend.backend.close)
        finally:
            await asyncio.wait([storing])
        stores = storing.result()
        await note_openings(settings, stores.audit)
        await sample_taken_in(stores.lessons, stores.notes, settings=settings)
        embedder = await choose_embedder(settings)
        if embedder is not None:
            stack.push_async_callback(embedder.close)
        kept = kept_models_of(settings, chosen_backend, stores.audit)
        for keeper in kept.keepers:
            stack.push_async_callback(keeper.close)
        book = probe_book_of(stores.probes)
        engine = _engine(
            settings, stores, chosen_backend, embedder, book, access=access, kept_models=kept, meter=meter, clock=clock
        )
        stack.push_async_callback(engine.settle)
        await engine.usage.work_book.open_if_possible()
        default_model = await engine.selector.default_name() if chosen_backend.answers else ""
        refreshing = schedule_of(settings, stores.sources, clock)
        yield Services(
            engine=engine,
            chosen_backend=chosen_backend,
            stores=stores,
            health=_health(engine, stores, chosen_backend, refreshing, clock),
            default_model=default_model,
            meter=meter,
            probe_watch=_probe_watch(settings, stores, engine, chosen_backend, embedder, book, clock),
            news_language=settings.news.language,
            refreshing=refreshing,
            clock=clock,
        )


def _health(
    engine: Engine, stores: Stores, chosen: ChosenBackend, refreshing: RefreshSchedule | None, clock: Clock
) -> Health:
    return Health(
        model_host=engine.catalog.refresh,
        database=lambda: stores.notes.write(PROBE_NOTE, "asked"),
        lessons=refreshing.check if refreshing else None,
        turns=stores.census,
        hung=lambda: engine.hung,
        hosts=chosen.pool.standings if chosen.pool else tuple,
        clock=clock,
    )


def _engine(
    settings: Settings,
    stores: Stores,
    chosen: ChosenBackend,
    embedder: ports.Embedder | None,
    probes: ProbeBook,
    *,
    access: Access,
    kept_models: KeptModels,
    meter: PrometheusMeter | None,
    clock: Clock,
) -> Engine:
    return Engine(
        turns=stores.turns,
        history=stores.history,
        answers=stores.answers,
        choices=stores.choices,
        notes=stores.notes,
        backend=chosen.backend,
        access=access,
        answer_policy=_policy_over(chosen, answer_policy_of(settings)),
        rooms=chosen.rooms,
        backup_days=policy_of(settings).copy_days,
        lessons=stores.lessons,
        teacher=teacher_of(retriever_of(stores.lessons, embedder=embedder), embedder=embedder),
        usage=stores.usage,
        catalogue=catalogue_of(settings),
        comparisons=stores.comparisons,
        assistants=stores.assistants,
        kept_models=kept_models,
        courses=kept_courses_of(stores.courses, stores.sources, stores.audit),
        accounting=accounting_of(settings, policy_of(settings), stores.work_log, chosen),
        upkeep=upkeep_of(settings, stores, chosen, clock),
        probes=probes,
        limits=limits_of(settings),
        meter=meter or ports.NO_METER,
        bounds=Bounds(answering_s=settings.ollama.first_byte_s + settings.ollama.stall_s + SLACK_S),
        clock=clock,
    )


def _probe_watch(
    settings: Settings,
    stores: Stores,
    engine: Engine,
    chosen: ChosenBackend,
    embedder: ports.Embedder | None,
    book: ProbeBook,
    clock: Clock,
) -> ProbeWatch | None:
    """Return what has models probed while nobody waits, where the operator wants that and there is a host."""
    if not settings.lessons.probe or chosen.pool is None:
        return None
    retriever = retriever_of(stores.lessons, embedder=embedder)
    probing = probing_of(chosen.backend, answer_policy_of(settings), retriever, embedder, clock)
    return probe_watch_of(probing, book, engine, stores.census, clock)


def _policy_over(chosen: ChosenBackend, policy: AnswerPolicy) -> AnswerPolicy:
    """Return the policy with as many answers at once as all hosts together write."""
    return replace(policy, parallel=chosen.pool.slots) if chosen.pool else policy


def upkeep_of(settings: Settings, stores: Stores, chosen: ChosenBackend, clock: Clock) -> MakeUpkeep:
    """Return what makes the upkeep of the models over an engine."""
    kept = UpkeepStores(
        audit=stores.audit,
        news=stores.news,
        replacements=stores.replacements,
        channels=settings.news.by_platform,
    )
    return partial(
        ModelUpkeep,
        stores=kept,
        backend=chosen.backend,
        catalogue=catalogue_of(settings),
        comparisons=stores.comparisons,
        clock=clock,
    )


def catalogue_of(settings: Settings) -> ports.ModelCatalogue:
    """Return what is known of open models, with what the operator's file adds.

    Raises:
        ConfigurationError: the operator's file cannot be used.
    """
    from bot.catalogue.open_catalogue import OpenCatalogue

    return OpenCatalogue(settings.model.catalogue)


def access_of(settings: Settings) -> Access:
    """Return the operator's lists as the engine reads them."""
    lists = settings.access
    return Access(
        admins=frozenset(lists.admins),
        workspaces=frozenset(lists.workspaces),
        channels=frozenset(lists.channels),
        blocked=frozenset(lists.blocked),
    )


def answer_policy_of(settings: Settings) -> AnswerPolicy:
    """Return how answers are made, as the engine reads it."""
    model = settings.model
    return AnswerPolicy(
        default_model=model.default,
        memory_gb=model.memory_gb,
        system_prompt=model.system_prompt,
        context_tokens=model.context_tokens,
        context_by_model={tidy_name(name): tokens for name, tokens in model.contexts.items()},
        dropped=model.dropped,
        answer_tokens=model.answer_tokens,
        parallel=model.parallel,
        waiting=model.queue_limit,
        lesson_answers=settings.lessons.answers,
        lessons_unasked=settings.lessons.unasked,
        voice_model=settings.input.voice_model,
    )


def policy_of(settings: Settings) -> Policy:
    """Return how long things are kept, as the engine reads it."""
    retention = settings.retention
    return Policy(
        days=retention.days,
        workspaces=retention.by_workspace,
        backup_days=retention.backup_days,
        audit_days=retention.audit_days,
    )


def pruner(settings: Settings) -> Prune | None:
    """Return what deletes the database's copies made before a time; None where the database keeps none itself."""
    from bot.storage.database.backups import prune
    from bot.storage.database.location import database_file, is_postgres

    location = settings.storage.location
    return None if is_postgres(location) else partial(prune, database_file(location))
