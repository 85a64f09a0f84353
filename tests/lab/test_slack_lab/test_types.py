"""Requests and manifests are held against the types Slack publishes."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, SlackLab
from tests.lab.slack.schema import load_schemas, require_schemas
from tests.lab.test_slack_lab.acts import refusal


@pytest.fixture
def _typed() -> None:
    require_schemas()


@pytest.mark.usefixtures("_typed")
@pytest.mark.parametrize(
    ("method", "arguments", "where"),
    [
        ("chat.postMessage", {"text": "x", "bogus": 1}, "bogus"),
        ("chat.postMessage", {"text": "x", "blocks": [{"type": "section", "text": "x"}]}, "blocks[0].text"),
        ("chat.update", {"text": "x"}, "ts"),
        ("agents.sessions.setStatus", {"thread_ts": "1.2", "channel_id": "C0123456789"}, "status"),
    ],
)
async def test_a_request_against_the_published_types_is_refused_and_recorded(
    lab: SlackLab, general: Channel, client: AsyncWebClient, method: str, arguments: dict[str, Any], where: str
) -> None:
    error = await refusal(client.api_call(method, json={"channel": general.id, **arguments}))

    assert error == "invalid_arguments"
    assert where in lab.violations[0].detail


@pytest.mark.usefixtures("_typed")
async def test_a_manifest_is_checked_by_the_same_means() -> None:
    good = {"display_information": {"name": "Lyceum"}, "features": {"agent_view": {"agent_description": "x"}}}
    bad = good | {"features": {"slash_commands": [{"command": "/model"}]}}

    assert load_schemas().problem("manifest", good) is None
    assert "description" in str(load_schemas().problem("manifest", bad))
