"""Threads and replies on Discord: answers in a room of their own, and what a message refers to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.discord.threads import NAME_CHARS, Threads, title
from tests.adapters.discord_scene import Scene, make_scene, running, set_up
from tests.fakes import Speech
from tests.lab.discord import Channel, DiscordLab, Message

THREADS = "POST /channels/{channel_id}/messages/{message_id}/threads"
LONG = " ".join(f"word{number}" for number in range(700))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A bot that answers in threads, and reads what is said there."""
    async with set_up(message_content=True, threads=Threads.ALWAYS) as scene:
        yield scene


async def thread_of(scene: Scene, message: Message) -> Channel:
    await scene.lab.until(lambda: message.thread)
    assert message.thread
    return message.thread


class TestAlways:
    async def test_an_answer_stands_in_a_thread_of_its_question(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ada, "Where do owls sleep?", mention=True)
        thread = await thread_of(scene, asked)
        answer = await scene.reads("You said: Ada: Where do owls sleep?", thread)

        assert (thread.name, thread.auto_archive_minutes) == ("Where do owls sleep?", 1440)
        assert answer.reply_to is None
        assert scene.lab.wall(scene.channel) == [asked]

    async def test_the_conversation_goes_on_there_without_a_mention(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-4711", mention=True)
        thread = await thread_of(scene, asked)
        await scene.reads("You said", thread)
        await scene.lab.say(thread, scene.ben, "which owl?")
        await scene.reads("I remember: OWL-4711", thread)
        other = await scene.lab.say(scene.channel, scene.ben, "which owl?", mention=True)
        elsewhere = await scene.reads("I remember", await thread_of(scene, other))

        assert "OWL-4711" not in elsewhere.text

    async def test_an_answer_made_again_stands_in_the_thread_too(self, scene: Scene) -> None:
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
        thread = await thread_of(scene, asked)
        first = await scene.answer(thread)
        scene.backend.say("Seven owls.")
        await scene.lab.until(lambda: first.buttons)
        await scene.lab.press(first, "Regenerate", scene.ada)
        await scene.reads("Seven owls.", thread)

        assert scene.lab.wall(scene.channel) == [asked]

    @pytest.mark.parametrize("missing", ["create_public_threads", "send_messages_in_threads", "read_message_history"])
    async def test_without_the_right_to_it_the_answer_stands_in_the_channel(self, scene: Scene, missing: str) -> None:
        scene.channel.deny(missing)
        await scene.lab.until(lambda: True)
        await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-4711", mention=True)
        await scene.reads("You said")
        await scene.lab.say(scene.channel, scene.ada, "which owl?", mention=True)
        await scene.reads("I remember: OWL-4711")

        assert scene.lab.requested(THREADS) == []

    async def test_where_there_are_too_many_it_stands_in_the_channel(self, scene: Scene) -> None:
        scene.guild.max_active_threads = 0
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
        answer = await scene.answer()

        assert answer.reply_to is asked

    async def test_where_too_many_were_opened_lately_it_stands_in_the_channel(self, scene: Scene) -> None:
        scene.lab.rate_limits.set(THREADS, 1, 300.0)
        await thread_of(scene, await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True))
        asked = await scene.lab.say(scene.channel, scene.ben, "count ducks", mention=True)
        answer = await scene.answer()

        assert answer.reply_to is asked

    async def test_a_thread_that_somebody_opened_meanwhile_is_taken(self, scene: Scene) -> None:
        scene.lab.fail_next(THREADS, status=400, code=160004)
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
        thread = scene.channel.start_thread("owls", message=asked)

        await scene.answer(thread)

    async def test_a_question_that_is_deleted_is_forgotten(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl", holds=True, after=1))
        asked = await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
        await scene.lab.until(lambda: scene.backend.running)
        await scene.lab.delete(asked)

        await scene.lab.until(lambda: not scene.backend.running)

    async def test_a_direct_message_needs_none(self, scene: Scene) -> None:
        dm = scene.lab.dm(scene.ada)
        await scene.lab.say(dm, scene.ada, "count owls")
        await scene.answer(dm)

        assert scene.lab.requested(THREADS) == []


class TestOnRequest:
    async def test_a_question_by_command_gets_a_thread_where_it_says_so(self) -> None:
        async with set_up() as scene:
            await scene.registered()
            options = {"question": "Where do owls sleep?", "thread": "yes"}
            call = await scene.lab.slash(scene.channel, scene.ada, "ask", options=options)
            thread = await thread_of(scene, await call.answered())
            await scene.reads("You said: Ada: Where do owls sleep?", thread)

            assert scene.lab.wall(scene.channel) == [call.original]

    async def test_others_are_answered_in_the_channel(self) -> None:
        async with set_up() as scene:
            await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
            await scene.answer()

            assert scene.lab.requested(THREADS) == []

    async def test_nobody_is_offered_what_the_operator_does_not_want(self) -> None:
        async with set_up(threads=Threads.NEVER) as scene:
            await scene.registered()

            with pytest.raises(KeyError, match="thread"):
                await scene.lab.slash(scene.channel, scene.ada, "ask", options={"question": "why?", "thread": "yes"})


class TestTakingOver:
    @pytest.mark.parametrize("later_s", [0, 301])
    async def test_an_answer_goes_on_in_its_thread(self, later_s: int) -> None:
        async with DiscordLab() as lab:
            scene = make_scene(lab, threads=Threads.ALWAYS)
            scene.backend.say(Speech(LONG, holds=True, after=600), LONG)
            async with running(scene, scene.adapter):
                asked = await lab.say(scene.channel, scene.ada, "count", mention=True)
                thread = await thread_of(scene, asked)
                await scene.reads("word590", thread)
            forget_posts(scene)
            lab.clock.advance(later_s + 5)
            async with running(scene, scene.adapter):
                await scene.take_over()
                await scene.reads("so it was made again", thread)
            words = " ".join(message.text for message in lab.wall(thread)).split()

            assert [word for word in words if word.startswith("word")] == LONG.split()
            assert lab.violations == []

    async def test_one_that_had_to_stay_in_the_channel_goes_on_there(self) -> None:
        async with DiscordLab() as lab:
            scene = make_scene(lab, threads=Threads.ALWAYS)
            scene.guild.max_active_threads = 0
            scene.backend.say(Speech("One owl", holds=True, after=1), "One owl, two owls.")
            async with running(scene, scene.adapter):
                asked = await lab.say(scene.channel, scene.ada, "count", mention=True)
                await scene.reads("One")
            scene.guild.max_active_threads = 1000
            lab.clock.advance(5)
            async with running(scene, scene.adapter):
                await scene.take_over()
                answer = await scene.reads("so it was made again")

            assert lab.wall(scene.channel) == [asked, answer]


def forget_posts(scene: Scene) -> None:
    """Let the turn know of none of its messages, as if the process had ended before it noted them."""
    kept = scene.turns.turns[1]
    kept.turn = replace(kept.turn, posts=())


class TestReplies:
    async def test_what_somebody_else_said_is_read_along(self) -> None:
        async with set_up(message_content=True) as scene:
            bens = await scene.lab.say(scene.channel, scene.ben, "Strix aluco")
            await scene.lab.say(scene.channel, scene.ada, "what is that?", mention=True, reply_to=bens)
            await scene.answer()

            assert scene.backend.requests[0].prompt[-1].content == "Ada: > Ben: Strix aluco\n\n  what is that?"

    async def test_the_bots_own_answer_is_not_said_twice(self) -> None:
        async with set_up(message_content=True) as scene:
            await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)
            answer = await scene.answer()
            await scene.lab.say(scene.channel, scene.ada, "and ducks?", reply_to=answer)
            await scene.answers(count=2)

            assert scene.backend.requests[1].prompt[-1].content == "Ada: and ducks?"

    async def test_an_answer_from_a_private_conversation_is_read_along(self) -> None:
        async with set_up() as scene:
            await scene.registered()
            scene.backend.say("Seven owls.")
            options = {"question": "count owls", "private": "yes"}
            call = await scene.lab.slash(scene.channel, scene.ada, "ask", options=options)
            await scene.lab.until(lambda: call.wall and "Show to everyone" in call.wall[-1].buttons)
            press = await scene.lab.press(call.wall[-1], "Show to everyone", scene.ada)
            await scene.lab.until(lambda: press.followups)
            await scene.lab.say(scene.channel, scene.ben, "are you sure?", reply_to=press.followups[0])
            await scene.reads("You said")

            assert "Seven owls." in scene.backend.requests[1].prompt[-1].content

    async def test_what_discord_keeps_back_is_left_out(self) -> None:
        async with set_up() as scene:
            bens = await scene.lab.say(scene.channel, scene.ben, "Strix aluco")
            await scene.lab.say(scene.channel, scene.ada, "what is that?", mention=True, reply_to=bens)
            await scene.answer()

            assert scene.backend.requests[0].prompt[-1].content == "Ada: what is that?"


@given(st.text(max_size=400))
def test_a_thread_is_named_by_the_first_words(text: str) -> None:
    assert 1 <= len(title(text)) <= NAME_CHARS
    assert "\n" not in title(text)


def test_what_is_quoted_names_no_thread() -> None:
    assert title("> Ben: Strix\n\nWhat is that?") == "What is that?"
    assert title("> only this") == "> only this"
    assert title("") == "…"
