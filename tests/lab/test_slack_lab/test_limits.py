"""Limits are kept, and what goes wrong on the platform goes wrong here."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, SlackLab
from tests.lab.slack.rates import Rate
from tests.lab.test_slack_lab.acts import metadata, refusal


async def test_a_rate_limited_call_is_tried_again_by_the_sdk(
    lab: SlackLab, general: Channel, client: AsyncWebClient
) -> None:
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    lab.rates.limits["chat.postMessage"] = Rate(1, 1, per_channel=True)
    await client.chat_postMessage(channel=general.id, text="one")
    await client.chat_postMessage(channel=general.id, text="two")

    assert [message.shown for message in lab.wall(general)] == ["one", "two"]
    assert [call.error for call in lab.called("chat.postMessage")][:2] == ["", "ratelimited"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"text": ""}, "no_text"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"markdown_text": "x", "text": "y"}, "markdown_text_conflict"),
        ({"text": "x", "blocks": [{"type": "divider"}] * 51}, "invalid_blocks"),
        ({"text": "x", "blocks": [{"type": "markdown", "text": "x" * 12_001}]}, "invalid_blocks"),
        (
            {"text": "x", "blocks": [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]},
            "invalid_blocks",
        ),
        ({"text": "x", "thread_ts": "1.2"}, "thread_not_found"),
    ],
)
async def test_what_slack_refuses_is_refused(
    lab: SlackLab, general: Channel, client: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    answered = await refusal(client.api_call("chat.postMessage", json={"channel": general.id, **arguments}))

    assert answered == error
    assert lab.wall(general) == []


async def test_too_much_text_over_all_blocks_is_refused_and_recorded(
    lab: SlackLab, general: Channel, client: AsyncWebClient
) -> None:
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_000}}
    error = await refusal(client.chat_postMessage(channel=general.id, text="x", blocks=[section] * 5))

    assert error == "msg_blocks_too_long"
    assert [violation.rule for violation in lab.violations] == ["msg_blocks_too_long"]


async def test_a_lost_acknowledgement_leaves_the_message_standing(
    lab: SlackLab, general: Channel, client: AsyncWebClient
) -> None:
    client.retry_handlers.clear()
    lab.fail_next("chat.postMessage", drop="after")
    with pytest.raises(ClientError):
        await client.chat_postMessage(channel=general.id, text="once", metadata=metadata("k1"))
    page = await client.conversations_history(channel=general.id, include_all_metadata=True)

    assert [message["metadata"]["event_payload"]["key"] for message in page["messages"]] == ["k1"]


async def test_the_sdk_by_itself_posts_twice_after_a_lost_acknowledgement(
    lab: SlackLab, general: Channel, client: AsyncWebClient
) -> None:
    lab.fail_next("chat.postMessage", drop="after")
    await client.chat_postMessage(channel=general.id, text="once?")

    assert [message.shown for message in lab.wall(general)] == ["once?", "once?"]


async def test_a_text_over_forty_thousand_characters_is_cut_and_recorded(
    lab: SlackLab, general: Channel, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel=general.id, text="x" * 40_001)

    assert len(lab.wall(general)[0].text) == 40_000
    assert [violation.rule for violation in lab.violations] == ["text_truncated"]


async def test_a_broken_server_answers_with_its_status(lab: SlackLab, client: AsyncWebClient) -> None:
    lab.fail_next("auth.test", http_status=500)
    with pytest.raises(SlackApiError) as caught:
        await client.auth_test()

    assert caught.value.response.status_code == 500
    assert (await client.auth_test())["user_id"] == lab.bot_user


async def test_a_revoked_token_is_told_on_every_call(lab: SlackLab, general: Channel, client: AsyncWebClient) -> None:
    lab.revoke()

    assert await refusal(client.auth_test()) == "token_revoked"
    assert await refusal(client.chat_postMessage(channel=general.id, text="x")) == "token_revoked"


async def test_tokens_open_only_their_own_doors(lab: SlackLab) -> None:
    anonymous = AsyncWebClient(base_url=lab.api_url)
    stranger = AsyncWebClient(token="xoxb-nobody", base_url=lab.api_url)
    app_level = AsyncWebClient(token=lab.app_token, base_url=lab.api_url)

    assert await refusal(anonymous.auth_test()) == "not_authed"
    assert await refusal(stranger.auth_test()) == "invalid_auth"
    assert await refusal(app_level.auth_test()) == "not_allowed_token_type"
    assert await refusal(anonymous.apps_connections_open(app_token=lab.bot_token)) == "not_allowed_token_type"
