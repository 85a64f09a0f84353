"""Who may not speak is refused at every door on Slack, before anything is posted, opened or stored."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from adapters.slack.manifest import SHORTCUT
from bot.domain import Address
from tests.adapters.lists import SHUT_OUT, at_rest, shut_out
from tests.adapters.slack_scene import Scene, set_up
from tests.contracts.stores import in_sqlite
from tests.e2e.stored import StoredInFile
from tests.fakes import Speech
from tests.lab.slack.acting import Interaction
from tests.lab.slack.blocks import find_element

REFUSED = {"person": "You may not use this bot here", "workspace": "not set up", "channel": "not set up"}
TICKED = {"private": {"selected_options": [{"value": "yes"}]}}
Door = Callable[[Scene], Awaitable[Interaction]]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with in_sqlite(tmp_path) as stores, set_up(stores=stores) as scene:
        yield scene


@pytest.fixture
def stored(tmp_path: Path) -> StoredInFile:
    return StoredInFile(tmp_path / "lyceum.db")


def close(scene: Scene, what: str) -> None:
    where = Address("slack", scene.lab.team_id, scene.channel.id)
    shut_out(scene.access, what, address=where, person=scene.ada.id)


def typed(command: str, text: str) -> Door:
    async def door(scene: Scene) -> Interaction:
        return await scene.lab.slash(scene.channel, scene.ada, command, text)

    return door


async def picked(scene: Scene) -> Interaction:
    said = await scene.lab.say(scene.channel, scene.ben, "owls hoot", mention=False)
    return await scene.lab.shortcut(said.message, SHORTCUT, scene.ada)


DOORS = {
    "ask": typed("/ask", "where do owls live?"),
    "ask alone": typed("/ask", "where do owls live? private yes"),
    "ask nothing": typed("/ask", ""),
    "ask a lesson": typed("/lesson", "ask owls where do owls live?"),
    "typed wrong": typed("/model", "use"),
    "list models": typed("/model", "list"),
    "the menu": picked,
}


@pytest.mark.parametrize("what", SHUT_OUT)
@pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)
async def test_nothing_is_shown_opened_or_stored(scene: Scene, stored: StoredInFile, door: Door, what: str) -> None:
    before = await stored.rows()
    close(scene, what)
    call = await door(scene)
    await call.responded()

    assert [REFUSED[what] in message.shown for message in scene.lab.private(scene.channel, scene.ada)] == [True]
    assert call.acked
    assert scene.lab.posts(scene.channel) == []
    assert scene.lab.called("chat.postMessage") == scene.lab.called("views.open") == []
    assert await stored.rows() == before


@pytest.mark.parametrize("what", SHUT_OUT)
@pytest.mark.parametrize("values", [{}, TICKED], ids=["openly", "alone"])
async def test_a_form_that_was_opened_before_asks_nothing(
    scene: Scene, stored: StoredInFile, what: str, values: dict[str, dict[str, object]]
) -> None:
    before = await stored.rows()
    await picked(scene)
    await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
    close(scene, what)
    sent = await scene.lab.submit(scene.ada, values)

    assert REFUSED[what] in sent.ack_payload["errors"]["question"]
    assert scene.lab.called("chat.postMessage") == []
    assert await stored.rows() == before


@pytest.mark.parametrize("what", SHUT_OUT)
async def test_buttons_open_no_form_and_answer_nothing(scene: Scene, stored: StoredInFile, what: str) -> None:
    await scene.lab.say(scene.channel, scene.ada, "hello")
    answer = await scene.answered("You said")
    before = await at_rest(stored)
    close(scene, what)
    await scene.lab.rate(answer, "press.rate", scene.ada, good=False)
    await scene.lab.press(answer, next(each for each in answer.action_ids if each != "press.rate"), scene.ada)
    await scene.lab.until(lambda: len(scene.lab.private(scene.channel, scene.ada)) > 1)

    assert all(REFUSED[what] in told.shown for told in scene.lab.private(scene.channel, scene.ada))
    assert scene.lab.called("views.open") == []
    assert await stored.rows() == before


@pytest.mark.parametrize("what", SHUT_OUT)
@pytest.mark.parametrize("text", ["OWL-4711 sleeps", "/ask where is OWL-4711?", "model list"])
async def test_a_mention_is_answered_once_and_not_stored(
    scene: Scene, stored: StoredInFile, what: str, text: str
) -> None:
    before = await stored.rows()
    close(scene, what)
    said = await scene.lab.say(scene.channel, scene.ada, text)
    await said.acked()
    await scene.lab.socket.redeliver(said.event)
    told = await scene.answered(REFUSED[what], thread=said.ts)

    assert scene.lab.posts(scene.channel) == [told]
    assert await stored.rows() == before


async def test_what_is_asked_alone_in_words_is_refused_alone(scene: Scene, stored: StoredInFile) -> None:
    before = await stored.rows()
    close(scene, "person")
    await scene.lab.say(scene.channel, scene.ada, "/ask where do owls live? private yes")
    await scene.lab.private_reads(scene.channel, scene.ada, REFUSED["person"])

    assert scene.lab.posts(scene.channel) == []
    assert await stored.rows() == before


async def test_a_direct_message_of_a_blocked_person_is_answered_and_not_stored(
    scene: Scene, stored: StoredInFile
) -> None:
    before = await stored.rows()
    close(scene, "person")
    dm = scene.lab.dm(scene.ada)
    await scene.lab.say(dm, scene.ada, "OWL-4711 sleeps")
    await scene.answered(REFUSED["person"], channel=dm)

    assert await stored.rows() == before


@pytest.mark.parametrize("what", SHUT_OUT)
async def test_who_may_not_speak_can_still_be_forgotten(scene: Scene, stored: StoredInFile, what: str) -> None:
    await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-4711")
    await scene.answered("You said")
    close(scene, what)
    await scene.lab.slash(scene.channel, scene.ada, "/forget", "yes")
    await scene.lab.private_reads(scene.channel, scene.ada, "Erased")

    assert not [row for row in await stored.rows() if "OWL-4711" in row]


@pytest.mark.parametrize("value", ["abc", "-1", "9" * 30, "9" * 2000, str(2**31), "٣"])
async def test_a_forged_stop_ends_in_a_sentence(scene: Scene, value: str) -> None:
    scene.lab.fail_next("chat.startStream", error="channel_type_not_supported")
    scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
    await scene.lab.say(scene.channel, scene.ada, "count owls")
    growing = await scene.shown("One owl")
    find_element(growing.blocks, "stop")[1]["value"] = value
    await scene.lab.press(growing, "stop", scene.ada)

    assert await scene.lab.private_reads(scene.channel, scene.ada, "There is nothing to stop")


async def test_a_forged_form_of_a_button_ends_in_a_sentence(scene: Scene) -> None:
    await scene.lab.say(scene.channel, scene.ada, "hello")
    await scene.lab.rate(await scene.answered("You said"), "press.rate", scene.ada, good=False)
    await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
    sent = await scene.lab.submit(scene.ada, {}, forged={"private_metadata": "{}"})

    assert "lost what it is about" in sent.ack_payload["errors"]["answer"]


async def test_a_form_that_cannot_be_read_is_told_in_the_persons_language(scene: Scene) -> None:
    said = await scene.lab.say(scene.channel, scene.ada, "owls hoot", mention=False)
    await scene.lab.shortcut(said.message, SHORTCUT, scene.ben)
    await scene.lab.until(lambda: scene.lab.view(scene.ben) is not None)
    sent = await scene.lab.submit(scene.ben, {}, forged={"private_metadata": "{}"})

    assert "לטופס" in sent.ack_payload["errors"]["question"]


async def test_a_forms_button_that_is_unknown_ends_in_a_sentence(scene: Scene) -> None:
    await scene.lab.say(scene.channel, scene.ada, "hello")
    await scene.lab.rate(await scene.answered("You said"), "press.rate", scene.ada, good=False)
    await scene.lab.until(lambda: scene.lab.view(scene.ada) is not None)
    view = scene.lab.view(scene.ada)
    assert view is not None
    kept = json.loads(view["private_metadata"]) | {"button": "elsewhere"}
    await scene.lab.submit(scene.ada, {}, forged={"private_metadata": json.dumps(kept)})

    assert await scene.lab.private_reads(scene.channel, scene.ada, "I do not know this button")


@pytest.mark.parametrize("kind", ["assistant_thread_started", "reaction_added", "channel_id_changed", "team_join", "x"])
async def test_an_event_nobody_asked_for_is_acknowledged(scene: Scene, kind: str) -> None:
    ada, ts = scene.ada.id, "1764000000.000100"
    place = {"channel_id": scene.lab.dm(scene.ada).id, "thread_ts": ts, "user_id": ada, "context": {}}
    event = {"type": kind, "channel": scene.channel.id, "user": ada, "event_ts": ts, "assistant_thread": place}
    await (await scene.lab.send_event(event)).wait_acked(5)
    await scene.lab.say(scene.channel, scene.ada, "hello")

    assert await scene.answered("You said")


async def test_a_button_of_another_version_ends_in_a_sentence(scene: Scene) -> None:
    await scene.lab.say(scene.channel, scene.ada, "hello")
    answer = await scene.answered("You said")
    find_element(answer.blocks, "press.0")[1].update(action_id="vote", value="up")
    pressed = await scene.lab.press(answer, "vote", scene.ada)

    assert await scene.lab.private_reads(scene.channel, scene.ada, "I do not know this button")
    assert pressed.acked


async def test_a_command_of_another_version_ends_in_a_sentence(scene: Scene) -> None:
    called = await scene.lab.slash(scene.channel, scene.ada, "/owl", "hoot")
    told = await scene.lab.private_reads(scene.channel, scene.ada, "/model use NAME")

    assert called.acked
    assert "/owl" not in told.shown


async def test_a_press_that_cannot_be_read_ends_in_a_sentence(scene: Scene) -> None:
    await scene.lab.say(scene.channel, scene.ada, "hello")
    answer = await scene.answered("You said")
    find_element(answer.blocks, "press.0")[1]["value"] = ""
    await scene.lab.press(answer, "press.0", scene.ada)

    assert await scene.lab.private_reads(scene.channel, scene.ada, "I do not know this button")
