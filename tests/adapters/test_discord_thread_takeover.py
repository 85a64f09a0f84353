"""Answers in threads of their own whose process ended: another goes on there, and spares what others were told."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from adapters.base import Content
from adapters.discord.poster import ChannelPoster
from adapters.discord.threads import ThreadPoster, Threads, in_thread
from bot.domain import Address, ChatMessage, Person, Post, StoredAnswer, Turn, TurnState
from tests.adapters.discord_process import WORKER, logged_in
from tests.adapters.discord_scene import Scene, make_scene, running
from tests.lab.discord import DiscordLab, Message, User

OWLS = "One owl, two owls."


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    """A school whose answers stand in threads, with nobody connected as the bot."""
    async with DiscordLab() as lab:
        yield make_scene(lab, threads=Threads.ALWAYS)
        assert not lab.violations, lab.violations


@pytest.fixture
async def asked(scene: Scene) -> Message:
    return await scene.lab.say(scene.channel, scene.ada, "count owls", mention=True)


async def accepted(scene: Scene, asked: Message, user: User, *, thread: str = "") -> Turn:
    """Accept a question, in a thread or as the beginning of one."""
    said = ChatMessage(
        event_id=str(asked.id),
        message_id=str(asked.id),
        address=Address("discord", str(scene.guild.id), str(scene.channel.id), thread),
        person=Person(str(user.id), user.name),
        text=asked.text,
    )
    turn = await scene.turns.accept(said if thread else in_thread(said), worker=WORKER)
    assert turn is not None
    return turn


async def begun(scene: Scene, turn: Turn, *, noted: bool) -> Message:
    """Post the first words in the thread, as a process that ends then."""
    key = f"turn-{turn.id}:0"
    async with logged_in(scene) as client:
        message_id = await ThreadPoster(client, turn).post(Content("One owl", running=True), key=key)
    if noted:
        await scene.turns.note_post(turn.id, Post(key, message_id))
    message = scene.lab.world.message(int(message_id))
    assert message is not None
    return message


async def ducks_in(scene: Scene, asked: Message, thread: str) -> list[Message]:
    """Answer Ben in the thread, in two messages, and close his turn."""
    assert asked.thread
    question = await scene.lab.say(asked.thread, scene.ben, "count ducks", mention=True)
    turn = await accepted(scene, question, scene.ben, thread=thread)
    async with logged_in(scene) as client:
        poster = ChannelPoster.for_turn(client, turn)
        for index, words in enumerate(("One duck,", "two ducks.")):
            await poster.post(Content(words), key=f"turn-{turn.id}:{index}")
    await scene.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "One duck, two ducks."), worker=WORKER)
    return scene.lab.wall(asked.thread)[-3:]


@pytest.mark.parametrize("noted", [True, False])
async def test_an_answer_goes_on_and_another_persons_stays_whole(scene: Scene, asked: Message, *, noted: bool) -> None:
    turn = await accepted(scene, asked, scene.ada)
    growing = await begun(scene, turn, noted=noted)
    ducks = await ducks_in(scene, asked, turn.message.address.thread)
    await scene.turns.release(turn.id, worker=WORKER)
    scene.backend.say(OWLS)
    async with running(scene, scene.adapter):
        await scene.take_over()
        await scene.lab.until(lambda: growing.buttons == ["Regenerate", "Ask another model", "Good", "Not good"])
        await scene.lab.until(lambda: not scene.turns.turns[turn.id].is_open)

    assert asked.thread
    assert scene.lab.wall(asked.thread) == [growing, *ducks]
    assert [message.text for message in ducks[1:]] == ["One duck,", "two ducks."]


async def test_where_nothing_was_posted_another_persons_answer_is_not_written_over(
    scene: Scene, asked: Message
) -> None:
    turn = await accepted(scene, asked, scene.ada)
    scene.channel.start_thread("owls", message=asked)
    ducks = await ducks_in(scene, asked, turn.message.address.thread)
    await scene.turns.release(turn.id, worker=WORKER)
    scene.backend.say(OWLS)
    async with running(scene, scene.adapter):
        await scene.take_over()
        await scene.lab.until(lambda: not scene.turns.turns[turn.id].is_open)

    assert asked.thread
    assert scene.lab.wall(asked.thread)[:-1] == ducks
    assert [message.text for message in ducks[1:]] == ["One duck,", "two ducks."]
    assert scene.lab.wall(asked.thread)[-1].text.startswith(OWLS)
