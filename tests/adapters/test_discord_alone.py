"""A message on Discord that asks to be answered alone: by letter, or in the channel one sentence that it cannot be."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain import Address, ChatMessage, Person, TurnState, private_thread
from tests.adapters.discord_scene import Scene, make_scene, running, set_up
from tests.adapters.lists import shut_out
from tests.fakes import Speech
from tests.lab.discord import DiscordLab, Message

REFUSED = "I cannot answer you alone here"
LONG = " ".join(f"word{number}" for number in range(700))


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


def spoke(scene: Scene) -> list[Message]:
    """Return what the bot said in the channel."""
    return [message for message in scene.lab.wall(scene.channel) if message.author is scene.lab.bot]


@pytest.mark.parametrize("said", ["/ask where do owls sleep? private yes", "ask where do owls sleep? private yes"])
async def test_the_answer_comes_by_letter_and_nowhere_else(scene: Scene, said: str) -> None:
    scene.backend.say("In hollow trees.")
    await scene.lab.say(scene.channel, scene.ada, said, mention=True)
    letter = await scene.reads("In hollow trees.", scene.lab.dm(scene.ada))

    assert letter.buttons == []
    assert f"<#{scene.channel.id}>" in scene.lab.wall(scene.lab.dm(scene.ada))[0].text
    assert spoke(scene) == []


async def test_a_long_answer_goes_on_in_more_letters(scene: Scene) -> None:
    scene.backend.say(Speech(LONG))
    await scene.lab.say(scene.channel, scene.ada, "/ask count private yes", mention=True)
    await scene.reads("word699", scene.lab.dm(scene.ada))
    letters = " ".join(message.text for message in scene.lab.wall(scene.lab.dm(scene.ada)))

    assert set(LONG.split()) <= set(letters.split())
    assert spoke(scene) == []


@pytest.mark.parametrize("in_thread", [False, True])
async def test_who_takes_no_letters_is_told_where_they_asked_and_answered_nowhere(
    scene: Scene, *, in_thread: bool
) -> None:
    scene.ada.accepts_dms = False
    scene.backend.say("In hollow trees.")
    where = scene.channel.start_thread("owls", owner=scene.ben) if in_thread else scene.channel
    said = await scene.lab.say(where, scene.ada, "/ask where do owls sleep? private yes", mention=True)
    told = await scene.reads(REFUSED, where)
    await scene.lab.until(lambda: not scene.turns.turns[1].is_open)

    assert told.reply_to is said
    assert "`/ask`" in told.text
    assert [message.text for message in scene.lab.wall(where) if message.author is scene.lab.bot] == [told.text]
    assert scene.lab.wall(scene.lab.dm(scene.ada)) == []


async def test_who_may_not_speak_is_refused_alone(scene: Scene) -> None:
    where = Address("discord", str(scene.guild.id), str(scene.channel.id))
    shut_out(scene.access, "person", address=where, person=str(scene.ada.id))
    await scene.lab.say(scene.channel, scene.ada, "/ask where do owls sleep? private yes", mention=True)
    await scene.reads("You may not use this bot here", scene.lab.dm(scene.ada))

    assert spoke(scene) == []
    assert scene.turns.turns == {}


async def test_another_process_goes_on_by_letter() -> None:
    async with DiscordLab() as lab:
        scene = make_scene(lab)
        asked = await lab.say(scene.channel, scene.ada, "/ask count owls private yes", mention=True)
        message = ChatMessage(
            event_id=str(asked.id),
            message_id=str(asked.id),
            address=Address("discord", str(scene.guild.id), str(scene.channel.id), private_thread(str(scene.ada.id))),
            person=Person(str(scene.ada.id), "Ada"),
            text="count owls",
            direct=True,
        )
        turn = await scene.turns.accept(message, worker="ended")
        assert turn is not None
        await scene.turns.release(turn.id, worker="ended")
        scene.backend.say("One owl.")
        async with running(scene, scene.adapter):
            await scene.take_over()
            await scene.reads("One owl.", lab.dm(scene.ada))
            await lab.until(lambda: scene.turns.turns[turn.id].state is TurnState.ANSWERED)

        assert spoke(scene) == []
        assert not lab.violations, lab.violations
