"""Streams grow, end and die as on the platform."""

from __future__ import annotations

from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, SlackLab, User
from tests.lab.test_slack_lab.acts import metadata, refusal, started


async def test_a_stream_grows_and_ends_with_its_blocks(
    lab: SlackLab, noa: User, general: Channel, client: AsyncWebClient
) -> None:
    said = await lab.say(general, noa, "tell me")
    stream = await client.chat_stream(
        channel=general.id,
        thread_ts=said.ts,
        recipient_team_id=lab.team_id,
        recipient_user_id=noa.id,
        buffer_size=4,
    )
    await stream.append(markdown_text="One ")
    await stream.append(markdown_text="two ")
    running_now = lab.wall(general, said.ts)[1].streaming
    await stream.stop(markdown_text="three", blocks=[{"type": "divider"}], metadata=metadata("k1"))

    answer = lab.wall(general, said.ts)[1]
    assert running_now
    assert not answer.streaming
    assert answer.text == "One two three"
    assert [change.what for change in answer.history] == ["post", "append", "stop"]
    assert answer.metadata == metadata("k1")
    assert lab.violations == []


async def test_a_stopped_stream_takes_no_more(lab: SlackLab, noa: User, client: AsyncWebClient) -> None:
    ts = await started(lab, noa, client)
    await client.chat_stopStream(channel=lab.dm(noa).id, ts=ts)
    error = await refusal(client.chat_appendStream(channel=lab.dm(noa).id, ts=ts, markdown_text="more"))

    assert error == "message_not_in_streaming_state"


async def test_a_stream_dies_five_minutes_after_its_start(lab: SlackLab, noa: User, client: AsyncWebClient) -> None:
    ts = await started(lab, noa, client)
    lab.clock.advance(200)
    await client.chat_appendStream(channel=lab.dm(noa).id, ts=ts, markdown_text="alive")
    lab.clock.advance(110)
    error = await refusal(client.chat_stopStream(channel=lab.dm(noa).id, ts=ts))
    await client.chat_update(channel=lab.dm(noa).id, ts=ts, markdown_text="whole")

    assert error == "message_not_in_streaming_state"
    assert lab.posts(lab.dm(noa))[0].shown == "whole"


async def test_a_running_stream_can_be_neither_updated_nor_deleted(
    lab: SlackLab, noa: User, client: AsyncWebClient
) -> None:
    ts = await started(lab, noa, client)
    updated = await refusal(client.chat_update(channel=lab.dm(noa).id, ts=ts, text="x"))
    deleted = await refusal(client.chat_delete(channel=lab.dm(noa).id, ts=ts))

    assert (updated, deleted) == ("streaming_state_conflict", "cant_delete_message")


async def test_a_stream_without_its_recipient_is_refused(
    lab: SlackLab, noa: User, general: Channel, client: AsyncWebClient
) -> None:
    said = await lab.say(general, noa, "hello")
    error = await refusal(client.chat_startStream(channel=general.id, thread_ts=said.ts))

    assert error == "missing_recipient_team_id"
    assert [violation.rule for violation in lab.violations] == ["missing_recipient_team_id"]


async def test_the_native_stop_ends_the_stream_and_tells_the_app(
    lab: SlackLab, noa: User, client: AsyncWebClient
) -> None:
    dm, ts = lab.dm(noa), await started(lab, noa, client)
    root = lab.posts(dm)[0].thread_ts or ""
    await client.agents_sessions_setStatus(channel_id=dm.id, thread_ts=root, status="processing")
    delivery = await lab.stop(dm, root, noa)
    error = await refusal(client.chat_appendStream(channel=dm.id, ts=ts, markdown_text="more"))

    assert error == "stopped_by_user"
    assert delivery.payload["event"]["streaming_message_ts"] == [ts]
    assert lab.status(dm, root).session == "processing"
