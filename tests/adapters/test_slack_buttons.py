"""Buttons under the bot's messages on a loopback Slack: how they look, and what a press does."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

import aiohttp
import pytest

from adapters.base import Content
from adapters.slack.calls import open_web
from adapters.slack.manifest import SHORTCUT
from adapters.slack.place import Identity, Place
from adapters.slack.poster import SlackPoster
from bot.domain import Button, Notice
from tests.adapters.slack_scene import Scene, beginnings, make_scene, running, set_up
from tests.fakes import Speech
from tests.lab.slack import Message, SlackLab

USE = Button(Notice("button.again"), "model use", {"name": "qwen3:8b"})
ASKED = Button(Notice("button.again"), "model use", {}, asks="name")
GOOD = Button(Notice("button.good"), "rate", {"turn": "1", "verdict": "good"})
BAD = Button(Notice("button.bad"), "rate", {"turn": "1", "verdict": "bad"}, asks="reason")
THUMBS = "press.rate"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


@asynccontextmanager
async def poster(scene: Scene) -> AsyncIterator[SlackPoster]:
    lab = scene.lab
    asked = await lab.say(scene.channel, scene.ada, "hello", mention=False)
    place = Place(channel=scene.channel.id, thread=asked.ts, asked=asked.ts, user=scene.ada.id, workspace=lab.team_id)
    me = Identity(workspace=lab.team_id, bot_user=lab.bot_user, bot_id=lab.bot_id)
    async with aiohttp.ClientSession() as session:
        web = open_web(session, token=lab.bot_token, api_url=lab.api_url)
        yield SlackPoster(
            web=web,
            place=place,
            identity=me,
            clock=lab.clock,
            locale="en",
            turn_id=17,
            beginnings=beginnings(scene, place, 17),
        )


async def offered(scene: Scene, *buttons: Button) -> Message:
    """Post a finished answer with these buttons."""
    async with poster(scene) as it:
        await it.post(Content("In trees.", buttons=buttons), key="k")
    return scene.lab.posts(scene.channel)[-1]


def labels(message: Message) -> list[str]:
    found: Sequence[Mapping[str, str]] = [
        element["text"] for block in message.blocks for element in block.get("elements", []) if "text" in element
    ]
    return [label["text"] for label in found]


class TestHowTheyLook:
    async def test_a_finished_stream_gets_them_as_it_ends(self, scene: Scene) -> None:
        async with poster(scene) as it:
            ts = await it.post(Content("In", running=True), key="k")
            await it.edit(ts, Content("In trees.", buttons=(USE, GOOD, BAD)))
        (answer,) = scene.lab.posts(scene.channel)

        assert answer.action_ids == ["press.0", THUMBS]
        assert (answer.shown, answer.is_stream) == ("In trees.", True)
        assert [change.what for change in answer.history] == ["post", "stop"]

    async def test_a_message_that_was_updated_has_them_in_place_of_stop(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
        async with poster(scene) as it:
            ts = await it.post(Content("In", running=True), key="k")
            await it.edit(ts, Content("In trees.", buttons=(USE, GOOD, BAD)))
        (answer,) = scene.lab.posts(scene.channel)

        assert answer.action_ids == ["press.0", THUMBS]

    async def test_good_and_not_good_are_slacks_own_thumbs(self, scene: Scene) -> None:
        answer = await offered(scene, GOOD, BAD)

        assert [block["type"] for block in answer.blocks] == ["markdown", "context_actions"]

    async def test_where_slack_refuses_its_thumbs_they_are_buttons_from_then_on(self, scene: Scene) -> None:
        async with poster(scene) as it:
            scene.lab.fail_next("chat.postMessage", error="invalid_blocks")
            await it.post(Content("In trees.", buttons=(GOOD, BAD)), key="k")
            await it.post(Content("On the ground.", buttons=(GOOD, BAD)), key="l")

        assert [labels(post) for post in scene.lab.posts(scene.channel)] == [["Good", "Not good"]] * 2
        assert len(scene.lab.called("chat.postMessage")) == 3

    async def test_where_a_stream_cannot_end_with_them_they_come_with_an_update(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.stopStream", error="invalid_blocks")
        scene.lab.fail_next("chat.update", error="invalid_blocks")
        async with poster(scene) as it:
            ts = await it.post(Content("In", running=True), key="k")
            await it.edit(ts, Content("In trees.", buttons=(USE, GOOD, BAD)))
        (answer,) = scene.lab.posts(scene.channel)

        assert labels(answer) == ["Regenerate", "Good", "Not good"]

    async def test_a_long_label_is_cut(self, scene: Scene) -> None:
        label = Notice("slack.asks", {"name": "a" * 100})

        assert [len(each) for each in labels(await offered(scene, Button(label, "help")))] == [75]


class TestPresses:
    async def test_a_press_calls_its_command_and_answers_the_presser_alone(self, scene: Scene) -> None:
        pressed = await scene.lab.press(await offered(scene, USE), "press.0", scene.ada)
        told = await scene.lab.private_reads(scene.channel, scene.ada, "`qwen3:8b` now answers")

        assert pressed.acked
        assert told.thread_ts is not None
        assert len(scene.lab.posts(scene.channel)) == 1

    async def test_a_press_that_is_delivered_twice_is_carried_out_once(self, scene: Scene) -> None:
        pressed = await scene.lab.press(await offered(scene, USE), "press.0", scene.ada)
        await scene.lab.private_reads(scene.channel, scene.ada, "`qwen3:8b` now answers")
        await scene.lab.socket.redeliver(pressed.event)
        await scene.lab.press(await offered(scene, USE), "press.0", scene.ben)
        await scene.lab.private_reads(scene.channel, scene.ben, "`qwen3:8b`")

        assert len(scene.lab.private(scene.channel, scene.ada)) == 1

    async def test_a_button_that_asks_opens_a_form_and_calls_with_what_was_typed(self, scene: Scene) -> None:
        await scene.lab.press(await offered(scene, ASKED), "press.0", scene.ada)
        await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
        submitted = await scene.lab.submit(scene.ada, {"answer": {"value": " qwen3:8b "}})

        assert submitted.acked
        assert scene.lab.view(scene.ada) is None
        assert await scene.lab.private_reads(scene.channel, scene.ada, "`qwen3:8b` now answers")

    async def test_a_thumb_that_asks_why_may_be_left_without_a_reason(self, scene: Scene) -> None:
        await scene.lab.rate(await offered(scene, GOOD, BAD), THUMBS, scene.ada, good=False)
        await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
        view = scene.lab.view(scene.ada) or {}

        assert view["title"]["text"] == "Not good"
        assert view["blocks"][0]["optional"]

    async def test_a_form_that_slack_does_not_open_is_told(self, scene: Scene) -> None:
        scene.lab.fail_next("views.open", error="expired_trigger_id")
        await scene.lab.press(await offered(scene, ASKED), "press.0", scene.ada)

        assert await scene.lab.private_reads(scene.channel, scene.ada, "did not open")

    async def test_what_the_command_refuses_is_told_to_the_presser_alone(self, scene: Scene) -> None:
        button = Button(Notice("button.again"), "model use", {"name": "gpt-oss"})
        await scene.lab.press(await offered(scene, button), "press.0", scene.ada)

        assert await scene.lab.private_reads(scene.channel, scene.ada, "is not installed")

    async def test_a_button_of_another_version_says_so(self, scene: Scene) -> None:
        answer = await offered(scene, USE)
        answer.button("press.0")["value"] = "of another time"
        await scene.lab.press(answer, "press.0", scene.ada)
        await scene.lab.until(lambda: bool(scene.lab.private(scene.channel, scene.ada)))

        assert "button" in scene.lab.private(scene.channel, scene.ada)[0].shown


class TestAnswers:
    async def test_an_answer_carries_regenerate_and_slacks_thumbs(self, scene: Scene) -> None:
        await scene.lab.say(scene.channel, scene.ada, "hello")
        answer = await scene.answered("You said")

        assert labels(answer) == ["Regenerate", "Ask another model"]
        assert answer.action_ids == ["press.0", "press.1", THUMBS]

    async def test_regenerate_answers_again_below(self, scene: Scene) -> None:
        scene.backend.say("In trees.", "In old trees.")
        asked = await scene.lab.say(scene.channel, scene.ada, "where do owls live?")
        await scene.lab.press(await scene.answered("In trees."), "press.0", scene.ada)
        again = await scene.answered("In old trees.")

        assert again.thread_ts == asked.ts
        assert len(scene.lab.posts(scene.channel)) == 2
        await scene.at_rest(scene.channel, asked.ts)

    async def test_an_answer_made_again_is_taken_over_by_another_process(self) -> None:
        async with SlackLab() as lab:
            scene = make_scene(lab)
            async with running(scene.adapter):
                scene.backend.say("In trees.", Speech("In old trees.", holds=True, after=2), "In very old trees.")
                asked = await lab.say(scene.channel, scene.ada, "where do owls live?")
                await lab.press(await scene.answered("In trees."), "press.0", scene.ada)
                await scene.shown("In old")
            other = scene.another_process()
            async with running(other.adapter):
                await other.take_over()
                again = await scene.answered("In very old trees.", thread=asked.ts)

            assert "In trees." in lab.posts(scene.channel)[0].shown
            assert [post.ts for post in lab.posts(scene.channel)[1:]] == [again.ts]
            assert lab.violations == []

    async def test_a_private_answer_is_shown_to_everyone_on_request_and_once(self, scene: Scene) -> None:
        scene.backend.say("In trees.")
        await ask_about_a_message(scene)
        answer = await scene.lab.private_reads(scene.channel, scene.ada, "In trees.")
        publish = f"press.{labels(answer).index('Show to everyone')}"
        await scene.lab.press(answer, publish, scene.ada)
        shown = await scene.answered("In trees.")
        await scene.lab.press(answer, publish, scene.ada)
        await scene.lab.until(lambda: len(scene.lab.private(scene.channel, scene.ada)) == 2)

        assert shown.thread_ts is None
        assert len(scene.lab.posts(scene.channel)) == 1


async def ask_about_a_message(scene: Scene) -> None:
    """Ask about a message, for one person alone: `/ask` answers from lessons only."""
    said = await scene.lab.say(scene.channel, scene.ben, "where do owls live?", mention=False)
    await scene.lab.shortcut(said.message, SHORTCUT, scene.ada)
    await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
    await scene.lab.submit(scene.ada, {"private": {"selected_options": [{"value": "yes"}]}})
