"""The Slack app's manifest: made from the command table, up to date in deploy/, and as Slack takes it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from adapters.slack.manifest import SHORTCUT, manifest, manifest_yaml
from bot.engine.command_parsing import parse_mention
from bot.engine.commands import LISTED
from tests.lab.slack.schema import load_schemas

# Slack documents them (docs.slack.dev: agent sessions, scopes), but its types for manifests do not list them.
UNTYPED_SCOPE, UNTYPED_EVENT = "assistant:write", "agent_session_stopped"
DEPLOYED = Path(__file__).parents[2] / "deploy/slack/manifest.yaml"


def test_the_deployed_manifest_is_the_one_the_command_table_makes() -> None:
    assert DEPLOYED.read_text(encoding="utf-8") == manifest_yaml()


def test_the_yaml_reads_back_as_the_manifest() -> None:
    assert yaml.safe_load(manifest_yaml()) == manifest()


def test_every_command_has_its_slash_command_and_its_usage() -> None:
    slash = {command["command"]: command.get("usage_hint", "") for command in manifest()["features"]["slash_commands"]}

    assert list(slash) == [
        "/ask", "/lesson", "/model", "/assistant", "/context", "/usage",
        "/stop", "/reset", "/forget", "/export", "/audit", "/help",
    ]  # fmt: skip
    assert slash["/model"].split(" | ") == [
        command.usage.removeprefix("/model ") for command in LISTED if command.name.startswith("model ")
    ]


def test_suggested_prompts_are_two_commands_and_a_question() -> None:
    suggested = manifest()["features"]["agent_view"]["suggested_prompts"]

    assert [parse_mention(prompt["message"]) for prompt in suggested] == [("help", {}), ("model list", {}), None]


def test_the_menu_of_a_message_has_an_entry_whose_name_slack_shows_whole() -> None:
    (shortcut,) = manifest()["features"]["shortcuts"]

    assert (shortcut["type"], shortcut["callback_id"]) == ("message", SHORTCUT)
    assert len(shortcut["name"]) <= 24
    assert len(shortcut["description"]) <= 150


def test_texts_keep_to_slacks_lengths() -> None:
    features = manifest()["features"]

    assert len(manifest()["display_information"]["description"]) <= 140
    assert len(features["agent_view"]["agent_description"]) <= 300
    assert all(len(command["description"]) <= 2_000 for command in features["slash_commands"])
    assert all(len(command.get("usage_hint", "")) <= 1_000 for command in features["slash_commands"])


def test_slacks_published_types_take_the_manifest() -> None:
    schemas = load_schemas()
    if schemas.skip_reason:
        pytest.skip(schemas.skip_reason)
    typed = manifest()
    typed["oauth_config"]["scopes"]["bot"].remove(UNTYPED_SCOPE)
    typed["settings"]["event_subscriptions"]["bot_events"].remove(UNTYPED_EVENT)

    assert schemas.problem("manifest", typed) is None


def test_an_app_that_gets_requests_has_an_address_for_each_kind_of_them() -> None:
    made = manifest("https://lyceum.example.org/")
    settings = made["settings"]

    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == "https://lyceum.example.org/slack/events"
    assert settings["interactivity"]["request_url"] == "https://lyceum.example.org/slack/interactions"
    commands = made["features"]["slash_commands"]
    assert {each["url"] for each in commands} == {"https://lyceum.example.org/slack/commands"}
    assert yaml.safe_load(manifest_yaml("https://lyceum.example.org/")) == made
