"""What every platform promises of decisions about others: made on rights of that moment, or not at all."""

from __future__ import annotations

from typing import Any

from tests.contracts.scenes import ADA, BEN, ROSA, Stage, on_every
from tests.contracts.scenes.acts import OWLS, held

FOR_ALL: Any = {"name": "qwen3:8b", "for": "channel"}
FOR_WORKSPACE: Any = {"name": "qwen3:8b", "for": "workspace"}
IN_WORDS = "model use qwen3:8b for workspace"


async def heard_of(stage: Stage, who: str) -> None:
    """Let somebody be heard of: what is remembered of them is from then."""
    await stage.say(who, "hello")
    await stage.reads("hello")
    await stage.rests()


@on_every("stage", "others")
async def test_a_demoted_admin_chooses_for_nobody(stage: Stage) -> None:
    await heard_of(stage, ROSA)
    stage.demote(ROSA)
    await stage.call(ROSA, "model use", **FOR_ALL)
    await stage.reads_alone(ROSA, "needs an admin of this workspace")
    await stage.say(ROSA, IN_WORDS)
    await stage.reads("needs an admin of this workspace")
    await stage.say(ADA, "who answers?")
    await stage.reads("who answers?")

    assert stage.backend.requests[-1].model == "smollm2:135m"


@on_every("stage", "others")
async def test_a_demoted_admin_takes_no_choice_back(stage: Stage) -> None:
    await stage.call(ROSA, "model use", **FOR_WORKSPACE)
    await stage.reads_alone(ROSA, "now answers")
    stage.demote(ROSA)
    reset: Any = {"for": "workspace"}
    await stage.call(ROSA, "model reset", **reset)
    await stage.reads_alone(ROSA, "needs an admin of this workspace")
    await stage.say(ADA, "who answers?")
    await stage.reads("who answers?")

    assert stage.backend.requests[-1].model == "qwen3:8b"


@on_every("stage", "others")
async def test_where_nobody_tells_who_is_an_admin_nothing_is_changed(stage: Stage) -> None:
    await heard_of(stage, ROSA)
    stage.tells_no_rights()
    await stage.call(ROSA, "model use", **FOR_ALL)
    told = await stage.reads_alone(ROSA, "I cannot ask now whether you are one")
    await stage.say(ADA, "who answers?")
    await stage.reads("who answers?")

    assert "nothing was changed" in told.text
    assert stage.backend.requests[-1].model == "smollm2:135m"


@on_every("stage", "others")
async def test_a_demoted_admin_stops_nobody_elses_answer(stage: Stage) -> None:
    growing = await held(stage)
    stage.demote(ROSA)
    await stage.stop(ROSA, growing)
    await stage.reads_alone(ROSA, "Only the person who asked, or an admin, can stop this answer")
    stage.backend.release()

    assert (await stage.reads(OWLS)).handle is growing.handle


@on_every("stage", "others")
async def test_who_asked_stops_their_answer_whatever_can_be_asked(stage: Stage) -> None:
    growing = await held(stage)
    stage.tells_no_rights()
    await stage.stop(ADA, growing)

    assert await stage.reads("Stopped.")


@on_every("stage", "others")
async def test_who_is_blocked_has_their_words_erased_and_leaves_no_new_ones(stage: Stage) -> None:
    await heard_of(stage, ADA)
    stage.block(ADA)
    await stage.say(ADA, "the owl is OWL-4711")
    await stage.reads("You may not use this bot here")
    await stage.call(ADA, "forget", confirm="yes")
    await stage.reads_alone(ADA, "Erased")
    await stage.say(BEN, "which owl?", direct=True)
    await stage.reads_alone(BEN, "which owl?")

    assert "OWL-4711" not in "".join(message.content for message in stage.backend.requests[-1].prompt)
    assert [kept.turn.message.person.name for kept in stage.turns.turns.values()][1:] == ["Ben"]
