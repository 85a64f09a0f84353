"""A sound set-up on the loopback labs, and the doctor run over it as a process of its own."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from adapters.discord import commands
from adapters.discord.threads import Threads
from bot.storage.database.open_database import open_database
from bot.storage.note_store import SqlNotes
from tests.cli_process import Lyceum
from tests.lab.discord import DiscordLab
from tests.lab.discord.state import Channel, Guild
from tests.lab.ollama import OllamaLab
from tests.lab.slack import SlackLab
from tests.lab.sqlite import make_file

MOST_S = 15.0


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor printed as JSON, and how long it took."""

    code: int
    printed: str
    errors: str
    took_s: float

    @property
    def findings(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.printed)["findings"]
        return found

    @property
    def problems(self) -> dict[str, str]:
        """The keys of the problems by their area."""
        return {each["area"]: each["key"] for each in self.findings if each["state"] == "problem"}

    def states(self, area: str) -> list[str]:
        return [each["state"] for each in self.findings if each["area"] == area]


@dataclass(slots=True)
class SetUp:
    """All that a team has set up. A test plants a fault by changing a lab, a file or a variable."""

    folder: Path
    discord: DiscordLab
    slack: SlackLab
    ollama: OllamaLab
    guild: Guild
    channel: Channel
    variables: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    asked: str = ""

    @property
    def database(self) -> Path:
        return self.folder / "data" / "lyceum.db"

    async def doctor(self) -> Report:
        started = time.monotonic()
        lyceum = Process(self.folder, self.variables, extra=self.environment)
        done = await lyceum("doctor", "--json", "--channel", self.asked or f"discord:{self.channel.id}")
        return Report(done.code, done.out, done.err, time.monotonic() - started)


@dataclass(frozen=True, slots=True)
class Process(Lyceum):
    """`lyceum` with variables of the environment that are not its settings."""

    extra: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {**Lyceum.environment(self), **self.extra}


@asynccontextmanager
async def sound(folder: Path) -> AsyncIterator[SetUp]:
    """Make a set-up with everything on, in which nothing is wrong."""
    async with AsyncExitStack() as stack:
        discord = await stack.enter_async_context(DiscordLab())
        slack = await stack.enter_async_context(SlackLab())
        ollama = await stack.enter_async_context(OllamaLab())
        guild = discord.add_guild("School")
        there = SetUp(folder, discord, slack, ollama, guild, guild.add_channel("general"))
        (folder / "data").mkdir(mode=0o700)
        (await make_file(there.database)).chmod(0o600)
        (folder / ".env").touch(mode=0o600)
        there.variables = {
            "DISCORD__TOKEN": discord.token,
            "DISCORD__API_URL": discord.api_url,
            "DISCORD__GATEWAY_URL": discord.gateway_url,
            "SLACK__BOT_TOKEN": slack.bot_token,
            "SLACK__APP_TOKEN": slack.app_token,
            "SLACK__API_URL": slack.api_url,
            "OLLAMA__HOSTS": ollama.url,
            "MODEL__DEFAULT": "smollm2:135m",
        }
        await register(there)
        yield there


async def register(there: SetUp) -> None:
    """Leave what a start of the bot leaves: its commands at Discord, and the note of them."""
    registered = commands.all_of(Threads.REQUEST)
    there.discord.core.commands[0] = [{**each, "id": str(number)} for number, each in enumerate(registered)]
    async with await open_database(there.database) as database:
        note = commands.note_of(there.discord.application_id)
        await SqlNotes(database).write(note, commands.fingerprint(registered))


def free_port() -> int:
    """Return a port at which nobody listens."""
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])
