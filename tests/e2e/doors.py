"""The front doors of the whole product: a real process of `lyceum`, a real discord.py and a real slack_bolt.

Discord, Slack and Ollama are the loopback servers of tests/lab; the database is a file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.cli_process import Lyceum
from tests.lab.discord import Channel as DiscordChannel
from tests.lab.discord import DiscordLab
from tests.lab.discord import User as DiscordUser
from tests.lab.ollama import LabModel, OllamaLab
from tests.lab.slack import Channel as SlackChannel
from tests.lab.slack import Message as SlackMessage
from tests.lab.slack import Rates, SlackLab
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

    async def ask_lessons_on_discord(self, question: str) -> str:
        """Ask by `/ask`, and return the answer under the question."""
        await self.discord.until(lambda: self.discord.requested("PUT /applications/{application_id}/commands"))
        asked = await self.discord.slash(self.channel_there, self.ada_there, "ask", options={"question": question})
        shown = await asked.answered()
        wall = await self.discord.wall_reads(self.channel_there, lambda wall: wall[-1].reply_to is shown)
        await self.discord.until(lambda: "Stop" not in wall[-1].buttons)
        return wall[-1].text

    async def ask_lessons_on_slack(self, question: str) -> str:
        """Ask by `/ask`, and return the answer in the thread of the question."""
        before = {post.ts for post in self.slack.posts(self.channel_here)}
        await self.slack.slash(self.channel_here, self.ada_here, "/ask", question)
        await self.slack.until(lambda: len(self._answers_since(before)) == 1)
        return self._answers_since(before)[0].shown

    def _answers_since(self, before: set[str]) -> list[SlackMessage]:
        return [
            post for post in self._said_on_slack() if post.ts not in before and post.thread_ts not in (None, post.ts)
        ]

    def _said_on_discord(self) -> list[str]:
        wall = self.discord.wall(self.channel_there)
        return [each.text for each in wall if each.author is self.discord.bot and "Stop" not in each.buttons]

    def _said_on_slack(self) -> list[SlackMessage]:
        posts = self.slack.posts(self.channel_here)
        return [post for post in posts if not post.streaming and "stop" not in post.action_ids]


def without_figures(answer: str) -> str:
    """Return an answer without the line below it that says who wrote it how fast."""
    return answer.rpartition("\n\n")[0] if "tokens/s" in answer else answer


@asynccontextmanager
async def front_doors(folder: Path, *, rates: Rates | None = None) -> AsyncIterator[Doors]:
    """Put up the labs; afterwards no rule of either platform may have been broken. `rates` are Slack's."""
    models = LabModel(name="falcon:7b"), LabModel(name="mistral:7b")
    async with OllamaLab(models, parallel=4) as ollama, DiscordLab() as there, SlackLab(rates=rates) as here:
        guild = there.add_guild("School")
        ada_there, ada_here = there.add_user("Ada"), here.add_user("ada")
        guild.add_member(ada_there, admin=True)
        lyceum = Lyceum(
            folder,
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
