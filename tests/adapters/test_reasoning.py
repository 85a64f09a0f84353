"""Reasoning in a model's text, where people read: no state of any message shows it, no row keeps it."""

from __future__ import annotations

import pytest

from tests.adapters import discord_scene, slack_scene
from tests.fakes import Speech
from tests.lab.slack import SlackLab
from tests.memory import FakeTurns

THOUGHT = "They want three words."
ANSWERS = (
    f"{THOUGHT}\n</think>\n\nHello my friend",
    f"<think>{THOUGHT}</think>\n\nHello my friend",
    f"<THINK>{THOUGHT}</THINK>Hello my friend",
)


def stored(turns: FakeTurns) -> list[str]:
    return [each.closed_with.text for each in turns.turns.values() if each.closed_with]


@pytest.mark.parametrize("text", ANSWERS)
async def test_on_discord_nothing_of_it_was_ever_read(text: str) -> None:
    async with discord_scene.set_up() as scene:
        scene.backend.say(Speech(text, by_character=True))
        await scene.lab.say(scene.channel, scene.ada, "greet me", mention=True)
        first = await scene.answer()
        await scene.lab.say(scene.channel, scene.ada, "again", mention=True)
        answers = await scene.answers(count=2)

        assert first.text == "Hello my friend"
        assert not [seen for answer in answers for _, seen in answer.history if "They" in seen or "think" in seen]
        assert stored(scene.turns)[0] == "Hello my friend"
        assert "They want" not in str(scene.backend.requests[1].prompt)


@pytest.mark.parametrize("text", ANSWERS)
async def test_on_slack_nothing_of_it_was_ever_read(text: str) -> None:
    async with slack_scene.set_up() as scene:
        scene.backend.say(Speech(text, by_character=True))
        asked = await scene.lab.say(scene.channel, scene.ada, "greet me")
        first = await scene.answered("Hello my friend", thread=asked.ts)
        await scene.lab.say(scene.channel, scene.ada, "again", thread=asked.ts)
        answer = await scene.answered("You said", thread=asked.ts)

        assert not [seen for post in (first, answer) for seen in post.history if "They" in seen.text]
        assert stored(scene.turns)[0] == "Hello my friend"
        assert "They want" not in str(scene.backend.requests[1].prompt)


async def test_on_discord_unexpected_reasoning_is_taken_back_before_the_answer_is_there() -> None:
    async with discord_scene.set_up() as scene:
        scene.backend.say("I am here.", Speech(f"{THOUGHT}\n</think>\n\nHello my friend", holds=True, after=4))
        await scene.lab.say(scene.channel, scene.ada, "are you there?", mention=True)
        await scene.answer()
        await scene.lab.say(scene.channel, scene.ada, "greet me", mention=True)
        growing = await scene.reads("They want three")
        scene.backend.release()
        await scene.answers(count=2)

        assert growing.text == "Hello my friend"


async def test_on_slack_unexpected_reasoning_is_taken_back_before_the_answer_is_there() -> None:
    async with slack_scene.set_up(SlackLab(rates=slack_scene.unlimited())) as scene:
        scene.backend.say("I am here.", Speech(f"{THOUGHT}\n</think>\n\nHello my friend", holds=True, after=4))
        await scene.lab.say(scene.channel, scene.ada, "are you there?")
        await scene.answered("I am here.")
        await scene.lab.say(scene.channel, scene.ada, "greet me")
        growing = await scene.shown("They want three")
        scene.backend.release()

        assert (await scene.answered("Hello my friend")) is growing
        assert growing.shown == "Hello my friend"
