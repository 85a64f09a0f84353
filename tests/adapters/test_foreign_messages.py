"""Messages as other clients, apps and times send them: read for what they say, or left alone, and never a traceback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.adapters import slack_scene
from tests.adapters.discord_scene import Scene, set_up
from tests.lab.discord import payloads
from tests.lab.discord.state import Json, Message
from tests.lab.slack import Message as Said
from tests.lab.slack import SlackLab

CANARY = "OWL-4711"
WHEN = "2026-11-30T12:00:00+00:00"
RICH = {"type": "rich", "title": "Build failed", "description": f"The owl is {CANARY}.", "fields": []}
FIELDS = {"type": "rich", "fields": [{"name": "Owl", "value": CANARY, "inline": True}]}
TEXT_DISPLAY = {"type": 10, "id": 2, "content": f"The owl is {CANARY}."}
V2 = {"flags": 1 << 15, "components": [{"type": 17, "id": 1, "components": [TEXT_DISPLAY]}]}
SECTION = {
    "type": 9,
    "id": 1,
    "components": [TEXT_DISPLAY],
    "accessory": {"type": 2, "id": 3, "style": 5, "url": "https://owls.example", "label": "Owls"},
}
# What others wrote that is not in the words of a message, which a reply or a forward brings along.
CARRIED: list[dict[str, Any]] = [
    {"content": f"The owl is {CANARY}."},
    {"embeds": [RICH]},
    {"embeds": [FIELDS]},
    {"embeds": [{"type": "rich", "author": {"name": CANARY}}]},
    {"embeds": [{"type": "rich", "footer": {"text": CANARY}}]},
    V2,
    {"flags": 1 << 15, "components": [SECTION]},
    {"flags": 1 << 15, "components": [TEXT_DISPLAY]},
]
# What a message to the bot may bring along that nobody here reads.
ODD_PARTS: list[dict[str, Any]] = [
    {"components": [{"type": 99, "id": 1}]},
    {"components": [{"type": 1, "components": [{"type": 99}]}]},
    {"embeds": [{"type": "hologram", "timestamp": "soon"}]},
    {"embeds": [{"type": "rich", "color": "red", "fields": [{"name": None}]}]},
    {"embeds": [7]},
    {"sticker_items": [{"id": "7", "name": "wave", "format_type": 99}]},
    {"sticker_items": [{}]},
    {"poll": {"question": {"text": None}, "answers": [{}], "expiry": WHEN}},
    {"attachments": [{}]},
    {"attachments": [{"id": "x"}]},
    {"activity": {"type": 99}},
    {"application": {"id": "none"}},
    {"call": {"participants": ["x"]}},
    {"thread": {"id": "7"}},
    {"interaction_metadata": {"type": 99}},
    {"role_subscription_data": {}},
    {"message_reference": {"type": 99}},
    {"message_snapshots": [{"message": {"content": "x"}}]},
    {"shared_client_theme": {"colors": []}},
    {"mention_channels": [{"id": "7"}]},
    {"purchase_notification": {"type": 99}},
    {"flags": 1 << 40},
    {"author_extra": 7, "new_field": {"a": 1}},
]
MISSING = ["member", "mention_roles", "embeds", "attachments", "tts", "pinned", "edited_timestamp", "flags",
           "mention_everyone", "nonce", "components", "type"]  # fmt: skip
SYSTEM_TYPES = [1, 3, 4, 6, 7, 8, 12, 18, 20, 21, 22, 23, 24, 25, 32, 36, 39, 44, 46, 99, 255]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up(message_content=True) as scene:
        yield scene


def asked(scene: Scene | slack_scene.Scene) -> str:
    return scene.backend.requests[-1].prompt[-1].content


def by_ben(scene: Scene, text: str = "", **more: Any) -> Json:
    """Return a message of Ben's as Discord tells of it."""
    lab = scene.lab
    message = Message(lab.world.new_id(), scene.channel, scene.ben, lab.clock.now(), text)
    return {**payloads.message(message, content_intent=True), **more}


def mention(scene: Scene, text: str = "what is it?", **more: Any) -> Json:
    """Return the event of a mention by Ada."""
    lab = scene.lab
    message = Message(lab.world.new_id(), scene.channel, scene.ada, lab.clock.now(), f"{lab.bot.mention} {text}")
    message.mentions = [lab.bot]
    scene.channel.messages[message.id] = message
    return {**payloads.message_event(message, content_intent=True), **more}


async def answered(scene: Scene, event: Json) -> None:
    """Deliver an event, and wait until another is answered after it."""
    with capture_logs() as logs:
        for session in scene.lab.gateway.sessions.values():
            session.dispatch("MESSAGE_CREATE", event)
        dm = scene.lab.dm(scene.ben)
        await scene.lab.say(dm, scene.ben, "are you there?")
        await scene.reads("are you there?", dm)
    assert not any(each.get("exc_info") for each in logs)
    assert (scene.lab.gateway.identified, scene.lab.gateway.resumed) == (1, 0)


@pytest.mark.parametrize("carried", CARRIED, ids=json.dumps)
async def test_a_reply_to_what_has_no_words_of_its_own_reads_what_it_shows(
    scene: Scene, carried: dict[str, Any]
) -> None:
    replied = by_ben(scene, **carried)
    reference = {"type": 0, "message_id": replied["id"], "channel_id": replied["channel_id"]}
    event = mention(scene, type=19, message_reference=reference, referenced_message=replied)
    for session in scene.lab.gateway.sessions.values():
        session.dispatch("MESSAGE_CREATE", event)
    await scene.reads("You said")

    assert CANARY in asked(scene)


@pytest.mark.parametrize("carried", CARRIED, ids=json.dumps)
@pytest.mark.parametrize("text", ["what is it?", ""])
async def test_a_forward_of_what_has_no_words_of_its_own_reads_what_it_shows(
    scene: Scene, carried: dict[str, Any], text: str
) -> None:
    empty: Json = {
        "content": "",
        "embeds": [],
        "attachments": [],
        "timestamp": WHEN,
        "edited_timestamp": None,
        "flags": 0,
    }
    snapshots = [{"message": {**empty, **carried}}]
    for session in scene.lab.gateway.sessions.values():
        event = mention(scene, text, message_reference={"type": 1, "channel_id": "7"}, message_snapshots=snapshots)
        session.dispatch("MESSAGE_CREATE", event)
    await scene.reads("You said")

    assert CANARY in asked(scene)


async def test_a_reply_to_a_forward_without_a_type_reads_it(scene: Scene) -> None:
    snapshot: Json = {"attachments": [], "content": f"The owl is {CANARY}.", "edited_timestamp": None, "embeds": []}
    forward = by_ben(scene, message_snapshots=[{"message": {**snapshot, "flags": 0, "timestamp": WHEN}}])
    forward["message_reference"] = {"type": 1, "channel_id": "7", "message_id": "8"}
    reference = {"type": 0, "message_id": forward["id"], "channel_id": forward["channel_id"]}
    for session in scene.lab.gateway.sessions.values():
        event = mention(scene, type=19, message_reference=reference, referenced_message=forward)
        session.dispatch("MESSAGE_CREATE", event)
    await scene.reads("You said")

    assert CANARY in asked(scene)


@pytest.mark.parametrize("odd", ODD_PARTS, ids=json.dumps)
async def test_a_mention_with_a_part_that_cannot_be_read_is_answered(scene: Scene, odd: dict[str, Any]) -> None:
    await answered(scene, mention(scene, **odd))

    assert await scene.reads("what is it?")


@pytest.mark.parametrize("missing", MISSING)
async def test_a_mention_without_a_field_is_answered(scene: Scene, missing: str) -> None:
    event = mention(scene)
    event.pop(missing, None)
    await answered(scene, event)

    assert await scene.reads("what is it?")


@pytest.mark.parametrize("kind", SYSTEM_TYPES)
async def test_what_no_person_wrote_is_left_alone(scene: Scene, kind: int) -> None:
    await answered(scene, mention(scene, type=kind))

    assert len(scene.backend.requests) == 1


@pytest.mark.parametrize("more", [{"webhook_id": "7"}, {"author_is_bot": True}], ids=json.dumps)
async def test_what_an_app_wrote_is_left_alone(scene: Scene, more: dict[str, Any]) -> None:
    event = mention(scene, **more)
    if more.get("author_is_bot"):
        event["author"]["bot"] = True
    await answered(scene, event)

    assert len(scene.backend.requests) == 1


async def test_a_mention_in_a_thread_nobody_told_of_is_answered(scene: Scene) -> None:
    thread = scene.channel.start_thread("owls", owner=scene.ben)
    event = mention(scene, channel_id=str(thread.id))
    thread.messages[int(event["id"])] = scene.channel.messages.pop(int(event["id"]))
    await answered(scene, event)

    assert await scene.reads("what is it?", thread)


# --- Slack


@pytest.fixture
async def slack() -> AsyncIterator[slack_scene.Scene]:
    async with slack_scene.set_up(SlackLab(rates=slack_scene.unlimited())) as scene:
        yield scene


TABLE = {
    "type": "table",
    "rows": [
        [{"type": "raw_text", "text": "owl"}, {"type": "raw_text", "text": "number"}],
        [
            {"type": "raw_text", "text": "tawny"},
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": CANARY}]}],
            },
        ],
    ],
}
HEARD: list[dict[str, Any]] = [
    {"team": None},
    {"client_msg_id": None, "blocks": None, "attachments": None, "files": None},
    {"bot_id": None, "bot_profile": None, "app_id": None},
    {"bot_id": ""},
    {"user_team": "T0ELSEWHERE", "source_team": "T0ELSEWHERE", "user_profile": {"name": "ada"}},
    {"assistant_thread": {"action_token": "x"}},
    {"subtype": None},
    {"edited": None},
    {"edited": {}},
    {"files": [{"id": "F0123ABC", "file_access": "check_file_info"}]},
    {"files": [{"id": "F0123ABC", "mode": "tombstone"}]},
    {"files": [{"id": "F0123ABC", "mode": "hidden_by_limit"}, None, 7]},
    {"attachments": [{"id": 1, "blocks": None, "files": 7}, 7, None]},
    {"blocks": [{"type": "rich_text", "elements": [{"type": "hologram"}]}]},
    {"channel_type": "mpim"},
    {"reactions": [], "pinned_to": ["C1"], "is_locked": False, "new_field": {"a": [1]}},
]
LEFT = ["bot_message", "channel_join", "channel_topic", "pinned_item", "huddle_thread", "assistant_app_thread",
        "ekm_access_denied", "reminder_add", "sh_room_created", "message_replied", "reply_broadcast", "bot_add",
        "channel_archive", "tombstone", "document_mention", "new_subtype_of_2027"]  # fmt: skip


def event_of(scene: slack_scene.Scene, text: str = "what hoots?", **more: Any) -> Json:
    ts = scene.lab.workspace.mint.ts()
    body = {
        "type": "app_mention",
        "channel": scene.channel.id,
        "user": scene.ada.id,
        "ts": ts,
        "event_ts": ts,
        "text": f"<@{scene.lab.bot_user}> {text}",
        **more,
    }
    where = str(more.get("channel") or scene.channel.id)
    scene.lab.workspace.add(Said(channel=where, ts=ts, author=scene.ada.id, text=str(body["text"])))
    return {name: value for name, value in body.items() if value is not None or name in more}


async def heard(scene: slack_scene.Scene, event: Json) -> None:
    with capture_logs() as logs:
        delivery = await scene.lab.send_event(event)
        dm = scene.lab.dm(scene.ben)
        await scene.lab.say(dm, scene.ben, "are you there?")
        await scene.answered("are you there?", channel=dm)
    assert delivery.acked
    assert not any(each.get("exc_info") for each in logs)


@pytest.mark.parametrize("odd", HEARD, ids=json.dumps)
async def test_a_mention_on_slack_with_odd_fields_is_answered(slack: slack_scene.Scene, odd: dict[str, Any]) -> None:
    await heard(slack, event_of(slack, **odd))

    assert await slack.answered("what hoots?")


@pytest.mark.parametrize("subtype", LEFT)
@pytest.mark.parametrize("kind", ["app_mention", "message"])
async def test_what_no_person_wrote_on_slack_is_left_alone(slack: slack_scene.Scene, subtype: str, kind: str) -> None:
    where = slack.channel if kind == "app_mention" else slack.lab.dm(slack.ada)
    await heard(slack, event_of(slack, subtype=subtype, type=kind, channel=where.id))

    assert len(slack.backend.requests) == 1


@pytest.mark.parametrize("text", ["which owl has which number?", ""])
@pytest.mark.parametrize("where", ["attachments", "blocks"])
async def test_a_table_that_is_pasted_on_slack_is_read(slack: slack_scene.Scene, text: str, where: str) -> None:
    carried = {"attachments": [{"id": 1, "blocks": [TABLE]}]} if where == "attachments" else {"blocks": [TABLE]}
    await heard(slack, event_of(slack, text, **carried))
    await slack.lab.until(lambda: len(slack.backend.requests) == 2)
    prompts = [request.prompt[-1].content for request in slack.backend.requests]

    assert any(CANARY in prompt and "tawny" in prompt for prompt in prompts)


async def test_an_event_on_slack_without_an_id_is_answered_once(slack: slack_scene.Scene) -> None:
    event = event_of(slack)
    for _ in range(2):
        slack.lab.socket.deliver("events_api", {"type": "event_callback", "team_id": slack.lab.team_id, "event": event})
    await slack.answered("what hoots?")
    await slack.lab.say(slack.channel, slack.ben, "and now?")
    await slack.answered("and now?")

    assert len(slack.backend.requests) == 2
