"""Sentences about causes that one platform's door alone knows."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters import discord_scene
from tests.adapters.slack_scene import Scene, set_up


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


@pytest.mark.parametrize("code", ["restricted_action", "not_in_channel", "is_archived", "missing_scope"])
async def test_a_question_by_command_where_the_bot_may_not_write_says_so(scene: Scene, code: str) -> None:
    scene.channel.refuses = code
    called = await scene.lab.slash(scene.channel, scene.ada, "/ask", "what hoots?")

    assert "I may not write here, so nothing was asked" in str(called.ack_payload)
    assert scene.backend.requests == []


@pytest.mark.parametrize("status", [500, 503])
async def test_a_question_by_command_in_an_outage_says_so(scene: Scene, status: int) -> None:
    scene.lab.fail_next("chat.postMessage", http_status=status)
    called = await scene.lab.slash(scene.channel, scene.ada, "/ask", "what hoots?")

    assert "Slack did not take your question" in str(called.ack_payload)
    assert scene.backend.requests == []


async def test_a_reply_that_discord_keeps_back_says_so() -> None:
    async with discord_scene.set_up() as scene:
        scene.backend.say("An owl.")
        await scene.lab.say(scene.channel, scene.ada, "what hoots?", mention=True)
        answer = await scene.answer()
        await scene.lab.say(scene.channel, scene.ada, "really?", reply_to=answer, ping=False)

        assert await scene.reads("leave the ping of your reply on")


async def test_a_message_of_a_sticker_alone_cannot_be_asked_about() -> None:
    async with discord_scene.set_up(message_content=True) as scene:
        await scene.registered()
        said = await scene.lab.say(scene.channel, scene.ben, "", stickers=["wave"])
        await scene.lab.context_menu(said, scene.ada, "Ask about this message")
        wall = await scene.lab.wall_reads(
            scene.channel, lambda wall: len(wall) == 2 and wall[-1].text, reader=scene.ada
        )

    assert "That message has no text that I could read" in wall[-1].text
