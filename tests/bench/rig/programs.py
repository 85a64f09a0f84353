"""The programs of a measurement, each a process of its own: the stand-ins and the bot."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
from ollama import AsyncClient

from tests.bench.rig.platforms import OnDiscord, OnSlack, Platform, until
from tests.cli_process import ROOT, Lyceum

MODEL = "smollm2:135m"
PARALLEL = 64
TOKENS_PER_S = 50.0
# Long enough for a prompt to be read, too short for the bot to say that the model is at work.
FIRST_TOKEN_S = 0.1
START_S = 30.0
LOOK_EVERY_S = 0.02


@dataclass(frozen=True, slots=True)
class Servers:
    """The running stand-ins: Ollama's address and the bare client of it, both platforms, what asks their side doors."""

    http: aiohttp.ClientSession
    bare: AsyncClient
    ollama_url: str
    discord: OnDiscord
    slack: OnSlack

    @property
    def platforms(self) -> tuple[Platform, ...]:
        """Both platforms, in the order of the report."""
        return self.discord, self.slack

    async def chats(self) -> list[dict[str, Any]]:
        """Return what Ollama was asked, with the times of the first and the last token."""
        async with self.http.get(f"{self.ollama_url}/lab/requests") as answer:
            return list(await answer.json())


@asynccontextmanager
async def servers(*, channels: int, slack_arguments: Sequence[str] = ("--no-rates",)) -> AsyncIterator[Servers]:
    """Run the stand-ins, paced as a model is; `channels` on each platform."""
    pace = ("--tokens-per-second", str(TOKENS_PER_S), "--first-token-s", str(FIRST_TOKEN_S))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        http = await enter(aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(START_S)))
        ollama = await enter(program("tests.lab.ollama", *pace, "--parallel", str(PARALLEL)))
        there = await enter(program("tests.lab.discord", "--no-schemas", "--channels", str(channels)))
        here = await enter(program("tests.lab.slack", "--no-schemas", *slack_arguments))
        slack = OnSlack(http, await described(here))
        await slack.open_channels(channels)
        url = str((await described(ollama))["url"])
        bare = await enter(AsyncClient(url))
        yield Servers(http, bare, url, OnDiscord(http, await described(there)), slack)


@asynccontextmanager
async def program(module: str, *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Run a server of tests/lab."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def described(process: asyncio.subprocess.Process) -> dict[str, Any]:
    """Return what the server's first line says: it serves from then on."""
    assert process.stdout is not None
    async with asyncio.timeout(START_S):
        return dict(json.loads(await process.stdout.readline()))


@asynccontextmanager
async def bot(
    folder: Path, using: Servers, platforms: Sequence[Platform], more: Mapping[str, str] | None = None
) -> AsyncIterator[int]:
    """Run `lyceum run` on these platforms and yield its process id, once all of them see it connected.

    `more` are settings besides those that name the servers.
    """
    variables = {
        "OLLAMA__HOSTS": using.ollama_url,
        "MODEL__DEFAULT": MODEL,
        "MODEL__PARALLEL": str(PARALLEL),
        **{name: value for platform in platforms for name, value in platform.settings.items()},
        **(more or {}),
    }
    with (folder / "lyceum.log").open("ab") as log:
        # Started anew, not forked: what it takes of memory and time is measured.
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "run"),
            cwd=folder,
            env=Lyceum(folder, variables).environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        try:
            await connected(platforms)
            yield process.pid
        finally:
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def connected(platforms: Sequence[Platform]) -> None:
    """Return once every platform sees the bot connected.

    Raises:
        TimeoutError: one does not.
    """
    for platform in platforms:
        await until(platform.is_connected, every_s=LOOK_EVERY_S, within_s=START_S)


async def gone(platforms: Sequence[Platform]) -> None:
    """Return once no platform sees the bot any more."""

    async def is_gone(platform: Platform) -> bool:
        return not await platform.is_connected()

    for platform in platforms:
        await until(partial(is_gone, platform), every_s=LOOK_EVERY_S, within_s=START_S)
