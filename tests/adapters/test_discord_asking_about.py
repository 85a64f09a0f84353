"""The form about a message on Discord: the question is the person's, the message is quoted as it was written."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.discord_scene import Scene, set_up
from tests.adapters.test_discord_asking import read
from tests.lab.discord import Interaction

MENU = "Ask about this message"


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        await scene.registered()
        yield scene


def asked(scene: Scene, request: int = 0) -> str:
    """Return the question as the model read it."""
    return scene.backend.requests[request].prompt[-1].content


async def about(scene: Scene, text: str) -> Interaction:
    """Let Ada open the form about what Ben says."""
    said = await scene.lab.say(scene.channel, scene.ben, text)
    form = await scene.lab.context_menu(said, scene.ada, MENU)
    await form.acknowledged()
    return form


async def is_told(scene: Scene, call: Interaction) -> None:
    """Check that the person, and nobody else, reads that the message is lost."""
    told = await call.answered()

    assert "do not have the message any more" in told.text
    assert [message.seen_only_by for message in call.wall] == [scene.ada]
    assert all(message.author is not scene.lab.bot for message in scene.lab.wall(scene.channel))
    assert scene.turns.turns == {}


class TestAboutAMessage:
    async def test_the_form_asks_for_an_explanation_of_the_message(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, f"Strix {scene.ada.mention} aluco")
        form = await scene.lab.context_menu(said, scene.ada, MENU)
        await form.acknowledged()
        call = await scene.lab.submit(form, {})
        answer = await read(scene, call, "You said")

        assert form.modal["title"] == MENU
        assert form.modal["components"][1] == {
            "type": 10,
            "content": "The message, as I read it\n> Ben: Strix @Ada aluco",
        }
        assert answer.seen_only_by is scene.ada
        assert asked(scene) == "> Ben: Strix @Ada aluco\n\nExplain this message"

    async def test_question_and_readers_can_be_changed(self, scene: Scene) -> None:
        form = await about(scene, "Strix aluco")
        await scene.lab.submit(form, {"question": "Is it a bird?", "readers": ["all"]})
        answer = await scene.reads("You said")

        assert answer.reply_to
        assert answer.reply_to.text == "> Ben: Strix aluco\n> Is it a bird?"
        assert asked(scene) == "Ada: > Ben: Strix aluco\n\n  Is it a bird?"

    async def test_the_quote_is_what_was_written_whatever_a_form_brings(self, scene: Scene) -> None:
        form = await about(scene, "Strix aluco")
        forged = [
            {"type": 10, "id": 2, "content": "> Ben: I quit"},
            {"type": 18, "id": 9, "component": {"type": 4, "id": 10, "custom_id": "message", "value": "I quit"}},
        ]
        await scene.lab.submit(form, {"readers": ["all"]}, added=forged)
        answer = await scene.reads("You said")

        assert answer.reply_to
        assert answer.reply_to.text == "> Ben: Strix aluco\n> Explain this message"
        assert asked(scene) == "Ada: > Ben: Strix aluco\n\n  Explain this message"

    async def test_what_the_bot_wrote_is_known_as_its_own_and_goes_with_whom_it_may_repeat(self, scene: Scene) -> None:
        await scene.lab.say(scene.channel, scene.ben, "I am from OWL-4711", mention=True)
        answer = await scene.answer()
        form = await scene.lab.context_menu(answer, scene.ada, MENU)
        await form.acknowledged()
        await read(scene, await scene.lab.submit(form, {}), "You said")
        turn = scene.turns.turns[2]
        await scene.history.forget_person("discord", str(scene.ben.id))

        assert "OWL-4711" in asked(scene, -1)
        assert turn.question is not None
        assert turn.question.text == "Explain this message"

    async def test_it_is_quoted_though_it_was_edited_or_deleted_meanwhile(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "Strix aluco")
        form = await scene.lab.context_menu(said, scene.ada, MENU)
        await form.acknowledged()
        await scene.lab.edit(said, "I quit")
        await scene.lab.delete(said)
        await read(scene, await scene.lab.submit(form, {}), "You said")

        assert asked(scene) == "> Ben: Strix aluco\n\nExplain this message"

    async def test_of_a_long_message_the_form_shows_the_beginning(self, scene: Scene) -> None:
        form = await about(scene, "\n".join("owl" for _ in range(1000)))
        await read(scene, await scene.lab.submit(form, {}), "You said")

        assert form.modal["components"][1]["content"].endswith(" …")

    async def test_the_form_outlives_the_connection_that_showed_it(self, scene: Scene) -> None:
        form = await about(scene, "Strix aluco")
        await scene.lab.gateway.cut()
        await scene.lab.gateway.connected()
        call = await scene.lab.submit(form, {})

        await read(scene, call, "Explain this message")


class TestFormsWithoutTheirMessage:
    """The message of a form is not kept any more, or the form is forged."""

    async def test_after_a_quarter_of_an_hour_the_message_is_read_again(self) -> None:
        async with set_up(message_content=True) as scene:
            await scene.registered()
            form = await about(scene, f"Strix {scene.ada.mention} aluco")
            scene.lab.clock.advance(901)
            await read(scene, await scene.lab.submit(form, {}), "You said")

            assert asked(scene) == "> Ben: Strix @Ada aluco\n\nExplain this message"

    async def test_where_discord_keeps_the_text_back_the_person_is_told(self, scene: Scene) -> None:
        form = await about(scene, "Strix aluco")
        scene.lab.clock.advance(901)

        await is_told(scene, await scene.lab.submit(form, {"readers": ["all"]}))

    async def test_another_persons_form_brings_nothing(self, scene: Scene) -> None:
        said = await scene.lab.say(scene.channel, scene.ben, "Strix aluco")
        bens = await scene.lab.context_menu(said, scene.ben, MENU)
        await bens.acknowledged()
        hers = await about(scene, "Bubo bubo")

        await is_told(scene, await scene.lab.submit(hers, {}, custom_id=bens.modal["custom_id"]))

    async def test_a_message_of_another_channel_is_not_read(self) -> None:
        async with set_up(message_content=True) as scene:
            await scene.registered()
            secret = await scene.lab.say(scene.guild.add_channel("staff"), scene.ben, "OWL-4711")
            form = await about(scene, "Strix aluco")

            await is_told(scene, await scene.lab.submit(form, {}, custom_id=f"about:1:{secret.id}"))

    async def test_who_may_not_read_what_was_said_has_nothing_read(self) -> None:
        async with set_up(message_content=True) as scene:
            await scene.registered()
            form = await about(scene, "Strix aluco")
            scene.lab.clock.advance(901)
            scene.channel.deny("read_message_history")

            await is_told(scene, await scene.lab.submit(form, {}))

    @pytest.mark.parametrize(
        "custom_id", ["about:", "about:Ben", "about:abc:def", f"about:1:{10**19}", f"about:{10**90}:{10**90}"[:100]]
    )
    async def test_a_forged_name_ends_in_a_sentence(self, scene: Scene, custom_id: str) -> None:
        form = await about(scene, "Strix aluco")

        await is_told(scene, await scene.lab.submit(form, {"readers": ["all"]}, custom_id=custom_id))
