"""Assistants on Discord: made in a modal, completed while they are typed, and named above their answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.errors import Unavailable
from tests.adapters.discord_scene import Scene, set_up
from tests.lab.discord import Interaction, User

PIRATE = {"named": "Pirate", "instructions": "Talk like a pirate.", "greeting": "Ahoy!"}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.registered()
        yield scene


async def opened(scene: Scene, *words: str, user: User | None = None, **options: str) -> Interaction:
    form = await scene.lab.slash(scene.channel, user or scene.ada, "assistant", *words, options=options)
    await form.acknowledged()
    return form


def fields(form: Interaction) -> dict[str, str]:
    return {part["component"]["custom_id"]: part["component"].get("value", "") for part in form.modal["components"]}


async def made(scene: Scene, *, user: User | None = None, **said: str) -> Interaction:
    form = await opened(scene, "create", user=user, **({"for": said.pop("home")} if "home" in said else {}))
    sent = await scene.lab.submit(form, {**PIRATE, **said})
    await sent.answered()
    return sent


async def completed(scene: Scene, typed: str, *, user: User) -> list[str]:
    choices = await scene.lab.autocomplete(scene.channel, user, "assistant", "use", option="assistant", typed=typed)
    return [choice["value"] for choice in choices]


async def test_one_form_makes_an_assistant_which_answers_under_its_name(scene: Scene) -> None:
    form = await opened(scene, "create", named="Pirate", model="qwen3:8b")
    sent = await scene.lab.submit(form, PIRATE)
    told = await sent.answered()
    used = await scene.lab.slash(scene.channel, scene.ada, "assistant", "use", options={"assistant": "pirate"})
    await used.answered()
    scene.backend.say("Arr.")
    await scene.lab.say(scene.channel, scene.ada, f"{scene.lab.bot.mention} hello")
    answer = await scene.reads("Arr.")

    assert fields(form) == {"named": "Pirate", "instructions": "", "model": "qwen3:8b", "lessons": "", "greeting": ""}
    assert "**Pirate** is there now" in told.text
    assert told.seen_only_by is scene.ada
    assert answer.content.startswith("**Pirate**\n\nAhoy!\n\nArr.")
    assert scene.backend.requests[-1].model == "qwen3:8b"


async def test_what_a_field_cannot_be_is_told_and_the_form_opens_again_as_it_was(scene: Scene) -> None:
    form = await opened(scene, "create")
    refused = await scene.lab.submit(form, {**PIRATE, "model": "gpt-oss"})
    told = await refused.answered()
    again = await scene.lab.press(told, "Open the form again", scene.ada)
    await again.acknowledged()
    sent = await scene.lab.submit(again, {"model": ""})
    done = await sent.answered()

    assert "is not installed" in told.text
    assert fields(again) == {**PIRATE, "model": "gpt-oss", "lessons": ""}
    assert "is there now" in done.text


async def test_a_form_for_the_server_is_opened_for_admins_alone(scene: Scene) -> None:
    call = await opened(scene, "create", user=scene.ben, **{"for": "workspace"})
    told = await call.answered()

    assert "needs an admin" in told.text
    assert call.modal is None or not call.modal


async def test_rights_lost_while_the_form_is_open_count(scene: Scene) -> None:
    owner = scene.guild.owner
    form = await opened(scene, "create", user=owner, **{"for": "channel"})
    scene.guild.owner = scene.ben
    sent = await scene.lab.submit(form, PIRATE)
    told = await sent.answered()

    assert "needs an admin" in told.text
    assert scene.turns.store.assistants == {}


async def test_names_are_completed_for_those_who_see_them_and_ask_no_host(scene: Scene) -> None:
    await made(scene)
    await made(scene, user=scene.guild.owner, named="Parrot", home="channel")
    scene.backend.down = Unavailable("error.host_down", host="h")

    assert await completed(scene, "p", user=scene.ada) == ["Pirate", "Parrot"]
    assert await completed(scene, "pi", user=scene.ada) == ["Pirate"]
    assert await completed(scene, "p", user=scene.ben) == ["Parrot"]


async def test_what_is_to_be_removed_is_removed_by_its_button(scene: Scene) -> None:
    await made(scene)
    call = await scene.lab.slash(scene.channel, scene.ada, "assistant", "remove", options={"assistant": "Pirate"})
    asked = await call.answered()
    pressed = await scene.lab.press(asked, "Remove it", scene.ada)
    told = await pressed.answered()

    assert "This removes **Pirate**" in asked.text
    assert "is removed" in told.text
    assert scene.turns.store.assistants == {}


async def test_a_forged_form_changes_nobody_elses(scene: Scene) -> None:
    await made(scene)
    form = await opened(scene, "create", user=scene.ben)
    (number,) = scene.turns.store.assistants
    sent = await scene.lab.submit(form, PIRATE, custom_id=f"do:assistant+write?for=me&id={number}&seen=1")
    told = await sent.answered()

    assert "is not there any more" in told.text
    assert [kept.owner_id for kept in scene.turns.store.assistants.values()] == [str(scene.ada.id)]


async def test_a_mention_lists_ones_own_assistants_to_nobody_else(scene: Scene) -> None:
    await made(scene)
    await scene.lab.say(scene.channel, scene.ada, f"{scene.lab.bot.mention} assistant list")
    told = await scene.reads("Yours alone", scene.lab.dm(scene.ada))

    assert "**Pirate**" in told.content
    assert [message for message in scene.lab.wall(scene.channel) if message.author is scene.lab.bot] == []
