"""The Slack poster alone, against a loopback Slack: what becomes of a message when streams grow old or break."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from adapters.base import Content, PostFailed, Undeliverable
from adapters.slack.calls import open_web
from adapters.slack.place import Identity, Place
from adapters.slack.poster import SlackPoster
from tests.adapters.slack_scene import Scene, beginnings, make_scene, unlimited
from tests.lab.slack import Message, SlackLab


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with SlackLab(rates=unlimited()) as lab:
        yield make_scene(lab)
        assert lab.violations == []


@pytest.fixture
async def poster(scene: Scene) -> AsyncIterator[SlackPoster]:
    lab = scene.lab
    asked = await lab.say(scene.channel, scene.ada, "hello")
    place = Place(channel=scene.channel.id, thread=asked.ts, asked=asked.ts, user=scene.ada.id, workspace=lab.team_id)
    me = Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id)
    async with aiohttp.ClientSession() as session:
        web = open_web(session, token=lab.bot_token, api_url=lab.api_url)
        yield SlackPoster(
            web=web,
            place=place,
            identity=me,
            clock=lab.clock,
            locale="en",
            turn_id=17,
            beginnings=beginnings(scene, place, 17),
        )


def only_post(scene: Scene) -> Message:
    (post,) = scene.lab.posts(scene.channel)
    return post


def steps(message: Message) -> list[str]:
    return [change.what for change in message.history]


async def test_a_stream_gets_only_what_is_new(scene: Scene, poster: SlackPoster) -> None:
    ts = await poster.post(Content("One", running=True), key="k")
    await poster.edit(ts, Content("One owl", running=True))
    await poster.edit(ts, Content("One owl."))

    assert only_post(scene).shown == "One owl."
    assert steps(only_post(scene)) == ["post", "append", "stop"]


async def test_an_old_stream_is_ended_before_slack_ends_it_and_updated_from_then_on(
    scene: Scene, poster: SlackPoster
) -> None:
    ts = await poster.post(Content("One", running=True), key="k")
    scene.lab.clock.advance(280)
    await poster.edit(ts, Content("One owl", running=True))
    await poster.edit(ts, Content("One owl, two", running=True))

    assert only_post(scene).action_ids == ["stop"]
    await poster.edit(ts, Content("One owl, two owls."))
    assert only_post(scene).shown == "One owl, two owls."
    assert only_post(scene).action_ids == []
    assert steps(only_post(scene)) == ["post", "stop", "update", "update"]


async def test_a_piece_whose_fate_is_unknown_is_put_right_by_an_update(scene: Scene, poster: SlackPoster) -> None:
    ts = await poster.post(Content("One", running=True), key="k")
    scene.lab.fail_next("chat.appendStream", drop="after")
    with pytest.raises(PostFailed):
        await poster.edit(ts, Content("One owl", running=True))
    await poster.edit(ts, Content("One owl, two", running=True))

    assert only_post(scene).shown == "One owl, two"


@pytest.mark.parametrize("error", ["internal_error", "msg_too_long"])
async def test_a_stream_that_broke_is_ended_and_updated_from_then_on(
    scene: Scene, poster: SlackPoster, error: str
) -> None:
    ts = await poster.post(Content("One", running=True), key="k")
    scene.lab.fail_next("chat.appendStream", error=error)
    await poster.edit(ts, Content("One owl", running=True))

    assert only_post(scene).shown == "One owl"
    assert only_post(scene).action_ids == ["stop"]


async def test_a_stream_that_people_stopped_is_finished_by_an_update(scene: Scene, poster: SlackPoster) -> None:
    ts = await poster.post(Content("One owl", running=True), key="k")
    await scene.lab.stop(scene.channel, poster.place.thread, scene.ada)
    await poster.edit(ts, Content("One owl\n\n_Stopped._"))

    assert only_post(scene).shown == "One owl\n\n_Stopped._"


async def test_updates_of_one_message_keep_their_distance(scene: Scene, poster: SlackPoster) -> None:
    scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
    ts = await poster.post(Content("One", running=True), key="k")
    await poster.edit(ts, Content("One owl", running=True))
    posted, updated = scene.lab.called("chat.postMessage")[0], scene.lab.called("chat.update")[0]

    assert updated.at - posted.at >= 1.4
    assert poster.limits.edit_interval_s == 1.5


async def test_a_state_nobody_took_the_place_of_stays_for_who_takes_the_turn_over(
    scene: Scene, poster: SlackPoster
) -> None:
    scene.lab.fail_next("assistant.threads.setStatus", error="not_authorized")
    ts = await poster.show_state("Loading `smollm2:135m` …")
    await poster.close()

    assert only_post(scene).shown == "Loading `smollm2:135m` …"
    assert only_post(scene).ts == ts
    assert scene.lab.status(scene.channel, poster.place.thread).session == "active"


async def test_a_stream_that_is_left_open_is_closed(scene: Scene, poster: SlackPoster) -> None:
    await poster.post(Content("One", running=True), key="k")
    await poster.close()

    assert not only_post(scene).streaming


@pytest.mark.parametrize("error", ["channel_not_found", "not_in_channel", "is_archived", "thread_not_found"])
async def test_a_refusal_for_good_is_undeliverable(scene: Scene, poster: SlackPoster, error: str) -> None:
    scene.lab.fail_next("chat.postMessage", error=error)

    with pytest.raises(Undeliverable, match=error):
        await poster.post(Content("One"), key="k")


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "token_revoked"])
async def test_a_refusal_for_now_may_be_tried_again(scene: Scene, poster: SlackPoster, error: str) -> None:
    scene.lab.fail_next("chat.postMessage", error=error)

    with pytest.raises(PostFailed, match=error):
        await poster.post(Content("One"), key="k")


async def test_looks_that_failed_for_one_message_do_not_count_against_another(
    scene: Scene, poster: SlackPoster
) -> None:
    for key, failures in (("turn-17:0", 2), ("turn-17:1", 2)):
        scene.lab.fail_next("chat.postMessage", drop="after")
        scene.lab.fail_next("conversations.replies", http_status=502, times=failures)
        for _ in range(failures + 1):
            with pytest.raises(PostFailed):
                await poster.post(Content(f"words of {key}"), key=key)
        await poster.post(Content(f"words of {key}"), key=key)

    assert [post.shown for post in scene.lab.posts(scene.channel)] == ["words of turn-17:0", "words of turn-17:1"]
