"""The process that takes one source in anew: its name on the standard input, how far it is on the standard output.

Reading and embedding a course takes a processor for a minute; here it takes none of the time of those who wait for
answers. It ends with the process that started it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Coroutine
from contextlib import AsyncExitStack, aclosing, suppress
from threading import Thread

from bot.clock import SYSTEM_CLOCK
from bot.domain import Notice
from bot.errors import BotError
from bot.ports import Refreshed
from bot.runtime.backends import choose_embedder
from bot.runtime.lesson_index import document_reader
from bot.runtime.refreshing import NICER, written
from bot.settings import Settings, load


def main() -> None:
    """Do what the first line asks for, and say how it goes, a line each."""
    asked = json.loads(sys.stdin.readline())
    Thread(target=_end_with_parent, daemon=True).start()
    if sys.platform != "win32":
        os.nice(NICER)
    from bot.observe import logs

    settings = load()
    logs.configure(level="error", form="plain", secrets=settings.secrets())
    asyncio.run(_until_stopped(refresh(settings, asked["source"], asked["worker"])))


async def _until_stopped(work: Coroutine[None, None, None]) -> None:
    """Do the work; a signal to end cancels it, so that what was fetched is cleared away."""
    task = asyncio.ensure_future(work)
    if sys.platform != "win32":
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with suppress(asyncio.CancelledError):
        await task


async def refresh(settings: Settings, source: str, worker: str) -> None:
    """Take a source in anew, and write each step down."""
    from bot.lessons.taking_in import TakingIn
    from bot.storage.course_source_store import SqlCourseSources
    from bot.storage.database.open_database import open_database
    from bot.storage.lesson_store import SqlLessons

    try:
        async with AsyncExitStack() as stack:
            database = await stack.enter_async_context(await open_database(settings.storage.location))
            embedder = await choose_embedder(settings)
            if embedder is not None:
                stack.push_async_callback(embedder.close)
            sources = SqlCourseSources(database, clock=SYSTEM_CLOCK)
            taking_in = TakingIn(
                lessons=SqlLessons(database), sources=sources, embedder=embedder, documents=document_reader()
            )
            async with aclosing(taking_in.refresh(source, worker=worker)) as steps:
                async for step in steps:
                    _say(written(step))
    except BotError as error:
        _say(written(Refreshed(source=source, failure=Notice(error.key, error.parameters))))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """End when nobody holds the other end of the standard input any more."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
