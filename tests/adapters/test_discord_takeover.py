"""Turns on Discord whose process ended: another answers them, in the messages that are already there."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain import StoredAnswer, TurnState
from tests.adapters.discord_process import process
from tests.adapters.discord_scene import MESSAGES, Scene, make_scene, running
from tests.adapters.giving_back import readiness_when_given_back
from tests.fakes import Speech
from tests.lab.discord import DiscordLab, Message

NONCE_FORGOTTEN_S = 301
EDITS_REFUSED_S = 3601
LONG = " ".join(f"word{number}" for number in range(350))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """The school, with nobody connected as the bot."""
    async with DiscordLab() as lab:
        yield make_scene(lab)
        assert not lab.violations, lab.violations


@pytest.fixture
async def asked(scene: Scene) -> Message:
    return await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)


class TestWhatWasPosted:
    async def test_a_state_gives_its_place_to_the_answer(self, scene: Scene, asked: Message) -> None:
        async with process(scene, asked) as ended:
            state = await ended.shows("Loading ...")
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.answer()

        assert answer is state
        assert scene.lab.wall(scene.channel) == [asked, answer]

    @pytest.mark.parametrize("later_s", [0, NONCE_FORGOTTEN_S])
    async def test_a_state_that_was_not_noted_gives_its_place_too(
        self, scene: Scene, asked: Message, later_s: int
    ) -> None:
        async with process(scene, asked) as ended:
            state = await ended.shows("Loading ...", noted=False)
        scene.lab.clock.advance(later_s)
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.answer()

        assert answer is state
        assert scene.lab.wall(scene.channel) == [asked, answer]

    @pytest.mark.parametrize("later_s", [0, NONCE_FORGOTTEN_S])
    async def test_a_message_that_was_not_noted_is_found(self, scene: Scene, asked: Message, later_s: int) -> None:
        async with process(scene, asked) as ended:
            growing = await ended.posts("One owl", noted=False)
        scene.lab.clock.advance(later_s)
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.answer()

        assert answer is growing
        assert scene.lab.wall(scene.channel) == [asked, answer]

    @pytest.mark.parametrize("later_s", [0, NONCE_FORGOTTEN_S])
    async def test_a_later_message_that_was_not_noted_is_found_by_its_button(
        self, scene: Scene, asked: Message, later_s: int
    ) -> None:
        async with process(scene, asked) as ended:
            first = await ended.posts("word0", running=False)
            second = await ended.posts("word300", index=1, noted=False)
        scene.lab.clock.advance(later_s)
        scene.backend.say(LONG)
        async with running(scene, scene.adapter):
            await scene.take_over()
            await scene.lab.until(lambda: "cut short" in second.text)

        assert scene.lab.wall(scene.channel) == [asked, first, second]
        assert second.buttons == ["Regenerate", "Ask another model", "Good", "Not good"]

    async def test_who_may_not_read_the_history_still_posts_nothing_twice(self, scene: Scene, asked: Message) -> None:
        scene.channel.deny("read_message_history")
        async with process(scene, asked) as ended:
            growing = await ended.posts("One owl", noted=False)
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.answer()

        assert answer is growing
        assert "You said" in answer.text
        assert scene.lab.wall(scene.channel) == [asked, answer]

    async def test_a_message_that_was_not_noted_and_is_deleted_is_posted_anew(
        self, scene: Scene, asked: Message
    ) -> None:
        async with process(scene, asked) as ended:
            await scene.lab.delete(await ended.posts("One owl", noted=False))
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.reads("cut short")

        assert scene.lab.wall(scene.channel) == [asked, answer]

    async def test_the_messages_of_others_are_left_alone(self, scene: Scene, asked: Message) -> None:
        other = await scene.lab.say(scene.channel, scene.ben, "count ducks", mention=True)
        async with process(scene, other) as ended:
            ducks = await ended.posts("One duck", running=False)
        async with process(scene, asked):
            pass
        scene.turns.turns[1].close(StoredAnswer(TurnState.ANSWERED, "One duck"))
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.reads("cut short")

        assert ducks.text == "One duck"
        assert scene.lab.wall(scene.channel) == [asked, other, ducks, answer]

    async def test_a_whole_answer_that_was_not_noted_is_found_by_its_question(
        self, scene: Scene, asked: Message
    ) -> None:
        async with process(scene, asked) as ended:
            whole = await ended.posts("One owl, two owls.", running=False, noted=False)
        scene.lab.clock.advance(NONCE_FORGOTTEN_S)
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.reads("cut short")

        assert answer is whole
        assert scene.lab.wall(scene.channel) == [asked, answer]

    async def test_a_longer_answer_goes_on_below_the_shorter_one(self, scene: Scene, asked: Message) -> None:
        async with process(scene, asked) as ended:
            first = await ended.posts("word0")
        scene.backend.say(LONG)
        async with running(scene, scene.adapter):
            await scene.take_over()
            second = await scene.reads("cut short")

        assert scene.lab.wall(scene.channel) == [asked, first, second]
        assert second.reply_to is None

    async def test_a_shorter_answer_leaves_no_rest_of_the_longer_one(self, scene: Scene, asked: Message) -> None:
        async with process(scene, asked) as ended:
            first = await ended.posts("word0", running=False)
            await ended.posts("word300", index=1, running=False)
            await scene.lab.delete(await ended.posts("word600", index=2))
        async with running(scene, scene.adapter):
            await scene.take_over()
            await scene.reads("cut short")
            await scene.lab.wall_reads(scene.channel, lambda wall: len(wall) == 2)

        assert scene.lab.wall(scene.channel) == [asked, first]

    async def test_an_answer_goes_on_in_its_thread(self, scene: Scene) -> None:
        thread = scene.channel.start_thread("owls")
        asked = await scene.lab.say(thread, scene.ada, "count owls", mention=True)
        async with process(scene, asked) as ended:
            growing = await ended.posts("One owl")
        async with running(scene, scene.adapter):
            await scene.take_over()

            assert await scene.answer(thread) is growing


class TestWhatCannotBeEdited:
    async def test_a_message_too_old_is_replaced(self, scene: Scene, asked: Message) -> None:
        async with process(scene, asked) as ended:
            await ended.posts("One owl")
        scene.lab.clock.advance(EDITS_REFUSED_S)
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.answer()
            await scene.lab.wall_reads(scene.channel, lambda wall: len(wall) == 2)
        scene.lab.violations.clear()  # the edit the lab refused

        assert scene.lab.wall(scene.channel) == [asked, answer]

    async def test_a_thread_archived_meanwhile_is_woken_by_the_answer(self, scene: Scene) -> None:
        thread = scene.channel.start_thread("owls")
        asked = await scene.lab.say(thread, scene.ada, "count owls", mention=True)
        async with process(scene, asked) as ended:
            await ended.posts("One owl")
        thread.archived = True
        async with running(scene, scene.adapter):
            await scene.take_over()
            answer = await scene.answer(thread)
            await scene.lab.wall_reads(thread, lambda wall: len(wall) == 2)

        assert scene.lab.wall(thread) == [asked, answer]


class TestStop:
    async def test_the_button_works_after_a_restart(self, scene: Scene, asked: Message) -> None:
        async with process(scene, asked) as ended:
            growing = await ended.posts("One owl")
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        async with running(scene, scene.adapter):
            await scene.take_over()
            await scene.lab.until(lambda: scene.backend.running)
            press = await scene.lab.press(growing, "Stop", scene.ada)

            assert (await press.answered()).text == "Stopping. What was written so far stays."
            assert "Stopped." in (await scene.answer()).text

    async def test_a_press_before_the_turn_is_taken_over_counts(self, scene: Scene, asked: Message) -> None:
        async with process(scene, asked) as ended:
            growing = await ended.posts("One owl")
        async with running(scene, scene.adapter):
            await scene.adapter.ready.wait()
            press = await scene.lab.press(growing, "Stop", scene.ada)
            await press.answered()
            await scene.take_over()

            assert "Stopped." in (await scene.answer()).text
            assert scene.backend.requests == []


class TestConnection:
    async def test_a_turn_that_comes_while_discord_is_away_is_answered_later(
        self, scene: Scene, asked: Message
    ) -> None:
        async with process(scene, asked):
            pass
        for turn in await scene.engine.adopt("discord"):
            scene.adapter.resume(turn)
        async with running(scene, scene.adapter):
            await scene.take_over()
            await scene.take_over()
            await scene.answer()

        assert scene.requests("POST", MESSAGES) == 1

    async def test_a_turn_that_comes_while_the_connection_is_lost_is_answered_later(
        self, scene: Scene, asked: Message
    ) -> None:
        async with process(scene, asked):
            pass
        async with running(scene, scene.adapter):
            await scene.adapter.ready.wait()
            await scene.disconnected()
            for turn in await scene.engine.adopt("discord"):
                scene.adapter.resume(turn)
            scene.lab.gateway.is_down = False
            await scene.take_over()
            await scene.take_over()
            await scene.answer()

        assert scene.turns.turns[1].turn.attempt == 2
        assert scene.requests("POST", MESSAGES) == 1

    async def test_an_adapter_that_ends_is_not_ready_to_take_over_what_it_gives_back(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        readiness = readiness_when_given_back(scene.turns, scene.adapter, monkeypatch)
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        async with running(scene, scene.adapter):
            await scene.adapter.ready.wait()
            await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
            await scene.reads("One owl")

        assert readiness == [False]
