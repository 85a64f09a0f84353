"""What every platform promises who has models fetched and removed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.contracts.scenes import ADA, BEN, ROSA, Stage, on_every
from tests.contracts.scenes.stage import Seen
from tests.fakes import card

OLMO = replace(card("olmo2:7b"), size_bytes=4_500_000_000, digest="sha256:1")
HALF = "50 %"


async def pulling(stage: Stage) -> Seen:
    """Let Rosa have a model fetched, and wait until half of it is there."""
    stage.backend.offered = {OLMO.name: OLMO}
    stage.backend.fetching.clear()
    await stage.call(ROSA, "model pull", name=OLMO.name)
    return await stage.reads(HALF, whole=False)


async def pressed(stage: Stage, asked: Seen) -> None:
    """Press the button that removes: in a terminal, type its number."""
    if asked.labels:
        await stage.press(ROSA, asked, "Remove it")
    else:
        await stage.say(ROSA, "1")


class TestPulling:
    @on_every("stage", "others")
    async def test_the_progress_stands_in_one_message_that_ends_with_the_outcome(self, stage: Stage) -> None:
        growing = await pulling(stage)
        stage.backend.fetching.set()
        done = await stage.reads("is on fake")

        assert "█" in growing.text
        assert growing.stops
        assert done.handle is growing.handle
        assert not done.stops
        assert HALF not in done.text

    @on_every("stage")
    async def test_a_fetched_model_can_be_chosen(self, stage: Stage) -> None:
        stage.backend.offered = {OLMO.name: OLMO}
        await stage.call(ROSA, "model pull", name=OLMO.name)
        await stage.reads("is on fake")
        await stage.call(ROSA, "model use", name=OLMO.name)

        assert OLMO.name in (await stage.reads_alone(ROSA, "now answers")).text

    @on_every("stage", "others")
    async def test_stop_ends_it(self, stage: Stage) -> None:
        growing = await pulling(stage)
        await stage.stop(ROSA, growing)
        stopped = await stage.reads("Stopped")

        assert stopped.handle is growing.handle
        assert OLMO.name not in stage.backend.cards

    @on_every("stage", "others")
    async def test_who_is_no_admin_is_told_alone_and_nothing_is_shown(self, stage: Stage) -> None:
        stage.backend.offered = {OLMO.name: OLMO}
        await stage.call(ADA, "model pull", name=OLMO.name)
        await stage.reads_told(ADA, "needs an admin of this workspace")

        assert not any("olmo2" in each.text for each in stage.wall())
        assert OLMO.name not in stage.backend.cards

    @on_every("stage", "others")
    async def test_a_demoted_admin_fetches_nothing(self, stage: Stage) -> None:
        stage.demote(ROSA)
        await stage.call(ROSA, "model pull", name=OLMO.name)
        await stage.reads_told(ROSA, "needs an admin of this workspace")

        assert OLMO.name not in stage.backend.cards

    @on_every("stage", "others")
    async def test_others_are_answered_meanwhile(self, stage: Stage) -> None:
        await pulling(stage)
        await stage.say(BEN, "what are owls?")
        answer = await stage.reads("what are owls?")

        assert "what are owls?" in answer.text
        stage.backend.fetching.set()
        await stage.reads("is on fake")

    @on_every("stage", "others")
    async def test_a_second_asker_is_told_that_it_is_on_its_way(self, stage: Stage) -> None:
        await pulling(stage)
        await stage.call(ROSA, "model pull", name=OLMO.name)
        told = await stage.reads("on its way")
        stage.backend.fetching.set()
        await stage.reads("is on fake")

        assert OLMO.name in told.text

    @on_every("stage", "deletion")
    async def test_a_deleted_message_of_the_bot_is_posted_anew(self, stage: Stage) -> None:
        growing = await pulling(stage)
        await stage.delete(growing.handle)
        stage.backend.fetching.set()
        done = await stage.reads("is on fake")

        assert done.handle is not growing.handle
        assert OLMO.name in stage.backend.cards

    @on_every("idle", "takeover")
    async def test_it_goes_on_in_its_message_after_a_restart(self, idle: Stage) -> None:
        async with idle.running():
            growing = await pulling(idle)
        idle.backend.fetching.set()
        async with idle.running():
            await idle.take_over()
            done = await idle.reads("is on fake")

        assert done.handle is growing.handle
        assert sum("olmo2" in each.text and "fake" in each.text for each in idle.wall()) == 1


class TestRemoving:
    @on_every("stage")
    async def test_a_model_is_removed_when_the_button_is_pressed_and_not_before(self, stage: Stage) -> None:
        await stage.call(ROSA, "model remove", name="qwen3:8b")
        asked = await stage.reads_alone(ROSA, "Remove")
        before = "qwen3:8b" in stage.backend.cards
        await pressed(stage, asked)
        await stage.reads_alone(ROSA, "is removed from")

        assert before
        assert "qwen3:8b" not in stage.backend.cards

    @on_every("stage", "others")
    async def test_who_lost_the_right_meanwhile_removes_nothing(self, stage: Stage) -> None:
        await stage.call(ROSA, "model remove", name="qwen3:8b")
        asked = await stage.reads_alone(ROSA, "Remove")
        stage.demote(ROSA)
        await stage.press(ROSA, asked, "Remove it")
        await stage.reads_alone(ROSA, "needs an admin of this workspace")

        assert "qwen3:8b" in stage.backend.cards

    @on_every("stage", "others")
    async def test_who_uses_it_is_named(self, stage: Stage) -> None:
        for_channel: Any = {"name": "qwen3:8b", "for": "channel"}
        await stage.say(ADA, "hello")
        await stage.reads("hello")
        await stage.call(ADA, "model use", name="qwen3:8b")
        await stage.reads_alone(ADA, "now answers")
        await stage.call(ROSA, "model use", **for_channel)
        await stage.reads_alone(ROSA, "now answers")
        await stage.call(ROSA, "model remove", name="qwen3:8b")
        asked = await stage.reads_alone(ROSA, "Remove")

        assert "ada" in asked.text.lower()
        assert "for the channels" in asked.text
