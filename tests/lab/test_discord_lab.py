"""The loopback Discord against the real discord.py."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands

from tests.lab.discord import Channel, DiscordLab, Guild, User

CREATE = "POST /channels/{channel_id}/messages"
EDIT = "PATCH /channels/{channel_id}/messages/{message_id}"
NO_PINGS = discord.AllowedMentions(everyone=False, roles=False, users=False, replied_user=True)


class Bot(discord.AutoShardedClient):
    """A small bot; what it does with a message is given by each test."""

    def __init__(self, lab: DiscordLab, *, intents: discord.Intents | None = None) -> None:
        super().__init__(
            intents=intents or discord.Intents.default(), allowed_mentions=NO_PINGS, guild_ready_timeout=0.05
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

    async def start(self, intents: discord.Intents | None = None) -> None:
        self.bot = Bot(self.lab, intents=intents)
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


@pytest.fixture
async def up(world: World) -> World:
    await world.start()
    return world


async def test_the_bot_logs_in_and_is_ready(up: World) -> None:
    assert up.bot.user
    assert up.bot.user.id == up.lab.bot.id
    assert up.bot.application_id == up.lab.application_id
    assert [guild.name for guild in up.bot.guilds] == ["School"]
    assert up.text_channel().name == "general"


async def test_a_wrong_token_is_refused(lab: DiscordLab) -> None:
    async with discord.Client(intents=discord.Intents.none()) as client:
        with pytest.raises(discord.LoginFailure):
            await client.login("wrong")


async def test_a_mention_arrives_and_its_reply_is_on_the_wall(up: World) -> None:
    up.bot.says = lambda message: message.reply(f"You said: {message.clean_content}")

    asked = await up.lab.say(up.channel, up.ada, "hello", mention=True)
    wall = await up.lab.wall_reads(up.channel, lambda wall: wall[-1].author is up.lab.bot)

    assert "hello" in wall[-1].text
    assert wall[-1].reply_to is asked
    assert wall[-1].pinged == {up.ada.id}
    assert up.lab.violations == []


async def test_without_the_content_intent_only_what_concerns_the_bot_can_be_read(up: World) -> None:
    await up.lab.say(up.channel, up.ada, "not for you")
    own = await up.text_channel().send("mine")
    await up.lab.say(up.channel, up.ada, "an answer", reply_to=up.lab.world.message(own.id))
    await up.lab.say(up.lab.dm(up.ada), up.ada, "in private")
    await up.lab.until(lambda: len(up.bot.heard) == 3)

    assert [message.content for message in up.bot.heard] == ["", "an answer", "in private"]


async def test_a_privileged_intent_that_is_switched_off_ends_the_connection(world: World) -> None:
    intents = discord.Intents.default()
    intents.message_content = True

    with pytest.raises(discord.PrivilegedIntentsRequired):
        await world.start(intents)


async def test_an_edit_changes_what_people_see(up: World) -> None:
    sent = await up.text_channel().send("first")
    await sent.edit(content="second")

    (message,) = up.lab.wall(up.channel)
    assert message.text == "second"
    assert [text for _, text in message.history] == ["first", "second"]
    assert up.lab.violations == []


async def test_people_edit_and_delete_their_messages(up: World) -> None:
    said = await up.lab.say(up.channel, up.ada, "frst", mention=True)
    edited = asyncio.create_task(up.bot.wait_for("raw_message_edit", timeout=5))
    deleted = asyncio.create_task(up.bot.wait_for("raw_message_delete", timeout=5))
    await asyncio.sleep(0)
    await up.lab.edit(said, "first")
    await up.lab.delete(said)

    assert (await edited).message_id == (await deleted).message_id == said.id


async def test_a_redelivered_event_arrives_again(up: World) -> None:
    said = await up.lab.say(up.channel, up.ada, "once", mention=True, deliveries=2)
    await up.lab.gateway.redeliver(said)
    await up.lab.until(lambda: len(up.bot.heard) == 3)

    assert {message.id for message in up.bot.heard} == {said.id}


async def test_missed_messages_are_replayed_after_a_cut(up: World) -> None:
    await up.lab.gateway.cut()
    await up.lab.say(up.channel, up.ada, "while you were away", mention=True)
    await up.lab.until(lambda: up.bot.resumptions and up.bot.heard)

    assert "while you were away" in up.bot.heard[0].content
    assert up.lab.gateway.identified == 1


async def test_op_7_makes_the_bot_resume(up: World) -> None:
    await up.lab.gateway.reconnect()
    await up.lab.until(lambda: up.bot.resumptions)

    assert (up.lab.gateway.identified, up.lab.gateway.resumed) == (1, 1)


async def test_a_resumable_op_9_makes_the_bot_resume(up: World) -> None:
    await up.lab.gateway.invalidate(resumable=True)
    await up.lab.until(lambda: up.bot.resumptions)

    assert up.lab.gateway.identified == 1


async def test_op_9_makes_the_bot_identify_anew(up: World) -> None:
    up.lab.clock.advance(6)
    await up.lab.gateway.invalidate(resumable=False)
    await up.lab.until(lambda: up.lab.gateway.identified == 2)
    await up.lab.gateway.connected()

    assert up.lab.gateway.resumed == 0


async def test_an_identify_that_comes_too_fast_is_turned_away(up: World) -> None:
    await up.lab.gateway.invalidate(resumable=False)
    await up.lab.until(lambda: up.lab.gateway.refused)
    up.lab.clock.advance(6)
    await up.lab.gateway.connected()

    assert up.lab.gateway.identified == 2


async def test_a_silent_connection_is_closed(lab: DiscordLab) -> None:
    lab.gateway.heartbeat_interval_s = 0.1
    async with aiohttp.ClientSession() as session, session.ws_connect(lab.gateway_url) as socket:
        hello = await socket.receive_json()
        closed = await socket.receive(timeout=5)

    assert hello["op"] == 10
    assert closed.data == 4009


async def test_an_ordered_429_is_slept_out_and_tried_again(up: World) -> None:
    up.lab.fail_next(CREATE, status=429, times=2, retry_after=0.01)
    await up.text_channel().send("patience")

    assert [seen.status for seen in up.lab.requested(CREATE)] == [429, 429, 200]
    assert [message.text for message in up.lab.wall(up.channel)] == ["patience"]


async def test_a_full_bucket_refuses_who_does_not_wait(up: World) -> None:
    up.lab.rate_limits.set(CREATE, 1, 0.1)
    first = up.text_channel().send("one")
    second = up.text_channel().send("two")
    await asyncio.gather(first, second)

    assert len(up.lab.wall(up.channel)) == 2
    assert 200 in {seen.status for seen in up.lab.requested(CREATE)}


async def test_a_lost_acknowledgement_leaves_the_message_on_the_wall(up: World) -> None:
    up.lab.fail_next(CREATE, drop=True)
    with pytest.raises(aiohttp.ClientError):
        await up.text_channel().send("did it arrive?", nonce="1")
    again = await up.text_channel().send("did it arrive?", nonce="1")

    assert [message.id for message in up.lab.wall(up.channel)] == [again.id]


async def test_content_over_2000_characters_is_refused_and_recorded(up: World) -> None:
    with pytest.raises(discord.HTTPException) as refused:
        await up.text_channel().send("x" * 2001)

    assert (refused.value.status, refused.value.code) == (400, 50035)
    assert "Must be 2000 or fewer" in refused.value.text
    assert [violation.rule for violation in up.lab.violations] == ["BASE_TYPE_MAX_LENGTH"]


async def test_a_channel_where_the_bot_may_not_write_answers_403(up: World) -> None:
    up.channel.deny("send_messages")
    with pytest.raises(discord.Forbidden) as refused:
        await up.text_channel().send("may I?")

    assert refused.value.code == 50013


async def test_an_hour_old_message_is_not_edited(up: World) -> None:
    sent = await up.text_channel().send("early")
    up.lab.clock.advance(3601)
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="late")

    assert (refused.value.status, refused.value.code) == (429, 30046)


async def test_a_text_without_a_policy_on_mentions_is_recorded(up: World) -> None:
    up.bot._connection.allowed_mentions = None
    await up.text_channel().send("@everyone")

    assert up.lab.wall(up.channel)[-1].pinged_everyone
    assert [violation.rule for violation in up.lab.violations] == ["ALLOWED_MENTIONS_MISSING"]


async def test_a_thread_is_made_of_a_message_and_written_in(up: World) -> None:
    asked = await up.lab.say(up.channel, up.ada, "let us talk", mention=True)
    await up.lab.until(lambda: up.bot.heard)
    thread = await up.bot.heard[0].create_thread(name="talk", auto_archive_duration=1440)
    await thread.send("here")

    assert asked.thread
    assert [message.text for message in up.lab.wall(asked.thread)] == ["here"]
    assert up.lab.violations == []


async def test_a_person_starts_a_thread_the_bot_hears(up: World) -> None:
    thread = up.channel.start_thread("questions", owner=up.ada)
    await up.lab.say(thread, up.ada, "in here", mention=True)
    await up.lab.until(lambda: up.bot.heard)

    assert isinstance(up.bot.heard[0].channel, discord.Thread)


async def test_files_are_uploaded_and_typing_is_seen(up: World) -> None:
    file = discord.File(__file__, filename="answer.md")
    await up.text_channel().typing()
    await up.text_channel().send("long", file=file)

    (message,) = up.lab.wall(up.channel)
    assert [each.filename for each in message.attachments] == ["answer.md"]
    assert len(up.channel.typed_at) == 1
    assert up.lab.violations == []
