"""Questions put by `/ask`, for everybody or for one person, on a loopback Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest

from adapters.base import Content
from adapters.slack.calls import open_web
from adapters.slack.place import EphemeralPlace
from adapters.slack.private_poster import PrivatePoster
from bot.domain import Address, private_thread
from bot.errors import Unavailable
from tests.adapters.slack_scene import Scene, make_scene, running, set_up
from tests.fakes import Speech
from tests.lab.slack import Message, SlackLab


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


def quote_in(scene: Scene) -> Message:
    return next(post for post in scene.lab.posts(scene.channel) if "asks:" in post.shown)


class TestAskingEverybody:
    async def test_the_question_stands_in_the_channel_and_the_answer_under_it(self, scene: Scene) -> None:
        scene.backend.say("In trees.")
        called = await scene.lab.slash(scene.channel, scene.ada, "/ask", "where do owls live?")
        answer = await scene.answered("In trees.")

        assert called.acked
        assert quote_in(scene).shown == "ada asks:\n\n> where do owls live?"
        assert (quote_in(scene).thread_ts, answer.thread_ts) == (None, quote_in(scene).ts)

    async def test_the_thread_goes_on_from_the_question(self, scene: Scene) -> None:
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "the owl is OWL-4711")
        answer = await scene.answered("You said")
        await scene.lab.say(scene.channel, scene.ben, "which owl?", thread=answer.thread_ts)

        assert await scene.answered("I remember: OWL-4711", thread=answer.thread_ts)

    async def test_the_name_of_the_thread_is_the_question(self, scene: Scene) -> None:
        scene.backend.say(Speech("In barns and woods.", holds=True, after=2))
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "where do owls live?")
        await scene.shown("In barns")
        scene.backend.release()
        answer = await scene.answered("In barns and woods.")

        assert scene.lab.title(scene.channel, str(answer.thread_ts)) == "where do owls live?"

    async def test_in_a_dm_the_question_is_shown_and_answered_there(self, scene: Scene) -> None:
        dm = scene.lab.dm(scene.ada)
        await scene.lab.slash(dm, scene.ada, "/ask", "where do owls live?")
        answer = await scene.answered("You said: where do owls live?", channel=dm)

        assert answer.thread_ts == scene.lab.posts(dm)[0].ts

    async def test_said_to_the_bot_in_a_thread_it_is_answered_there(self, scene: Scene) -> None:
        root = await scene.lab.say(scene.channel, scene.ben, "among ourselves", mention=False)
        await scene.lab.say(scene.channel, scene.ada, "/ask where do owls live?", thread=root.ts)
        await scene.answered("You said: ada: where do owls live?", thread=root.ts)

        assert len(scene.lab.posts(scene.channel)) == 1

    async def test_where_the_bot_is_no_member_it_says_what_to_do(self, scene: Scene) -> None:
        elsewhere = scene.lab.add_channel("elsewhere", [scene.ada], with_bot=False)
        called = await scene.lab.slash(elsewhere, scene.ada, "/ask", "where do owls live?")

        assert "/invite" in (await called.responded())[0].shown
        assert scene.turns.turns == {}

    async def test_a_question_that_cannot_be_stored_is_taken_away_and_told(self, scene: Scene) -> None:
        scene.turns.broken = Unavailable("error.storage_busy")
        called = await scene.lab.slash(scene.channel, scene.ada, "/ask", "where do owls live?")

        assert "did not take this" in (await called.responded())[0].shown
        await scene.lab.until(lambda: scene.lab.posts(scene.channel) == [])

    async def test_without_a_question_it_says_how_it_is_typed(self, scene: Scene) -> None:
        called = await scene.lab.slash(scene.channel, scene.ada, "/ask")

        assert "/ask" in (await called.responded())[0].shown

    async def test_after_a_restart_the_answer_stands_under_the_question(self) -> None:
        async with SlackLab() as lab:
            scene = make_scene(lab)
            async with running(scene.adapter):
                scene.backend.say(Speech("One owl.", holds=True), "Two owls.")
                await lab.slash(scene.channel, scene.ada, "/ask", "count owls")
                await lab.until(lambda: scene.backend.running == 1)
            other = scene.another_process()
            async with running(other.adapter):
                await other.take_over()
                answer = await scene.answered("Two owls.")

            assert answer.thread_ts == quote_in(scene).ts


class TestAskingAlone:
    @pytest.mark.parametrize("said", ["/ask where do owls live? private yes", "ask where do owls live? private yes"])
    @pytest.mark.parametrize("in_thread", [False, True])
    async def test_said_to_the_bot_it_is_answered_alone_where_it_was_said(
        self, scene: Scene, said: str, *, in_thread: bool
    ) -> None:
        scene.backend.say("In trees.")
        root = await scene.lab.say(scene.channel, scene.ben, "among ourselves", mention=False)
        await scene.lab.say(scene.channel, scene.ada, said, thread=root.ts if in_thread else None)
        answer = await scene.lab.private_reads(scene.channel, scene.ada, "In trees.")

        assert (answer.thread_ts or "") == (root.ts if in_thread else "")
        assert scene.lab.posts(scene.channel) == []

    async def test_the_conversation_is_the_persons_own(self, scene: Scene) -> None:
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "the owl is OWL-4711 private yes")
        await scene.lab.private_reads(scene.channel, scene.ada, "You said")
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "which owl? private yes")
        await scene.lab.private_reads(scene.channel, scene.ada, "I remember: OWL-4711")
        await scene.lab.slash(scene.channel, scene.ben, "/ask", "which owl is it? private yes")
        await scene.lab.private_reads(scene.channel, scene.ben, "which owl is it?")

        assert scene.turns.turns[1].address == Address(
            "slack", scene.lab.team_id, scene.channel.id, private_thread(scene.ada.id)
        )
        assert "OWL-4711" not in scene.lab.private(scene.channel, scene.ben)[0].shown

    async def test_who_waits_reads_one_state_and_may_stop(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True))
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "count owls private yes")
        state = await scene.lab.private_reads(scene.channel, scene.ada, "smollm2:135m")
        await scene.lab.press(state, "stop", scene.ada)
        await scene.lab.private_reads(scene.channel, scene.ada, "Stopped")

        assert len(scene.lab.private(scene.channel, scene.ada)) == 3
        assert scene.backend.running == 0

    async def test_where_the_bot_is_no_member_it_answers_all_the_same(self, scene: Scene) -> None:
        elsewhere = scene.lab.add_channel("elsewhere", [scene.ada], with_bot=False)
        await scene.lab.slash(elsewhere, scene.ada, "/ask", "where do owls live? private yes")

        assert await scene.lab.private_reads(elsewhere, scene.ada, "You said")

    async def test_a_very_long_answer_goes_on_where_the_response_url_ends(self, scene: Scene) -> None:
        scene.turns.broken = Unavailable("error.storage_busy")
        called = await scene.lab.slash(scene.channel, scene.ada, "/ask", "where do owls live?")
        scene.turns.broken = None
        async with aiohttp.ClientSession() as session:
            web = open_web(session, token=scene.lab.bot_token, api_url=scene.lab.api_url)
            corner = EphemeralPlace(scene.channel.id, scene.ada.id, url=called.response_url)
            poster = PrivatePoster(web=web, corner=corner, locale="en", turn_id=1)
            for word in ("one", "two", "three", "four", "five", "six"):
                await poster.post(Content(word), key="k")

        shown = [message.shown for message in scene.lab.private(scene.channel, scene.ada)]
        assert shown[1:] == ["one", "two", "three", "four", "five", "six"]
        assert len(scene.lab.called("response_url")) == 5

    async def test_an_answer_after_half_an_hour_comes_as_a_message_of_its_own(self, scene: Scene) -> None:
        scene.backend.say(Speech("In trees.", holds=True))
        await scene.lab.slash(scene.channel, scene.ada, "/ask", "where do owls live? private yes")
        await scene.lab.private_reads(scene.channel, scene.ada, "smollm2:135m")
        scene.lab.clock.advance(1900)
        scene.backend.release()

        assert await scene.lab.private_reads(scene.channel, scene.ada, "In trees.")
        scene.lab.violations.clear()  # "expired_url": nobody tells how old an address is

    async def test_after_a_restart_the_answer_still_reaches_its_asker_alone(self) -> None:
        async with SlackLab() as lab:
            scene = make_scene(lab)
            async with running(scene.adapter):
                scene.backend.say(Speech("One owl.", holds=True), "Two owls.")
                await lab.slash(scene.channel, scene.ada, "/ask", "count owls private yes")
                await lab.until(lambda: scene.backend.running == 1)
            other = scene.another_process()
            async with running(other.adapter):
                await other.take_over()
                await lab.private_reads(scene.channel, scene.ada, "Two owls.")

            assert lab.posts(scene.channel) == []
            assert lab.violations == []

    async def test_after_a_restart_where_the_bot_is_no_member_it_comes_into_the_dm(self) -> None:
        async with SlackLab() as lab:
            scene = make_scene(lab)
            elsewhere = lab.add_channel("elsewhere", [scene.ada], with_bot=False)
            async with running(scene.adapter):
                scene.backend.say(Speech("One owl.", holds=True), "Two owls.")
                await lab.slash(elsewhere, scene.ada, "/ask", "count owls private yes")
                await lab.until(lambda: scene.backend.running == 1)
            other = scene.another_process()
            async with running(other.adapter):
                await other.take_over()
                answer = await scene.answered("Two owls.", channel=lab.dm(scene.ada))

            assert f"<#{elsewhere.id}>" in answer.shown
