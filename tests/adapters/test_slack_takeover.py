"""Turns on Slack whose process ended: another answers them, in the messages that are already there."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from adapters.base import Content
from bot.domain import StoredAnswer, TurnState
from bot.errors import ConfigurationError
from tests.adapters.giving_back import readiness_when_given_back
from tests.adapters.slack_process import process
from tests.adapters.slack_scene import Scene, make_adapter, make_scene, running
from tests.fakes import Speech
from tests.lab.slack import SlackLab
from tests.lab.slack.acting import Said

WHOLE = "One owl, two owls."
CONTINUED = "cut short"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """The school, with nobody connected as the bot."""
    async with SlackLab() as lab:
        yield make_scene(lab)
        assert lab.violations == []


@pytest.fixture
async def asked(scene: Scene) -> Said:
    return await scene.lab.say(scene.channel, scene.ada, "count owls")


async def resumed(scene: Scene, text: str = WHOLE) -> str:
    """Start the bot anew, let it finish what was left, and return all it has standing in the channel."""
    async with running(scene.adapter):
        await scene.take_over()
        await scene.answered(text)
        await scene.answered(CONTINUED)
    return "\n---\n".join(post.shown for post in scene.lab.posts(scene.channel))


class TestWhatWasPosted:
    async def test_a_stream_is_ended_and_edited(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as ended:
            growing = await ended.streams("One owl")
        scene.backend.say(WHOLE)
        await resumed(scene)

        assert scene.lab.posts(scene.channel) == [growing]
        assert not growing.streaming
        assert growing.metadata == {"event_type": "lyceum_reply", "event_payload": {"key": "turn-1:0"}}

    async def test_a_stream_that_was_not_noted_is_found(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as ended:
            growing = await ended.streams("One owl", noted=False)
        scene.backend.say(WHOLE)
        await resumed(scene)

        assert scene.lab.posts(scene.channel) == [growing]
        assert not growing.streaming

    async def test_a_later_message_that_was_not_noted_is_found(self, scene: Scene, asked: Said) -> None:
        words = " ".join(f"word{number:04}" for number in range(1_500))
        async with process(scene, asked) as ended:
            first = await ended.posts("word0000")
            second = await ended.streams("word1400", index=1, noted=False)
        scene.backend.say(words)
        await resumed(scene, "word1499")

        assert scene.lab.posts(scene.channel) == [first, second]

    @pytest.mark.parametrize("noted", [True, False])
    async def test_a_state_gives_its_place_to_the_answer(self, scene: Scene, asked: Said, *, noted: bool) -> None:
        async with process(scene, asked) as ended:
            state = await ended.shows("Loading …", noted=noted)
        scene.backend.say(WHOLE)
        await resumed(scene)

        assert scene.lab.posts(scene.channel) == [state]
        assert "stop" not in state.action_ids

    async def test_a_state_that_was_not_noted_gives_its_place_to_the_next_state(
        self, scene: Scene, asked: Said
    ) -> None:
        async with process(scene, asked) as ended:
            state = await ended.shows("Loading …", noted=False)
        for method in ("assistant.threads.setStatus", "agents.sessions.setStatus"):
            scene.lab.fail_next(method, error="not_authorized")
        scene.backend.say(Speech(WHOLE, holds=True))
        async with running(scene.adapter):
            await scene.take_over()
            await scene.lab.until(lambda: bool(scene.lab.called("chat.update")))
            scene.backend.release()
            await scene.answered(WHOLE)

        assert scene.lab.posts(scene.channel) == [state]

    @pytest.mark.parametrize("starts", [1, 2])
    async def test_a_message_that_somebody_deleted_is_posted_anew_once(
        self, scene: Scene, asked: Said, starts: int
    ) -> None:
        async with process(scene, asked) as ended:
            await scene.lab.delete(await ended.posts("One owl"))
        scene.backend.say(*[Speech(WHOLE, holds=True, after=2)] * (starts - 1), WHOLE)
        for _ in range(starts - 1):
            async with running(scene.adapter):
                await scene.take_over()
                await scene.shown("One owl")
        await resumed(scene)

        assert len(scene.lab.posts(scene.channel)) == 1

    async def test_the_message_of_a_turn_that_is_over_is_left_alone(self, scene: Scene, asked: Said) -> None:
        other = await scene.lab.say(scene.channel, scene.ben, "count ducks", thread=asked.ts)
        async with process(scene, other) as over:
            ducks = await over.posts("One duck", noted=False)
        scene.turns.turns[1].close(StoredAnswer(TurnState.ANSWERED, "One duck"))
        async with process(scene, asked) as ended:
            growing = await ended.streams("One owl", noted=False)
            await ended.poster.edit(growing.ts, Content("One owl, two"))
        scene.backend.say(WHOLE)
        await resumed(scene)

        assert scene.lab.posts(scene.channel) == [ducks, growing]
        assert ducks.shown == "One duck"

    async def test_a_shorter_answer_leaves_no_rest_of_the_longer_one(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as ended:
            first = await ended.posts("word 1")
            await ended.posts("word 2", index=1)
            await ended.streams("word 3", index=2)
        scene.backend.say(WHOLE)
        async with running(scene.adapter):
            await scene.take_over()
            await scene.closed(1)

        assert scene.lab.posts(scene.channel) == [first]

    async def test_a_rest_that_somebody_deleted_is_no_trouble(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as ended:
            first = await ended.posts("word 1")
            await scene.lab.delete(await ended.posts("word 2", index=1))
        scene.backend.say(WHOLE)
        await resumed(scene)

        assert scene.lab.posts(scene.channel) == [first]

    async def test_a_rest_that_may_not_be_deleted_says_nothing(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as ended:
            await ended.posts("word 1")
            rest = await ended.posts("word 2", index=1)
        scene.lab.fail_next("chat.delete", error="cant_delete_message", times=2)
        scene.backend.say(WHOLE)
        async with running(scene.adapter):
            await scene.take_over()
            await scene.lab.until(lambda: rest.shown == "·")

            assert await scene.answered(WHOLE)


class TestWhere:
    async def test_an_answer_in_a_dm_goes_on_in_its_thread(self, scene: Scene) -> None:
        dm = scene.lab.dm(scene.ada)
        root = await scene.lab.say(dm, scene.ada, "hello")
        asked = await scene.lab.say(dm, scene.ada, "count owls", thread=root.ts)
        async with process(scene, asked):
            pass
        scene.backend.say(WHOLE)
        async with running(scene.adapter):
            await scene.take_over()

            assert (await scene.answered(WHOLE, channel=dm)).thread_ts == root.ts

    async def test_an_event_delivered_again_after_the_start_is_answered_once(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as ended:
            growing = await ended.streams("One owl", noted=False)
        scene.backend.say(WHOLE)
        async with running(scene.adapter):
            await scene.take_over()
            await scene.answered(WHOLE)
            await scene.lab.socket.redeliver(asked.event)

        assert scene.lab.posts(scene.channel) == [growing]
        assert len(scene.backend.requests) == 1

    async def test_what_shows_of_the_ended_process_is_taken_away(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as ended:
            await ended.poster.show_state("Loading …")
            await ended.streams("One owl")
            await ended.poster.show_state("Loading …")
        assert scene.lab.status(scene.channel, asked.ts).session == "processing"
        scene.backend.say(WHOLE)
        async with running(scene.adapter):
            await scene.take_over()
            await scene.answered(WHOLE)
            await scene.at_rest(scene.channel, asked.ts)

        assert scene.lab.status(scene.channel, asked.ts).session == "active"


class TestOtherProcesses:
    async def test_slacks_own_stop_reaches_the_turn_of_another_process(self, scene: Scene, asked: Said) -> None:
        async with process(scene, asked) as alive:
            await alive.streams("One owl")
            async with running(scene.adapter):
                await scene.lab.stop(scene.channel, asked.ts, scene.ada)
                await scene.lab.private_reads(scene.channel, scene.ada, "What was written so far stays")

        assert scene.turns.turns[1].is_stopping

    async def test_stop_said_in_the_thread_ends_the_answer(self, scene: Scene) -> None:
        scene.backend.say(Speech(WHOLE, holds=True, after=2))
        async with running(scene.adapter):
            asked = await scene.lab.say(scene.channel, scene.ada, "count owls")
            await scene.shown("One owl")
            await scene.lab.say(scene.channel, scene.ada, "stop", thread=asked.ts)

            assert await scene.answered("_Stopped._", thread=asked.ts)
            assert await scene.closed(1) is TurnState.STOPPED


async def test_a_token_revoked_in_the_middle_ends_the_adapter_and_leaves_the_turn_open(scene: Scene) -> None:
    # Ben's answer may be made, and then made again, since nobody could read it.
    scene.backend.say(Speech(WHOLE, holds=True, after=2), WHOLE, WHOLE, WHOLE)
    run = asyncio.create_task(scene.adapter.run())
    await scene.lab.say(scene.channel, scene.ada, "count owls")
    growing = await scene.shown("One owl")
    scene.lab.revoke()
    await scene.lab.say(scene.channel, scene.ben, "and ducks?")
    with pytest.raises(ConfigurationError) as told:
        await run

    assert told.value.parameters == {"variable": "LYCEUM_SLACK__BOT_TOKEN", "reason": "token_revoked"}
    assert scene.turns.turns[1].is_open
    scene.lab.revoke("")
    scene.backend.release()
    scene.adapter = make_adapter(scene.lab, scene.engine)
    async with running(scene.adapter):
        await scene.take_over()
        await scene.lab.until(lambda: WHOLE in growing.shown and not growing.streaming)


async def test_a_single_refusal_of_the_token_ends_nothing(scene: Scene) -> None:
    async with running(scene.adapter) as run:
        scene.lab.fail_next("users.info", error="invalid_auth")
        await scene.lab.say(scene.channel, scene.ada, "hello")
        await scene.answered("You said")
        await scene.lab.until(lambda: len(scene.lab.called("auth.test")) == 2)
        await scene.lab.say(scene.channel, scene.ada, "still there?")
        await scene.answered("still there?")

        assert not run.done()


@pytest.mark.usefixtures("asked")
async def test_an_adapter_that_ends_is_not_ready_to_take_over_what_it_gives_back(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    readiness = readiness_when_given_back(scene.turns, scene.adapter, monkeypatch)
    scene.backend.say(Speech(WHOLE, holds=True, after=2))
    async with running(scene.adapter):
        await scene.shown("One owl")

    assert readiness == [False]
