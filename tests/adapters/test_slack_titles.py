"""Names of threads in Slack's list of sessions: the question's, however quick its answer was."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.slack_scene import Scene, set_up
from tests.fakes import Speech


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


def calls(scene: Scene) -> list[str]:
    return [call.arguments.get("title", "") for call in scene.lab.workspace.calls if "sessions" in call.method]


@pytest.mark.parametrize("is_direct", [True, False], ids=["direct", "channel"])
async def test_a_quick_answers_thread_has_the_name_of_its_question(scene: Scene, *, is_direct: bool) -> None:
    channel = scene.lab.dm(scene.ada) if is_direct else scene.channel
    scene.backend.say("An owl.")
    said = await scene.lab.say(channel, scene.ada, "who hoots?")
    await scene.answered("An owl.", channel=channel)
    await scene.lab.until(lambda: (channel.id, said.ts) in scene.lab.workspace.titles)

    assert scene.lab.workspace.titles[channel.id, said.ts] == "who hoots?"
    await scene.at_rest(channel, said.ts)


async def test_a_slow_answers_thread_is_named_once(scene: Scene) -> None:
    scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
    said = await scene.lab.say(scene.channel, scene.ada, "count")
    await scene.shown("One owl")
    scene.backend.release()
    await scene.answered("two owls")
    await scene.at_rest(scene.channel, said.ts)

    assert [title for title in calls(scene) if title] == ["count"]


async def test_a_later_quick_answer_in_a_thread_leaves_its_name(scene: Scene) -> None:
    scene.backend.say("An owl.", "A fox.")
    said = await scene.lab.say(scene.channel, scene.ada, "who hoots?")
    await scene.answered("An owl.")
    await scene.lab.until(lambda: (scene.channel.id, said.ts) in scene.lab.workspace.titles)
    await scene.lab.say(scene.channel, scene.ada, "and who barks?", thread=said.ts)
    await scene.answered("A fox.")
    await scene.closed(2)

    assert scene.lab.workspace.titles[scene.channel.id, said.ts] == "who hoots?"


@pytest.mark.parametrize("error", ["missing_scope", "unknown_method", "not_allowed_token_type", "fatal_error"])
async def test_where_nothing_can_be_named_the_answer_stands_all_the_same(scene: Scene, error: str) -> None:
    scene.lab.fail_next("agents.sessions.setStatus", error=error, times=3)
    scene.backend.say("An owl.", "A fox.")
    await scene.lab.say(scene.channel, scene.ada, "who hoots?")
    await scene.answered("An owl.")
    await scene.lab.say(scene.channel, scene.ada, "who barks?")

    assert await scene.answered("A fox.")
