"""A clock that jumps under two workers of the bot: both in this process, since no test may turn the system's clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from adapters.discord.adapter import DiscordAdapter
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.llm.ollama import OllamaBackend
from bot.storage.answer_store import SqlAnswers
from bot.storage.choice_store import SqlChoices
from bot.storage.database.open_database import open_database
from bot.storage.history_store import SqlHistory
from bot.storage.note_store import SqlNotes
from bot.storage.turns.turn_store import SqlTurns
from tests.clocks import JumpingClock
from tests.lab.discord import DiscordLab
from tests.lab.ollama import OllamaLab

LOOK_EVERY_S = 0.25


@asynccontextmanager
async def answering(
    file: Path, *, ollama: OllamaLab, discord: DiscordLab, model: str, clock: JumpingClock
) -> AsyncIterator[None]:
    """Run one worker as a process has it: its own connections to the database, to Discord and to the model host."""
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(await open_database(file))
        backend = OllamaBackend(host=ollama.url)
        stack.push_async_callback(backend.close)
        engine = Engine(
            turns=SqlTurns(database, clock=clock),
            answers=SqlAnswers(database, clock=clock),
            history=SqlHistory(database, clock=clock),
            choices=SqlChoices(database, clock=clock),
            backend=backend,
            access=Access(),
            answer_policy=AnswerPolicy(default_model=model),
        )
        adapter = DiscordAdapter(
            engine=engine,
            notes=SqlNotes(database),
            token=discord.token,
            api_url=discord.api_url,
            gateway_url=discord.gateway_url,
        )
        tasks = [asyncio.create_task(adapter.run()), asyncio.create_task(_adopt(adapter, engine))]
        stack.push_async_callback(_ended, tasks)
        async with asyncio.timeout(20):
            await adapter.ready.wait()
        yield


async def _adopt(adapter: DiscordAdapter, engine: Engine) -> None:
    while True:
        await adapter.ready.wait()
        for turn in await engine.adopt(adapter.platform):
            adapter.resume(turn)
        await asyncio.sleep(LOOK_EVERY_S)


async def _ended(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task
