"""What every platform promises who has models compared, and who votes."""

from __future__ import annotations

from tests.contracts.scenes import ADA, BEN, Stage, on_every
from tests.contracts.scenes.stage import Seen

MODELS = ("smollm2:135m", "qwen3:8b")
BALLOT = ("A is better", "B is better", "Equally good", "Both bad")


async def compared(stage: Stage) -> Seen:
    """Let Ada have two models compared, and wait for the ballot."""
    stage.backend.say("Owls sleep by day.", "Owls hunt at night.")
    first, second = MODELS
    await stage.call(ADA, "model compare", first=first, second=second, question="what do owls do?")
    return await stage.reads("Which answer is better?")


async def vote(stage: Stage, answer: Seen, label: str) -> None:
    """Let Ada vote: with the button, or, in a terminal, with its number."""
    if answer.labels:
        await stage.press(ADA, answer, label)
    else:
        await stage.say(ADA, str(BALLOT.index(label) + 1))


class TestComparing:
    @on_every("stage", "buttons under answers")
    async def test_answers_stand_side_by_side_without_a_name(self, stage: Stage) -> None:
        answer = await compared(stage)

        assert "Owls sleep by day." in answer.text
        assert "Owls hunt at night." in answer.text
        assert answer.labels == BALLOT
        assert not any(name in answer.text.replace(name_of(stage, answer), "") for name in MODELS)

    @on_every("stage", "others")
    async def test_who_votes_reads_the_names_alone_and_votes_once(self, stage: Stage) -> None:
        answer = await compared(stage)
        await stage.press(BEN, answer, "A is better")
        told = await stage.reads_alone(BEN, "your vote counts")
        await stage.press(BEN, answer, "B is better")
        again = await stage.reads_alone(BEN, "that vote stands")

        assert all(name in told.text for name in MODELS)
        assert all(name in again.text for name in MODELS)
        assert len(stage.wall()) == 2  # the question, and both answers

    @on_every("stage")
    async def test_the_board_tells_what_was_voted(self, stage: Stage) -> None:
        await vote(stage, await compared(stage), "Equally good")
        await stage.reads_alone(ADA, "your vote counts")
        await stage.call(ADA, "model leaderboard")
        board = await stage.reads_alone(ADA, "Models by 1 comparisons of 1 people")

        assert "not told apart yet" in board.text


def name_of(stage: Stage, answer: Seen) -> str:
    """Return what a platform shows of the call itself above the answer: its caller's own words."""
    del stage
    return answer.text.partition("**A**")[0]
