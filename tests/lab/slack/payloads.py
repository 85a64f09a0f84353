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
        **({"enterprise_id": workspace.enterprise_id} if workspace.enterprise_id else {}),
        "team_domain": "lab",
        "channel_id": channel.id,
        "channel_name": "directmessage" if channel.is_im else channel.name,
        "user_id": user.id,
        "user_name": user.name.lower(),
        "command": command,
        "text": text,
        "api_app_id": workspace.app_id,
        "is_enterprise_install": str(bool(workspace.enterprise_id)).lower(),
    }


def interactive_payload(workspace: Workspace, kind: str, user: User, where: Message | Json) -> Json:
    """Return what interactions in a message or a view carry: who, and where."""
    payload = _interaction(workspace, kind, user)
    return payload | (_in_message(workspace, where) if isinstance(where, Message) else _in_view(where))


def _interaction(workspace: Workspace, kind: str, user: User) -> Json:
    """Return who acts. `team` is the bot's workspace, of a form the person's, and null for an organisation.

    (bolt-js issue 1614 and java-slack-sdk issue 1041 tell of the two.)
    """
    team = user.team_id if kind in ("view_submission", "view_closed") else workspace.team_id
    enterprise = {"id": workspace.enterprise_id, "name": "Labs"} if workspace.enterprise_id else None
    return {
        "type": kind,
        "user": {"id": user.id, "username": user.name.lower(), "name": user.name, "team_id": user.team_id},
        "api_app_id": workspace.app_id,
        "token": "verification-token",
        "team": None if enterprise else {"id": team, "domain": "lab"},
        "enterprise": enterprise,
        "is_enterprise_install": bool(enterprise),
    }


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


def one_of_two(element: Json, *, good: bool) -> Json:
    """Return one of two feedback buttons as the element an action tells of."""
    button = element["positive_button" if good else "negative_button"]
    named = {key: element[key] for key in ("type", "action_id")}
    return named | {key: button[key] for key in ("text", "value")}


def shortcut_payload(workspace: Workspace, callback_id: str, user: User, message: Message) -> Json:
    """Return what a message's menu tells of, without its response_url and trigger."""
    channel = workspace.channels[message.channel]
    payload = _interaction(workspace, "message_action", user)
    return payload | {
        "callback_id": callback_id,
        "action_ts": workspace.mint.ts(),
        "channel": {"id": channel.id, "name": "directmessage" if channel.is_im else channel.name},
        "message_ts": message.ts,
        "message": message_object(workspace, message),
    }


def submitted(view: Json, values: dict[str, Json]) -> Json:
    """Return the view with the state of its inputs: `values` by action id, {"value": …} or {"selected_option": …}.

    An input that is not among them is left as it was opened. Raises: LookupError: one that has to be filled is empty.
    """
    view = copy.deepcopy(view)
    state: dict[str, Json] = {}
    for block in view["blocks"]:
        for element in (block.get("element"), block.get("accessory"), *block.get("elements", [])):
            if not isinstance(element, dict) or "action_id" not in element:
                continue
            given = values.get(element["action_id"], _untouched(element))
            if block["type"] == "input" and not block.get("optional") and not any(given.values()):
                raise LookupError(f"{element['action_id']} has to be filled")
            if given:
                state.setdefault(block["block_id"], {})[element["action_id"]] = {"type": element["type"], **given}
    view["state"] = {"values": state}
    return view


def _untouched(element: Json) -> Json:
    """Return the state of an input nobody has touched."""
    match element["type"]:
        case "plain_text_input":
            return {"value": element.get("initial_value")}
        case "checkboxes":
            return {"selected_options": element.get("initial_options", [])}
    return {"selected_option": element["initial_option"]} if "initial_option" in element else {}


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
