"""Assistants on Slack: made in a modal, whose fields say what is wrong, and named above their answers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain import Assistant
from tests.adapters.slack_scene import Scene, set_up
from tests.lab.slack import User
from tests.lab.slack.acting import Interaction
from tests.memory import FakeAssistants

PIRATE = {"named": "Pirate", "instructions": "Talk like a pirate.", "greeting": "Ahoy!"}


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


async def opened(scene: Scene, words: str, *, user: User | None = None) -> dict[str, str]:
    """Let a person open a form by its command; return what stands in its fields, by name."""
    person = user or scene.ada
    await scene.lab.slash(scene.channel, person, "/assistant", words)
    await scene.lab.until(lambda: scene.lab.view(person) is not None)
    view = scene.lab.view(person)
    assert view is not None
    return {block["block_id"]: block["element"].get("initial_value", "") for block in view["blocks"]}


async def sent(scene: Scene, said: dict[str, str], *, user: User | None = None) -> Interaction:
    return await scene.lab.submit(user or scene.ada, {name: {"value": value} for name, value in said.items()})


async def made(scene: Scene, *, user: User | None = None, words: str = "create", **said: str) -> None:
    await opened(scene, words, user=user)
    await sent(scene, {**PIRATE, **said}, user=user)
    await scene.lab.private_reads(scene.channel, user or scene.ada, said.get("named", "Pirate"))


async def test_one_form_makes_an_assistant_which_answers_under_its_name(scene: Scene) -> None:
    fields = await opened(scene, "create Pirate model:qwen3:8b")
    done = await sent(scene, {**PIRATE, "model": "qwen3:8b"})
    told = await scene.lab.private_reads(scene.channel, scene.ada, "is there now")
    await scene.lab.slash(scene.channel, scene.ada, "/assistant", "use pirate")
    await scene.lab.private_reads(scene.channel, scene.ada, "now answers")
    scene.backend.say("Arr.", "Again.")
    await scene.lab.say(scene.lab.dm(scene.ada), scene.ada, "hello")
    await scene.lab.slash(scene.lab.dm(scene.ada), scene.ada, "/assistant", "use Pirate for channel")
    await scene.lab.private_reads(scene.lab.dm(scene.ada), scene.ada, "now answers")
    await scene.lab.say(scene.lab.dm(scene.ada), scene.ada, "hello again")
    answer = await scene.answered("Again.", channel=scene.lab.dm(scene.ada))

    assert fields == {"named": "Pirate", "instructions": "", "model": "qwen3:8b", "lessons": "", "greeting": ""}
    assert done.acked
    assert "Pirate" in told.shown
    assert answer.shown.index("Pirate") < answer.shown.index("Ahoy!") < answer.shown.index("Again.")
    assert [request.model for request in scene.backend.requests][-1] == "qwen3:8b"


async def test_what_a_field_cannot_be_stands_under_it_and_the_form_stays(scene: Scene) -> None:
    await opened(scene, "create")
    wrong = await sent(scene, {**PIRATE, "named": "<!here>"})
    unknown = await sent(scene, {**PIRATE, "model": "gpt-oss"})

    assert list(wrong.ack_payload["errors"]) == ["named"]
    assert list(unknown.ack_payload["errors"]) == ["model"]
    assert scene.lab.view(scene.ada) is not None
    assert scene.turns.store.assistants == {}


async def test_a_form_in_hebrew_speaks_hebrew(scene: Scene) -> None:
    await opened(scene, "create", user=scene.ben)
    view = scene.lab.view(scene.ben)
    assert view is not None
    wrong = await sent(scene, {**PIRATE, "named": "a@b"}, user=scene.ben)

    assert view["title"]["text"] == "עוזר חדש"
    assert view["blocks"][0]["label"]["text"] == "שם"
    assert "דבר לא השתנה" in wrong.ack_payload["errors"]["named"]


async def test_a_form_for_the_channel_is_opened_for_admins_alone(scene: Scene) -> None:
    await scene.lab.slash(scene.channel, scene.ada, "/assistant", "create for channel")
    await scene.lab.private_reads(scene.channel, scene.ada, "needs an admin")

    assert scene.lab.view(scene.ada) is None


async def test_rights_lost_while_the_form_is_open_count(scene: Scene) -> None:
    await opened(scene, "create for channel", user=scene.rosa)
    scene.rosa.is_admin = False
    await sent(scene, PIRATE, user=scene.rosa)
    await scene.lab.private_reads(scene.channel, scene.rosa, "needs an admin")

    assert scene.turns.store.assistants == {}


async def test_a_form_that_is_closed_changes_nothing(scene: Scene) -> None:
    await opened(scene, "create")
    scene.lab.close_view(scene.ada)

    assert scene.turns.store.assistants == {}


async def test_an_edit_begins_with_what_is_there_and_one_of_two_is_told(scene: Scene) -> None:
    await made(scene)
    fields = await opened(scene, "edit Pirate")
    (kept,) = scene.turns.store.assistants.values()
    await changed(scene, kept.assistant)
    await sent(scene, {"instructions": "Sing."})
    await scene.lab.private_reads(scene.channel, scene.ada, "meanwhile")

    assert fields == {**PIRATE, "model": "", "lessons": ""}
    assert kept.assistant.persona.prompt == "Talk like a pirate."


async def changed(scene: Scene, kept: Assistant) -> None:
    """Change an assistant as another process would."""
    assert await FakeAssistants(scene.turns.store).change(kept.id, kept.persona, seen=kept.version)


async def test_a_mention_opens_no_form_and_tells_its_author_alone_how_it_is_opened(scene: Scene) -> None:
    await scene.lab.say(scene.channel, scene.ada, "/assistant create")
    told = await scene.lab.private_reads(scene.channel, scene.ada, "A form opens by")

    assert "/assistant create" in told.shown
    assert scene.lab.posts(scene.channel) == []


async def test_a_mention_lists_ones_own_assistants_to_nobody_else(scene: Scene) -> None:
    await made(scene)
    await scene.lab.say(scene.channel, scene.ada, "assistant list")
    await scene.lab.private_reads(scene.channel, scene.ada, "Yours alone")

    assert scene.lab.posts(scene.channel) == []
