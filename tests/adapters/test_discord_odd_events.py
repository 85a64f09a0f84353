"""Events that are odd, and events that the documentation allows and discord.py does not expect."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord_scene import Scene, set_up
from tests.lab.discord import payloads
from tests.lab.discord.state import Json

HUGE = str(2**70)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up(message_content=True) as scene:
        yield scene


async def tell(scene: Scene, event: str, data: Json) -> None:
    """Send an event as it stands."""
    await scene.adapter.ready.wait()
    for connection in scene.lab.gateway.connections:
        assert connection.session
        connection.session.dispatch(event, data)


async def goes_on(scene: Scene) -> None:
    """Check that the connection was not made anew, and that the bot answers."""
    await scene.lab.say(scene.channel, scene.ben, "are you there?", mention=True)
    await scene.reads("are you there?")

    assert scene.requests("GET", "/gateway/bot") == 1


async def message(scene: Scene, **fields: object) -> Json:
    said = await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
    await scene.reads("hello")
    return {**payloads.message_event(said, content_intent=True), "id": str(said.id + 1), **fields}


@pytest.mark.parametrize(
    "fields",
    [
        {"mention_roles": [HUGE]},
        {"mention_roles": ["no number"]},
        {"mentions": [{"id": HUGE, "username": "eve"}]},
        {"author": None},
        {"poll": {"question": None, "answers": None, "expiry": None}},
        {"message_snapshots": [{"message": None}]},
        {"message_reference": None, "referenced_message": None, "poll": None},
        {"content": None},
    ],
)
async def test_an_odd_message_ends_nothing_and_leaves_no_traceback(
    scene: Scene, capsys: pytest.CaptureFixture[str], fields: Json
) -> None:
    await tell(scene, "MESSAGE_CREATE", await message(scene, **fields))
    await goes_on(scene)

    assert "Traceback" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("roles", [[HUGE], ["-1"], ["x"]])
async def test_an_odd_role_of_a_member_ends_nothing(
    scene: Scene, capsys: pytest.CaptureFixture[str], roles: list[str]
) -> None:
    said = await message(scene)
    await tell(scene, "MESSAGE_CREATE", {**said, "member": {**said["member"], "roles": roles}})
    await goes_on(scene)

    assert "Traceback" not in "".join(capsys.readouterr())


async def test_a_mention_after_the_guild_was_left_leaves_no_traceback(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    said = await message(scene)
    await tell(scene, "GUILD_DELETE", {"id": said["guild_id"]})
    await tell(scene, "MESSAGE_CREATE", said)
    await tell(scene, "MESSAGE_UPDATE", {**said, "edited_timestamp": said["timestamp"]})
    dm = scene.lab.dm(scene.ada)
    await scene.lab.say(dm, scene.ada, "are you there?")
    await scene.reads("are you there?", dm)

    assert "Traceback" not in "".join(capsys.readouterr())


async def test_a_poll_without_an_end_is_read(scene: Scene) -> None:
    poll = await scene.lab.say(scene.channel, scene.ben, "", poll=("Which owl?", ["Tawny"]))
    await scene.lab.say(scene.channel, scene.ada, "well?", mention=True, reply_to=poll)
    await scene.reads("well?")

    assert "> Ben: Which owl?" in scene.backend.requests[-1].prompt[-1].content
