"""One event or answer that is not as documented is dropped or read all the same; the others go on."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.adapters import discord_scene, slack_scene
from tests.adapters.discord_scene import Scene
from tests.lab.discord import payloads
from tests.lab.slack.socket import Delivery

OUTSIDE_64_BITS = "99999999999999999999999"
ODD_MESSAGES: list[dict[str, Any]] = [
    {"author": None},
    {"author": {"id": "x"}},
    {"member": {"roles": [OUTSIDE_64_BITS]}},
    {"member": {"roles": None}},
    {"id": "none"},
    {"id": None},
    {"type": "text", "content": 7},
    {"mentions": 7},
    {"attachments": [{}]},
    {"embeds": [7]},
    {"timestamp": "yesterday", "edited_timestamp": "today"},
    {"channel_id": None},
    {"poll": {"expiry": "soon"}},
]
READABLE_MESSAGES: list[dict[str, Any]] = [
    {"poll": {"question": {"text": "Owls?"}, "answers": [], "expiry": None, "allow_multiselect": False}},
    {"poll": {"question": {"text": "Owls?"}, "answers": [], "allow_multiselect": False}},
    {"poll": None},
    {"thread": None, "interaction": None, "interaction_metadata": None},
    {"message_reference": None, "referenced_message": None},
    {"embeds": None, "attachments": None, "components": None, "sticker_items": None},
    {"mention_roles": [OUTSIDE_64_BITS]},
    {"flags": None, "tts": None, "pinned": None, "mention_everyone": None},
]
FRAMES = [
    "null",
    "[]",
    "7",
    '"text"',
    "{",
    "",
    '{"op": 0}',
    '{"op": 0, "t": "MESSAGE_CREATE", "d": null}',
    '{"op": "x"}',
]
OPTIONAL = [
    "components", "embeds", "attachments", "mentions", "mention_roles", "edited_timestamp", "flags", "tts", "pinned",
    "mention_everyone", "nonce", "type", "referenced_message", "message_reference", "interaction_metadata",
    "resource", "application_id", "position",
]  # fmt: skip


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with discord_scene.set_up() as scene:
        yield scene


@pytest.fixture
async def slack() -> AsyncIterator[slack_scene.Scene]:
    async with slack_scene.set_up() as scene:
        yield scene


async def said(scene: Scene, odd: dict[str, Any]) -> list[dict[str, Any]]:
    """Deliver a mention with these fields otherwise, then one as usual; return what the log says of the first."""
    message = await scene.lab.say(scene.channel, scene.ada, "not heard")
    written = payloads.message(message, content_intent=True)
    mention = {"content": f"<@{scene.lab.bot.id}> odd", "mentions": [payloads.user(scene.lab.bot)]}
    with capture_logs() as logs:
        for session in scene.lab.gateway.sessions.values():
            session.dispatch("MESSAGE_CREATE", {**written, **mention, **odd})
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.reads("hello")
    assert (scene.lab.gateway.identified, scene.lab.gateway.resumed) == (1, 0)
    assert not any(each.get("exc_info") for each in logs)
    return [dict(each) for each in logs if each["log_level"] in ("warning", "error")]


@pytest.mark.parametrize("odd", ODD_MESSAGES, ids=json.dumps)
async def test_a_message_discord_does_not_document_is_dropped_with_one_line(scene: Scene, odd: dict[str, Any]) -> None:
    noted = await said(scene, odd)

    assert len(noted) <= 1
    assert all("not_understood" in each["event"] and "MESSAGE" in each["dispatch"].upper() for each in noted)


@pytest.mark.parametrize("odd", READABLE_MESSAGES, ids=json.dumps)
async def test_a_message_with_nulls_where_fields_are_optional_is_answered(scene: Scene, odd: dict[str, Any]) -> None:
    assert await said(scene, odd) == []
    assert await scene.reads("odd")


async def test_a_mention_in_a_guild_that_was_left_ends_nothing(scene: Scene) -> None:
    message = await scene.lab.say(scene.channel, scene.ada, "not heard")
    written = payloads.message(message, content_intent=True)
    elsewhere = {name: str(scene.lab.world.new_id()) for name in ("guild_id", "channel_id")}
    left = {**elsewhere, "content": f"<@{scene.lab.bot.id}> odd"}
    mention = {**left, "mentions": [payloads.user(scene.lab.bot)], "member": {"roles": [], "flags": 0}}
    with capture_logs() as logs:
        for session in scene.lab.gateway.sessions.values():
            session.dispatch("MESSAGE_CREATE", {**written, **mention})
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.reads("hello")

    assert not any(each.get("exc_info") for each in logs)
    assert scene.lab.gateway.identified == 1


@pytest.mark.parametrize(
    "event",
    ["GUILD_ROLE_CREATE", "GUILD_MEMBER_UPDATE", "CHANNEL_UPDATE", "THREAD_CREATE", "INTERACTION_CREATE", "NEW"],
)
@pytest.mark.parametrize("data", [None, [], {}, {"id": OUTSIDE_64_BITS}, {"guild_id": "7", "role": {"id": "x"}}])
async def test_an_odd_event_of_any_kind_ends_no_connection(scene: Scene, event: str, data: Any) -> None:
    with capture_logs() as logs:
        for session in scene.lab.gateway.sessions.values():
            session.dispatch(event, data)
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.reads("hello")

    assert not any(each.get("exc_info") for each in logs)
    assert (scene.lab.gateway.identified, scene.lab.gateway.resumed) == (1, 0)


@pytest.mark.parametrize("frame", FRAMES)
async def test_a_frame_that_is_no_event_ends_no_connection(scene: Scene, frame: str) -> None:
    for connection in scene.lab.gateway.connections:
        connection.send_text(frame)
    await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

    assert await scene.reads("hello")
    assert (scene.lab.gateway.identified, scene.lab.gateway.resumed) == (1, 0)


@pytest.mark.parametrize("field", OPTIONAL)
async def test_an_answer_of_discords_without_an_optional_field_ends_nothing(scene: Scene, field: str) -> None:
    scene.lab.troubles.left_out.add(field)
    scene.backend.say(" ".join(f"word{number}" for number in range(700)))
    await scene.registered()
    await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
    await scene.reads("word699")
    await scene.lab.say(scene.channel, scene.ada, "help", mention=True)
    await scene.reads("In threads")
    await scene.lab.slash(scene.channel, scene.ada, "help")
    told = await scene.lab.wall_reads(
        scene.channel, lambda wall: wall[-1].is_ephemeral and "In threads" in wall[-1].text, reader=scene.ada
    )

    assert told


@pytest.mark.parametrize(
    "payload",
    [
        {"event": None},
        {"event": []},
        {"event": "text"},
        {"event": {"type": None}},
        {"event": {"type": "app_mention", "user": None, "channel": None, "ts": None}},
        {"event": {"type": "message", "channel": 7, "user": 7}},
        {"authorizations": None},
        {"authorizations": [None]},
        {"type": None},
        {"team_id": None, "event": {"type": "app_mention", "channel": {"id": "C1"}, "user": {"id": "U1"}}},
        {"event": {"type": "message", "channel_type": "im", "text": ["a"], "ts": 1.5, "channel": "D1", "user": "U1"}},
    ],
    ids=json.dumps,
)
async def test_an_envelope_slack_does_not_document_is_acknowledged_and_dropped(
    slack: slack_scene.Scene, payload: dict[str, Any]
) -> None:
    usual = {"type": "event_callback", "team_id": slack.lab.team_id, "event_id": "Ev1", "api_app_id": "A1"}
    with capture_logs() as logs:
        delivery: Delivery = slack.lab.socket.deliver("events_api", {**usual, **payload})
        await delivery.wait_acked()
        await slack.lab.say(slack.channel, slack.ada, "hello")
        await slack.answered("You said")

    assert not any(each.get("exc_info") for each in logs)


@pytest.mark.parametrize("kind", ["interactive", "slash_commands"])
@pytest.mark.parametrize("payload", [{}, {"type": None}, {"type": "block_actions"}, {"command": None}, {"user": 7}])
async def test_an_odd_press_or_command_is_dropped(slack: slack_scene.Scene, kind: Any, payload: dict[str, Any]) -> None:
    with capture_logs() as logs:
        slack.lab.socket.deliver(kind, payload)
        await slack.lab.say(slack.channel, slack.ada, "hello")
        await slack.answered("You said")

    assert not any(each.get("exc_info") for each in logs)
