"""People talk to the bot on Discord: the real discord.py against a loopback Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import Unavailable
from tests.adapters.discord_scene import MESSAGE, MESSAGES, Scene, set_up
from tests.fakes import Speech


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


class TestAnswers:
    async def test_a_mention_is_answered_in_a_reply_that_rings_the_asker(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ada, "what hoots?", mention=True)
        answer = await scene.answer()

        assert "You said: Ada: what hoots?" in answer.text
        assert answer.reply_to is asked
        assert answer.pinged == {scene.ada.id}

    async def test_an_answer_grows_in_place_with_a_stop_button_until_it_is_whole(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls, three owls.", holds=True, after=4))
        await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
        growing = await scene.reads("One owl, two")

        assert growing.buttons == ["Stop"]
        scene.backend.release()
        assert await scene.answer() is growing
        assert growing.text == "One owl, two owls, three owls."

    async def test_who_waits_sees_what_the_bot_does_and_the_answer_takes_its_place(self, scene: Scene) -> None:
        scene.backend.say(Speech("Here it is.", holds=True))
        await scene.lab.say(scene.channel, scene.ada, "think hard", mention=True)
        state = await scene.reads("Loading `smollm2:135m`")

        assert state.buttons == ["Stop"]
        scene.backend.release()
        assert await scene.answer() is state
        assert state.text == "Here it is."

    async def test_a_reply_to_the_bot_goes_on_in_the_same_conversation(self, scene: Scene) -> None:
        await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-4711", mention=True)
        first = await scene.answer()
        await scene.lab.say(scene.channel, scene.ada, "which owl?", reply_to=first)

        assert "I remember: OWL-4711" in (await scene.answers(count=2))[1].text

    async def test_a_mention_in_a_thread_is_answered_there_and_remembered_only_there(self, scene: Scene) -> None:
        thread = scene.channel.start_thread("owls")
        await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-1", mention=True)
        await scene.answer()
        await scene.lab.say(thread, scene.ada, "which owl?", mention=True)

        assert "I remember: nothing" in (await scene.answer(thread)).text

    async def test_a_long_answer_comes_in_several_messages_of_which_the_first_is_the_reply(self, scene: Scene) -> None:
        words = " ".join(f"word{number}" for number in range(700))
        scene.backend.say(words)
        asked = await scene.lab.say(scene.channel, scene.ada, "talk", mention=True)
        answers = await scene.answers(count=3)

        assert " ".join(answer.text for answer in answers) == words
        assert [answer.reply_to for answer in answers] == [asked, None, None]

    async def test_nothing_a_model_writes_rings_anybody_else(self, scene: Scene) -> None:
        scene.backend.say(f"@everyone @here {scene.ben.mention} <@&{scene.guild.roles[0].id}> listen")
        await scene.lab.say(scene.channel, scene.ada, "shout", mention=True)
        answer = await scene.answer()

        assert "@everyone" in answer.text
        assert answer.pinged == {scene.ada.id}
        assert not answer.pinged_everyone
        assert scene.allowed_mentions == [{"parse": [], "replied_user": True}]


class TestSilence:
    async def test_other_bots_and_talk_among_people_are_left_alone(self, scene: Scene) -> None:
        robot = scene.lab.add_user("Echo", bot=True)
        scene.guild.add_member(robot)
        await scene.lab.say(scene.channel, robot, "hello", mention=True)
        await scene.lab.say(scene.channel, scene.ben, "hello all")
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.answer()

        assert len(scene.history.turns) == 1
        assert len(scene.lab.wall(scene.channel)) == 4

    async def test_a_reply_without_a_ping_cannot_be_read_and_the_person_is_told(self, scene: Scene) -> None:
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        first = await scene.answer()
        await scene.lab.say(scene.channel, scene.ada, "and then?", reply_to=first, ping=False)

        assert f"Please mention me in it ({scene.lab.bot.mention})" in (await scene.answers(count=2))[1].text
        assert len(scene.history.turns) == 1


class TestTrouble:
    async def test_a_model_host_that_is_down_is_told_in_plain_words(self, scene: Scene) -> None:
        scene.backend.say(Speech("Half an", error=Unavailable("error.embedded_failed"), after=2))
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        answer = await scene.answer()

        assert answer.text.startswith("Half an")
        assert "-# The embedded model broke off its answer." in answer.text
        assert "Traceback" not in answer.text

    async def test_a_store_that_is_down_is_told(self, scene: Scene) -> None:
        scene.turns.broken = Unavailable("error.internal")
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

        assert "Something went wrong on my side" in (await scene.answer()).text

    async def test_a_channel_the_bot_may_not_write_in_costs_no_other_answer(self, scene: Scene) -> None:
        closed = scene.guild.add_channel("closed")
        closed.deny("send_messages")
        await scene.lab.say(closed, scene.ada, "hello", mention=True)
        await scene.lab.until(lambda: scene.requests("POST", MESSAGES))
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.answer()

        assert [each.author for each in scene.lab.wall(closed)] == [scene.ada]

    async def test_an_answer_deleted_as_it_grows_is_posted_anew(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.lab.delete(await scene.reads("One owl"))
        scene.backend.release()

        assert (await scene.answer()).text == "One owl, two owls."

    async def test_an_answer_that_waited_in_line_is_a_reply_to_its_question(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("One owl")
        asked = await scene.lab.say(scene.channel, scene.ada, "and now?", mention=True)
        await scene.reads("In line")
        scene.backend.release()
        answer = (await scene.answers(count=2))[1]

        assert answer.reply_to is asked
        assert answer.pinged == {scene.ada.id}
        assert scene.requests("POST", MESSAGES) == 3

    async def test_a_long_answer_that_others_stand_above_goes_on_as_a_reply_to_itself(self, scene: Scene) -> None:
        scene.backend.say(Speech("owl " * 900, holds=True, after=3), "In trees.")
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("owl")
        await scene.lab.say(scene.channel, scene.ben, "and I?", mention=True)
        await scene.reads("In trees.")
        scene.backend.release()
        first, beside, rest = await scene.answers(count=3)

        assert rest.reply_to is first
        assert beside.reply_to is not first
        assert rest.pinged <= {scene.lab.bot.id}

    async def test_a_lost_acknowledgement_posts_no_second_answer(self, scene: Scene) -> None:
        scene.lab.fail_next(f"POST {MESSAGES}", drop=True)
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.lab.until(lambda: scene.requests("POST", MESSAGES) == 2)
        await scene.answer()

        assert len(scene.lab.wall(scene.channel)) == 2

    async def test_a_lost_acknowledgement_of_a_state_leaves_one_message(self, scene: Scene) -> None:
        scene.backend.say(Speech("Here it is.", holds=True))
        scene.lab.fail_next(f"POST {MESSAGES}", drop=True)
        asked = await scene.lab.say(scene.channel, scene.ada, "think hard", mention=True)
        await scene.reads("Loading")
        scene.backend.release()
        answer = await scene.answer()

        assert answer.text == "Here it is."
        assert scene.lab.wall(scene.channel) == [asked, answer]

    async def test_words_that_came_while_an_acknowledgement_was_lost_are_shown(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        scene.lab.fail_next(f"POST {MESSAGES}", drop=True)
        asked = await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        growing = await scene.reads("One owl")
        scene.backend.release()
        answer = await scene.answer()

        assert answer is growing
        assert answer.text == "One owl, two owls."
        assert scene.lab.wall(scene.channel) == [asked, answer]

    async def test_who_may_not_read_the_history_may_still_answer(self, scene: Scene) -> None:
        scene.channel.deny("read_message_history")
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        answer = await scene.answer()

        assert "You said: Ada: hello" in answer.text
        assert answer.reply_to is None

    @pytest.mark.parametrize("status", [429, 500])
    async def test_a_troubled_discord_is_asked_again(self, scene: Scene, status: int) -> None:
        scene.lab.fail_next(f"POST {MESSAGES}", status=status)
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.answer()

        assert len(scene.lab.wall(scene.channel)) == 2

    async def test_a_message_too_old_to_be_edited_is_continued_in_a_new_one(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        asked = await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("One owl")
        scene.lab.clock.advance(3601)
        scene.backend.release()
        whole = await scene.reads("One owl, two owls.")
        # Where the refused tries used the channel's edits up, the last one has to wait for more.
        await scene.lab.wall_reads(scene.channel, lambda wall: wall == [asked, whole] and "Stop" not in whole.buttons)
        scene.lab.violations.clear()  # the edit the lab refused

        assert whole.text == "One owl, two owls."

    @pytest.mark.parametrize("drop", [True, False])
    async def test_a_failed_edit_is_made_good(self, scene: Scene, *, drop: bool) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        asked = await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        growing = await scene.reads("One owl")
        scene.lab.fail_next(f"PATCH {MESSAGE}", drop=drop, status=None if drop else 503)
        scene.backend.release()
        answer = await scene.answer()

        assert answer is growing
        assert answer.text == "One owl, two owls."
        assert scene.lab.wall(scene.channel) == [asked, answer]
