"""A small discord.py bot, and a guild with one person in it, for trying the loopback Discord."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import discord
import pytest
import yarl
from discord import app_commands

from tests.lab.discord import Channel, DiscordLab, Guild, User

NO_PINGS = discord.AllowedMentions(everyone=False, roles=False, users=False, replied_user=True)


class Bot(discord.AutoShardedClient):
    """A small bot; what it does with a message is given by each test."""

    def __init__(self, lab: DiscordLab, *, intents: discord.Intents | None = None, policy: bool = True) -> None:
        super().__init__(
            intents=intents or discord.Intents.default(),
            allowed_mentions=NO_PINGS if policy else None,
            guild_ready_timeout=0.05,
        )
        self.lab = lab
        self.tree = app_commands.CommandTree(self)
        self.heard: list[discord.Message] = []
        self.resumptions = 0
        self.says: Callable[[discord.Message], Coroutine[Any, Any, object]] | None = None

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Identify at once: the lab's clock is pushed on instead."""

    async def on_message(self, message: discord.Message) -> None:
        if message.author != self.user:
            self.heard.append(message)
            if self.says:
                await self.says(message)
        self.lab.bell.ring()

    async def on_resumed(self) -> None:
        self.resumptions += 1
        self.lab.bell.ring()


class World:
    """A lab, a guild, a channel, a person and a connected bot."""

    def __init__(self, lab: DiscordLab) -> None:
        self.lab = lab
        self.guild: Guild = lab.add_guild("School", locale="he")
        self.channel: Channel = self.guild.add_channel("general")
        self.ada: User = lab.add_user("Ada", locale="he")
        self.guild.add_member(self.ada, admin=True)
        self.bot: Bot
        self._running: asyncio.Task[None] | None = None

    async def start(self, intents: discord.Intents | None = None, *, policy: bool = True) -> None:
        self.bot = Bot(self.lab, intents=intents, policy=policy)
        self._running = asyncio.create_task(self.bot.start(self.lab.token))
        ready = asyncio.create_task(self._ready())
        await asyncio.wait({self._running, ready}, return_when=asyncio.FIRST_COMPLETED, timeout=20)
        if self._running.done():
            ready.cancel()
            self._running.result()

    async def _ready(self) -> None:
        await self.lab.gateway.connected()
        await self.bot.wait_until_ready()

    async def stop(self) -> None:
        if self._running:
            await self.bot.close()
            await asyncio.gather(self._running, return_exceptions=True)

    def channel_in_bot(self, channel: Channel) -> discord.Thread:
        thread = self.bot.get_channel(channel.id)
        assert isinstance(thread, discord.Thread)
        return thread

    def text_channel(self) -> discord.TextChannel:
        channel = self.bot.get_channel(self.channel.id)
        assert isinstance(channel, discord.TextChannel)
        return channel


@pytest.fixture
async def lab(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordLab]:
    async with DiscordLab() as lab:
        monkeypatch.setattr(discord.http.Route, "BASE", lab.api_url)
        monkeypatch.setattr(discord.gateway.DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(lab.gateway_url))
        yield lab


@pytest.fixture
async def world(lab: DiscordLab) -> AsyncIterator[World]:
    world = World(lab)
    try:
        yield world
    finally:
        await world.stop()
