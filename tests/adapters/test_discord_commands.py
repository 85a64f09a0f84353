"""Slash commands, completion and the Stop button on Discord, against a loopback Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.discord.commands import all_of
from adapters.discord.threads import Threads
from bot.domain import TurnState
from tests.adapters.course_scene import two_courses
from tests.adapters.discord_scene import COMMANDS, MESSAGE, Scene, running, set_up
from tests.fakes import Speech, card


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    async with set_up() as scene:
        yield scene


class TestSlashCommands:
    async def test_an_answer_too_long_for_one_message_goes_on_in_follow_ups(self, scene: Scene) -> None:
        scene.backend.install(*(card(f"model-{number}:{'x' * 60}") for number in range(30)))
        await scene.registered()
        call = await scene.lab.slash(scene.channel, scene.ada, "model", "list")
        await scene.lab.until(lambda: any("smollm2:135m" in message.text for message in call.wall))

        assert len(call.wall) > 1
        assert all(message.is_ephemeral for message in call.wall)

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

    async def test_commands_that_something_else_replaced_are_registered_again_at_the_next_start(
        self, scene: Scene
    ) -> None:
        await scene.registered()
        scene.lab.core.commands[0] = scene.lab.core.commands[0][1:]
        scene.lab.clock.advance(6)
        again = scene.another_adapter()
        async with running(scene, again):
            await scene.lab.until(lambda: scene.requests("PUT", COMMANDS) == 2)

        assert len(scene.lab.core.commands[0]) == len(all_of(Threads.REQUEST))

    async def test_a_refused_registration_stops_no_answers(self) -> None:
        async with set_up(fail=f"PUT {COMMANDS}") as scene:
            await scene.lab.until(lambda: scene.requests("PUT", COMMANDS))
            await scene.lab.say(scene.channel, scene.ada, "hello", mention=True)

            assert "You said: Ada: hello" in (await scene.answer()).text


def test_a_command_of_three_words_stands_in_a_group_within_a_group() -> None:
    lesson = next(each for each in all_of(Threads.REQUEST) if each["name"] == "lesson")
    course = next(each for each in lesson["options"] if each["name"] == "course")

    assert (lesson["type"], course["type"]) == (1, 2)
    assert [(each["type"], each["name"]) for each in course["options"]] == [(1, "list"), (1, "use"), (1, "reset")]
    assert all(each["autocomplete"] for each in course["options"][1]["options"] if each["name"] == "course")


class TestCourses:
    async def test_courses_are_offered_by_name(self, tmp_path: Path) -> None:
        async with set_up(lessons=await two_courses(tmp_path)) as scene:
            await scene.registered()
            assert scene.engine.lessons
            await scene.engine.lessons.look()
            choices = await scene.lab.autocomplete(
                scene.channel, scene.ada, "lesson", "course", "use", option="course", typed="har"
            )

        assert [choice["value"] for choice in choices] == ["harbour"]
