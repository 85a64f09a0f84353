"""What runs: the adapters with their tokens and what goes on beside them, or the chat at the console."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from functools import partial
from typing import TYPE_CHECKING

import structlog

from adapters.base import Adapter
from adapters.console import Console, Screen, standard_input
from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import Notice, Say
from bot.engine.access import Access
from bot.engine.engine import Engine
from bot.engine.retention import expire_forever
from bot.errors import BotError, ConfigurationError
from bot.observe.health_server import served
from bot.runtime.announcing_news import announce_news
from bot.runtime.compose import Services, access_of, compose, policy_of, pruner
from bot.runtime.platforms import PLATFORMS, Platform, switched_on
from bot.runtime.private_files import open_files
from bot.runtime.signals import stop_on_signal
from bot.runtime.supervisor import supervise
from bot.runtime.version import version
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.observe.prometheus_meter import PrometheusMeter

# From a signal to the end: answers under way get their last words, the database what is queued for it.
STOP_WITHIN_S = 10.0
# How often turns that nobody answers are looked for.
ADOPT_EVERY_S = 2.0
EXIT_OK, EXIT_SETTINGS = 0, 2
log = structlog.get_logger(__name__)


async def run(settings: Settings, *, say: Say, clock: Clock = SYSTEM_CLOCK) -> int:
    """Run every adapter that has its tokens until a signal comes; return the exit code. `say` tells the operator.

    Raises:
        ConfigurationError: no adapter has its tokens, or the services cannot be composed.
        Unavailable: the database is locked.
    """
    platforms = switched_on(settings)
    if not platforms:
        raise ConfigurationError("run.nothing")
    drains_s = settings.health.drain_s if settings.health.port is not None else 0.0
    with stop_on_signal(within_s=STOP_WITHIN_S + drains_s) as stop:
        importing = asyncio.create_task(asyncio.to_thread(_import, platforms), name="imports")
        async with compose(settings, access=access_of(settings), meter=meter_of(settings), clock=clock) as services:
            await importing
            for notice in (*overview(settings, services), *await asyncio.to_thread(open_files, settings)):
                say(notice)
            async with _told_to_machines(settings, services, stop):
                return await _serve(settings, platforms, services, stop=stop, say=say)


async def _serve(
    settings: Settings, platforms: Sequence[Platform], services: Services, *, stop: asyncio.Event, say: Say
) -> int:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(
                _keep(platform.name, platform.make(settings, services), services, say), name=platform.name
            )
            for platform in platforms
        ]
        upkeep = [group.create_task(work, name=name) for name, work in _upkeep(settings, services).items()]
        stopping = group.create_task(stop.wait(), name="signals")
        pending: set[asyncio.Task[object]] = {*tasks}
        while pending and not stop.is_set():
            await asyncio.wait({*pending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            pending = {task for task in pending if not task.done()}
        if pending and settings.health.port is not None:
            # Whoever sends work here by its readiness learns that it ends before it does.
            await services.clock.sleep(settings.health.drain_s)
        for task in (*tasks, *upkeep, stopping):
            task.cancel()
    return EXIT_OK if stop.is_set() else EXIT_SETTINGS


def _upkeep(settings: Settings, services: Services) -> dict[str, Coroutine[None, None, None]]:
    """Return what goes on beside the adapters, by name."""
    return {
        "catalog": services.engine.catalog.keep_fresh(),
        "retention": expire_forever(
            services.stores.history,
            policy_of(settings),
            audit=services.stores.audit,
            prune=pruner(settings),
            clock=services.clock,
        ),
        "health": services.health.keep_watch(),
        "lessons": keep_lessons(services),
        "summaries": services.engine.keep_summaries(),
        "assistants": keep_assistants(services),
        "work": services.engine.usage.work_book.keep_storing(),
        "models": watch_models(services),
        "refreshing": keep_refreshing(services),
        "probes": probe_models(services),
    }


async def watch_models(services: Services) -> None:
    """Look at what the model hosts have, and note what changed, until cancelled."""
    if services.engine.upkeep:
        await services.engine.upkeep.watch.keep()


async def keep_refreshing(services: Services) -> None:
    """Take lessons in anew by the operator's schedule, until cancelled."""
    if services.refreshing:
        await services.refreshing.keep()


async def probe_models(services: Services) -> None:
    """Have models probed while nobody waits, until cancelled."""
    if services.probe_watch:
        await services.probe_watch.keep()


async def keep_lessons(services: Services) -> None:
    """Keep the lessons' names for suggestions as they are, until cancelled."""
    if services.engine.lessons:
        await services.engine.lessons.keep_fresh()


async def keep_assistants(services: Services) -> None:
    """Keep the assistants' names for suggestions as they are, until cancelled."""
    if services.engine.assistants:
        await services.engine.assistants.desk.keep_fresh()


def _told_to_machines(
    settings: Settings, services: Services, stop: asyncio.Event
) -> AbstractAsyncContextManager[object]:
    """Serve the health endpoint where the operator wants one."""
    port, host = settings.health.port, settings.health.host
    if port is None:
        return nullcontext()
    return served(services.health, host=host, port=port, meter=services.meter, is_draining=stop.is_set)


def meter_of(settings: Settings) -> PrometheusMeter | None:
    """Return what counts for Prometheus where somebody may ask for it; it takes 3 MB."""
    if settings.health.port is None:
        return None
    from bot.observe.prometheus_meter import PrometheusMeter

    return PrometheusMeter(version=version())


async def _keep(name: str, adapter: Adapter, services: Services, say: Say) -> None:
    """Keep one adapter going until it is cancelled, or only the operator can help it: then say so."""
    services.health.watch(name, adapter.ready)
    async with asyncio.TaskGroup() as group:
        beside = [
            group.create_task(_say_when_ready(name, adapter, say), name=f"{name} ready"),
            group.create_task(_adopt_on(name, adapter, services), name=f"{name} orphans"),
            group.create_task(_announce_on(name, adapter, services), name=f"{name} news"),
        ]
        error = await supervise(name, adapter.run, clock=services.clock)
        for task in beside:
            task.cancel()
    log.error("adapter.refused", adapter=name, error=error.key)
    say(Notice("run.adapter_refused", {"name": name, "reason": Notice(error.key, error.parameters)}))


async def _say_when_ready(name: str, adapter: Adapter, say: Say) -> None:
    await adapter.ready.wait()
    say(Notice("run.connected", {"name": name}))


async def _announce_on(name: str, adapter: Adapter, services: Services) -> None:
    """Keep telling what changed among the models, where the operator named channels for it."""
    upkeep, language = services.engine.upkeep, services.news_language
    if upkeep and upkeep.announcements.channels_of(adapter.platform):
        telling = partial(announce_news, adapter, upkeep.announcements, language=language, clock=services.clock)
        await supervise(f"{name} news", telling, clock=services.clock)


async def _adopt_on(name: str, adapter: Adapter, services: Services) -> None:
    """Keep looking for turns that nobody answers, whatever a look fails with: it is all that finds one that hangs."""
    await supervise(f"{name} orphans", lambda: _adopt(adapter, services.engine, services.clock), clock=services.clock)


async def _adopt(adapter: Adapter, engine: Engine, clock: Clock) -> None:
    """Answer what other processes, and earlier runs, left open, for as long as the platform is connected."""
    with suppress(BotError):
        await engine.watch()
    while True:
        await adapter.ready.wait()
        try:
            for turn in await engine.adopt(adapter.platform):
                log.info("turn.adopted", turn=turn.id, platform=adapter.platform, attempt=turn.attempt)
                adapter.resume(turn)
        except BotError as error:
            log.warning("turns.not_adopted", platform=adapter.platform, error=error.key)
        await clock.sleep(ADOPT_EVERY_S)


def _import(platforms: Sequence[Platform]) -> None:
    for platform in platforms:
        importlib.import_module(platform.module)


async def chat(settings: Settings, *, screen: Screen, locale: str, clock: Clock = SYSTEM_CLOCK) -> None:
    """Chat at the console until its end. The operator's lists of people and places are for platforms.

    Raises:
        ConfigurationError: the services cannot be composed.
        Unavailable: the database is locked.
    """
    lines = standard_input()
    async with compose(settings, access=Access(), clock=clock) as services:
        console = Console(
            engine=services.engine,
            lines=lines,
            screen=screen,
            locale=locale,
            prompts=lines.are_typed and screen.is_terminal,
            clock=clock,
        )
        watching = asyncio.create_task(watch_models(services), name="models")
        try:
            await console.run([*greeting(services), *await asyncio.to_thread(open_files, settings)])
        finally:
            watching.cancel()
            await asyncio.wait([watching])


def overview(settings: Settings, services: Services) -> list[Notice]:
    """Return what is on, on one screen."""
    from bot.storage.database.location import place

    platforms = [
        Notice(
            "run.on" if platform.is_on(settings) else "run.off",
            {"name": platform.name, "variables": ", ".join(platform.variables)},
        )
        for platform in PLATFORMS
    ]
    default = services.default_model
    return [
        Notice("run.title", {"version": version()}),
        *platforms,
        Notice("run.models", {"statement": services.chosen_backend.statement}),
        Notice("run.default" if default else "run.no_default", {"model": default}),
        Notice("run.database", {"path": place(settings.storage.location)}),
        Notice("run.end", {"seconds": round(STOP_WITHIN_S)}),
    ]


def greeting(services: Services) -> Sequence[Notice]:
    """Return what a chat begins with: who answers, and how to leave."""
    model = [Notice("console.model", {"model": services.default_model})] if services.default_model else []
    return [services.chosen_backend.statement, *model, Notice("console.ways")]
