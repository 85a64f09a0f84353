"""What every platform promises who stops an answer or calls a command."""

from __future__ import annotations

from typing import Any

import pytest

from bot.domain import TurnState
from bot.errors import Unavailable
from tests.contracts.scenes import ADA, BEN, DANA, ROSA, Stage, on_every, typed
from tests.contracts.scenes.acts import OWLS, held

FOR_ME: Any = {"for": "me"}
FOR_ALL: Any = {"name": "qwen3:8b", "for": "channel"}
DOWN = Unavailable("error.internal")


class TestStop:
    @on_every("stage")
    async def test_stop_ends_an_answer_and_keeps_what_was_written(self, stage: Stage) -> None:
        await stage.stop(ADA, await held(stage))
        stopped = await stage.reads("Stopped.")
        await stage.until(lambda: not stage.turns.turns[1].is_open)
        await stage.rests()

        assert stopped.text == f"One\n\n{stage.footnote.format('Stopped.')}"
        assert stage.turns.turns[1].state is TurnState.STOPPED
        assert (len(stage.wall()), stage.backend.running) == (1, 0)

    @on_every("stage", "privacy")
    async def test_who_stops_an_answer_is_told_so_alone(self, stage: Stage) -> None:
        await stage.stop(ADA, await held(stage))

        told = await stage.reads_alone(ADA, "What was written so far stays")
        assert told.text == "Stopping. What was written so far stays."
        await stage.reads("Stopped.")
        assert len(stage.wall()) == 1

    @on_every("stage", "others")
    async def test_somebody_else_may_not_stop_it_and_is_told_so_alone(self, stage: Stage) -> None:
        await stage.stop(BEN, await held(stage))
        await stage.reads_alone(BEN, "Only the person who asked, or an admin, can stop this answer")
        stage.backend.release()
        await stage.reads(OWLS)

        assert stage.alone(ADA) == []

    @on_every("stage", "others")
    async def test_an_admin_may_stop_it(self, stage: Stage) -> None:
        await stage.stop(ROSA, await held(stage))

        assert (await stage.reads("Stopped.")).text.startswith("One\n\n")

    @on_every("stage", "asking while it answers")
    async def test_the_command_stops_the_answer_that_is_written_here(self, stage: Stage) -> None:
        await held(stage, direct=True)
        await stage.call(ADA, "stop", direct=True)
        told = await stage.reads_alone(ADA, "What was written so far stays")
        stopped = await stage.reads_alone(ADA, "Stopped.")

        assert told.text == "Stopping. What was written so far stays."
        assert stopped.text == f"One\n\n{stage.footnote.format('Stopped.')}"


class TestCommands:
    @on_every("stage", "mentions")
    @pytest.mark.parametrize(
        ("command", "arguments", "words"),
        [
            ("model list", {}, "Installed models: 2"),
            ("model use", {"name": "qwen3:8b"}, "`qwen3:8b` now answers for you here."),
            ("help", {}, "Commands:"),
            ("reset", {}, "nothing to forget"),
        ],
    )
    async def test_a_command_by_its_slash_and_by_a_mention_say_the_same(
        self, stage: Stage, command: str, arguments: Any, words: str
    ) -> None:
        await stage.call(ADA, command, **arguments)
        told = await stage.reads_alone(ADA, words)
        await stage.say(ADA, f"{command} {typed(arguments)}".strip())

        assert (await stage.reads(words)).text == told.text
        assert len(stage.alone(ADA)) == len(stage.wall()) == 1

    @on_every("stage")
    async def test_a_command_that_is_called_directly_is_answered_there(self, stage: Stage) -> None:
        await stage.call(ADA, "model why", direct=True)

        assert await stage.reads_alone(ADA, f"{stage.code.format('smollm2:135m')} answers you here")

    @on_every("stage")
    async def test_how_full_the_window_is_and_what_is_read_is_told(self, stage: Stage) -> None:
        await stage.say(ADA, "hello", direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "context", direct=True)
        told = (await stage.reads_alone(ADA, "It reads all of this conversation: 2 messages.")).text

        assert "░░░░" in told
        assert " % , about" not in told
        assert "%, about" in told

    @on_every("stage")
    async def test_the_installed_models_are_listed(self, stage: Stage) -> None:
        await stage.call(ADA, "model list")

        assert "smollm2:135m" in (await stage.reads_alone(ADA, "qwen3:8b")).text

    @on_every("stage", "privacy")
    async def test_a_command_is_answered_to_its_caller_alone(self, stage: Stage) -> None:
        await stage.call(ADA, "model list")
        await stage.reads_alone(ADA, "qwen3:8b")

        assert stage.wall() == stage.alone(BEN) == []

    @on_every("stage")
    async def test_a_choice_of_model_holds_until_it_is_taken_back(self, stage: Stage) -> None:
        await stage.call(ADA, "model use", direct=True, name="qwen3:8b")
        told = [await stage.reads_alone(ADA, "now answers for you here.")]
        await stage.say(ADA, "hello", direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "model why", direct=True)
        told.append(await stage.reads_alone(ADA, "▶ for you here"))
        await stage.call(ADA, "model reset", direct=True, **FOR_ME)
        told.append(await stage.reads_alone(ADA, "answers now"))
        await stage.say(ADA, "and now?", direct=True)
        await stage.reads_alone(ADA, "and now?")
        use, why, reset = (each.text for each in told)
        large, small = stage.code.format("qwen3:8b"), stage.code.format("smollm2:135m")

        assert use == f"{large} now answers for you here."
        assert f"▶ for you here: {large}" in why
        assert f"{small} answers now" in reset

        assert [request.model for request in stage.backend.requests] == ["qwen3:8b", "smollm2:135m"]

    @on_every("stage", "others")
    async def test_a_choice_for_the_channel_needs_an_admin_and_holds_for_all(self, stage: Stage) -> None:
        await stage.call(ADA, "model use", **FOR_ALL)
        await stage.reads_alone(ADA, "needs an admin")
        await stage.call(ROSA, "model use", **FOR_ALL)
        told = await stage.reads_alone(ROSA, "now answers for this channel")
        await stage.say(ADA, "hello")
        await stage.reads("You said")
        await stage.call(ADA, "model why")
        why = await stage.reads_alone(ADA, "answers you here")

        assert told.text == "`qwen3:8b` now answers for this channel."
        assert "qwen3:8b" in why.text
        assert stage.backend.requests[0].model == "qwen3:8b"

    @on_every("stage", "redelivery")
    async def test_a_command_that_is_delivered_again_runs_once(self, stage: Stage) -> None:
        called = await stage.call(ADA, "help")
        await stage.reads_alone(ADA, "I answer with open models")
        await stage.redeliver(called)
        await stage.call(ADA, "model why")
        await stage.reads_alone(ADA, "answers you here")

        assert len(stage.alone(ADA)) == 2

    @on_every("stage")
    async def test_a_store_that_is_down_is_told_to_who_calls(self, stage: Stage) -> None:
        stage.turns.broken = DOWN
        await stage.call(ADA, "help")

        assert len((await stage.reads_alone(ADA, "Something went wrong on my side")).text.splitlines()) == 1

    @on_every("stage", "languages")
    async def test_who_reads_hebrew_is_told_in_hebrew(self, stage: Stage) -> None:
        await stage.call(DANA, "help")

        assert await stage.reads_alone(DANA, "אני עונה בעזרת מודלים פתוחים")
