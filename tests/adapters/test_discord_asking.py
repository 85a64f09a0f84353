"""Questions by command on Discord: `/ask`, open and private, here and elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import Unavailable
from tests.adapters.discord_scene import MESSAGES, Scene, set_up
from tests.fakes import Speech
from tests.lab.discord import Interaction, Message, User

LONG = " ".join(f"word{number}" for number in range(700))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.registered()
        yield scene


async def ask(scene: Scene, question: str, *, user: User | None = None, **options: str) -> Interaction:
    user = user or scene.ada
    return await scene.lab.slash(scene.channel, user, "ask", options={"question": question, **options})


async def read(scene: Scene, call: Interaction, text: str) -> Message:
    """Wait until a message the call brought reads so."""
    await scene.lab.until(lambda: any(text in message.text for message in call.wall))
    return next(message for message in call.wall if text in message.text)


class TestOpenly:
    async def test_the_question_is_shown_and_answered_like_any_message(self, scene: Scene) -> None:
        call = await ask(scene, "Where do owls\nsleep?")
        shown = await call.answered()
        answer = await scene.reads("You said: Ada: Where do owls\n  sleep?")

        assert shown.text == "> Where do owls\n> sleep?"
        assert not call.is_ephemeral
        assert answer.reply_to is shown

    async def test_it_is_remembered_in_the_channel(self, scene: Scene) -> None:
        await ask(scene, "the owl is OWL-4711")
        await scene.reads("You said")
        await scene.lab.say(scene.channel, scene.ben, "which owl?", mention=True)

        await scene.reads("I remember: OWL-4711")

    async def test_a_question_longer_than_a_message_is_shown_in_part_and_read_whole(self, scene: Scene) -> None:
        call = await ask(scene, f"{LONG} end")
        shown = await call.answered()
        await scene.reads("end")

        assert shown.text.endswith(" …")
        assert scene.backend.requests[0].prompt[-1].content.endswith("word699 end")

    async def test_one_that_is_deleted_is_forgotten(self, scene: Scene) -> None:
        scene.backend.say(Speech("Owls sleep by day.", holds=True, after=1))
        shown = await (await ask(scene, "Where do owls sleep?")).answered()
        await scene.lab.until(lambda: scene.backend.running)
        await scene.lab.delete(shown)

        await scene.lab.until(lambda: not scene.backend.running)

    async def test_it_may_be_said_in_words_with_its_slash(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ada, "/ask Where do owls\nsleep?", mention=True)
        answer = await scene.reads("You said: Ada: Where do owls\n  sleep?")

        assert answer.reply_to is said

    async def test_a_store_that_is_down_is_told(self, scene: Scene) -> None:
        scene.turns.broken = Unavailable("error.internal")
        await ask(scene, "Where do owls sleep?")

        assert "Something went wrong on my side" in (await scene.reads("Something")).text

    async def test_in_a_dm_it_is_part_of_the_conversation(self, scene: Scene) -> None:
        dm = scene.lab.dm(scene.ada)
        await scene.lab.slash(dm, scene.ada, "ask", options={"question": "the owl is OWL-4711", "private": "yes"})
        await scene.reads("You said: the owl is OWL-4711", dm)
        await scene.lab.say(dm, scene.ada, "which owl?")

        await scene.reads("I remember: OWL-4711", dm)

    async def test_where_the_bot_may_not_write_it_answers_through_the_command(self, scene: Scene) -> None:
        scene.channel.deny("send_messages")
        call = await ask(scene, "Where do owls sleep?")
        answer = await read(scene, call, "You said: Ada: Where do owls sleep?")

        assert answer is call.original
        assert answer.seen_only_by is None
        assert scene.requests("POST", MESSAGES) == 0


class TestPrivately:
    async def test_a_long_answer_goes_on_in_follow_ups_for_the_person_alone(self, scene: Scene) -> None:
        scene.backend.say(LONG)
        call = await ask(scene, "count", private="yes")
        await read(scene, call, "word699")
        words = " ".join(message.text for message in call.wall).split()

        assert [word for word in words if word.startswith("word")] == LONG.split()
        assert len(call.wall) > 2
        assert all(message.seen_only_by is scene.ada for message in call.wall)

    async def test_it_can_be_stopped(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        call = await ask(scene, "count owls", private="yes")
        growing = await read(scene, call, "One owl")
        await scene.lab.until(lambda: growing.buttons)
        press = await scene.lab.press(growing, "Stop", scene.ada)
        await press.answered()
        stopped = await read(scene, call, "Stopped.")

        assert stopped is growing
        assert "Stop" not in stopped.buttons

    async def test_one_that_comes_too_late_is_left(self, scene: Scene) -> None:
        options = {"question": "why?", "private": "yes"}
        late = await scene.lab.slash(scene.channel, scene.ada, "ask", options=options, age_s=4.0)
        await read(scene, await ask(scene, "why not?", private="yes"), "You said")
        scene.lab.violations.clear()

        assert late.wall == []
        assert len(scene.backend.requests) == 1


class TestElsewhere:
    async def test_in_a_guild_without_the_bot_it_answers_through_the_command_alone(self, scene: Scene) -> None:
        elsewhere = scene.lab.add_guild("Elsewhere", has_bot=False)
        elsewhere.add_member(scene.ada)
        room = elsewhere.add_channel("foreign")
        call = await scene.lab.slash(room, scene.ada, "ask", options={"question": "the owl is OWL-4711"})
        answer = await read(scene, call, "You said: Ada: the owl is OWL-4711")
        again = await scene.lab.slash(room, scene.ada, "ask", options={"question": "which owl?"})
        await read(scene, again, "I remember: OWL-4711")

        assert answer is call.original
        assert answer.seen_only_by is None
        assert scene.requests("POST", MESSAGES) == 0

    async def test_a_guild_that_silences_it_makes_the_conversation_private(self, scene: Scene) -> None:
        elsewhere = scene.lab.add_guild("Elsewhere", has_bot=False)
        elsewhere.add_member(scene.ada)
        elsewhere.external_apps = False
        room = elsewhere.add_channel("foreign")
        call = await scene.lab.slash(room, scene.ada, "ask", options={"question": "the owl is OWL-4711"})
        answer = await read(scene, call, "You said: the owl is OWL-4711")

        assert answer.seen_only_by is scene.ada
        assert scene.turns.turns[1].turn.message.address.is_private

    async def test_each_person_has_a_conversation_of_their_own_in_a_group(self, scene: Scene) -> None:
        group = scene.lab.group_dm(scene.ada, scene.ben)
        hers = await scene.lab.slash(group, scene.ada, "ask", options={"question": "the owl is OWL-4711"})
        await read(scene, hers, "You said: Ada: the owl")
        his = await scene.lab.slash(group, scene.ben, "ask", options={"question": "which owl?"})
        answer = await read(scene, his, "I remember")

        assert "OWL-4711" not in answer.text

    async def test_a_long_answer_takes_five_follow_ups_and_goes_on_by_letter(self, scene: Scene) -> None:
        group, dm = scene.lab.group_dm(scene.ada, scene.ben), scene.lab.dm(scene.ada)
        words = (" " * 8).join(f"word{number:0>4}" for number in range(1000))
        scene.backend.say(words)
        call = await scene.lab.slash(group, scene.ada, "ask", options={"question": "count"})
        await scene.reads("word0999", dm)
        wall = [*call.wall, *scene.lab.wall(dm)]

        assert len(call.followups) == 5
        assert [word for each in wall for word in each.text.split() if word.startswith("word")] == words.split()

    async def test_the_models_are_listed_there(self, scene: Scene) -> None:
        call = await scene.lab.slash(scene.lab.group_dm(scene.ada, scene.ben), scene.ada, "model", "list")

        assert "qwen3:8b" in (await call.answered()).text
        assert call.is_ephemeral
