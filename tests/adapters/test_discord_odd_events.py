"""Events on Discord that are odd, or that discord.py cannot read: none disturbs another, or ends the connection."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.discord.completing import completed
from tests.adapters.discord_scene import Scene, set_up
from tests.lab.discord import payloads
from tests.lab.discord.state import Json, Message

HUGE = str(10**30)
POLL = {
    "question": {"text": "Which owl?"},
    "answers": [{"answer_id": 1, "poll_media": {"text": "the grey one"}}],
    "expiry": None,
    "allow_multiselect": False,
    "layout_type": 1,
}
MEMBER = {"roles": [HUGE], "joined_at": None, "deaf": False, "mute": False, "flags": 0}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.adapter.ready.wait()
        yield scene


def mention(scene: Scene) -> Json:
    """Return the event of a mention by Ada."""
    lab = scene.lab
    message = Message(lab.world.new_id(), scene.channel, scene.ada, lab.clock.now(), f"{lab.bot.mention} what is it?")
    message.mentions = [lab.bot]
    scene.channel.messages[message.id] = message
    return payloads.message_event(message, content_intent=True)


def dispatch(scene: Scene, name: str, data: Json) -> None:
    for session in scene.lab.gateway.sessions.values():
        session.dispatch(name, data)


async def goes_on(scene: Scene, logged: pytest.CaptureFixture[str]) -> None:
    """Wait until another person is answered, over the same connection."""
    identified = scene.lab.gateway.identified
    await scene.lab.say(scene.channel, scene.ben, "and I?", mention=True)
    await scene.reads("You said: Ben: and I?")

    assert scene.lab.gateway.identified == identified
    assert "Traceback" not in logged.readouterr().out


class TestMessages:
    async def test_one_with_a_poll_without_an_end_is_answered(
        self, scene: Scene, capfd: pytest.CaptureFixture[str]
    ) -> None:
        dispatch(scene, "MESSAGE_CREATE", {**mention(scene), "poll": POLL})
        await scene.reads("You said: Ada: what is it?")

        await goes_on(scene, capfd)

    async def test_a_reply_to_a_poll_without_an_end_is_answered(
        self, scene: Scene, capfd: pytest.CaptureFixture[str]
    ) -> None:
        asked = {**mention(scene), "poll": POLL}
        reference = {"type": 0, "message_id": asked["id"], "channel_id": asked["channel_id"]}
        reply = {**mention(scene), "type": 19, "message_reference": reference, "referenced_message": asked}
        dispatch(scene, "MESSAGE_CREATE", reply)
        await scene.lab.until(lambda: scene.turns.turns)

        await goes_on(scene, capfd)

    @pytest.mark.parametrize(
        "odd",
        [
            {"member": MEMBER},
            {"mention_roles": [HUGE]},
            {"mention_roles": ["-1", "abc"]},
            {"guild_id": "999"},
            {"guild_id": HUGE},
            {"poll": {}},
            {"poll": "x"},
            {"referenced_message": 7},
            {"message_snapshots": [7, {"message": None}]},
            {"content": f"<@&{HUGE}> <#{HUGE}> <@{HUGE}>"},
        ],
        ids=str,
    )
    async def test_an_odd_one_disturbs_nobody(
        self, scene: Scene, capfd: pytest.CaptureFixture[str], odd: dict[str, Any]
    ) -> None:
        dispatch(scene, "MESSAGE_CREATE", {**mention(scene), **odd})

        await goes_on(scene, capfd)

    async def test_one_after_the_server_was_left_disturbs_nobody(
        self, scene: Scene, capfd: pytest.CaptureFixture[str]
    ) -> None:
        other = scene.lab.add_guild("Other")
        place = other.add_channel("lobby")
        other.add_member(scene.ada)
        dispatch(scene, "GUILD_DELETE", {"id": str(other.id)})
        await scene.lab.say(place, scene.ada, "hello", mention=True)

        await goes_on(scene, capfd)


@pytest.mark.parametrize("data", [None, 7, [], {}, {"poll": None}, {"poll": {"expiry": "2026-01-01T00:00:00+00:00"}}])
def test_what_can_be_read_stays_as_it_is(data: object) -> None:
    assert completed(data) == data


def test_what_is_carried_in_a_message_is_completed_too() -> None:
    message = {"timestamp": "2026-01-01T00:00:00+00:00", "poll": {"expiry": None}}
    carrying = completed({"referenced_message": message, "message_snapshots": [{"message": message}]})

    assert carrying["referenced_message"]["poll"]["expiry"] == message["timestamp"]
    assert carrying["message_snapshots"][0]["message"]["poll"]["expiry"] == message["timestamp"]
