"""Slash commands, completion and the Stop button on Discord, against a loopback Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.domain import TurnState
from bot.errors import Unavailable
from tests.adapters.discord_scene import COMMANDS, MESSAGE, Scene, running, set_up
from tests.engine.talk import until
from tests.fakes import Speech, card


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


class TestSlashCommands:
    async def test_the_models_are_listed_for_the_caller_alone(self, scene: Scene) -> None:
        await scene.registered()
        call = await scene.lab.slash(scene.channel, scene.ada, "model", "list")
        answer = await call.answered()

        assert "qwen3:8b" in answer.text
        assert call.is_ephemeral

    async def test_a_model_is_chosen_explained_and_cleared(self, scene: Scene) -> None:
        await scene.registered()
        use = await scene.lab.slash(scene.channel, scene.ada, "model", "use", options={"name": "qwen3:8b"})
        assert (await use.answered()).text == "`qwen3:8b` now answers for you here."
        why = await scene.lab.slash(scene.channel, scene.ada, "model", "why")
        assert "▶ for you here: `qwen3:8b`" in (await why.answered()).text
        reset = await scene.lab.slash(scene.channel, scene.ada, "model", "reset", options={"for": "me"})

        assert "`smollm2:135m` answers now" in (await reset.answered()).text

    async def test_a_choice_for_the_channel_needs_an_admin(self, scene: Scene) -> None:
        await scene.registered()
        options = {"name": "qwen3:8b", "for": "channel"}
        hers = await scene.lab.slash(scene.channel, scene.ada, "model", "use", options=options)
        theirs = await scene.lab.slash(scene.channel, scene.guild.owner, "model", "use", options=options)

        assert "it needs an admin" in (await hers.answered()).text
        assert (await theirs.answered()).text == "`qwen3:8b` now answers for this channel."

    async def test_the_conversation_is_reset(self, scene: Scene) -> None:
        await scene.registered()
        await scene.lab.say(scene.channel, scene.ada, "the owl is OWL-4711", mention=True)
        await scene.answer()
        await (await scene.lab.slash(scene.channel, scene.ada, "reset")).answered()
        await scene.lab.say(scene.channel, scene.ada, "which owl?", mention=True)

        assert "I remember: nothing" in (await scene.answers(count=2))[1].text

    async def test_help_comes_in_the_language_of_the_client(self, scene: Scene) -> None:
        dana = scene.lab.add_user("Dana", locale="he")
        scene.guild.add_member(dana)
        await scene.registered()
        call = await scene.lab.slash(scene.channel, dana, "help")

        assert "אני עונה בעזרת מודלים פתוחים" in (await call.answered()).text

    async def test_a_command_works_in_a_dm(self, scene: Scene) -> None:
        await scene.registered()
        call = await scene.lab.slash(scene.lab.dm(scene.ada), scene.ada, "model", "why")

        assert "`smollm2:135m` answers you here" in (await call.answered()).text

    async def test_a_command_delivered_twice_runs_once(self, scene: Scene) -> None:
        await scene.registered()
        call = await scene.lab.slash(scene.channel, scene.ada, "help")
        await call.answered()
        await scene.lab.gateway.redeliver(call)
        other = await scene.lab.slash(scene.channel, scene.ada, "help")
        await other.answered()

        assert len(call.wall) == 1

    async def test_a_store_that_is_down_is_told(self, scene: Scene) -> None:
        await scene.registered()
        scene.turns.broken = Unavailable("error.internal")
        call = await scene.lab.slash(scene.channel, scene.ada, "help")

        assert "Something went wrong on my side" in (await call.answered()).text

    async def test_an_answer_too_long_for_one_message_goes_on_in_follow_ups(self, scene: Scene) -> None:
        scene.backend.install(*(card(f"model-{number}:{'x' * 60}") for number in range(30)))
        await scene.registered()
        call = await scene.lab.slash(scene.channel, scene.ada, "model", "list")
        await scene.lab.until(lambda: any("smollm2:135m" in message.text for message in call.wall))

        assert len(call.wall) > 1
        assert all(message.is_ephemeral for message in call.wall)

    async def test_a_command_may_be_said_in_words(self, scene: Scene) -> None:
        await scene.lab.say(scene.channel, scene.ada, "model use qwen3:8b", mention=True)

        assert (await scene.answer()).text == "`qwen3:8b` now answers for you here."

    async def test_a_command_from_a_user_installation_is_answered(self, scene: Scene) -> None:
        await scene.registered()
        call = await scene.lab.slash(scene.channel, scene.ada, "help", user_install=True)

        assert "I answer with open models" in (await call.answered()).text


class TestCompletion:
    async def test_installed_models_are_offered(self, scene: Scene) -> None:
        await scene.engine.catalog.refresh()
        await scene.registered()
        choices = await scene.lab.autocomplete(scene.channel, scene.ada, "model", "use", option="name", typed="qw")

        assert [choice["value"] for choice in choices] == ["qwen3:8b"]

    async def test_before_the_models_are_known_nothing_is_offered(self, scene: Scene) -> None:
        await scene.registered()
        choices = await scene.lab.autocomplete(scene.channel, scene.ada, "model", "use", option="name")

        assert choices == []

    async def test_at_most_25_are_offered_and_none_too_long_for_discord(self, scene: Scene) -> None:
        scene.backend.install(*(card(f"model:{number}") for number in range(30)), card("a" * 101))
        await scene.engine.catalog.refresh()
        await scene.registered()
        choices = await scene.lab.autocomplete(scene.channel, scene.ada, "model", "use", option="name")

        assert 20 < len(choices) <= 25


class TestStop:
    async def test_the_asker_stops_an_answer_and_what_was_written_stays(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        growing = await scene.reads("One owl")
        press = await scene.lab.press(growing, "Stop", scene.ada)
        said = await press.answered()

        assert said.text == "Stopping. What was written so far stays."
        assert press.is_ephemeral
        assert (await scene.answer()).text == "One owl\n\n-# Stopped."
        await until(lambda: scene.history.turns[1].state is TurnState.STOPPED)

    async def test_the_command_stops_the_answer_that_is_written_here(self, scene: Scene) -> None:
        await scene.registered()
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        await scene.reads("One owl")
        call = await scene.lab.slash(scene.channel, scene.ada, "stop")

        assert (await call.answered()).text == "Stopping. What was written so far stays."
        assert (await scene.answer()).text == "One owl\n\n-# Stopped."

    async def test_somebody_else_may_not(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        press = await scene.lab.press(await scene.reads("One owl"), "Stop", scene.ben)
        said = await press.answered()
        scene.backend.release()

        assert said.text.startswith("Only the person who asked, or an admin, can stop this answer")
        assert (await scene.answer()).text == "One owl, two owls."

    async def test_a_button_whose_turn_is_over_says_so(self, scene: Scene) -> None:
        scene.backend.say(Speech("One owl, two owls.", holds=True, after=2))
        await scene.lab.say(scene.channel, scene.ada, "count", mention=True)
        growing = await scene.reads("One owl")
        scene.lab.fail_next(f"PATCH {MESSAGE}", status=403, code=50001)
        scene.backend.release()
        await scene.lab.until(lambda: scene.history.turns[1].state is TurnState.ANSWERED)
        press = await scene.lab.press(growing, "Stop", scene.ada)

        assert "There is nothing to stop" in (await press.answered()).text


class TestRegistration:
    async def test_commands_are_registered_once_and_not_again_at_the_next_start(self, scene: Scene) -> None:
        await scene.registered()
        scene.lab.clock.advance(6)
        again = scene.another_adapter()
        async with running(scene, again):
            await again.ready.wait()

        assert scene.requests("PUT", COMMANDS) == 1

    async def test_a_refused_registration_stops_no_answers(self) -> None:
        async with set_up(fail=f"PUT {COMMANDS}") as scene:
            await scene.lab.until(lambda: scene.requests("PUT", COMMANDS))
            await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

            assert "You said: Ada: hello" in (await scene.answer()).text
