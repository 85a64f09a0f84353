"""Slack answers 503 while an answer is made, for some seconds or for long: the answer comes whole afterwards, once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.adapters.slack_scene import Scene, set_up, unlimited
from tests.fakes import Speech
from tests.lab.slack import SlackLab

OWLS = "One owl, two owls, three owls, four owls."
STEP_S = 0.5
A_MOMENT_S = 0.02


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up(SlackLab(rates=unlimited())) as scene:
        yield scene


async def passes(scene: Scene, seconds: float) -> None:
    """Let time pass, so slowly that whoever waits wakes when it is time."""
    until = scene.lab.clock.now() + seconds
    while scene.lab.clock.now() < until:
        scene.lab.clock.advance(STEP_S)
        await asyncio.sleep(A_MOMENT_S)


async def is_whole_once(scene: Scene) -> None:
    """Let it be answered by whoever finds the turn, as the process does every few seconds."""
    for _ in range(20):
        await passes(scene, 4 * STEP_S)
        if any(OWLS in post.shown and not post.streaming for post in scene.lab.posts(scene.channel)):
            break
        await scene.take_over()
    await scene.answered(OWLS)
    await scene.closed(1)
    posts = [post for post in scene.lab.posts(scene.channel) if not post.deleted]

    assert [post.shown.startswith(OWLS) for post in posts] == [True]
    assert scene.turns.turns[1].state == "answered"


@pytest.mark.parametrize("seconds", [5.0, 25.0, 45.0])
@pytest.mark.parametrize("status", [500, 503])
@pytest.mark.parametrize("streams", [True, False], ids=["stream", "update"])
async def test_an_outage_in_mid_answer(scene: Scene, seconds: float, status: int, *, streams: bool) -> None:
    if not streams:
        scene.lab.fail_next("agents.sessions.setStatus", error="missing_scope", times=5)
    scene.backend.say(Speech(OWLS, holds=True, after=2), OWLS, OWLS)
    await scene.lab.say(scene.channel, scene.ada, "count")
    await scene.shown("One owl")
    scene.lab.outage(status)
    scene.backend.release()
    await passes(scene, seconds)
    scene.lab.outage(0)

    await is_whole_once(scene)


@pytest.mark.parametrize("seconds", [25.0, 45.0])
async def test_an_outage_that_ends_before_the_answer_does(scene: Scene, seconds: float) -> None:
    scene.backend.say(Speech(OWLS, holds=True, after=2), OWLS)
    await scene.lab.say(scene.channel, scene.ada, "count")
    await scene.shown("One owl")
    scene.lab.outage(503)
    await passes(scene, seconds)
    scene.lab.outage(0)
    scene.backend.release()

    await is_whole_once(scene)


@pytest.mark.parametrize("seconds", [5.0, 25.0, 45.0])
async def test_an_outage_before_the_first_word(scene: Scene, seconds: float) -> None:
    scene.backend.say(Speech(OWLS, holds=True), OWLS, OWLS)
    await scene.lab.say(scene.channel, scene.ada, "count")
    await scene.lab.until(lambda: bool(scene.backend.running))
    scene.lab.outage(503)
    scene.backend.release()
    await passes(scene, seconds)
    scene.lab.outage(0)

    await is_whole_once(scene)


async def test_only_the_end_of_a_stream_fails(scene: Scene) -> None:
    scene.backend.say(Speech(OWLS, holds=True, after=2), OWLS)
    await scene.lab.say(scene.channel, scene.ada, "count")
    await scene.shown("One owl")
    for method in ("chat.stopStream", "chat.update"):
        scene.lab.fail_next(method, http_status=503, times=5)
    scene.backend.release()

    await is_whole_once(scene)
