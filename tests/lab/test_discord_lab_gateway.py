"""The gateway of the loopback Discord against the real discord.py."""

from __future__ import annotations

import aiohttp
import discord
import pytest

from tests.lab.discord import DiscordLab
from tests.lab.discord_bot import World, lab, world

__all__ = ["lab", "world"]


@pytest.fixture
async def up(world: World) -> World:
    await world.start()
    return world


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


async def test_a_heartbeat_is_not_acknowledged_at_once(up: World) -> None:
    await up.lab.until(lambda: up.bot.latency < 60)

    assert up.bot.latency > 0.04


async def test_two_shards_share_the_guilds(world: World) -> None:
    world.lab.gateway.shards = 2
    world.lab.gateway.identify_interval_s = 0
    await world.start()
    await world.lab.say(world.channel, world.ada, "hello", mention=True)
    await world.lab.until(lambda: world.bot.heard)

    assert len(world.bot.shards) == 2
    assert len(world.bot.heard) == 1


async def test_more_than_120_frames_a_minute_end_the_connection(lab: DiscordLab) -> None:
    async with aiohttp.ClientSession() as session, session.ws_connect(lab.gateway_url) as socket:
        for _ in range(121):
            await socket.send_json({"op": 1, "d": None})
        frames = [await socket.receive(timeout=5) for _ in range(2)]

    assert frames[-1].data == 4008


async def test_without_the_messages_intent_no_message_arrives(world: World) -> None:
    await world.start(discord.Intents(guilds=True, dm_messages=True))
    await world.lab.say(world.channel, world.ada, "hello", mention=True)
    await world.lab.say(world.lab.dm(world.ada), world.ada, "in private")
    await world.lab.until(lambda: world.bot.heard)

    assert [message.content for message in world.bot.heard] == ["in private"]
