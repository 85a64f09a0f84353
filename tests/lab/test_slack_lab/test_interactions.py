"""Commands, presses and modals."""

from __future__ import annotations

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.lab.slack import Channel, SlackLab, User
from tests.lab.test_slack_lab.acts import echo_app, option, running, with_button


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

    message = await with_button(lab, general)
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
        await ack(options=[option(name) for name in ("llama", "qwen") if payload["value"] in name])

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


async def test_a_messages_menu_reaches_the_app_with_the_message(lab: SlackLab, noa: User, general: Channel) -> None:
    app = echo_app(lab)
    heard: list[dict[str, Any]] = []

    @app.shortcut("explain")
    async def explained(ack: Any, respond: Any, body: dict[str, Any]) -> None:
        await ack()
        heard.append(body)
        await respond(text="for you alone", replace_original=False)

    said = await lab.say(general, noa, "owls hoot", mention=False)
    async with running(lab, app):
        chosen = await lab.shortcut(said.message, "explain", noa)
        (answer,) = await chosen.responded()

    assert (heard[0]["type"], heard[0]["message"]["text"], heard[0]["message_ts"]) == (
        "message_action",
        "owls hoot",
        said.ts,
    )
    assert (answer.shown, answer.visible_to) == ("for you alone", noa.id)


async def test_one_of_two_feedback_buttons_tells_its_value(lab: SlackLab, noa: User, general: Channel) -> None:
    app = echo_app(lab)
    heard: list[dict[str, Any]] = []

    @app.action("feedback")
    async def rated(ack: Any, action: dict[str, Any]) -> None:
        await ack()
        heard.append(action)

    client = AsyncWebClient(token=lab.bot_token, base_url=lab.api_url)
    await client.chat_postMessage(channel=general.id, text="an answer", blocks=[FEEDBACK])
    async with running(lab, app):
        await lab.rate(lab.posts(general)[0], "feedback", noa, good=False)

    assert (heard[0]["type"], heard[0]["value"]) == ("feedback_buttons", "bad")
    assert lab.violations == []


async def test_a_modal_that_nobody_touches_is_submitted_as_it_was_opened(
    lab: SlackLab, noa: User, general: Channel
) -> None:
    app = echo_app(lab)
    heard: list[dict[str, Any]] = []

    @app.command("/ask")
    async def ask(ack: Any, client: AsyncWebClient, body: dict[str, Any]) -> None:
        await ack()
        element = {"type": "plain_text_input", "action_id": "question", "initial_value": "Explain this"}
        block = {"type": "input", "block_id": "b", "label": PICKER["title"], "element": element}
        await client.views_open(trigger_id=body["trigger_id"], view=PICKER | {"blocks": [block]})

    @app.view("pick")
    async def picked(ack: Any, view: dict[str, Any]) -> None:
        await ack()
        heard.append(view["state"]["values"]["b"]["question"])

    async with running(lab, app):
        await lab.slash(general, noa, "/ask")
        await lab.until(lambda: lab.view(noa) is not None)
        await lab.submit(noa, {})

    assert heard == [{"type": "plain_text_input", "value": "Explain this"}]


FEEDBACK: dict[str, Any] = {
    "type": "context_actions",
    "elements": [
        {
            "type": "feedback_buttons",
            "action_id": "feedback",
            "positive_button": {"text": {"type": "plain_text", "text": "Good"}, "value": "good"},
            "negative_button": {"text": {"type": "plain_text", "text": "Not good"}, "value": "bad"},
        }
    ],
}
