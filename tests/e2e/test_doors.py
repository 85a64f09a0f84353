"""The whole product through its front doors: one real process of `lyceum`, a real discord.py and a real slack_bolt.

Discord, Slack and Ollama are the loopback servers of tests/lab; the database is a file.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.cli_process import Lyceum
from tests.lab.discord import Channel as DiscordChannel
from tests.lab.discord import DiscordLab
from tests.lab.discord import User as DiscordUser
from tests.lab.ollama import LabModel, OllamaLab
from tests.lab.slack import Channel as SlackChannel
from tests.lab.slack import Message as SlackMessage
from tests.lab.slack import SlackLab
from tests.lab.slack import User as SlackUser


@dataclass
class Doors:
    """One team on both platforms, and the process that answers it."""

    ollama: OllamaLab
    discord: DiscordLab
    slack: SlackLab
    lyceum: Lyceum
    ada_there: DiscordUser
    channel_there: DiscordChannel
    ada_here: SlackUser
    channel_here: SlackChannel

    @property
    def database(self) -> Path:
        return self.lyceum.folder / "data" / "lyceum.db"

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Run the bot until the block is left; it must end in order."""
        async with self.lyceum.running("run") as process:
            await self.discord.gateway.connected()
            await self.slack.socket.connected()
            yield
            process.terminate()
            async with asyncio.timeout(20):
                _, errors = await process.communicate()
            assert process.returncode == 0, errors.decode()

    async def ask_on_discord(self, text: str) -> str:
        before = len(self._said_on_discord())
        await self.discord.say(self.channel_there, self.ada_there, text, mention=True)
        await self.discord.until(lambda: len(self._said_on_discord()) > before)
        return without_figures(self._said_on_discord()[-1])

    async def ask_on_slack(self, text: str, thread: str | None = None) -> tuple[str, str]:
        """Ask, and return the answer with the thread it stands in."""
        before = len(self._said_on_slack())
        await self.slack.say(self.channel_here, self.ada_here, text, mention=True, thread=thread)
        await self.slack.until(lambda: len(self._said_on_slack()) > before)
        answer = self._said_on_slack()[-1]
        return without_figures(answer.shown), str(answer.thread_ts)

    def _said_on_discord(self) -> list[str]:
        wall = self.discord.wall(self.channel_there)
        return [each.text for each in wall if each.author is self.discord.bot and "Stop" not in each.buttons]

    def _said_on_slack(self) -> list[SlackMessage]:
        posts = self.slack.posts(self.channel_here)
        return [post for post in posts if not post.streaming and "stop" not in post.action_ids]


def without_figures(answer: str) -> str:
    """Return an answer without the line below it that says who wrote it how fast."""
    return answer.rpartition("\n\n")[0] if "tokens/s" in answer else answer


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[Doors]:
    models = LabModel(name="falcon:7b"), LabModel(name="mistral:7b")
    async with OllamaLab(models, parallel=4) as ollama, DiscordLab() as there, SlackLab() as here:
        guild = there.add_guild("School")
        ada_there, ada_here = there.add_user("Ada"), here.add_user("ada")
        guild.add_member(ada_there, admin=True)
        lyceum = Lyceum(
            tmp_path,
            {
                "OLLAMA__HOSTS": ollama.url,
                "MODEL__DEFAULT": "falcon:7b",
                "DISCORD__TOKEN": there.token,
                "DISCORD__API_URL": there.api_url,
                "DISCORD__GATEWAY_URL": there.gateway_url,
                "SLACK__BOT_TOKEN": here.bot_token,
                "SLACK__APP_TOKEN": here.app_token,
                "SLACK__API_URL": here.api_url,
            },
        )
        yield Doors(
            ollama,
            there,
            here,
            lyceum,
            ada_there,
            guild.add_channel("general"),
            ada_here,
            here.add_channel("general", [ada_here]),
        )
        assert there.violations == []
        assert here.violations == []


async def test_the_same_conversation_is_held_through_every_door(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("the owl is OWL-1")
        on_discord = await doors.ask_on_discord("which owl?")
        _, thread = await doors.ask_on_slack("the owl is OWL-2")
        on_slack, _ = await doors.ask_on_slack("which owl?", thread)
    at_console = await doors.lyceum("chat", said=b"the owl is OWL-3\nwhich owl?\n")

    assert "I remember: OWL-1." in on_discord
    assert "I remember: OWL-2." in on_slack
    assert "I remember: OWL-3." in at_console.out
    assert at_console.code == 0


async def test_the_chosen_model_and_the_conversation_outlive_the_process(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("model use mistral:7b for channel")
        await doors.ask_on_discord("the owl is OWL-1")
    async with doors.open():
        doors.discord.clock.advance(10)
        answer = await doors.ask_on_discord("which owl?")

    assert "I remember: OWL-1." in answer
    assert {request.body["model"] for request in doors.ollama.chats} == {"mistral:7b"}


async def test_everything_said_is_in_the_database(doors: Doors) -> None:
    async with doors.open():
        on_discord = await doors.ask_on_discord("the owl is OWL-1")
        on_slack, _ = await doors.ask_on_slack("the owl is OWL-2")
    with sqlite3.connect(doors.database) as connection:
        rows = connection.execute("SELECT role, text FROM messages ORDER BY id").fetchall()
    connection.close()

    assert sorted(rows) == sorted(
        [
            ("user", "the owl is OWL-1"),
            ("assistant", on_discord),
            ("user", "the owl is OWL-2"),
            ("assistant", on_slack),
        ]
    )


async def test_a_model_host_that_goes_away_and_comes_back_is_told_and_used_again(doors: Doors) -> None:
    async with doors.open():
        await doors.ask_on_discord("hello")
        await doors.ollama.stop()
        told = await doors.ask_on_discord("anybody there?")
        await doors.ollama.start()
        answer = await doors.ask_on_discord("and now?")

    assert "Traceback" not in told
    assert doors.ollama.url.removeprefix("http://") in told
    assert "You said: Ada: and now?" in answer
