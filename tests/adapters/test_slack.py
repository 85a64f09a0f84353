"""People talk to the bot on Slack: the real Bolt against a loopback Slack."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.engine.command_parsing import parse_mention
from bot.errors import Unavailable
from tests.adapters.slack_scene import Scene, make_scene, running, set_up, unlimited
from tests.fakes import Speech
from tests.lab.slack import SlackLab


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


class TestAnswers:
    async def test_a_mention_is_answered_by_a_stream_in_a_thread_under_it(self, scene: Scene) -> None:
        scene.backend.say(Speech("An owl hoots.", holds=True, after=2))
        asked = await scene.lab.say(scene.channel, scene.ada, "what hoots?")
        await scene.shown("An owl")
        scene.backend.release()
        answer = await scene.answered("An owl hoots.", thread=asked.ts)

        assert answer.is_stream
        assert len(scene.lab.posts(scene.channel)) == 1
        assert answer.metadata == {"event_type": "lyceum_reply", "event_payload": {"key": "turn-1:0"}}
        await scene.at_rest(scene.channel, asked.ts)

    async def test_a_stream_grows_while_the_model_writes(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls, three owls.", holds=True, after=4))
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls")
        growing = await scene.shown("One owl, two")

        assert growing.streaming
        assert scene.lab.status(scene.channel, asked.ts).session == "processing"
        scene.backend.release()
        assert await scene.answered("One owl, two owls, three owls.") is growing

    async def test_who_waits_reads_in_the_status_line_what_the_bot_does(self, scene: Scene) -> None:
        scene.backend.say(Speech("Here it is.", holds=True))
        asked = await scene.lab.say(scene.channel, scene.ada, "think hard")
        await scene.lab.until(lambda: "smollm2:135m" in scene.lab.status(scene.channel, asked.ts).text)

        assert scene.lab.posts(scene.channel) == []
        scene.backend.release()
        await scene.answered("Here it is.")
        await scene.at_rest(scene.channel, asked.ts)

    async def test_the_status_line_is_kept_while_the_model_is_silent(self) -> None:
        async with set_up(SlackLab(rates=unlimited())) as scene:
            scene.backend.say(Speech("Here it is.", holds=True))
            asked = await scene.lab.say(scene.channel, scene.ada, "think hard")
            await scene.lab.until(lambda: len(scene.lab.called("assistant.threads.setStatus")) == 1)
            await scene.lab.until(lambda: scene.lab.status(scene.channel, asked.ts).text != "")
            scene.lab.clock.advance(91)
            await scene.lab.until(lambda: len(scene.lab.called("assistant.threads.setStatus")) == 2)

            scene.backend.release()
            await scene.answered("Here it is.")

    async def test_a_direct_message_is_answered_under_itself(self, scene: Scene) -> None:
        dm = scene.lab.dm(scene.ada)
        asked = await scene.lab.say(dm, scene.ada, "hello")

        assert (await scene.answered("You said: hello", channel=dm)).thread_ts == asked.ts

    async def test_a_thread_remembers_itself_and_nothing_else(self, scene: Scene) -> None:
        first = await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-4711")
        await scene.answered("You said", thread=first.ts)
        await scene.lab.say(scene.channel, scene.ben, "which owl?", thread=first.ts)
        await scene.answered("I remember: OWL-4711", thread=first.ts)
        other = await scene.lab.say(scene.channel, scene.ben, "which owl is it?")

        assert "OWL-4711" not in (await scene.answered("which owl is it?", thread=other.ts)).shown

    async def test_a_long_answer_comes_in_several_messages(self, scene: Scene) -> None:
        words = " ".join(f"word{number:04}" for number in range(700))
        scene.backend.say(f"{words}\n\n{words}\n\nThe end.")
        asked = await scene.lab.say(scene.channel, scene.ada, "talk")
        await scene.answered("The end.")

        posts = scene.lab.posts(scene.channel)
        assert "\n\n".join(post.shown for post in posts) == f"{words}\n\n{words}\n\nThe end."
        assert {post.thread_ts for post in posts} == {asked.ts}
        assert len(posts) == 2

    async def test_people_are_answered_in_their_language(self, scene: Scene) -> None:
        await scene.lab.say(scene.channel, scene.ben, "")

        assert await scene.answered("שאלה")

    async def test_someone_slack_tells_nothing_about_is_answered_all_the_same(self, scene: Scene) -> None:
        scene.lab.fail_next("users.info", error="user_not_found")
        await scene.lab.say(scene.channel, scene.ada, "who am I?")

        assert await scene.answered(f"You said: {scene.ada.id}: who am I?")


class TestStreamsThatFail:
    async def test_where_streams_are_refused_the_answer_is_a_message_that_is_updated(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count owls")
        growing = await scene.shown("One owl")

        assert growing.action_ids == ["stop"]
        scene.backend.release()
        assert await scene.answered("One owl, two owls.") is growing
        assert not growing.is_stream

    async def test_where_slack_has_no_stop_of_its_own_ours_is_under_the_answer(self) -> None:
        subscriptions = frozenset({"app_mention", "message.im"})
        async with set_up(SlackLab(subscriptions=subscriptions)) as scene:
            scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
            await scene.lab.say(scene.channel, scene.ada, "count owls")
            growing = await scene.shown("One owl")

            assert growing.action_ids == ["stop"]
            scene.backend.release()
            assert await scene.answered("One owl, two owls.") is growing

    async def test_where_the_status_line_is_refused_a_message_shows_the_state(self, scene: Scene) -> None:
        for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
            scene.lab.fail_next(method, error="not_authorized")
        scene.backend.say(Speech("Here it is.", holds=True))
        await scene.lab.say(scene.channel, scene.ada, "think hard")
        state = await scene.shown("smollm2:135m")

        assert state.action_ids == ["stop"]
        scene.backend.release()
        assert await scene.answered("Here it is.") is state
        assert state.metadata == {"event_type": "lyceum_reply", "event_payload": {"key": "turn-1:0"}}

    async def test_a_stream_that_slack_ended_is_finished_by_an_update(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls, three owls.", holds=True, after=4))
        await scene.lab.say(scene.channel, scene.ada, "count owls")
        growing = await scene.shown("One owl, two")
        scene.lab.fail_next("chat.stopStream", error="message_not_in_streaming_state")
        growing.streaming = False
        scene.backend.release()

        assert await scene.answered("One owl, two owls, three owls.") is growing

    async def test_a_piece_whose_fate_is_unknown_is_not_said_twice(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls, three owls.", holds=True, after=4))
        await scene.lab.say(scene.channel, scene.ada, "count owls")
        await scene.shown("One owl, two")
        scene.lab.fail_next("chat.stopStream", drop="after")
        scene.backend.release()

        answer = await scene.answered("One owl, two owls, three owls.")
        await scene.lab.until(lambda: bool(scene.lab.called("chat.update")))
        assert answer.shown == "One owl, two owls, three owls."

    async def test_too_many_streams_make_nobody_wait(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.startStream", retry_after_s=30)
        await scene.lab.say(scene.channel, scene.ada, "what hoots?")

        assert not (await scene.answered("You said")).is_stream

    async def test_an_answer_waits_as_long_as_slack_asks(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.startStream", error="internal_error")
        scene.lab.fail_next("chat.postMessage", retry_after_s=1)
        await scene.lab.say(scene.channel, scene.ada, "what hoots?")

        assert await scene.answered("You said")

    async def test_where_the_bot_may_not_write_it_gives_up_and_goes_on_elsewhere(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.startStream", error="is_archived")
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "first")
        await scene.lab.until(lambda: len(scene.lab.called("chat.startStream")) == 1)
        await scene.lab.say(scene.channel, scene.ada, "second")

        assert await scene.answered("You said: ada: second")


class TestStop:
    async def test_slacks_own_stop_ends_a_state_before_the_first_word(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl.", holds=True))
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls")
        await scene.lab.until(lambda: scene.lab.status(scene.channel, asked.ts).session == "processing")
        await scene.lab.stop(scene.channel, asked.ts, scene.ada)

        assert await scene.answered("Stopped", thread=asked.ts)
        await scene.at_rest(scene.channel, asked.ts)

    async def test_who_waits_behind_an_answer_keeps_their_stop_when_it_ends(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl.", holds=True), Speech("Two owls.", holds=True, after=1))
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls")
        await scene.lab.until(lambda: scene.backend.running == 1)
        await scene.lab.say(scene.channel, scene.ada, "more owls", thread=asked.ts)
        await scene.lab.until(lambda: len(scene.lab.called("agents.sessions.setStatus")) == 2)
        await scene.lab.stop(scene.channel, asked.ts, scene.ada)
        await scene.answered("Stopped")
        scene.backend.release()
        await scene.answered("Two owls.")
        await scene.at_rest(scene.channel, asked.ts)

        asked_for = [call.arguments["status"] for call in scene.lab.called("agents.sessions.setStatus")]
        assert asked_for == ["processing", "processing", "active"]

    async def test_people_in_one_thread_are_answered_side_by_side_in_the_order_they_asked(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl.", holds=True), "Two owls.")
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls")
        await scene.lab.until(lambda: scene.backend.running == 1)
        await scene.lab.say(scene.channel, scene.ben, "more owls", thread=asked.ts)
        await scene.answered("Two owls.")
        scene.backend.release()
        await scene.answered("One owl.")
        await scene.at_rest(scene.channel, asked.ts)

        assert [post.shown for post in scene.lab.posts(scene.channel)] == ["One owl.", "Two owls."]

    async def test_slacks_own_stop_ends_the_answer_of_who_presses_it(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl.", holds=True, after=1), Speech("Two owls.", holds=True, after=1))
        asked = await scene.lab.say(scene.channel, scene.ben, "count owls")
        await scene.shown("One")
        await scene.lab.say(scene.channel, scene.ada, "more owls", thread=asked.ts)
        await scene.shown("Two")
        await scene.lab.stop(scene.channel, asked.ts, scene.ada)
        stopped = await scene.answered("Stopped")
        scene.backend.release()

        assert "Two" in stopped.shown
        assert await scene.answered("One owl.")

    async def test_our_stop_ends_the_answer(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count owls")
        growing = await scene.shown("One owl")
        pressed = await scene.lab.press(growing, "stop", scene.ada)

        assert pressed.acked
        assert (await scene.answered("Stopped")) is growing
        await scene.lab.private_reads(scene.channel, scene.ada, "What was written so far stays")

    async def test_somebody_else_may_not_stop_it_and_is_told_so_alone(self, scene: Scene) -> None:
        scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count owls")
        await scene.lab.press(await scene.shown("One owl"), "stop", scene.ben)
        await scene.lab.until(lambda: bool(scene.lab.private(scene.channel, scene.ben)))

        assert scene.lab.private(scene.channel, scene.ada) == []
        scene.backend.release()
        await scene.answered("One owl, two owls.")

    async def test_a_stop_with_nothing_to_stop_takes_the_button_away(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ada, "hello", mention=False)
        await scene.lab.send_event(
            {
                "type": "agent_session_stopped",
                "channel": scene.channel.id,
                "thread_ts": asked.ts,
                "user": scene.ada.id,
                "streaming_message_ts": [],
            }
        )

        await scene.lab.until(lambda: scene.lab.status(scene.channel, asked.ts).session == "active")
        assert scene.lab.posts(scene.channel) == []


class TestCommands:
    async def test_a_command_typed_wrong_says_how_it_is_typed(self, scene: Scene) -> None:
        called = await scene.lab.slash(scene.channel, scene.ada, "/model", "fly")

        assert called.acked
        assert "`/model use NAME" in (await called.responded())[0].shown

    async def test_in_a_thread_the_same_is_said_to_the_bot(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ada, "hello")
        await scene.answered("You said", thread=asked.ts)
        await scene.lab.say(scene.channel, scene.ada, "model use qwen3:8b for thread", thread=asked.ts)
        await scene.answered("`qwen3:8b` now answers", thread=asked.ts)
        await scene.lab.say(scene.channel, scene.ben, "and now?", thread=asked.ts)
        await scene.answered("and now?", thread=asked.ts)

        assert scene.backend.requests[-1].model == "qwen3:8b"

    async def test_the_dm_suggests_commands_in_the_persons_language(self, scene: Scene) -> None:
        await (await scene.lab.open_home(scene.ben)).wait_acked()
        dm = scene.lab.dm(scene.ben)
        await scene.lab.until(lambda: bool(scene.lab.prompts(dm)))

        assert [prompt["message"] for prompt in scene.lab.prompts(dm)[:2]] == ["help", "model list"]
        assert scene.lab.prompts(dm)[0]["title"] == "מה אפשר לעשות איתך?"

    async def test_the_dm_suggests_a_question_and_an_installed_model(self, scene: Scene) -> None:
        await (await scene.lab.slash(scene.channel, scene.ada, "/model", "list")).responded()
        await (await scene.lab.open_home(scene.ada)).wait_acked()
        dm = scene.lab.dm(scene.ada)
        await scene.lab.until(lambda: bool(scene.lab.prompts(dm)))

        question, choice = scene.lab.prompts(dm)[2:]
        assert question["message"] == question["title"]
        assert parse_mention(choice["message"]) == ("model use", {"name": "qwen3:8b"})


class TestHome:
    async def test_the_home_tab_says_in_the_persons_language_what_one_can_do(self, scene: Scene) -> None:
        await (await scene.lab.open_home(scene.ben, "home")).wait_acked()
        await scene.lab.until(lambda: scene.lab.home(scene.ben) is not None)
        blocks = (scene.lab.home(scene.ben) or {})["blocks"]

        assert "`/model list|info|" in blocks[0]["text"]["text"]
        assert "הצגה, בחירה והבנה של המודלים" in blocks[0]["text"]["text"]


class TestWhatAnEventCarries:
    async def test_a_message_that_is_forwarded_to_the_bot_is_part_of_the_question(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "the owl is OWL-4711", mention=False)
        await scene.lab.say(scene.lab.dm(scene.ada), scene.ada, "what does it say?", shared=said.message)
        await scene.answered("You said", channel=scene.lab.dm(scene.ada))

        assert scene.turns.turns[1].turn.message.text == "> ben: the owl is OWL-4711\n\nwhat does it say?"

    async def test_what_others_said_in_a_thread_before_is_not_asked_for(self, scene: Scene) -> None:
        root = await scene.lab.say(scene.channel, scene.ben, "the owl is OWL-4711", mention=False)
        await scene.lab.say(scene.channel, scene.ada, "which owl?", thread=root.ts)
        await scene.answered("You said: ada: which owl?", thread=root.ts)

        assert scene.turns.turns[1].turn.message.text == "which owl?"
        assert scene.lab.called("conversations.replies") == []

    async def test_the_beginning_of_a_thread_is_read_where_the_reply_goes_to_the_channel(self, scene: Scene) -> None:
        root = await scene.lab.say(scene.channel, scene.ben, "the owl is OWL-4711", mention=False)
        await scene.lab.say(scene.channel, scene.ada, "which owl?", thread=root.ts, broadcast=True)
        await scene.answered("which owl?", thread=root.ts)

        assert scene.turns.turns[1].turn.message.text == "> ben: the owl is OWL-4711\n\nwhich owl?"


class TestEvents:
    async def test_an_event_is_acknowledged_only_when_it_is_stored(self) -> None:
        async with set_up(SlackLab(ack_s=0.3, rates=unlimited())) as scene:
            scene.turns.broken = Unavailable("error.queue_full", waiting=3)
            asked = await scene.lab.say(scene.channel, scene.ada, "hello")
            await scene.lab.until(lambda: asked.event.attempts == 2)
            scene.turns.broken = None
            scene.lab.clock.advance(61)
            await asked.acked()

            assert asked.event.attempts == 3
            assert await scene.answered("You said: ada: hello")

    async def test_who_asks_while_nothing_can_be_stored_is_told_once_that_it_takes_longer(self) -> None:
        async with set_up(SlackLab(ack_s=0.3, rates=unlimited())) as scene:
            scene.turns.broken = Unavailable("error.storage_full")
            asked = await scene.lab.say(scene.channel, scene.ada, "hello")
            await scene.lab.until(lambda: asked.event.attempts == 2)
            scene.turns.broken = None
            scene.lab.clock.advance(61)
            await scene.answered("You said: ada: hello")

            (told,) = scene.lab.private(scene.channel, scene.ada)
            assert "within a few minutes" in told.shown

    async def test_an_event_is_acknowledged_while_its_answer_is_still_made(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl.", holds=True))
        asked = await scene.lab.say(scene.channel, scene.ada, "hello")
        await asked.acked()

        assert scene.lab.posts(scene.channel) == []
        scene.backend.release()
        await scene.answered("One owl.")

    async def test_what_comes_after_the_sockets_were_recycled_is_answered(self, scene: Scene) -> None:
        await scene.lab.socket.recycle()
        await scene.lab.socket.connected()
        await scene.lab.say(scene.channel, scene.ada, "still there?")

        assert await scene.answered("still there?")

    async def test_what_comes_after_the_sockets_broke_is_answered(self, scene: Scene) -> None:
        await scene.lab.socket.cut()
        await scene.lab.say(scene.channel, scene.ada, "still there?")
        await scene.lab.socket.connected()

        assert await scene.answered("still there?")

    async def test_messages_that_are_not_for_the_bot_are_acknowledged_and_left(self) -> None:
        subscriptions = frozenset({"app_mention", "message.im", "message.channels", "agent_session_stopped"})
        async with set_up(SlackLab(subscriptions=subscriptions)) as scene:
            said = await scene.lab.say(scene.channel, scene.ada, "among ourselves", mention=False)
            await said.acked()
            await scene.lab.say(scene.channel, scene.ada, "hello")
            await scene.answered("You said")

            assert len(scene.backend.requests) == 1
            assert len(scene.lab.posts(scene.channel)) == 1

    async def test_the_bots_own_messages_in_a_dm_are_not_answered(self, scene: Scene) -> None:
        dm = scene.lab.dm(scene.ada)
        asked = await scene.lab.say(dm, scene.ada, "hello")
        await scene.answered("You said", channel=dm)
        await scene.at_rest(dm, asked.ts)
        await scene.lab.until(lambda: all(delivery.acked for delivery in scene.lab.socket.deliveries))

        assert len(scene.backend.requests) == 1

    async def test_another_bot_is_not_answered(self, scene: Scene) -> None:
        delivery = await scene.lab.send_event(
            {
                "type": "app_mention",
                "subtype": "bot_message",
                "bot_id": "B0123456789",
                "channel": scene.channel.id,
                "ts": "1764000000.000100",
                "text": f"<@{scene.lab.bot_user}> hello",
            }
        )
        await delivery.wait_acked()

        assert scene.turns.turns == {}

    @pytest.mark.parametrize(
        "event",
        [
            {"type": "app_mention"},
            {"type": "message", "channel": "D0123456789", "user": [], "text": None},
            {"type": "agent_session_stopped", "streaming_message_ts": "x"},
            {"type": "message", "subtype": "message_deleted", "previous_message": "x"},
        ],
    )
    async def test_an_event_nobody_can_read_disturbs_nobody(self, scene: Scene, event: dict[str, object]) -> None:
        delivery = await scene.lab.send_event(event)
        await delivery.wait_acked()
        await scene.lab.say(scene.channel, scene.ada, "hello")

        assert await scene.answered("You said")

    async def test_an_event_not_even_bolt_can_read_disturbs_nobody(self, scene: Scene) -> None:
        await (await scene.lab.send_event({"type": "message", "channel": 7})).wait_acked(5)
        await scene.lab.say(scene.channel, scene.ada, "hello")

        assert await scene.answered("You said")

    @pytest.mark.parametrize("event", [None, [], "x", {}, {"type": None}])
    @pytest.mark.parametrize("envelope", [{}, {"team_id": None}, {"authorizations": None, "team_id": 7}])
    async def test_an_envelope_without_an_event_disturbs_nobody(
        self, scene: Scene, capfd: pytest.CaptureFixture[str], event: object, envelope: dict[str, object]
    ) -> None:
        body = {"type": "event_callback", "event_id": "Ev1", "team_id": scene.lab.team_id, "event": event}
        await scene.lab.socket.deliver("events_api", body | envelope).wait_acked(5)
        await scene.lab.say(scene.channel, scene.ada, "hello")

        assert await scene.answered("You said")
        assert "Traceback" not in capfd.readouterr().out

    async def test_one_answer_that_fails_ends_no_other(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count owls")
        growing = await scene.shown("One owl")
        scene.lab.fail_next("chat.startStream", error="is_archived")
        scene.backend.say(Speech("Three owls, four owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ben, "fail")
        await scene.lab.until(lambda: len(scene.lab.called("chat.startStream")) == 2)
        scene.backend.release()

        assert await scene.answered("One owl, two owls.") is growing


async def test_an_answer_that_is_cut_off_by_the_end_says_so_and_leaves_nothing_open() -> None:
    async with SlackLab() as lab:
        scene = make_scene(lab)
        async with running(scene.adapter):
            scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
            asked = await lab.say(scene.channel, scene.ada, "count owls")
            await scene.shown("One owl")

        answer = await scene.answered("One owl")
        assert "interrupted here" in answer.shown
        assert lab.status(scene.channel, asked.ts).session == "active"
        assert lab.violations == []
