"""What the tests of the loopback Slack do with the real SDK."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, SlackLab, User
from tests.lab.slack.state import Message


@asynccontextmanager
async def running(lab: SlackLab, app: AsyncApp) -> AsyncIterator[AsyncSocketModeHandler]:
    handler = AsyncSocketModeHandler(app, lab.app_token, web_client=app.client, ping_interval=0.2)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    await lab.socket.connected()
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]


def echo_app(lab: SlackLab) -> AsyncApp:
    app = AsyncApp(client=AsyncWebClient(token=lab.bot_token, base_url=lab.api_url))

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], say: Any) -> None:
        await say(text=f"heard {event['text']}", thread_ts=event.get("thread_ts") or event["ts"])

    @app.event("message")
    async def messaged(ack: Any) -> None:
        await ack()

    return app


async def refusal(call: Any) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


def option(name: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": name}, "value": name}


def metadata(key: str) -> dict[str, Any]:
    return {"event_type": "answer", "event_payload": {"key": key}}


async def started(lab: SlackLab, user: User, client: AsyncWebClient) -> str:
    said = await lab.say(lab.dm(user), user, "hello")
    answer = await client.chat_startStream(
        channel=lab.dm(user).id,
        thread_ts=said.ts,
        recipient_team_id=lab.team_id,
        recipient_user_id=user.id,
        markdown_text="…",
    )
    return str(answer["ts"])


async def with_button(lab: SlackLab, channel: Channel) -> Message:
    client = AsyncWebClient(token=lab.bot_token, base_url=lab.api_url)
    button = {"type": "button", "action_id": "stop", "value": "7", "text": {"type": "plain_text", "text": "Stop"}}
    answer = await client.chat_postMessage(
        channel=channel.id, text="writing", blocks=[{"type": "actions", "elements": [button]}]
    )
    return next(message for message in lab.posts(channel) if message.ts == answer["ts"])
