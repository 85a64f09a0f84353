"""What the app is told of commands and of what people press, choose and submit."""

from __future__ import annotations

import copy

from tests.lab.slack.events import message_object
from tests.lab.slack.state import Channel, Json, Message, User, Workspace


def slash_payload(workspace: Workspace, channel: Channel, user: User, command: str, text: str) -> Json:
    """Return a slash command's payload, without its response_url and trigger."""
    return {
        "token": "verification-token",
        "team_id": workspace.team_id,
        "team_domain": "lab",
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name.lower(),
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": "false",
    }


def interactive_payload(workspace: Workspace, kind: str, user: User, where: Message | Json) -> Json:
    """Return what all interactions carry: who, and in which message or view."""
    payload: Json = {
        "type": kind,
        "user": {"id": user.id, "username": user.name.lower(), "name": user.name, "team_id": user.team_id},
        "api_app_id": workspace.app_id,
        "token": "verification-token",
        "team": {"id": workspace.team_id, "domain": "lab"},
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return payload | (_in_message(workspace, where) if isinstance(where, Message) else _in_view(where))


def action_of(workspace: Workspace, block: Json, element: Json, option: Json | None) -> Json:
    """Return the one action of a press or a choice."""
    action: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block["block_id"],
        "action_ts": workspace.mint.ts(),
    }
    for key in ("text", "value", "style"):
        if key in element:
            action[key] = element[key]
    return action | ({"selected_option": option} if option else {})


def submitted(view: Json, values: dict[str, Json]) -> Json:
    """Return the view with the state of its inputs: `values` by action id, {"value": …} or {"selected_option": …}."""
    view = copy.deepcopy(view)
    state: dict[str, Json] = {}
    for block in view["blocks"]:
        for element in (block.get("element"), block.get("accessory"), *block.get("elements", [])):
            if isinstance(element, dict) and element.get("action_id") in values:
                one = {"type": element["type"], **values[element["action_id"]]}
                state.setdefault(block["block_id"], {})[element["action_id"]] = one
    view["state"] = {"values": state}
    return view


def _in_message(workspace: Workspace, message: Message) -> Json:
    channel = workspace.channels[message.channel]
    container: Json = {
        "type": "message",
        "message_ts": message.ts,
        "channel_id": channel.id,
        "is_ephemeral": message.visible_to is not None,
    }
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    payload: Json = {
        "container": container,
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "state": {"values": {}},
    }
    if message.visible_to is None:
        payload["message"] = message_object(workspace, message)
    return payload


def _in_view(view: Json) -> Json:
    return {"container": {"type": "view", "view_id": view["id"]}, "view": copy.deepcopy(view)}
