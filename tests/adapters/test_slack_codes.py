"""Slack's refusals by their codes: each ends in the whole answer, or in one sentence about what is at fault."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.slack_scene import Scene, set_up, unlimited
from tests.engine.talk import until
from tests.fakes import Speech
from tests.lab.hurry import hurrying
from tests.lab.slack import Message, SlackLab

CLOSED = "I may not write in"
OWLS = "One owl, two owls."
OF_THE_PLACE = [
    "access_denied",
    "app_access_restricted",
    "cannot_reply_to_message",
    "channel_is_limited_access",
    "channel_not_found",
    "ekm_access_denied",
    "enterprise_is_restricted",
    "invalid_channel",
    "is_archived",
    "method_not_supported_for_channel_type",
    "missing_scope",
    "no_permission",
    "not_allowed_token_type",
    "not_in_channel",
    "org_login_required",
    "posting_to_channel_denied",
    "restricted_action",
    "restricted_action_non_threadable_channel",
    "restricted_action_thread_locked",
    "restricted_action_thread_only_channel",
    "restricted_action_guests",
    "team_access_not_granted",
    "team_not_found",
    "thread_locked",
    "thread_not_found",
    "user_disabled",
    "user_is_restricted",
    "cannot_post_in_list_channel",
]
PASSING = [
    "external_channel_migrating",
    "fatal_error",
    "internal_error",
    "message_limit_exceeded",
    "rate_limited",
    "ratelimited",
    "request_timeout",
    "service_unavailable",
    "team_added_to_org",
    "update_failed",
]
UNCHANGEABLE = ["block_mismatch", "cant_update_message", "edit_window_closed", "message_not_found"]
NO_STREAM = [
    "channel_type_not_supported",
    "feature_not_enabled",
    "invalid_arguments",
    "method_not_supported_for_channel_type",
    "missing_recipient_team_id",
    "not_allowed_token_type",
    "not_paid",
    "unknown_method",
    "user_not_found",
]
UNFIT = ["msg_too_long", "msg_blocks_too_long", "too_many_links", "invalid_blocks", "no_text"]
MODERATED = [
    "msg_blocked",
    "slack_connect_file_link_sharing_blocked",
    "dlp_blocked",
    "slack_connect_clip_sharing_blocked",
]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up(SlackLab(rates=unlimited())) as scene, hurrying(scene.lab.clock):
        yield scene


def spoken(scene: Scene) -> list[Message]:
    """Return what stands in the channel of what the bot said."""
    return [post for post in scene.lab.posts(scene.channel) if not post.deleted]


async def growing(scene: Scene, *, streams: bool) -> Message:
    """Let an answer begin, as a stream or as a message that is updated, and hold it."""
    if not streams:
        scene.lab.fail_next("agents.sessions.setStatus", error="missing_scope", times=5)
    scene.backend.say(Speech(OWLS, holds=True, after=2))
    await scene.lab.say(scene.channel, scene.ada, "count")
    return await scene.shown("One owl")


async def is_whole_once(scene: Scene) -> None:
    await scene.answered(OWLS)
    await until(lambda: not scene.turns.turns[1].is_open)
    assert [post.shown.startswith(OWLS) for post in spoken(scene) if "owl" in post.shown] == [True]


async def goes_by(scene: Scene) -> None:
    """Let time pass until the turn is over."""

    def is_over() -> bool:
        scene.lab.clock.advance(1.0)
        return not scene.turns.turns[1].is_open

    await scene.lab.until(is_over)


async def is_told(scene: Scene) -> None:
    """Wait until Ada reads beside the channel, or directly, that the bot may not write there."""

    def told() -> list[Message]:
        scene.lab.clock.advance(1.0)  # what nobody knows is tried again and again
        posts = [*scene.lab.private(scene.channel, scene.ada), *scene.lab.posts(scene.lab.dm(scene.ada))]
        return [post for post in posts if CLOSED in post.shown]

    await scene.lab.until(lambda: bool(told()))
    assert len(told()) == 1


@pytest.mark.parametrize("code", OF_THE_PLACE)
async def test_who_asks_in_a_place_that_is_refused_is_told(scene: Scene, code: str) -> None:
    scene.channel.refuses = code
    await scene.lab.say(scene.channel, scene.ada, "hello")
    await is_told(scene)
    await until(lambda: not scene.turns.turns[1].is_open)

    assert spoken(scene) == []


@pytest.mark.parametrize("code", OF_THE_PLACE)
async def test_who_asked_in_a_place_that_is_closed_in_mid_stream_is_told(scene: Scene, code: str) -> None:
    first = await growing(scene, streams=True)
    scene.channel.refuses = code
    scene.backend.release()
    await is_told(scene)

    assert first.shown.startswith("One owl")


@pytest.mark.parametrize("code", OF_THE_PLACE)
async def test_who_asked_in_a_place_that_is_closed_between_updates_is_told(scene: Scene, code: str) -> None:
    first = await growing(scene, streams=False)
    scene.channel.refuses = code
    scene.backend.release()
    await is_told(scene)

    assert first.shown.startswith("One owl")


@pytest.mark.parametrize("code", PASSING)
@pytest.mark.parametrize(
    "method", ["chat.startStream", "chat.appendStream", "chat.stopStream", "chat.postMessage", "chat.update"]
)
async def test_what_passes_costs_no_word(scene: Scene, method: str, code: str) -> None:
    streams = method.endswith("Stream")
    if method in ("chat.startStream", "chat.postMessage"):
        scene.lab.fail_next(method, error=code, times=2)
    await growing(scene, streams=streams)
    if method not in ("chat.startStream", "chat.postMessage"):
        scene.lab.fail_next(method, error=code, times=2)
    scene.backend.release()

    await is_whole_once(scene)


@pytest.mark.parametrize("code", UNCHANGEABLE)
async def test_where_a_message_can_be_changed_no_more_another_is_posted(scene: Scene, code: str) -> None:
    first = await growing(scene, streams=False)
    scene.lab.fail_next("chat.update", error=code, times=7)
    scene.backend.release()
    await goes_by(scene)
    answer = await scene.answered(OWLS)

    assert answer is not first


@pytest.mark.parametrize("code", NO_STREAM)
async def test_where_nothing_streams_it_is_posted_and_updated(scene: Scene, code: str) -> None:
    scene.lab.fail_next("chat.startStream", error=code, times=3)
    await growing(scene, streams=True)
    scene.backend.release()

    await is_whole_once(scene)


@pytest.mark.parametrize("code", MODERATED)
async def test_refused_words_are_told_of_as_refused(scene: Scene, code: str) -> None:
    scene.lab.workspace.moderated["owl"] = code
    scene.backend.say("An owl.")
    await scene.lab.say(scene.channel, scene.ada, "who?")

    assert await scene.answered("The moderation of this place")


@pytest.mark.parametrize("code", UNFIT)
@pytest.mark.parametrize("answer", ["An owl.", "One fox.\nAn owl.\nTwo foxes."])
async def test_what_no_moderation_refuses_is_not_told_of_as_moderated(scene: Scene, code: str, answer: str) -> None:
    scene.lab.workspace.moderated["owl"] = code
    scene.backend.say(answer)
    await scene.lab.say(scene.channel, scene.ada, "who?")
    told = await scene.answered("in any form I tried")

    assert "oderation" not in told.shown


async def test_where_no_sentence_is_taken_who_asked_is_told_beside_it(scene: Scene) -> None:
    scene.channel.refuses = "msg_blocked"
    await scene.lab.say(scene.channel, scene.ada, "who?")

    assert await scene.lab.private_reads(scene.channel, scene.ada, "Nothing of what I would say is taken in")


async def test_a_limit_that_comes_as_an_answer_is_kept_like_any_other(scene: Scene) -> None:
    await growing(scene, streams=False)
    scene.lab.fail_next("chat.update", error="rate_limited")
    scene.backend.release()
    await is_whole_once(scene)
    refused, *later = [call.at for call in scene.lab.workspace.calls if call.method == "chat.update"][-2:]

    assert later[0] - refused >= 1
