"""Who may not speak is refused at every door on Discord, alone, before anything is posted, opened or stored."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters.discord.threads import Threads
from bot.domain import Address
from tests.adapters.discord_scene import JOINED, MESSAGES, Scene, set_up
from tests.adapters.lists import SHUT_OUT, at_rest, shut_out
from tests.contracts.stores import in_sqlite
from tests.e2e.stored import StoredInFile
from tests.lab.discord import Interaction, Message, User

MENU = "Ask about this message"
OPENS_THREAD = "/channels/{channel_id}/messages/{message_id}/threads"
REFUSED = {"person": "You may not use this bot here", "workspace": "not set up", "channel": "not set up"}
Door = Callable[[Scene, User], Awaitable[Interaction]]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with in_sqlite(tmp_path) as stores, set_up(threads=Threads.ALWAYS, stores=stores) as scene:
        await scene.registered()
        yield scene


@pytest.fixture
def stored(tmp_path: Path) -> StoredInFile:
    return StoredInFile(tmp_path / "lyceum.db")


def close(scene: Scene, what: str) -> None:
    where = Address("discord", str(scene.guild.id), str(scene.channel.id))
    shut_out(scene.access, what, address=where, person=str(scene.ada.id))


async def ask(scene: Scene, user: User) -> Interaction:
    return await scene.lab.slash(scene.channel, user, "ask", options={"question": "Where do owls sleep?"})


async def ask_alone(scene: Scene, user: User) -> Interaction:
    options = {"question": "Where do owls sleep?", "private": "yes"}
    return await scene.lab.slash(scene.channel, user, "ask", options=options)


async def ask_for_a_thread(scene: Scene, user: User) -> Interaction:
    options = {"question": "Where do owls sleep?", "thread": "yes"}
    return await scene.lab.slash(scene.channel, user, "ask", options=options)


async def ask_nothing(scene: Scene, user: User) -> Interaction:
    return await scene.lab.slash(scene.channel, user, "ask", options={"question": ""})


async def ask_a_lesson(scene: Scene, user: User) -> Interaction:
    options = {"lesson": "owls", "question": "Where do owls sleep?"}
    return await scene.lab.slash(scene.channel, user, "lesson", "ask", options=options)


async def list_models(scene: Scene, user: User) -> Interaction:
    return await scene.lab.slash(scene.channel, user, "model", "list")


async def ask_about(scene: Scene, user: User) -> Interaction:
    said = await scene.lab.say(scene.channel, scene.ben, "Strix aluco")
    return await scene.lab.context_menu(said, user, MENU)


DOORS = (ask, ask_alone, ask_for_a_thread, ask_nothing, ask_a_lesson, list_models, ask_about)


def spoke(scene: Scene) -> list[Message]:
    """Return what the bot said that others read."""
    return [message for message in scene.lab.wall(scene.channel) if message.author is scene.lab.bot]


@pytest.mark.parametrize("what", SHUT_OUT)
@pytest.mark.parametrize("door", DOORS)
async def test_nothing_is_shown_opened_or_stored(scene: Scene, stored: StoredInFile, door: Door, what: str) -> None:
    before = await stored.rows()
    close(scene, what)
    call = await door(scene, scene.ada)
    told = await call.answered()

    assert REFUSED[what] in told.text
    assert [message.seen_only_by for message in call.wall] == [scene.ada]
    assert call.modal == {}
    assert spoke(scene) == []
    assert (scene.requests("POST", MESSAGES), scene.requests("POST", OPENS_THREAD)) == (0, 0)
    assert await stored.rows() == before


@pytest.mark.parametrize("what", SHUT_OUT)
@pytest.mark.parametrize("readers", ["me", "all"])
async def test_a_form_that_was_opened_before_asks_nothing(
    scene: Scene, stored: StoredInFile, what: str, readers: str
) -> None:
    before = await stored.rows()
    form = await ask_about(scene, scene.ada)
    await form.acknowledged()
    close(scene, what)
    call = await scene.lab.submit(form, {"readers": [readers]})
    told = await call.answered()

    assert REFUSED[what] in told.text
    assert told.seen_only_by is scene.ada
    assert spoke(scene) == []
    assert await stored.rows() == before


@pytest.mark.parametrize("what", SHUT_OUT)
@pytest.mark.parametrize("button", ["Regenerate", "Not good"])
async def test_a_button_opens_no_form_and_answers_nothing(
    scene: Scene, stored: StoredInFile, what: str, button: str
) -> None:
    asked = await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)
    await scene.lab.until(lambda: asked.thread is not None)
    thread = asked.thread
    assert thread is not None
    answer = await scene.answer(thread)
    before = await at_rest(stored)
    close(scene, what)
    press = await scene.lab.press(answer, button, scene.ada)
    told = await press.answered()

    assert REFUSED[what] in told.text
    assert told.seen_only_by is scene.ada
    assert press.modal == {}
    assert await stored.rows() == before


@pytest.mark.parametrize("what", SHUT_OUT)
@pytest.mark.parametrize("text", ["OWL-4711 sleeps", "/ask where is OWL-4711?", "model list", ""])
async def test_a_mention_is_answered_and_not_stored(scene: Scene, stored: StoredInFile, what: str, text: str) -> None:
    before = await stored.rows()
    close(scene, what)
    said = await scene.lab.say(scene.channel, scene.ada, text, mention=True, deliveries=2)
    told = await scene.reads(REFUSED[what])

    assert told.reply_to is said
    assert spoke(scene) == [told]
    assert scene.requests("POST", OPENS_THREAD) == 0
    assert await stored.rows() == before


async def test_who_may_not_speak_is_not_told_how_to_be_read(scene: Scene) -> None:
    asked = await scene.lab.say(scene.channel, scene.ben, "hello", mention=True)
    await scene.lab.until(lambda: asked.thread is not None)
    close(scene, "person")
    answer = await scene.answer(asked.thread)
    await scene.lab.say(answer.channel, scene.ada, "and I?", reply_to=answer, ping=False)

    assert await scene.reads(REFUSED["person"], answer.channel)


async def test_a_direct_message_of_a_blocked_person_is_answered_and_not_stored(
    scene: Scene, stored: StoredInFile
) -> None:
    before = await stored.rows()
    close(scene, "person")
    dm = scene.lab.dm(scene.ada)
    await scene.lab.say(dm, scene.ada, "OWL-4711 sleeps")
    await scene.reads(REFUSED["person"], dm)

    assert await stored.rows() == before


async def test_the_bot_joins_no_thread_of_who_may_not_speak(tmp_path: Path) -> None:
    async with in_sqlite(tmp_path) as stores, set_up(message_content=True, stores=stores) as scene:
        thread = scene.channel.start_thread("owls", owner=scene.ben)
        close(scene, "person")
        await scene.lab.say(thread, scene.ada, "hello", mention=True)
        await scene.reads(REFUSED["person"], thread)

        assert scene.requests("PUT", JOINED) == 0


@pytest.mark.parametrize("what", SHUT_OUT)
async def test_who_may_not_speak_can_still_be_forgotten(scene: Scene, stored: StoredInFile, what: str) -> None:
    await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-4711", mention=True)
    await scene.lab.until(lambda: scene.requests("POST", OPENS_THREAD))
    close(scene, what)
    call = await scene.lab.slash(scene.channel, scene.ada, "forget", options={"confirm": "yes"})
    await scene.lab.until(lambda: any("Erased" in message.text for message in call.wall))

    assert not [row for row in await stored.rows() if "OWL-4711" in row]
