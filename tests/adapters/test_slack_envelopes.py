"""Envelopes of shared channels, organisations and migrations as Slack sends them: the place is ours in all of them."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.adapters.slack_scene import Scene, set_up, unlimited
from tests.lab.slack import Message, SlackLab

THEIRS, OUR_ORGANISATION = "T0THEIRS000", "E0OURS00000"
OURS = "ours"
AUTHORIZED = {"enterprise_id": None, "team_id": OURS, "user_id": "U1", "is_bot": True, "is_enterprise_install": False}
ENVELOPES: list[dict[str, Any]] = [
    {"team_id": OURS},
    {"team_id": OURS, "authorizations": []},
    {"team_id": OURS, "authorizations": None, "context_team_id": None, "is_ext_shared_channel": None},
    {"team_id": THEIRS, "context_team_id": OURS, "is_ext_shared_channel": True, "authorizations": [AUTHORIZED]},
    {"team_id": THEIRS, "context_team_id": THEIRS, "is_ext_shared_channel": True, "authorizations": [AUTHORIZED]},
    {"team_id": THEIRS, "is_ext_shared_channel": True, "authorizations": [{**AUTHORIZED, "team_id": THEIRS}]},
    {"team_id": THEIRS, "is_ext_shared_channel": True},
    {"team_id": THEIRS, "enterprise_id": "E0THEIRS000", "is_ext_shared_channel": True, "authorizations": [AUTHORIZED]},
    {"team_id": THEIRS, "is_ext_shared_channel": False, "authorizations": [AUTHORIZED]},
    {"team_id": None, "authorizations": [AUTHORIZED]},
    {"team_id": OURS, "enterprise_id": OUR_ORGANISATION, "authorizations": [AUTHORIZED]},
    {"team_id": OUR_ORGANISATION, "enterprise_id": OUR_ORGANISATION, "context_enterprise_id": OUR_ORGANISATION,
     "authorizations": [{**AUTHORIZED, "team_id": None, "enterprise_id": OUR_ORGANISATION}]},
    {"team_id": THEIRS, "context_team_id": OURS, "is_ext_shared_channel": True,
     "authorizations": [{**AUTHORIZED, "team_id": THEIRS}, AUTHORIZED]},
    {"authorizations": [{}]},
    {},
]  # fmt: skip
ABOUT_THE_PERSON: list[dict[str, Any]] = [
    {},
    {"user_team": THEIRS, "source_team": THEIRS, "team": THEIRS},
    {"user_profile": {"display_name": "Kim", "team": THEIRS, "is_restricted": True}},
]


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up(SlackLab(rates=unlimited())) as scene:
        yield scene


def ours(value: Any, team: str) -> Any:
    """Put our workspace's id where a payload names it."""
    return json.loads(json.dumps(value).replace(f'"{OURS}"', f'"{team}"'))


@pytest.mark.parametrize("envelope", ENVELOPES, ids=json.dumps)
@pytest.mark.parametrize("person", ABOUT_THE_PERSON, ids=json.dumps)
@pytest.mark.parametrize("is_direct", [False, True], ids=["channel", "direct"])
async def test_whatever_an_envelope_names_the_place_is_ours(
    scene: Scene, envelope: dict[str, Any], person: dict[str, Any], *, is_direct: bool
) -> None:
    kim = scene.lab.add_stranger("kim", admin=True)
    scene.lab.connect(scene.channel, kim)
    who = kim if person else scene.ada
    where = scene.lab.dm(who) if is_direct else scene.channel
    ts = scene.lab.workspace.mint.ts()
    words = "what hoots?" if is_direct else f"<@{scene.lab.bot_user}> what hoots?"
    scene.lab.workspace.add(Message(channel=where.id, ts=ts, author=who.id, text=words))
    event = {"type": "message" if is_direct else "app_mention", "channel": where.id, "user": who.id, "ts": ts}
    body = {"type": "event_callback", "event_id": "Ev1", "event": {**event, "text": words, **person}}
    scene.lab.socket.deliver("events_api", {**body, **ours(envelope, scene.lab.team_id)})
    await scene.answered("You said", channel=where)
    (kept,) = scene.turns.turns.values()

    assert kept.turn.message.address.workspace == scene.lab.team_id
    assert not kept.turn.message.person.is_admin
