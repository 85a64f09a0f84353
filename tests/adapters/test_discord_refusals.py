"""What Discord refuses: words, the token, a place. What was shown stays, and who asked is told in some way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
from structlog.testing import capture_logs

from adapters.discord.threads import Threads
from bot.errors import ConfigurationError
from tests.adapters.discord_scene import MESSAGE, MESSAGES, Scene, make_scene, running, set_up
from tests.engine.talk import until
from tests.fakes import Speech
from tests.lab.discord import DiscordLab, Message
from tests.lab.discord.troubles import AUTOMOD, HARMFUL_LINK

LEFT_OUT = "the moderation of this place does not take it"
INSTEAD = "The moderation of this place does not take what I would say"
CLOSED = "I may not write in"
LINES = "One owl sits here.\nA badword flies by.\nTwo owls sit there."


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


def letters(scene: Scene) -> list[str]:
    """Return what the bot wrote to Ada directly."""
    return [message.text for message in scene.lab.wall(scene.lab.dm(scene.ada)) if message.author is scene.lab.bot]


def spoken(scene: Scene) -> list[Message]:
    """Return what the bot said in the channel."""
    return [message for message in scene.lab.wall(scene.channel) if message.author is scene.lab.bot]


class TestWords:
    @pytest.mark.parametrize("code", [AUTOMOD, HARMFUL_LINK, 20009])
    async def test_refused_words_in_mid_answer_are_left_out_and_all_else_is_read(self, scene: Scene, code: int) -> None:
        scene.backend.say(Speech(LINES, holds=True, after=6))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("One owl")
        scene.lab.troubles.moderated["badword"] = code
        scene.backend.release()
        answer = await scene.reads(LEFT_OUT)

        assert answer.text.startswith("One owl sits here.\n[…]")
        assert "Two owls sit there." in answer.text
        assert spoken(scene) == [answer]

    async def test_an_answer_refused_at_its_first_post_is_told_in_a_sentence(self, scene: Scene) -> None:
        scene.lab.troubles.moderated["owl"] = AUTOMOD
        scene.backend.say("An owl.")
        await scene.lab.say(scene.channel, scene.ada, "who?", mention=True)
        answer = await scene.answer()

        assert answer.text.startswith(INSTEAD)
        assert answer.reply_to is not None

    async def test_the_next_question_is_answered(self, scene: Scene) -> None:
        scene.lab.troubles.moderated["owl"] = AUTOMOD
        scene.backend.say("An owl.", "A fox.")
        await scene.lab.say(scene.channel, scene.ada, "who?", mention=True)
        await scene.answer()
        await scene.lab.say(scene.channel, scene.ada, "and who else?", mention=True)

        assert (await scene.answers(count=2))[1].text.startswith("A fox.")

    async def test_an_answer_by_command_leaves_out_what_is_refused(self, scene: Scene) -> None:
        scene.lab.troubles.moderated["badword"] = AUTOMOD
        scene.backend.say(LINES)
        await scene.registered()
        await scene.lab.slash(scene.channel, scene.ada, "ask", options={"question": "count", "private": "yes"})
        wall = await scene.lab.wall_reads(scene.channel, lambda wall: LEFT_OUT in wall[-1].text, reader=scene.ada)

        assert wall[-1].text.startswith("One owl sits here.\n[…]\nTwo owls sit there.")

    async def test_a_letter_leaves_out_what_is_refused_and_the_channel_reads_nothing(self, scene: Scene) -> None:
        scene.lab.troubles.moderated["badword"] = AUTOMOD
        scene.backend.say(LINES)
        await scene.lab.say(scene.channel, scene.ada, "/ask count private yes", mention=True)
        await scene.reads(LEFT_OUT, scene.lab.dm(scene.ada))

        assert spoken(scene) == []

    async def test_a_thread_leaves_out_what_is_refused(self) -> None:
        async with set_up(threads=Threads.ALWAYS) as scene:
            scene.lab.troubles.moderated["badword"] = AUTOMOD
            scene.backend.say(LINES)
            asked = await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
            await scene.lab.until(lambda: asked.thread)
            answer = await scene.reads(LEFT_OUT, asked.thread)

        assert "Two owls sit there." in answer.text
        assert spoken(scene) == []

    async def test_what_a_command_lists_is_refused_in_a_sentence(self, scene: Scene) -> None:
        scene.lab.troubles.moderated["smollm2"] = AUTOMOD
        await scene.lab.say(scene.channel, scene.ada, "model list", mention=True)

        assert (await scene.answer()).text.startswith(INSTEAD)

    async def test_the_log_tells_the_code_and_no_word(self, scene: Scene) -> None:
        scene.lab.troubles.moderated["owl"] = AUTOMOD
        scene.backend.say("An owl.")
        with capture_logs() as logs:
            await scene.lab.say(scene.channel, scene.ada, "who?", mention=True)
            await scene.answer()
        refused = [each for each in logs if each["event"] == "reply.content_refused"]

        assert {each["cause"] for each in refused} == {str(AUTOMOD)}
        assert not any("owl" in str(each) for each in logs)


class TestTokens:
    async def test_an_answer_whose_token_is_taken_no_more_is_finished_with_the_new_one(self) -> None:
        async with DiscordLab() as lab:
            scene = make_scene(lab)
            scene.backend.say(Speech("One owl, two owls.", holds=True, after=2), "One owl, two owls.")
            run = asyncio.create_task(scene.adapter.run())
            await lab.gateway.connected()
            await lab.say(scene.channel, scene.ada, "count", mention=True)
            growing = await scene.reads("One owl")
            lab.troubles.token_revoked = True
            scene.backend.release()
            with pytest.raises(ConfigurationError, match=r"discord\.token_refused"):
                await run
            assert scene.turns.turns[1].is_open

            lab.troubles.token_revoked = False
            lab.clock.advance(6)
            async with running(scene, scene.adapter):
                await scene.take_over()
                answer = await scene.answer()

            assert answer is growing
            assert answer.text.startswith("One owl, two owls.")
            assert [each.text for each in spoken(scene)] == [answer.text]

    @pytest.mark.parametrize("route", [f"POST {MESSAGES}", f"PATCH {MESSAGE}"])
    async def test_one_slip_of_a_refused_token_ends_nothing(self, scene: Scene, route: str) -> None:
        scene.lab.fail_next(route, status=401)
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("One owl")
        scene.backend.release()

        assert (await scene.answer()).text.startswith("One owl, two owls.")
        assert scene.lab.gateway.identified == 1

    async def test_an_interactions_own_token_says_nothing_of_the_bots(self, scene: Scene) -> None:
        scene.lab.fail_next(
            "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", status=401, code=50027
        )
        await scene.registered()
        await scene.lab.slash(scene.channel, scene.ada, "help")
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

        assert "You said" in (await scene.answer()).text
        assert scene.lab.gateway.identified == 1


class TestPlaces:
    @pytest.mark.parametrize("said", ["hello", "model list", "", "/ask what?", "stop"])
    async def test_who_asks_where_the_bot_may_not_write_is_told_directly(self, scene: Scene, said: str) -> None:
        scene.channel.deny("send_messages")
        await scene.lab.say(scene.channel, scene.ada, said, mention=True)
        await scene.reads(CLOSED, scene.lab.dm(scene.ada))

        assert letters(scene)[0].startswith(f"{CLOSED} <#{scene.channel.id}>")
        assert spoken(scene) == []

    async def test_they_are_told_once_an_hour(self, scene: Scene) -> None:
        scene.channel.deny("send_messages")
        for turn in (1, 2):
            await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
            await until(lambda turn=turn: turn in scene.turns.turns and not scene.turns.turns[turn].is_open)
        assert len(letters(scene)) == 1
        scene.lab.clock.advance(3601)
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.lab.until(lambda: len(letters(scene)) == 2)

    @pytest.mark.parametrize("drops", [1, 2])
    async def test_they_are_told_once_when_the_answer_to_that_call_is_lost(self, scene: Scene, drops: int) -> None:
        scene.lab.fail_next(f"POST {MESSAGES}", status=403, code=50013, times=2)
        scene.lab.fail_next(f"POST {MESSAGES}", drop=True, times=drops)
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await until(lambda: scene.turns.turns and not scene.turns.turns[1].is_open)

        assert len(letters(scene)) == 1

    async def test_who_was_told_that_words_are_refused_is_told_that_the_place_is_closed(self, scene: Scene) -> None:
        scene.lab.troubles.moderated |= dict.fromkeys(("owl", INSTEAD), AUTOMOD)
        scene.backend.say("An owl.")
        await scene.lab.say(scene.channel, scene.ada, "who?", mention=True)
        await scene.lab.until(lambda: len(letters(scene)) == 1)
        scene.channel.deny("send_messages")
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.reads(CLOSED, scene.lab.dm(scene.ada))

        assert len(letters(scene)) == len({*letters(scene)}) == 2

    async def test_each_of_two_people_is_told_and_of_each_of_two_places(self, scene: Scene) -> None:
        other = scene.guild.add_channel("other")
        for channel in (scene.channel, other):
            channel.deny("send_messages")
            for person in (scene.ada, scene.ben):
                await scene.lab.say(channel, person, "hello", mention=True)
        for person in (scene.ada, scene.ben):
            await scene.lab.wall_reads(scene.lab.dm(person), lambda wall: len(wall) == 2)

    async def test_what_was_shown_stays_where_the_right_is_lost_in_mid_answer(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        growing = await scene.reads("One owl")
        scene.channel.deny("view_channel", "send_messages")
        scene.backend.release()
        await scene.reads(CLOSED, scene.lab.dm(scene.ada))

        assert not growing.deleted
        assert growing.text.startswith("One owl")

    async def test_when_the_right_is_given_back_the_next_question_is_answered(self, scene: Scene) -> None:
        scene.channel.deny("send_messages")
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await scene.reads(CLOSED, scene.lab.dm(scene.ada))
        scene.channel.allow("send_messages")
        await scene.lab.say(scene.channel, scene.ada, "hello again", mention=True)

        assert "hello again" in (await scene.answer()).text

    @pytest.mark.parametrize("code", [50001, 10003, 50013, 50008, 50009, 40058])
    async def test_whichever_code_says_so(self, scene: Scene, code: int) -> None:
        scene.lab.fail_next(f"POST {MESSAGES}", status=404 if code == 10003 else 403, code=code, times=2)
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

        await scene.reads(CLOSED, scene.lab.dm(scene.ada))

    @pytest.mark.parametrize("route", [f"POST {MESSAGES}", f"PATCH {MESSAGE}"])
    async def test_a_refusal_by_something_in_between_ends_nothing(self, scene: Scene, route: str) -> None:
        scene.lab.fail_next(route, status=403, code=0)
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("One owl")
        scene.backend.release()

        assert (await scene.answer()).text.startswith("One owl, two owls.")

    @pytest.mark.parametrize("missing", ["send_messages", "view_channel"])
    async def test_the_log_names_the_place_and_what_is_missing(self, scene: Scene, missing: str) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True))
        with capture_logs() as logs:
            await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
            await until(lambda: scene.backend.running)
            scene.channel.deny(missing)
            scene.backend.release()
            await scene.reads(CLOSED, scene.lab.dm(scene.ada))
        (noted,) = [each for each in logs if each["event"] == "discord.may_not_write"]

        assert (noted["channel"], missing in noted["missing"]) == (scene.channel.id, True)
        assert not any("hello" in str(each) for each in logs)

    async def test_a_thread_where_the_bot_may_not_write_is_told_of(self, scene: Scene) -> None:
        thread = scene.channel.start_thread("owls", owner=scene.ben)
        scene.channel.deny("send_messages_in_threads")
        await scene.lab.say(thread, scene.ada, "hello", mention=True)
        await scene.reads(CLOSED, scene.lab.dm(scene.ada))

        assert f"<#{thread.id}>" in letters(scene)[0]

    async def test_who_takes_no_letters_ends_nothing(self, scene: Scene) -> None:
        scene.ada.accepts_dms = False
        scene.channel.deny("send_messages")
        await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
        await until(lambda: scene.turns.turns and not scene.turns.turns[1].is_open)
        scene.channel.allow("send_messages")
        await scene.lab.say(scene.channel, scene.ada, "hello again", mention=True)

        assert "hello again" in (await scene.answer()).text

    async def test_a_channel_deleted_in_mid_answer_is_told_of(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("One owl")
        del scene.lab.world.channels[scene.channel.id]
        scene.backend.release()

        await scene.reads(CLOSED, scene.lab.dm(scene.ada))
