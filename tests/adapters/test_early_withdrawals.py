"""What is taken back in the first instants of a turn ends it alone: no place is lost, all others are answered."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.adapters import discord_scene, slack_scene
from tests.lab.slack import SlackLab

DELAYS_S = [0.0, 0.002, 0.01, 0.03, 0.08, 0.2]
WAYS = ["message", "tombstone", "forget", "reset", "stop said", "edit"]


@pytest.fixture
async def slack() -> AsyncIterator[slack_scene.Scene]:
    async with slack_scene.set_up(SlackLab(rates=slack_scene.unlimited()), parallel=2) as scene:
        yield scene


@pytest.fixture
async def scene() -> AsyncIterator[discord_scene.Scene]:
    async with discord_scene.set_up(parallel=2) as scene:
        yield scene


@pytest.mark.parametrize("way", WAYS)
async def test_on_slack(slack: slack_scene.Scene, way: str) -> None:
    for delay_s in DELAYS_S:
        said = await slack.lab.say(slack.channel, slack.ada, "count to 40")
        await asyncio.sleep(delay_s)
        match way:
            case "message":
                await slack.lab.delete(said.message)
            case "tombstone":
                root = {"type": "message", "ts": said.ts, "user": slack.ada.id, "text": ""}
                event = {"type": "message", "subtype": "message_changed", "channel": slack.channel.id, "ts": said.ts}
                gone = {**root, "subtype": "tombstone"}
                await slack.lab.send_event({**event, "message": gone, "previous_message": root})
            case "edit":
                await slack.lab.edit(said.message, "count to 41")
            case "forget":
                await slack.lab.say(slack.channel, slack.ada, "forget everything confirm yes", thread=said.ts)
            case _:
                await slack.lab.say(slack.channel, slack.ada, way.split(maxsplit=1)[0], thread=said.ts)
    await slack.lab.say(slack.channel, slack.ben, "and I?")
    await slack.answered("and I?")
    await slack.lab.until(lambda: not any(turn.is_open for turn in slack.turns.turns.values()))


@pytest.mark.parametrize("way", ["message", "bulk", "reset", "stop said", "edit"])
async def test_on_discord(scene: discord_scene.Scene, way: str) -> None:
    for delay_s in DELAYS_S:
        said = await scene.lab.say(scene.channel, scene.ada, "count to 40", mention=True)
        await asyncio.sleep(delay_s)
        match way:
            case "message":
                await scene.lab.delete(said)
            case "bulk":
                where = {"channel_id": str(scene.channel.id), "guild_id": str(scene.guild.id)}
                for session in scene.lab.gateway.sessions.values():
                    session.dispatch("MESSAGE_DELETE_BULK", {"ids": [str(said.id), "7"], **where})
            case "edit":
                await scene.lab.edit(said, f"{scene.lab.bot.mention} count to 41")
            case _:
                await scene.lab.say(scene.channel, scene.ada, way.split(maxsplit=1)[0], mention=True)
    await scene.lab.say(scene.channel, scene.ben, "and I?", mention=True)
    await scene.reads("and I?")
    await scene.lab.until(lambda: not any(turn.is_open for turn in scene.turns.turns.values()))
