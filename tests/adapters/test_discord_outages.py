"""Calls that fail for longer than they are made again: what is read at last stands where the answer belongs."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.delivery import tries
from tests.adapters.discord_scene import MESSAGE, MESSAGES, Scene, set_up
from tests.engine.talk import until
from tests.fakes import Speech
from tests.lab.discord import Message

EDIT = f"PATCH {MESSAGE}"
EDITS_REFUSED_S = 3601
UNAVAILABLE = 503
PLENTY = 1_000_000


@pytest.fixture
async def scene(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scene]:
    monkeypatch.setattr(tries, "RETRY_AFTER_S", (0.01,) * len(tries.RETRY_AFTER_S))
    async with set_up() as scene:
        for call in EDIT, f"POST {MESSAGES}":
            scene.lab.rate_limits.set(call, PLENTY, 1.0)
        yield scene


async def begun(scene: Scene, text: str = "One owl, two owls.", *, after: int = 2, reads: str = "One owl") -> Message:
    """Let Ada ask, and wait until the answer is begun; `release` lets it go on."""
    scene.backend.say(Speech(text, holds=True, after=after))
    asked = await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
    await scene.reads(reads)
    return asked


async def alone(scene: Scene, words: str) -> Message:
    """Wait until these words stand in the bot's only message."""
    wall = await scene.lab.wall_reads(scene.channel, lambda wall: len(wall) == 2 and words in wall[-1].text)
    return wall[-1]


async def test_what_takes_the_place_of_an_answer_still_replies_to_its_question(scene: Scene) -> None:
    asked = await begun(scene)
    scene.lab.fail_next(EDIT, status=UNAVAILABLE, times=len(tries.RETRY_AFTER_S) + 1)
    scene.backend.release()

    assert (await alone(scene, "two owls")).reply_to is asked


async def test_an_answer_made_again_after_an_outage_replies_to_its_question(scene: Scene) -> None:
    asked = await begun(scene)
    scene.lab.troubles.outage = UNAVAILABLE
    scene.backend.release()
    await until(lambda: not any(turn.worker for turn in scene.turns.turns.values()))
    scene.lab.troubles.outage = 0
    await scene.take_over()

    assert (await alone(scene, "made again")).reply_to is asked


async def test_an_answer_too_old_to_be_edited_is_replaced_by_a_reply(scene: Scene) -> None:
    asked = await begun(scene)
    scene.lab.clock.advance(EDITS_REFUSED_S)
    scene.backend.release()
    answer = await alone(scene, "two owls")
    scene.lab.violations.clear()  # the edit the lab refused

    assert answer.reply_to is asked


async def test_what_follows_a_first_message_replies_to_nothing(scene: Scene) -> None:
    asked = await begun(scene, " ".join(f"word{number}" for number in range(600)), after=500, reads="word480")
    scene.lab.fail_next(EDIT, status=UNAVAILABLE, times=len(tries.RETRY_AFTER_S) + 1)
    scene.backend.release()
    await scene.reads("word599")
    spoken = [message for message in scene.lab.wall(scene.channel) if message.author is scene.lab.bot]

    assert [message.reply_to for message in spoken] == [asked, *[None] * (len(spoken) - 1)]
