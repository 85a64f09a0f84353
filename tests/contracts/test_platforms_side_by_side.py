"""What every platform promises people who ask at the same time: nobody waits for another's answer, and order stays."""

from __future__ import annotations

from tests.contracts.scenes import ADA, BEN, Stage, on_every
from tests.contracts.scenes.acts import OWLS
from tests.fakes import Speech


@on_every("stage", "others", "asking while it answers")
async def test_one_is_answered_while_anothers_answer_is_still_to_begin(stage: Stage) -> None:
    stage.backend.say(Speech(OWLS, holds=True), "In kennels.")
    await stage.say(ADA, "count owls")
    await stage.until(lambda: stage.backend.running)
    await stage.say(BEN, "where do dogs live?")
    await stage.reads("In kennels.")
    stage.backend.release()
    await stage.reads(OWLS)

    assert {message.text for message in stage.wall()} == {OWLS, "In kennels."}
    # Where each question has a thread of its own, nothing stands above the answer there.
    assert stage.platform == "slack" or stage.wall()[0].text == OWLS


@on_every("stage", "others", "asking while it answers")
async def test_one_persons_second_question_waits_for_the_first_beside_anothers(stage: Stage) -> None:
    stage.backend.say(Speech(OWLS, holds=True, after=1), "In kennels.", "In trees.")
    await stage.say(ADA, "count owls", direct=True)
    await stage.reads_alone(ADA, "One", whole=False)
    await stage.say(ADA, "where do owls live?", direct=True)
    await stage.say(BEN, "where do dogs live?")
    await stage.reads("In kennels.")
    begun = len(stage.backend.requests)
    stage.backend.release()
    await stage.reads_alone(ADA, "In trees.")

    assert begun == 2
