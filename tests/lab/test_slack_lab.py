"""The loopback Slack, tried with the real slack_bolt and slack_sdk over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientError
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.lab.slack import Channel, LabClock, SlackLab, User
from tests.lab.slack.rates import Rate
from tests.lab.slack.schema import load_schemas, require_schemas
from tests.lab.slack.state import Message

ALL = frozenset({"app_mention", "message.im", "message.channels", "app_home_opened", "agent_session_stopped"})


@pytest.fixture
async def lab() -> AsyncIterator[SlackLab]:
    async with SlackLab(ack_s=30, subscriptions=ALL) as lab:
        yield lab


@pytest.fixture
def noa(lab: SlackLab) -> User:
    return lab.add_user("Noa", locale="he-IL", admin=True)


@pytest.fixture
def general(lab: SlackLab, noa: User) -> Channel:
    return lab.add_channel("general", [noa])


@pytest.fixture
def client(lab: SlackLab) -> AsyncWebClient:
    return AsyncWebClient(token=lab.bot_token, base_url=lab.api_url)


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


# --- events


async def test_a_mention_arrives_and_the_answer_stands_in_its_thread(
    lab: SlackLab, noa: User, general: Channel
) -> None:
    async with running(lab, echo_app(lab)):
        said = await lab.say(general, noa, "is 1 < 2?")
        await said.acked()
        answer = await lab.bot_says(general, "heard", thread=said.ts)

    assert answer.shown == f"heard <@{lab.bot_user}> is 1 &lt; 2?"
    assert [event.payload["event"]["type"] for event in said.events] == ["app_mention", "message"]
    assert lab.violations == []


async def test_a_direct_message_arrives_without_a_mention(lab: SlackLab, noa: User) -> None:
    async with running(lab, echo_app(lab)):
        said = await lab.say(lab.dm(noa), noa, "hello")
        await said.acked()

    assert said.event.payload["event"]["channel_type"] == "im"
    assert said.event.payload["authorizations"][0]["user_id"] == lab.bot_user


async def test_an_event_nobody_acknowledges_is_delivered_again_with_its_reason() -> None:
    seen: list[tuple[str, str]] = []
    async with SlackLab(ack_s=0.2) as lab:
        app = AsyncApp(client=AsyncWebClient(token=lab.bot_token, base_url=lab.api_url))

        @app.middleware
        async def remember(req: Any, next_: Any) -> None:
            seen.append((req.body["event_id"], req.headers.get("x-slack-retry-reason", [""])[0]))
            if len(seen) == 3:
                await next_()

        @app.event("app_mention")
        async def mentioned() -> None:
            pass

        person = lab.add_user("Dan")
        async with running(lab, app):
            said = await lab.say(lab.add_channel("c"), person, "hello")
            await lab.until(lambda: len(seen) == 2)
            lab.clock.advance(61)
            await said.acked(timeout_s=10)

    assert seen == [(said.event.event_id, reason) for reason in ("", "timeout", "timeout")]
    assert said.event.attempts == 3


async def test_a_redelivered_event_carries_the_same_id(lab: SlackLab, noa: User, general: Channel) -> None:
    async with running(lab, echo_app(lab)):
        said = await lab.say(general, noa, "hello")
        await said.acked()
        await lab.socket.redeliver(said.event)
        await lab.wall_reads(general, lambda wall: len(wall) == 3, thread=said.ts)

    assert said.event.attempts == 2
    assert len(lab.called("chat.postMessage")) == 2


async def test_edits_and_deletions_are_told_with_what_was_before(lab: SlackLab, noa: User, general: Channel) -> None:
    async with running(lab, echo_app(lab)):
        said = await lab.say(general, noa, "first")
        edited = await lab.edit(said.message, "second")
        deleted = await lab.delete(said.message)
        await edited.acked()
        await deleted.acked()

    change, deletion = edited.event.payload["event"], deleted.event.payload["event"]
    assert change["subtype"] == "message_changed"
    assert change["message"]["text"].endswith("second")
    assert change["previous_message"]["text"].endswith("first")
    assert deletion["deleted_ts"] == said.ts
    assert all(message.ts != said.ts for message in lab.wall(general))


# --- sockets


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


# --- streams


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
    await stream.stop(markdown_text="three", blocks=[{"type": "divider"}], metadata=_metadata("k1"))

    answer = lab.wall(general, said.ts)[1]
    assert running_now
    assert not answer.streaming
    assert answer.text == "One two three"
    assert [change.what for change in answer.history] == ["post", "append", "stop"]
    assert answer.metadata == _metadata("k1")
    assert lab.violations == []


async def test_a_stopped_stream_takes_no_more(lab: SlackLab, noa: User, client: AsyncWebClient) -> None:
    ts = await _started(lab, noa, client)
    await client.chat_stopStream(channel=lab.dm(noa).id, ts=ts)
    error = await refusal(client.chat_appendStream(channel=lab.dm(noa).id, ts=ts, markdown_text="more"))

    assert error == "message_not_in_streaming_state"


async def test_a_stream_dies_five_minutes_after_its_start(lab: SlackLab, noa: User, client: AsyncWebClient) -> None:
    ts = await _started(lab, noa, client)
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
    ts = await _started(lab, noa, client)
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
    dm, ts = lab.dm(noa), await _started(lab, noa, client)
    root = lab.posts(dm)[0].thread_ts or ""
    await client.agents_sessions_setStatus(channel_id=dm.id, thread_ts=root, status="processing")
    delivery = await lab.stop(dm, root, noa)
    error = await refusal(client.chat_appendStream(channel=dm.id, ts=ts, markdown_text="more"))

    assert error == "stopped_by_user"
    assert delivery.payload["event"]["streaming_message_ts"] == [ts]
    assert lab.status(dm, root).session == "processing"


# --- commands and presses


async def test_a_command_is_acknowledged_and_answered_privately(lab: SlackLab, noa: User, general: Channel) -> None:
    app = echo_app(lab)

    @app.command("/model")
    async def model(ack: Any, respond: Any, command: dict[str, Any]) -> None:
        await ack("at once")
        await respond(text=f"later: {command['text']}")

    async with running(lab, app):
        call = await lab.slash(general, noa, "/model", "use x")
        responses = await call.responded(2)

    assert call.acked
    assert sorted(message.shown for message in responses) == ["at once", "later: use x"]
    assert lab.private(general, noa) == responses
    assert lab.wall(general) == []


async def test_a_command_nobody_handles_is_not_acknowledged() -> None:
    async with SlackLab(ack_s=0.3) as lab:
        person = lab.add_user("Dan")
        async with running(lab, echo_app(lab)):
            call = await lab.slash(lab.add_channel("c"), person, "/unknown")

    assert not call.acked
    assert call.event.attempts == 1


async def test_a_press_reaches_the_app_and_replaces_the_message(lab: SlackLab, noa: User, general: Channel) -> None:
    app = echo_app(lab)

    @app.action("stop")
    async def stopped(ack: Any, respond: Any, action: dict[str, Any]) -> None:
        await ack()
        await respond(text=f"stopped {action['value']}", blocks=[], replace_original=True)

    message = await _with_button(lab, general)
    async with running(lab, app):
        press = await lab.press(message, "stop", noa)
        await press.responded()

    assert press.acked
    assert message.shown == "stopped 7"
    assert message.action_ids == []


async def test_a_response_url_serves_five_times(lab: SlackLab, noa: User, general: Channel) -> None:
    app = echo_app(lab)

    @app.command("/model")
    async def model(ack: Any) -> None:
        await ack()

    async with running(lab, app):
        call = await lab.slash(general, noa, "/model")
    webhook = AsyncWebhookClient(call.response_url)
    answers = [(await webhook.send(text=str(number))).status_code for number in range(6)]

    assert answers == [200] * 5 + [404]


async def test_a_modal_is_opened_filled_and_submitted(lab: SlackLab, noa: User, general: Channel) -> None:
    app = echo_app(lab)

    @app.command("/model")
    async def model(ack: Any, client: AsyncWebClient, body: dict[str, Any]) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=PICKER)

    @app.options("name")
    async def names(ack: Any, payload: dict[str, Any]) -> None:
        await ack(options=[_option(name) for name in ("llama", "qwen") if payload["value"] in name])

    @app.view("pick")
    async def picked(ack: Any, client: AsyncWebClient, view: dict[str, Any]) -> None:
        await ack()
        chosen = view["state"]["values"]["b"]["name"]["selected_option"]["value"]
        await client.chat_postMessage(channel=general.id, text=f"now {chosen}")

    async with running(lab, app):
        await lab.slash(general, noa, "/model")
        await lab.until(lambda: lab.view(noa) is not None)
        view = lab.view(noa) or {}
        offered = await lab.suggest(view, "name", noa, "qw")
        submission = await lab.submit(noa, {"name": {"selected_option": offered[0]}})
        await lab.bot_says(general, "now qwen")

    assert submission.acked
    assert [option["value"] for option in offered] == ["qwen"]
    assert lab.view(noa) is None
    assert lab.violations == []


# --- published types


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


# --- limits and failures


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
        await client.chat_postMessage(channel=general.id, text="once", metadata=_metadata("k1"))
    page = await client.conversations_history(channel=general.id, include_all_metadata=True)

    assert [message["metadata"]["event_payload"]["key"] for message in page["messages"]] == ["k1"]


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


# --- reading


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
    message = await _with_button(lab, general)
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


PICKER: dict[str, Any] = {
    "type": "modal",
    "callback_id": "pick",
    "title": {"type": "plain_text", "text": "Model"},
    "submit": {"type": "plain_text", "text": "Use"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": "plain_text", "text": "Model"},
            "element": {"type": "external_select", "action_id": "name", "min_query_length": 0},
        }
    ],
}


def _option(name: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": name}, "value": name}


def _metadata(key: str) -> dict[str, Any]:
    return {"event_type": "answer", "event_payload": {"key": key}}


async def _started(lab: SlackLab, user: User, client: AsyncWebClient) -> str:
    said = await lab.say(lab.dm(user), user, "hello")
    answer = await client.chat_startStream(
        channel=lab.dm(user).id,
        thread_ts=said.ts,
        recipient_team_id=lab.team_id,
        recipient_user_id=user.id,
        markdown_text="…",
    )
    return str(answer["ts"])


async def _with_button(lab: SlackLab, channel: Channel) -> Message:
    client = AsyncWebClient(token=lab.bot_token, base_url=lab.api_url)
    button = {"type": "button", "action_id": "stop", "value": "7", "text": {"type": "plain_text", "text": "Stop"}}
    answer = await client.chat_postMessage(
        channel=channel.id, text="writing", blocks=[{"type": "actions", "elements": [button]}]
    )
    return next(message for message in lab.posts(channel) if message.ts == answer["ts"])
