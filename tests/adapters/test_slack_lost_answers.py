"""Slack does what it is asked, and its answer is lost on the way: still one message, and the whole text."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from tests.adapters.slack_scene import Scene, set_up
from tests.fakes import Speech
from tests.lab.slack.acting import Said
from tests.lab.slack.faults import Drop

WHOLE = "One owl, two owls, three owls."


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


async def asked(scene: Scene, *, after: int = 2) -> Said:
    scene.backend.say(Speech(WHOLE, holds=True, after=after))
    return await scene.lab.say(scene.channel, scene.ada, "count owls")


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_stream_whose_start_was_lost_is_found_and_finished(scene: Scene, drop: Drop) -> None:
    scene.lab.fail_next("chat.startStream", drop=drop)
    await asked(scene)
    await scene.lab.until(lambda: len(scene.lab.called("chat.startStream")) == 1)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_message_that_was_lost_is_found_and_updated(scene: Scene, drop: Drop) -> None:
    scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
    scene.lab.fail_next("chat.postMessage", drop=drop)
    await asked(scene)
    await scene.lab.until(lambda: len(scene.lab.called("chat.postMessage")) == 1)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]


@pytest.mark.parametrize("drop", ["before", "after"])
@pytest.mark.parametrize("method", ["chat.appendStream", "chat.stopStream"])
async def test_a_piece_that_was_lost_is_said_once(scene: Scene, method: str, drop: Drop) -> None:
    await asked(scene)
    growing = await scene.shown("One owl")
    scene.lab.fail_next(method, drop=drop)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert scene.lab.posts(scene.channel) == [growing]
    assert growing.shown == WHOLE


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_an_update_that_was_lost_is_made_again(scene: Scene, drop: Drop) -> None:
    scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
    await asked(scene)
    growing = await scene.shown("One owl")
    scene.lab.fail_next("chat.update", drop=drop)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert scene.lab.posts(scene.channel) == [growing]
    assert growing.shown == WHOLE


@pytest.mark.parametrize("drop", ["before", "after"])
async def test_a_state_that_was_lost_gives_its_place_to_the_answer(scene: Scene, drop: Drop) -> None:
    for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
        scene.lab.fail_next(method, error="not_authorized")
    scene.lab.fail_next("chat.postMessage", drop=drop)
    await asked(scene, after=0)
    await scene.lab.until(lambda: len(scene.lab.called("chat.postMessage")) == 1)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]


@pytest.mark.parametrize("method", ["chat.startStream", "chat.appendStream", "chat.stopStream"])
async def test_a_server_out_of_order_costs_no_word(scene: Scene, method: str) -> None:
    scene.lab.fail_next(method, http_status=502)
    await asked(scene)
    await scene.lab.until(lambda: len(scene.lab.called("chat.startStream")) == 1)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]


@pytest.mark.parametrize("times", [1, 2])
async def test_a_stream_that_was_found_and_not_updated_is_not_posted_again(scene: Scene, times: int) -> None:
    scene.lab.fail_next("chat.startStream", drop="after")
    scene.lab.fail_next("chat.update", http_status=500, times=times)
    await asked(scene)
    await scene.lab.until(lambda: len(scene.lab.called("chat.update")) == 1)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]


@pytest.mark.parametrize("times", [2, 3, 4])
async def test_a_stream_that_slack_does_not_end_is_ended_later(scene: Scene, times: int) -> None:
    await asked(scene)
    growing = await scene.shown("One owl")
    scene.lab.fail_next("chat.stopStream", http_status=500, times=times)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert scene.lab.posts(scene.channel) == [growing]
    assert growing.shown == WHOLE


async def test_a_look_for_lost_messages_waits_as_long_as_slack_asks(scene: Scene) -> None:
    scene.lab.fail_next("chat.startStream", drop="after")
    scene.lab.fail_next("conversations.replies", retry_after_s=1)
    await asked(scene)
    await scene.lab.until(lambda: len(scene.lab.called("chat.startStream")) == 1)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]


async def test_a_look_that_failed_is_taken_again(scene: Scene) -> None:
    scene.lab.fail_next("chat.startStream", drop="after")
    scene.lab.fail_next("conversations.replies", http_status=502)
    scene.lab.fail_next("conversations.replies", drop="before")
    await asked(scene)
    await scene.lab.until(lambda: len(scene.lab.called("chat.startStream")) == 1)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]


@pytest.mark.parametrize("error", ["missing_scope", "ratelimited"])
async def test_where_slack_lets_nobody_look_the_answer_comes_and_the_log_says_so(scene: Scene, error: str) -> None:
    scene.lab.fail_next("chat.startStream", drop="after")
    scene.lab.fail_next("conversations.replies", error=error, times=3)
    with capture_logs() as logs:
        await asked(scene)
        await scene.lab.until(lambda: len(scene.lab.called("chat.startStream")) == 1)
        scene.backend.release()
        await scene.answered(WHOLE)

    assert [line["error"] for line in logs if line["event"] == "slack.own_posts_unread"] == [error]


async def test_nothing_is_looked_for_while_nothing_is_lost(scene: Scene) -> None:
    await asked(scene)
    scene.backend.release()
    await scene.answered(WHOLE)

    assert scene.lab.called("conversations.replies") == []


async def test_a_command_whose_answer_was_lost_is_answered_once_in_its_thread(scene: Scene) -> None:
    scene.lab.fail_next("chat.postMessage", drop="after")
    said = await scene.lab.say(scene.channel, scene.ada, "help")
    await scene.answered("model list", thread=said.ts)
    await scene.lab.until(lambda: bool(scene.lab.called("chat.update")))

    assert len(scene.lab.posts(scene.channel)) == 1


@pytest.mark.parametrize("grows", [True, False])
async def test_what_was_posted_again_while_nobody_could_look_is_taken_away_once_somebody_can(
    scene: Scene, *, grows: bool
) -> None:
    scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
    scene.lab.fail_next("chat.postMessage", drop="after")
    scene.lab.fail_next("conversations.replies", http_status=502, times=3)
    await asked(scene, after=2 if grows else 0)
    if not grows:
        scene.backend.release()
    await scene.lab.until(lambda: len(scene.lab.called("chat.postMessage")) == 2)
    scene.backend.release()
    await scene.answered(WHOLE)
    await scene.lab.until(lambda: len(scene.lab.posts(scene.channel)) == 1)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == [WHOLE]
