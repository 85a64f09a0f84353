"""What runs: the adapters with their tokens and what goes on beside them, or the chat at the console."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass

import structlog
from pydantic import SecretStr

from adapters.base import Adapter
from adapters.console import Console, Screen, standard_input
from bot.domain import Notice
from bot.engine.access import Access
from bot.engine.engine import Engine
from bot.engine.retention import expire_forever
from bot.errors import BotError, ConfigurationError
from bot.house import House, access_of, house, overview, policy_of, pruner
from bot.observe.health import served
from bot.settings import Settings
from bot.stopping import stop_on_signal
from bot.supervisor import supervise

# From a signal to the end: answers under way get their last words, the database what is queued for it.
STOP_WITHIN_S = 10.0
# How often turns that nobody answers are looked for.
ADOPT_EVERY_S = 2.0
EXIT_OK, EXIT_SETTINGS = 0, 2
log = structlog.get_logger(__name__)

Say = Callable[[Notice], None]


@dataclass(frozen=True, slots=True)
class Resident:
    """An adapter that has its tokens: its name, its module, and how it is made once that is imported."""

    name: str
    module: str
    make: Callable[[House], Adapter]


def residents_of(settings: Settings) -> Sequence[Resident]:
    """Return the adapters that have their tokens."""
    residents = []
    if settings.discord.token:
        residents.append(Resident("Discord", "adapters.discord.adapter", lambda house: _discord(settings, house)))
    if settings.slack.bot_token:
        residents.append(Resident("Slack", "adapters.slack.adapter", lambda house: _slack(settings, house)))
    return residents


def _discord(settings: Settings, built: House) -> Adapter:
    from adapters.discord.adapter import DiscordAdapter
    from adapters.discord.threads import Threads

    discord = settings.discord
    return DiscordAdapter(
        engine=built.engine,
        notes=built.stores.notes,
        token=_revealed(discord.token),
        api_url=discord.api_url,
        gateway_url=discord.gateway_url,
        message_content=discord.message_content,
        threads=Threads(discord.threads),
        file_chars=settings.reply.file_chars,
    )


def _slack(settings: Settings, built: House) -> Adapter:
    from adapters.slack.adapter import SlackAdapter

    slack = settings.slack
    return SlackAdapter(
        engine=built.engine,
        bot_token=_revealed(slack.bot_token),
        app_token=_revealed(slack.app_token),
        api_url=slack.api_url,
        file_chars=settings.reply.file_chars,
    )


def _revealed(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""


async def run(settings: Settings, *, say: Say) -> int:
    """Run every adapter that has its tokens until a signal comes; return the exit code. `say` tells the operator.

    Raises:
        ConfigurationError: no adapter has its tokens, or the house cannot be built.
        Unavailable: the database is locked.
    """
    residents = residents_of(settings)
    if not residents:
        raise ConfigurationError("run.nothing")
    with stop_on_signal(within_s=STOP_WITHIN_S) as stop:
        importing = asyncio.create_task(asyncio.to_thread(_import, residents), name="imports")
        async with house(settings, access=access_of(settings)) as built:
            await importing
            names = frozenset(resident.name for resident in residents)
            for notice in overview(settings, built, on=names, stops_within_s=STOP_WITHIN_S):
                say(notice)
            async with _told_to_machines(settings, built):
                return await _serve(settings, residents, built, stop=stop, say=say)


async def _serve(
    settings: Settings, residents: Sequence[Resident], built: House, *, stop: asyncio.Event, say: Say
) -> int:
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_keep(resident, built, say), name=resident.name) for resident in residents]
        upkeep = [group.create_task(work, name=name) for name, work in _upkeep(settings, built).items()]
        stopping = group.create_task(stop.wait(), name="signals")
        pending: set[asyncio.Task[object]] = {*tasks}
        while pending and not stop.is_set():
            await asyncio.wait({*pending, stopping}, return_when=asyncio.FIRST_COMPLETED)
            pending = {task for task in pending if not task.done()}
        for task in (*tasks, *upkeep, stopping):
            task.cancel()
    return EXIT_OK if stop.is_set() else EXIT_SETTINGS


def _upkeep(settings: Settings, built: House) -> dict[str, Coroutine[None, None, None]]:
    """Return what goes on beside the adapters, by name."""
    return {
        "catalog": built.engine.catalog.keep_fresh(),
        "retention": expire_forever(built.stores.history, policy_of(settings), prune=pruner(settings)),
        "health": built.health.keep_watch(),
        "lessons": keep_lessons(built),
    }


async def keep_lessons(built: House) -> None:
    """Keep the lessons' names for suggestions as they are, until cancelled."""
    if built.engine.lessons:
        await built.engine.lessons.keep_fresh()


def _told_to_machines(settings: Settings, built: House) -> AbstractAsyncContextManager[object]:
    """Serve the health endpoint where the operator wants one."""
    port = settings.health.port
    return nullcontext() if port is None else served(built.health, host=settings.health.host, port=port)


async def _keep(resident: Resident, built: House, say: Say) -> None:
    """Keep one adapter going until it is cancelled, or only the operator can help it: then say so."""
    adapter = resident.make(built)
    built.health.watch(resident.name, adapter.ready)
    async with asyncio.TaskGroup() as group:
        beside = [
            group.create_task(_say_when_ready(resident.name, adapter, say), name=f"{resident.name} ready"),
            group.create_task(_adopt_on(resident.name, adapter, built.engine), name=f"{resident.name} orphans"),
        ]
        error = await supervise(resident.name, adapter.run)
        for task in beside:
            task.cancel()
    log.error("adapter.refused", adapter=resident.name, error=error.key)
    say(Notice("run.adapter_refused", {"name": resident.name, "reason": Notice(error.key, error.parameters)}))


async def _say_when_ready(name: str, adapter: Adapter, say: Say) -> None:
    await adapter.ready.wait()
    say(Notice("run.connected", {"name": name}))


async def _adopt_on(name: str, adapter: Adapter, engine: Engine) -> None:
    """Keep looking for turns that nobody answers, whatever a look fails with: it is all that finds one that hangs."""
    await supervise(f"{name} orphans", lambda: _adopt(adapter, engine))


async def _adopt(adapter: Adapter, engine: Engine) -> None:
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
        await asyncio.sleep(ADOPT_EVERY_S)


def _import(residents: Sequence[Resident]) -> None:
    for resident in residents:
        importlib.import_module(resident.module)


async def chat(settings: Settings, *, screen: Screen, locale: str) -> None:
    """Chat at the console until its end. The operator's lists of people and places are for platforms.

    Raises:
        ConfigurationError: the house cannot be built.
        Unavailable: the database is locked.
    """
    lines = standard_input()
    async with house(settings, access=Access()) as built:
        console = Console(
            engine=built.engine,
            lines=lines,
            screen=screen,
            locale=locale,
            prompts=lines.are_typed and screen.is_terminal,
        )
        await console.run([*greeting(built)])


def greeting(built: House) -> Sequence[Notice]:
    """Return what a chat begins with: who answers, and how to leave."""
    model = [Notice("console.model", {"model": built.default_model})] if built.default_model else []
    return [built.hosting.statement, *model, Notice("console.ways")]
