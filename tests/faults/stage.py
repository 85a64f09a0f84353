"""The stage: loopback Discord, Slack and Ollama, and one real process of `lyceum run` that answers on both."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cli_process import Lyceum, read_until
from tests.faults.disk import Disk, disk
from tests.faults.rooms import Room, discord_room, slack_room
from tests.forked import ForkedProcess
from tests.lab.discord import DiscordLab
from tests.lab.ollama import LabModel, OllamaLab
from tests.lab.slack import Rates, SlackLab

if TYPE_CHECKING:
    from tests.faults.table import Lived

MODEL, OTHER_MODEL = "falcon:7b", "mistral:7b"
# Small, so that a queue is full soon, and a stalled stream given up soon.
PARALLEL, MOST_WAITING = 2, 2
STALL_S = 1.5
PLENTY = 1_000_000
REST_WITHIN_S = 30.0
OPEN_TURNS = "SELECT count(*) FROM turns WHERE state IN ('accepted', 'running')"
# Discord wants so much time between two sessions that begin.
SESSION_PAUSE_S = 10.0


class Stage:
    """What a fault may be caused in. `process` is the bot, `ollama` the first of its model hosts, mostly the one."""

    def __init__(
        self, hosts: Sequence[OllamaLab], discord: DiscordLab, slack: SlackLab, *, lyceum: Lyceum, disk: Disk
    ) -> None:
        self.hosts = hosts
        self.ollama = hosts[0]
        self.discord = discord
        self.slack = slack
        self.disk = disk
        self._lyceum = lyceum
        self._runs = AsyncExitStack()
        self.process: ForkedProcess
        self.lived: list[Lived] = []

    @property
    def database(self) -> Path:
        """The bot's database."""
        return self.disk.folder / "lyceum.db"

    def room(self, platform: str) -> Room:
        """Open a fresh conversation on a platform."""
        return discord_room(self.discord) if platform == "Discord" else slack_room(self.slack)

    async def start(self) -> None:
        """Start the bot; both platforms are connected when this returns."""
        self.discord.clock.advance(SESSION_PAUSE_S)
        with (self._lyceum.folder / "log").open("ab") as log:
            run = self._lyceum.running("run", stderr=log.fileno())
            self.process = await self._runs.enter_async_context(run)
        said = ""
        while said.count("is connected") < 2:
            said += await read_until(self.process.stdout, "is connected")

    async def stop(self) -> None:
        """Stop the bot as whoever runs it does; kill it where it is beyond that."""
        self.process.terminate()
        async with self._runs, asyncio.timeout(20):
            await self.process.communicate()
        self._runs = AsyncExitStack()

    def fill_disk(self) -> None:
        """Let nothing more be stored. First the log of writes is cut short: it would offer its old pages again."""
        with closing(sqlite3.connect(self.database)) as connection:
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            assert not busy
            self.disk.fill(self.process.pid)

    def empty_disk(self) -> None:
        """Make room again."""
        self.disk.empty(self.process.pid)

    async def at_rest(self) -> None:
        """Wait until no turn is open any more.

        Raises:
            TimeoutError: there still are some.
        """
        async with asyncio.timeout(REST_WITHIN_S):
            while self._open_turns():  # noqa: ASYNC110 - another process closes them
                await asyncio.sleep(0.1)

    def _open_turns(self) -> int:
        with closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True)) as connection:
            return int(connection.execute(OPEN_TURNS).fetchone()[0])

    async def restart(self) -> None:
        """Stop the bot and start it again."""
        await self.stop()
        await self.start()


@asynccontextmanager
async def staged(folder: Path, *, hosts: int = 1) -> AsyncIterator[Stage]:
    """Open the labs, start the bot, and end everything. Of several model hosts each has the one model alone."""
    models = (LabModel(name=MODEL), *([LabModel(name=OTHER_MODEL)] if hosts == 1 else []))
    async with (
        AsyncExitStack() as labs,
        DiscordLab(validate=False) as discord,
        # Repetitions are no storm: the limits are the storm's own.
        SlackLab(validate=False, rates=Rates(limits={})) as slack,
    ):
        ollama = [await labs.enter_async_context(OllamaLab(models, parallel=8)) for _ in range(hosts)]
        discord.rate_limits.global_per_s = PLENTY
        with disk(folder / "data") as room:
            stage = Stage(ollama, discord, slack, lyceum=Lyceum(folder, _settings(ollama, discord, slack)), disk=room)
            await stage.start()
            try:
                yield stage
            finally:
                await stage.stop()


def _settings(ollama: Sequence[OllamaLab], discord: DiscordLab, slack: SlackLab) -> dict[str, str]:
    return {
        "OLLAMA__HOSTS": ",".join(each.url for each in ollama),
        "OLLAMA__STALL_S": str(STALL_S),
        "MODEL__DEFAULT": MODEL,
        "MODEL__PARALLEL": str(PARALLEL),
        "MODEL__QUEUE_LIMIT": str(MOST_WAITING),
        "DISCORD__TOKEN": discord.token,
        "DISCORD__API_URL": discord.api_url,
        "DISCORD__GATEWAY_URL": discord.gateway_url,
        "SLACK__BOT_TOKEN": slack.bot_token,
        "SLACK__APP_TOKEN": slack.app_token,
        "SLACK__API_URL": slack.api_url,
    }
