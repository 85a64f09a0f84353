"""The Slack app's manifest, made from the command table.

`lyceum manifest slack > deploy/slack/manifest.yaml` writes it anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from bot.engine.commands import LISTED
from bot.i18n import text

NAME = "Lyceum"
DESCRIPTION = "The open models your team hosts, in your channels"
ACCENT = "#1f4b3f"
EVENTS = ("agent_session_stopped", "app_home_opened", "app_mention", "message.im")
# The histories are read for one thing: to recognise our own messages in a thread after a call, or a process, was lost.
# Files are written where something is too wide or too long for a message, and read where people send text files along.
SCOPES = (
    "app_mentions:read",
    "assistant:write",
    "channels:history",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "im:history",
    "users:read",
)
# What a DM suggests: the key of the words people read, and what is said for them; "" where it is a question.
PROMPTS = (("slack.prompt_help", "help"), ("slack.prompt_models", "model list"), ("slack.prompt_question", ""))
SHORTCUT = "ask_about"
HEADER = "# Made by `lyceum manifest slack` from the command table; edit that, not this.\n"


def slash_names() -> list[str]:
    """Return the slash commands, without slash: the first words of the command table, each once."""
    return list(dict.fromkeys(command.name.split()[0] for command in LISTED))


def prompts(locale: str, *, model: str = "") -> list[dict[str, str]]:
    """Return what a DM with the bot suggests to say: commands in words, a question, and the choice of this model."""
    suggested = [{"title": text(key, locale), "message": words or text(key, locale)} for key, words in PROMPTS]
    if not model:
        return suggested
    return [*suggested, {"title": text("slack.prompt_model", locale, model=model), "message": f"model use {model}"}]


def manifest(address: str = "") -> dict[str, Any]:
    """Return the manifest as Slack's app settings take it.

    `address` is where Slack's requests reach the bot; "" for Socket Mode.
    """
    return {
        "display_information": {"name": NAME, "description": DESCRIPTION, "background_color": ACCENT},
        "features": {
            "agent_view": {"agent_description": text("slack.agent", "en"), "suggested_prompts": prompts("en")},
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": NAME.lower(), "always_online": True},
            "shortcuts": [
                {
                    "type": "message",
                    "name": text("slack.about_menu", "en"),
                    "callback_id": SHORTCUT,
                    "description": text("slack.about_description", "en"),
                }
            ],
            "slash_commands": [_slash_command(name, address) for name in slash_names()],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": {**_requests(address, "events"), "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **_requests(address, "interactions")},
            "org_deploy_enabled": False,
            "socket_mode_enabled": not address,
            "token_rotation_enabled": False,
        },
    }


def manifest_yaml(address: str = "") -> str:
    """Return the manifest as YAML, as deploy/slack/manifest.yaml has it; see `manifest`."""
    return HEADER + "".join(f"{line}\n" for line in _lines(manifest(address)))


def _requests(address: str, kind: str) -> dict[str, str]:
    return {"request_url": f"{address.rstrip('/')}/slack/{kind}"} if address else {}


def creation_link() -> str:
    """Return the address at which Slack makes an app of the manifest: https://docs.slack.dev/app-manifests."""
    return f"https://api.slack.com/apps?new_app=1&manifest_json={quote(json.dumps(manifest(), separators=(',', ':')))}"


def _slash_command(name: str, address: str) -> dict[str, Any]:
    mine = [command for command in LISTED if command.name.split()[0] == name]
    is_group = mine[0].name != name
    told = {
        "command": f"/{name}",
        "description": text(f"command_group.{name}" if is_group else mine[0].help_key, "en"),
        "should_escape": False,
    }
    if address:
        told["url"] = f"{address.rstrip('/')}/slack/commands"
    hints = [command.usage.removeprefix(f"/{name}").strip() for command in mine]
    return {**told, "usage_hint": " | ".join(hints)} if any(hints) else told


def _lines(value: dict[str, Any]) -> Iterator[str]:
    for name, inner in value.items():
        if isinstance(inner, dict):
            yield f"{name}:"
            yield from (f"  {line}" for line in _lines(inner))
        elif isinstance(inner, list):
            yield f"{name}:"
            yield from (f"  {line}" for item in inner for line in _item(item))
        else:
            yield f"{name}: {_scalar(inner)}"


def _item(item: Any) -> Iterator[str]:
    lines = list(_lines(item)) if isinstance(item, dict) else [_scalar(item)]
    yield from (f"{'  ' if index else '- '}{line}" for index, line in enumerate(lines))


def _scalar(value: str | bool) -> str:  # noqa: FBT001 - a value to write
    return json.dumps(value, ensure_ascii=False)
