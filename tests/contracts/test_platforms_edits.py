"""What every platform promises of edits: a mention that one adds is answered, once."""

from __future__ import annotations

from tests.contracts.scenes import ADA, BEN, Stage, on_every


@on_every("stage", "mentions")
async def test_a_mention_that_an_edit_added_is_answered(stage: Stage) -> None:
    said = await stage.chatter(ADA, "what is an owl?")
    await stage.edit(said, f"{stage.mention} what is an owl?")
    await stage.reads("what is an owl?")

    assert [kept.turn.message.text for kept in stage.turns.turns.values()] == ["what is an owl?"]


@on_every("stage", "mentions")
async def test_later_edits_change_nothing(stage: Stage) -> None:
    said = await stage.chatter(ADA, "what is an owl?")
    for words in ("what is an owl?", "what is a grey owl?", "never mind"):
        await stage.edit(said, f"{stage.mention} {words}")
    await stage.reads("owl")
    await stage.say(BEN, "and I?")
    await stage.reads("and I?")

    assert len(stage.turns.turns) == 2


@on_every("stage", "mentions")
async def test_an_edit_of_what_was_asked_changes_nothing(stage: Stage) -> None:
    said = await stage.say(ADA, "what is an owl?")
    await stage.reads("what is an owl?")
    await stage.edit(said, f"{stage.mention} what is a grey owl?")
    await stage.say(BEN, "and I?")
    await stage.reads("and I?")

    assert len(stage.turns.turns) == 2


@on_every("stage", "mentions")
async def test_an_edit_without_a_mention_is_left_alone(stage: Stage) -> None:
    said = await stage.chatter(ADA, "what is an owl?")
    await stage.edit(said, "what is a grey owl?")
    await stage.say(BEN, "and I?")
    await stage.reads("and I?")

    assert len(stage.turns.turns) == 1


@on_every("stage", "mentions", "others")
async def test_who_is_blocked_is_refused_in_an_edit_too(stage: Stage) -> None:
    stage.block(ADA)
    said = await stage.chatter(ADA, "what is an owl?")
    await stage.edit(said, f"{stage.mention} what is an owl?")
    await stage.reads("You may not use this bot here")

    assert stage.turns.turns == {}
