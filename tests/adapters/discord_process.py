"""A process that heard a question on Discord and ended before it had answered: what it posted, and what it noted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import discord
from discord.http import Route

from adapters.base import Content
from adapters.delivery.keys import PostKey, turn_key
from adapters.delivery.layout import Rules
from adapters.discord import commands
from adapters.discord.client import Client
from adapters.discord.poster import ChannelPoster
from adapters.discord.rates import NoWaitRatelimit
from adapters.discord.threads import Threads
from adapters.downloads import Downloads
from adapters.hearing import Follow
from adapters.sent_files import SentFiles
from bot.clock import SYSTEM_CLOCK
from bot.domain import Address, ChatMessage, Person, Post, Turn
from tests.adapters.discord_scene import Scene
from tests.lab.discord import Message

WORKER = "ended"


@dataclass
class Process:
    """It has the turn and a poster, and no gateway."""

    scene: Scene
    turn: Turn
    poster: ChannelPoster

    async def shows(self, state: str, *, noted: bool = True) -> Message:
        """Show a state in a message."""
        return await self._noted(0, await self.poster.show_state(state), noted=noted)

    async def posts(self, text: str, *, index: int = 0, running: bool = True, noted: bool = True) -> Message:
        """Post a message of the answer."""
        message_id = await self.poster.post(Content(text, running), key=self._key(index))
        return await self._noted(index, message_id, noted=noted)

    async def _noted(self, index: int, message_id: str, *, noted: bool) -> Message:
        if noted:
            await self.scene.turns.note_post(self.turn.id, Post(self._key(index), message_id))
        message = self.scene.lab.world.message(int(message_id))
        assert message is not None
        return message

    def _key(self, index: int) -> str:
        return PostKey(turn_key(self.turn.id), index).written


@asynccontextmanager
async def process(scene: Scene, asked: Message) -> AsyncIterator[Process]:
    """Accept a question of Ada's in the scene's channel, and end with the block, without a word."""
    turn = await scene.turns.accept(_said(scene, asked), worker=WORKER)
    assert turn is not None
    async with logged_in(scene) as client:
        yield Process(scene, turn, ChannelPoster.for_turn(client, turn))
    await scene.turns.release(turn.id, worker=WORKER)


@asynccontextmanager
async def logged_in(scene: Scene) -> AsyncIterator[Client]:
    """Log in, and open no gateway: calls can be made, and nothing is heard."""
    Route.BASE = scene.lab.api_url
    discord.http.Ratelimit = NoWaitRatelimit  # type: ignore[misc]
    client = Client(
        engine=scene.engine,
        notes=scene.notes,
        ready=asyncio.Event(),
        rules=Rules(),
        message_content=False,
        follow=Follow.ASKER,
        files=SentFiles(downloads=Downloads(hosts=())),
        gateway_url=None,
        clock=SYSTEM_CLOCK,
        threads=Threads.REQUEST,
    )
    async with client:
        await client.login(scene.lab.token)
        yield client


async def register(scene: Scene, client: Client) -> None:
    """Register the commands, as an earlier start did: a start waits a second until it has heard of its guilds."""
    await commands.register(client.http, scene.lab.application_id, scene.notes, threads=Threads.REQUEST)


def _said(scene: Scene, asked: Message) -> ChatMessage:
    thread = str(asked.channel.id) if asked.channel.is_thread else ""
    return ChatMessage(
        event_id=str(asked.id),
        message_id=str(asked.id),
        address=Address("discord", str(scene.guild.id), str(scene.channel.id), thread),
        person=Person(str(scene.ada.id), "Ada"),
        text=asked.text,
    )
