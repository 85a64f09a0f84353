"""Streams on Slack that no key tells apart yet: each is finished by the reply it was begun for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest

from tests.adapters.slack_process import process
from tests.adapters.slack_scene import Scene, make_scene, running
from tests.fakes import Speech
from tests.lab.slack import SlackLab
from tests.lab.slack.acting import Said

WHOLE = "One owl, two owls."
DUCKS = "One duck, two ducks."
LOOKS_WITHIN_S = 0.5


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """The school, with nobody connected as the bot."""
    async with SlackLab() as lab:
        yield make_scene(lab)
        assert lab.violations == []


@pytest.fixture
async def asked(scene: Scene) -> Said:
    return await scene.lab.say(scene.channel, scene.ada, "count owls")


async def test_the_stream_of_another_process_is_left_alone(scene: Scene, asked: Said) -> None:
    other = await scene.lab.say(scene.channel, scene.ben, "count ducks", thread=asked.ts)
    async with process(scene, asked):
        pass
    scene.backend.say(WHOLE)
    async with process(scene, other) as alive:
        ducks = await alive.streams("One duck")
        async with running(scene.adapter):
            await scene.take_over()
            await scene.answered(WHOLE)

    assert ducks.shown == "One duck"
    assert ducks.streaming


async def test_a_stream_that_was_not_noted_is_not_taken_by_a_later_question(scene: Scene, asked: Said) -> None:
    later = await scene.lab.say(scene.channel, scene.ada, "count ducks", thread=asked.ts)
    async with process(scene, asked) as ended:
        growing = await ended.streams("One owl", noted=False)
    async with process(scene, later):
        pass
    scene.backend.say(Speech(WHOLE, holds=True))
    scene.backend.say("One duck.")
    async with running(scene.adapter):
        await scene.take_over()
        # The thread has one status: the next one may stand there a moment later.
        await scene.lab.until(
            lambda: any("In line" in each.text for each in scene.lab.statuses(scene.channel, asked.ts))
        )
        scene.backend.release()
        ducks = await scene.answered("One duck.")

    assert scene.lab.posts(scene.channel) == [growing, ducks]
    assert growing.shown.startswith(WHOLE)


async def test_a_stream_that_was_not_noted_is_not_taken_by_anothers_answer_beside_it(scene: Scene, asked: Said) -> None:
    later = await scene.lab.say(scene.channel, scene.ben, "count ducks", thread=asked.ts)
    async with process(scene, asked) as ended:
        growing = await ended.streams("One owl", noted=False)
    async with process(scene, later):
        pass
    scene.backend.say(Speech(WHOLE, holds=True))
    scene.backend.say("One duck.")
    async with running(scene.adapter):
        await scene.take_over()
        ducks = await scene.answered("One duck.")
        scene.backend.release()
        await scene.answered(WHOLE)

    assert scene.lab.posts(scene.channel) == [growing, ducks]
    assert growing.shown.startswith(WHOLE)


async def test_a_stream_that_is_being_begun_beside_it_is_not_taken_by_an_answer_that_ends(
    scene: Scene, asked: Said
) -> None:
    later = await scene.lab.say(scene.channel, scene.ben, "count ducks", thread=asked.ts)
    async with process(scene, asked) as ended:
        growing = await ended.streams("One owl", noted=False)
    async with process(scene, later):
        pass
    scene.backend.say(Speech(WHOLE, holds=True))
    scene.backend.say(Speech(DUCKS, holds=True, after=2))
    is_answered = asyncio.Event()
    scene.lab.fail_next("chat.startStream", late=is_answered)
    async with running(scene.adapter):
        await scene.take_over()
        await scene.shown("One duck")
        looks = looks_at_the_thread(scene)
        scene.backend.release()
        await scene.answered(WHOLE)
        # It looks for messages of its own that an earlier attempt left, or waits until it may.
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKS_WITHIN_S):
                await scene.lab.until(lambda: looks_at_the_thread(scene) > looks)
        is_answered.set()
        ducks = await scene.answered(DUCKS)
        await scene.at_rest(scene.channel, asked.ts)

    assert scene.lab.posts(scene.channel) == [growing, ducks]
    assert growing.shown.startswith(WHOLE)
    assert ducks.shown.startswith(DUCKS)


def looks_at_the_thread(scene: Scene) -> int:
    return sum(call.method == "conversations.replies" for call in scene.lab.calls)
