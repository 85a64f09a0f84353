"""What the lab tells of people, messages, statuses and files."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, LabClock, SlackLab, User
from tests.lab.test_slack_lab.acts import with_button


@pytest.mark.parametrize(
    ("arguments", "pinged"),
    [
        ({"text": "<!channel> and <@U0123456789>"}, {"channel", "U0123456789"}),
        ({"text": "&lt;!channel&gt;"}, set()),
        ({"markdown_text": "<!here> and `<!channel>`"}, {"here"}),
        ({"markdown_text": "```\n<!here>\n```\n<!subteam^S0123456789>"}, {"S0123456789"}),
        ({"text": "@here", "link_names": True}, {"here"}),
        ({"text": "x", "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "<!here>"}}]}, set()),
    ],
)
async def test_the_lab_tells_whom_a_message_would_ping(
    lab: SlackLab, general: Channel, client: AsyncWebClient, arguments: dict[str, Any], pinged: set[str]
) -> None:
    await client.chat_postMessage(channel=general.id, **arguments)

    assert lab.wall(general)[0].pings == pinged


async def test_a_person_is_described_with_their_locale_and_role(noa: User, client: AsyncWebClient) -> None:
    user = (await client.users_info(user=noa.id, include_locale=True))["user"]

    assert (user["locale"], user["is_admin"], user["is_owner"]) == ("he-IL", True, False)


async def test_blocks_stay_when_an_update_leaves_them_out(
    lab: SlackLab, general: Channel, client: AsyncWebClient
) -> None:
    message = await with_button(lab, general)
    await client.chat_update(channel=general.id, ts=message.ts, text="new")
    kept = message.action_ids
    await client.chat_update(channel=general.id, ts=message.ts, text="new", blocks=[])

    assert kept == ["stop"]
    assert message.action_ids == []
    assert message.edited


async def test_a_status_line_lives_two_minutes(lab: SlackLab, noa: User, client: AsyncWebClient) -> None:
    dm = lab.dm(noa)
    said = await lab.say(dm, noa, "hello")
    await client.assistant_threads_setStatus(channel_id=dm.id, thread_ts=said.ts, status="is thinking…")
    shown = lab.status(dm, said.ts).text
    lab.clock.advance(121)

    assert shown == "is thinking…"
    assert lab.status(dm, said.ts).text == ""


async def test_a_file_is_uploaded_in_three_steps(lab: SlackLab, general: Channel, client: AsyncWebClient) -> None:
    await client.files_upload_v2(channel=general.id, filename="answer.md", content="# Hi", initial_comment="whole")

    message = lab.wall(general)[0]
    assert message.text == "whole"
    assert lab.files.by_id[message.files[0]].content == b"# Hi"


async def test_the_clock_wakes_who_sleeps() -> None:
    clock = LabClock()
    asleep = asyncio.create_task(clock.sleep(3600))
    await asyncio.sleep(0)
    clock.advance(3601)

    await asyncio.wait_for(asleep, 5)
