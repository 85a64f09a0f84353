"""The posters of Discord, over the real discord.py and a loopback Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import aiohttp

from adapters.base import Poster
from adapters.discord.client import Client
from adapters.discord.interaction_tokens import InteractionToken
from adapters.discord.poster import ChannelPoster
from adapters.discord.private_poster import TokenPoster
from adapters.discord.threads import ThreadPoster, in_thread
from bot.clock import SYSTEM_CLOCK
from bot.domain import Address, ChatMessage, Person, Turn
from tests.adapters.discord_process import logged_in, register
from tests.adapters.discord_scene import MESSAGES, Scene, make_scene
from tests.adapters.seen import Seen, on_discord
from tests.contracts.posters.board import TURN, Board
from tests.lab.discord import Channel, DiscordLab, Interaction, Message

HOOK = "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"


class DiscordBoard(Board):
    """The channel in which Ada asked."""

    def __init__(self, scene: Scene, client: Client, asked: Message) -> None:
        self.scene = scene
        self.client = client
        self.asked = asked
        self.live = (scene.ben.mention, "@everyone")
        self.asker = str(scene.ada.id)
        super().__init__()

    @property
    def said(self) -> ChatMessage:
        """The question as it was accepted."""
        return ChatMessage(
            event_id=str(self.asked.id),
            message_id=str(self.asked.id),
            address=Address("discord", str(self.scene.guild.id), str(self.scene.channel.id)),
            person=Person(self.asker, "Ada"),
            text=self.asked.text,
        )

    @property
    def turn(self) -> Turn:
        """The turn that is answered."""
        return Turn(TURN, 1, self.said)

    @property
    def room(self) -> Channel:
        """Where the answer stands."""
        return self.scene.channel

    def another(self, *, attempt: int = 0) -> Poster:
        return ChannelPoster.for_turn(self.client, replace(self.turn, attempt=attempt))

    def for_command(self) -> Poster:
        return ChannelPoster(self.client, self.said.address, asked_id=self.asked.id, locale="en")

    def messages(self) -> list[Message]:
        """Return the bot's messages that Ada sees and that say something."""
        wall = self.scene.lab.wall(self.room, self.scene.ada)
        return [each for each in wall if each.author is self.scene.lab.bot and not each.is_loading]

    def seen(self) -> list[Seen]:
        return [on_discord(message) for message in self.messages()]

    def passes(self, seconds: float) -> None:
        self.scene.lab.clock.advance(seconds)

    async def last_is_deleted(self) -> None:
        await self.scene.lab.delete(self.messages()[-1])

    def goes_for_good(self) -> None:
        self.scene.channel.deny("send_messages", "send_messages_in_threads")

    def fails_once(self) -> None:
        self.scene.lab.fail_next(f"POST {MESSAGES}", status=503)

    def loses_an_answer(self) -> None:
        self.scene.lab.fail_next(f"POST {MESSAGES}", drop=True)


class ThreadBoard(DiscordBoard):
    """The thread that is opened on the question."""

    @property
    def turn(self) -> Turn:
        return Turn(TURN, 1, in_thread(self.said))

    @property
    def room(self) -> Channel:
        return self.asked.thread or self.scene.channel

    def another(self, *, attempt: int = 0) -> Poster:
        return ThreadPoster(self.client, replace(self.turn, attempt=attempt))


class TokenBoard(DiscordBoard):
    """The answer to `/ask … private yes`, which Ada alone sees."""

    def __init__(self, scene: Scene, client: Client, asked: Message, call: Interaction) -> None:
        self.call = call
        super().__init__(scene, client, asked)

    def another(self, *, attempt: int = 0) -> Poster:
        return self._poster(replace(self.turn, attempt=attempt))

    def for_command(self) -> Poster:
        return self._poster(None)

    def _poster(self, turn: Turn | None) -> Poster:
        assert self.call.original is not None
        interaction_token = InteractionToken(
            application_id=self.scene.lab.application_id,
            interaction_id=self.call.id,
            token=self.call.token,
            original_id=self.call.original.id,
        )
        return TokenPoster(self.client, interaction_token, person=self.said.person, clock=SYSTEM_CLOCK, turn=turn)

    def goes_for_good(self) -> None:
        """End the token and take no direct messages, which an answer would go on as."""
        self.scene.lab.fail_next(f"PATCH {HOOK}", status=404, code=10015)
        self.scene.ada.accepts_dms = False

    def fails_once(self) -> None:
        # discord.py itself repeats what Discord refuses for now, for seconds; it does not where the connection breaks.
        self.loses_an_answer()

    def loses_an_answer(self) -> None:
        self.scene.lab.fail_next(f"PATCH {HOOK}", drop=True)


@asynccontextmanager
async def _asked_on_discord() -> AsyncIterator[tuple[Scene, Client, Message]]:
    async with DiscordLab() as lab:
        scene = make_scene(lab)
        asked = await lab.say(scene.channel, scene.ada, "count owls", mention=True)
        async with logged_in(scene) as client:
            yield scene, client, asked
        assert not lab.violations, lab.violations


@asynccontextmanager
async def in_discord_channel() -> AsyncIterator[Board]:
    async with _asked_on_discord() as (scene, client, asked):
        yield DiscordBoard(scene, client, asked)


@asynccontextmanager
async def in_discord_thread() -> AsyncIterator[Board]:
    async with _asked_on_discord() as (scene, client, asked):
        yield ThreadBoard(scene, client, asked)


@asynccontextmanager
async def by_discord_token() -> AsyncIterator[Board]:
    async with _asked_on_discord() as (scene, client, asked):
        await register(scene, client)
        options = {"question": "count owls", "private": "yes"}
        call = await scene.lab.slash(scene.channel, scene.ada, "ask", options=options)
        await _acknowledged_for_ada(scene.lab, call)
        yield TokenBoard(scene, client, asked, call)


async def _acknowledged_for_ada(lab: DiscordLab, call: Interaction) -> None:
    url = f"{lab.api_url}/interactions/{call.id}/{call.token}/callback?with_response=true"
    async with aiohttp.ClientSession() as session, session.post(url, json={"type": 5, "data": {"flags": 64}}) as answer:
        assert answer.ok
