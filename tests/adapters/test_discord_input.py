"""What Discord alone brings: threads and forum posts, replies, stickers, polls, forwarded messages, previews."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.discord.threads import Threads
from adapters.hearing import Follow
from tests.adapters.discord_scene import Scene, set_up
from tests.lab.discord import Channel

PICTURE = ("owl.png", b"\x89PNG\r\n\x1a\n\x00\x00")
NOTES = ("notes.md", b"The owl is OWL-4711.")


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A Discord whose bot reads every message."""
    async with set_up(message_content=True) as scene:
        yield scene


def asked(scene: Scene) -> str:
    return scene.backend.requests[-1].prompt[-1].content


async def opened(scene: Scene) -> Channel:
    """Let Ada ask for a thread of her own, and wait for the answer in it."""
    said = await scene.lab.say(scene.channel, scene.ada, "where do owls live?", mention=True)
    await scene.lab.until(lambda: said.thread)
    assert said.thread
    await scene.answer(said.thread)
    return said.thread


async def is_left_alone(scene: Scene, thread: Channel) -> None:
    """Check that nothing but the first question is answered in a thread, by asking elsewhere and waiting for that."""
    dm = scene.lab.dm(scene.ben)
    await scene.lab.say(dm, scene.ben, "are you there?")
    await scene.reads("are you there?", dm)

    assert sum(each.author is scene.lab.bot for each in scene.lab.wall(thread)) == 1


class TestOwnThreads:
    """Threads that the bot opened for Ada."""

    @pytest.fixture
    async def scene(self) -> AsyncIterator[Scene]:
        async with set_up(message_content=True, threads=Threads.ALWAYS) as scene:
            yield scene

    async def test_who_it_was_opened_for_is_answered_without_a_mention(self, scene: Scene) -> None:
        thread = await opened(scene)
        await scene.lab.say(thread, scene.ada, "and bats?")

        assert await scene.reads("and bats?", thread)

    async def test_others_call_the_bot(self, scene: Scene) -> None:
        thread = await opened(scene)
        await scene.lab.say(thread, scene.ben, "I like owls")
        await is_left_alone(scene, thread)
        await scene.lab.say(thread, scene.ben, "and bats?", mention=True)

        assert await scene.reads("and bats?", thread)

    @pytest.mark.parametrize("stickers", [["wave"], []], ids=["sticker", "poll"])
    async def test_stickers_and_polls_are_left_alone(self, scene: Scene, stickers: list[str]) -> None:
        thread = await opened(scene)
        await scene.lab.say(thread, scene.ada, "", stickers=stickers, poll=None if stickers else ("Owls?", ["yes"]))
        await is_left_alone(scene, thread)

    async def test_a_picture_alone_is_told(self, scene: Scene) -> None:
        thread = await opened(scene)
        await scene.lab.say(thread, scene.ada, "", files=[PICTURE])

        assert await scene.reads("I have owl.png, but not what you want to know", thread)

    async def test_who_turns_to_another_is_left_alone(self, scene: Scene) -> None:
        thread = await opened(scene)
        await scene.lab.say(thread, scene.ada, f"{scene.ben.mention} do you know?")
        await is_left_alone(scene, thread)

    async def test_who_replies_to_themself_is_answered(self, scene: Scene) -> None:
        thread = await opened(scene)
        said = await scene.lab.say(thread, scene.ada, "and bats?")
        await scene.reads("and bats?", thread)
        await scene.lab.say(thread, scene.ada, "in winter?", reply_to=said)

        assert await scene.reads("in winter?", thread)

    async def test_who_is_forgotten_is_followed_no_more(self, scene: Scene) -> None:
        thread = await opened(scene)
        await scene.history.forget_person("discord", str(scene.ada.id))
        await scene.lab.say(thread, scene.ada, "and bats?")
        await is_left_alone(scene, thread)

    async def test_everyone_is_followed_where_the_operator_wants_it(self) -> None:
        async with set_up(message_content=True, follow=Follow.EVERYONE, threads=Threads.ALWAYS) as scene:
            thread = await opened(scene)
            await scene.lab.say(thread, scene.ben, "and bats?")

            assert await scene.reads("and bats?", thread)

    async def test_nobody_is_followed_where_the_operator_wants_it(self) -> None:
        async with set_up(message_content=True, follow=Follow.NOBODY, threads=Threads.ALWAYS) as scene:
            thread = await opened(scene)
            await scene.lab.say(thread, scene.ada, "and bats?")
            await is_left_alone(scene, thread)


class TestThreadsOfOthers:
    @pytest.mark.parametrize("what", ["picture", "sticker", "poll", "voice", "talk", "reply", "forward"])
    async def test_after_one_mention_it_answers_who_calls_it(self, scene: Scene, what: str) -> None:
        thread = scene.channel.start_thread("owls", owner=scene.ben)
        await scene.lab.say(thread, scene.ada, "hello", mention=True)
        await scene.answer(thread)
        said = await scene.lab.say(thread, scene.ben, "I like owls")
        match what:
            case "picture":
                await scene.lab.say(thread, scene.ada, "", files=[PICTURE])
            case "sticker":
                await scene.lab.say(thread, scene.ada, "", stickers=["wave"])
            case "poll":
                await scene.lab.say(thread, scene.ada, "", poll=("Owls?", ["yes", "no"]))
            case "voice":
                await scene.lab.say(thread, scene.ada, "", voice=b"OggS")
            case "talk":
                await scene.lab.say(thread, scene.ada, "so do I")
            case "forward":
                await scene.lab.say(thread, scene.ada, "", forwards=said)
            case _:
                await scene.lab.say(thread, scene.ada, "so do I", reply_to=said)
        await is_left_alone(scene, thread)


class TestReplies:
    async def test_a_reply_to_a_forwarded_message_reads_it(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "the owl is OWL-4711")
        forward = await scene.lab.say(scene.channel, scene.ben, "", forwards=said)
        await scene.lab.say(scene.channel, scene.ada, "is that so?", mention=True, reply_to=forward)
        await scene.reads("You said")

        assert asked(scene) == "Ada: > Ben: the owl is OWL-4711\n\n  is that so?"

    @pytest.mark.parametrize(
        ("text", "told"), [("what is this?", "I have not seen owl.png"), ("", "I have owl.png, but")]
    )
    async def test_a_reply_to_a_picture_is_told(self, scene: Scene, text: str, told: str) -> None:
        picture = await scene.lab.say(scene.channel, scene.ben, "", files=[PICTURE])
        await scene.lab.say(scene.channel, scene.ada, text, mention=True, reply_to=picture)

        assert await scene.reads(told)

    async def test_a_reply_to_a_text_file_reads_it(self, scene: Scene) -> None:
        notes = await scene.lab.say(scene.channel, scene.ben, "", files=[NOTES])
        await scene.lab.say(scene.channel, scene.ada, "which owl?", mention=True, reply_to=notes)
        await scene.reads("You said")

        assert "OWL-4711" in asked(scene)

    async def test_a_reply_to_a_poll_reads_it(self, scene: Scene) -> None:
        poll = await scene.lab.say(scene.channel, scene.ben, "", poll=("Which owl?", ["Tawny", "Snowy"]))
        await scene.lab.say(scene.channel, scene.ada, "what do you think?", mention=True, reply_to=poll)
        await scene.reads("You said")

        assert asked(scene).startswith("Ada: > Ben: Which owl?\n  > - Tawny\n  > - Snowy\n")

    async def test_a_quote_keeps_the_bots_name_where_it_stood(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "is better than owls", mention=True)
        await scene.reads("You said")
        await scene.lab.say(scene.channel, scene.ada, "really?", mention=True, reply_to=said)
        await scene.reads("really?")

        assert asked(scene) == "Ada: > Ben: @lyceum is better than owls\n\n  really?"

    @pytest.mark.parametrize("text", ["is that so?", ""])
    async def test_where_discord_keeps_it_back_that_is_told(self, text: str) -> None:
        async with set_up() as scene:
            said = await scene.lab.say(scene.channel, scene.ben, "the owl is OWL-4711")
            await scene.lab.say(scene.channel, scene.ada, text, mention=True, reply_to=said)

            assert await scene.reads("Discord does not show me the message you reply to")


class TestTheMenu:
    async def test_a_text_file_that_is_asked_about_is_read(self, scene: Scene) -> None:
        await scene.registered()
        notes = await scene.lab.say(scene.channel, scene.ben, "", files=[NOTES])
        form = await scene.lab.context_menu(notes, scene.ada, "Ask about this message")
        await form.acknowledged()
        call = await scene.lab.submit(form, {"question": "which owl?"})
        await call.answered()

        assert "OWL-4711" in asked(scene)
        assert [quote.author_id for quote in scene.turns.turns[1].quotes] == [str(scene.ben.id)]


class TestOddThings:
    @pytest.mark.parametrize(("stickers", "told"), [(["wave"], "no stickers"), ([], "no part in polls")])
    async def test_a_sticker_or_a_poll_alone_is_told(self, scene: Scene, stickers: list[str], told: str) -> None:
        dm = scene.lab.dm(scene.ada)
        await scene.lab.say(dm, scene.ada, "", stickers=stickers, poll=None if stickers else ("Owls?", ["yes"]))

        assert await scene.reads(told, dm)
        assert scene.backend.requests == []

    async def test_a_preview_that_discord_adds_to_a_message_calls_nobody(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ada, "https://owls.example", mention=True)
        await scene.reads("You said")
        said.embeds = [{"type": "link", "url": "https://owls.example"}]
        scene.lab.world.tell_of(said, "MESSAGE_UPDATE")
        await scene.lab.say(scene.channel, scene.ben, "and now?", mention=True)
        await scene.reads("and now?")

        assert len(scene.backend.requests) == 2

    async def test_an_edit_days_later_calls_nobody(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ada, "what hoots?")
        scene.lab.clock.advance(90_000)
        await scene.lab.edit(said, f"{scene.lab.bot.mention} what hoots?")
        await scene.lab.say(scene.channel, scene.ben, "and now?", mention=True)
        await scene.reads("and now?")

        assert len(scene.backend.requests) == 1
