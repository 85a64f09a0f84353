"""Sockets come and go, and events keep flowing; also from another process."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientSession
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, SlackLab, User
from tests.lab.test_slack_lab.acts import echo_app, running


@pytest.mark.parametrize("how", ["recycle", "cut"])
async def test_events_keep_flowing_over_a_new_socket(lab: SlackLab, noa: User, general: Channel, how: str) -> None:
    async with running(lab, echo_app(lab)):
        await {"recycle": lab.socket.recycle, "cut": lab.socket.cut}[how]()
        said = await lab.say(general, noa, "still there?")
        answer = await lab.bot_says(general, "still there?", thread=said.ts)

    assert lab.socket.hellos >= 2
    assert len(lab.called("apps.connections.open")) >= 2
    assert answer.thread_ts == said.ts


async def test_each_event_goes_to_one_of_two_connections(lab: SlackLab, noa: User, general: Channel) -> None:
    async with running(lab, echo_app(lab)), running(lab, echo_app(lab)):
        await lab.socket.connected(2)
        said = await lab.say(general, noa, "once")
        await said.acked()
        await lab.bot_says(general, "once", thread=said.ts)

    assert len(lab.posts(general)) == 1


async def test_an_eleventh_connection_is_turned_away(lab: SlackLab) -> None:
    opener = AsyncWebClient(base_url=lab.api_url)
    async with ClientSession() as session:
        urls = [(await opener.apps_connections_open(app_token=lab.app_token))["url"] for _ in range(11)]
        sockets = [await session.ws_connect(url) for url in urls]
        first, last = await sockets[0].receive_json(), await sockets[10].receive_json()

    assert first["type"] == "hello"
    assert (last["type"], last["reason"]) == ("disconnect", "too_many_websockets")


async def test_the_lab_serves_from_a_process_of_its_own() -> None:
    command = (sys.executable, "-m", "tests.lab.slack", "--no-schemas")
    root = Path(__file__).parents[3]
    process = await asyncio.create_subprocess_exec(*command, cwd=root, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    place = json.loads(await process.stdout.readline())
    app = AsyncApp(client=AsyncWebClient(token=place["bot_token"], base_url=place["api_url"]))
    answered = asyncio.Event()

    @app.event("app_mention")
    async def mentioned(event: dict[str, Any], client: AsyncWebClient) -> None:
        await client.chat_postMessage(channel=event["channel"], text="yes", thread_ts=event["ts"])
        answered.set()

    handler = AsyncSocketModeHandler(app, place["app_token"], web_client=app.client)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    async with ClientSession(place["lab_url"]) as session:
        body = {"channel": place["channel"], "user": place["user"], "text": "there?"}
        said = await (await session.post("say", json=body)).json()
        await asyncio.wait_for(answered.wait(), 10)
        wall = await (await session.get("wall", params={"channel": place["channel"], "thread": said["ts"]})).json()
    await handler.close_async()  # type: ignore[no-untyped-call]
    process.terminate()
    await process.wait()

    assert [message["shown"] for message in wall["messages"]][1:] == ["yes"]
    assert wall["messages"][1]["history"][0]["at"] >= said["at"]
    assert process.returncode == 0
