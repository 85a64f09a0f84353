"""Events reach the real slack_bolt as Slack sends them."""

from __future__ import annotations

from typing import Any

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.lab.slack import Channel, SlackLab, User
from tests.lab.test_slack_lab.acts import echo_app, running


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
