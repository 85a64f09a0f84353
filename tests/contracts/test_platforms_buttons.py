"""What every platform promises who presses a button, asks by command, or asks about a message."""

from __future__ import annotations

import re

from bot.errors import Unavailable
from bot.ports import Rating, Verdict
from tests.contracts.scenes import ADA, BEN, Stage, on_every
from tests.contracts.scenes.acts import AGAIN, ALSO, BAD, FACT, GOOD, OWLS, PUBLISH, REASONING, answered, privately
from tests.fakes import Speech, card

DOWN = Unavailable("error.internal")


class TestButtons:
    @on_every("stage", "buttons under answers")
    async def test_an_answer_is_offered_with_its_buttons(self, stage: Stage) -> None:
        assert (await answered(stage)).labels == (AGAIN, ALSO, GOOD, BAD)

    @on_every("stage", "buttons under answers")
    async def test_a_question_is_answered_again_below(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.backend.say("In old trees.")
        await stage.press(ADA, answer, AGAIN)
        await stage.reads("In old trees.")

        assert [each.text for each in stage.wall()] == ["In trees.", "In old trees."]
        assert stage.alone(ADA) == []

    @on_every("stage", "buttons under answers", "forms")
    async def test_another_model_answers_the_same_below(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.backend.say("In old trees.")
        await stage.press(ADA, answer, ALSO)
        await stage.fill_in(ADA, "qwen3:8b")
        other = await stage.reads("In old trees.")

        assert [request.model for request in stage.backend.requests][1:] == ["qwen3:8b"]
        assert "This is" in other.text
        assert "qwen3:8b" in other.text
        assert len(stage.wall()) == 2

    @on_every("stage", "buttons under answers")
    async def test_an_answer_that_is_made_again_can_be_stopped(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.backend.say(Speech(OWLS, holds=True, after=1))
        await stage.press(ADA, answer, AGAIN)
        await stage.stop(ADA, await stage.reads("One", whole=False))

        assert (await stage.reads("Stopped.")).text.startswith("One\n\n")

    @on_every("stage", "buttons under answers")
    async def test_reasoning_is_shown_to_the_asker_alone_and_set_apart(self, stage: Stage) -> None:
        stage.backend.say(Speech("In trees.", reasoning="Owls nest.\nNests are high."))
        await stage.say(ADA, "where do owls live?")
        answer = await stage.reads("In trees.")
        await stage.press(ADA, answer, REASONING)
        shown = await stage.reads_alone(ADA, "Nests are high.")

        assert set(answer.labels) == {AGAIN, ALSO, GOOD, BAD, REASONING}
        assert "for you alone" in shown.text
        assert [each.text for each in stage.wall()] == ["In trees."]
        assert stage.alone(BEN) == []

    @on_every("stage", "buttons under answers", "others")
    async def test_anothers_reasoning_is_not_shown(self, stage: Stage) -> None:
        stage.backend.say(Speech("In trees.", reasoning="Owls nest."))
        await stage.say(ADA, "where do owls live?")
        await stage.press(BEN, await stage.reads("In trees."), REASONING)
        await stage.reads_alone(BEN, "Only the person who asked can read")

        assert "Owls nest" not in str([*stage.alone(BEN), *stage.wall()])

    @on_every("stage")
    async def test_reasoning_is_asked_for_by_command(self, stage: Stage) -> None:
        stage.backend.say(Speech("In trees.", reasoning="Owls nest."))
        await stage.say(ADA, "where do owls live?")
        await stage.reads("In trees.")
        await stage.call(ADA, "model reasoning")

        assert "Owls nest." in (await stage.reads_alone(ADA, "Owls nest.")).text

    @on_every("stage", "buttons under answers", "others")
    async def test_somebody_elses_question_is_not_answered_again_and_they_are_told_so_alone(self, stage: Stage) -> None:
        answer = await answered(stage)
        await stage.press(BEN, answer, AGAIN)
        await stage.reads_alone(BEN, "Only the person who asked, or an admin")

        assert len(stage.backend.requests) == len(stage.wall()) == 1

    @on_every("stage", "buttons under answers")
    async def test_an_answer_that_was_cut_goes_on_below(self, stage: Stage) -> None:
        stage.backend.install(card("smollm2:135m", context_tokens=2000))
        stage.backend.say(" ".join(f"owl{number}" for number in range(1500)), "and bats.")
        await stage.say(ADA, "count owls")
        cut = await stage.reads("length limit")
        await stage.press(ADA, cut, "Continue")

        assert await stage.reads("and bats.")
        assert cut.labels == (AGAIN, "Continue", ALSO, GOOD, BAD)

    @on_every("stage", "buttons under answers", "others")
    async def test_a_good_answer_is_noted_as_good(self, stage: Stage) -> None:
        await stage.press(BEN, await answered(stage), GOOD)
        await stage.reads_alone(BEN, "Thank you")

        assert [(each.verdict, each.reason) for each in ratings(stage)] == [(Verdict.GOOD, "")]
        assert len(stage.wall()) == 1

    @on_every("stage", "buttons under answers", "forms")
    async def test_a_bad_answer_is_noted_with_its_reason(self, stage: Stage) -> None:
        await stage.press(ADA, await answered(stage), BAD)
        await stage.fill_in(ADA, "There were eight.")
        await stage.reads_alone(ADA, "Thank you")

        assert [(each.verdict, each.reason) for each in ratings(stage)] == [(Verdict.BAD, "There were eight.")]

    @on_every("stage", "buttons under answers", "forms")
    async def test_the_reason_may_be_left_empty(self, stage: Stage) -> None:
        await stage.press(ADA, await answered(stage), BAD)
        await stage.fill_in(ADA, "")
        await stage.reads_alone(ADA, "Thank you")

        assert [(each.verdict, each.reason) for each in ratings(stage)] == [(Verdict.BAD, "")]

    @on_every("stage", "buttons under answers")
    async def test_a_button_whose_answer_is_forgotten_is_told_alone(self, stage: Stage) -> None:
        answer = await answered(stage)
        await stage.call(ADA, "forget", confirm="yes")
        await stage.reads_alone(ADA, "Erased")
        await stage.press(ADA, answer, AGAIN)

        assert await stage.reads_alone(ADA, "I do not keep this question and its answer any more")
        assert len(stage.backend.requests) == 1

    @on_every("stage", "buttons under answers")
    async def test_a_store_that_is_down_is_told_to_who_presses_alone(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.turns.broken = DOWN
        await stage.press(ADA, answer, AGAIN)
        await stage.reads_alone(ADA, "Something went wrong on my side")

        assert len(stage.wall()) == 1


class TestAsking:
    @on_every("stage", "mentions")
    async def test_a_question_by_command_is_shown_and_answered_for_all(self, stage: Stage) -> None:
        stage.backend.say("In trees.")
        await stage.call(ADA, "ask", question="where do owls live?")
        await stage.reads("In trees.")
        shown, answer = stage.wall()

        assert "> where do owls live?" in shown.text
        assert answer.text == "In trees."
        assert stage.alone(ADA) == []

    @on_every("stage", "others", "privacy")
    async def test_what_is_asked_privately_is_read_by_nobody_else(self, stage: Stage) -> None:
        stage.backend.say("In trees.")
        await stage.call(ADA, "ask", question="where do owls live?", private="yes")
        await stage.reads_alone(ADA, "In trees.")

        assert stage.alone(BEN) == []
        assert stage.was_on_the_wall() == 0

    @on_every("stage", "others", "privacy")
    async def test_what_is_asked_privately_is_a_conversation_of_the_persons_own(self, stage: Stage) -> None:
        await stage.call(ADA, "ask", question=FACT, private="yes")
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "ask", question="which owl?", private="yes")
        await stage.reads_alone(ADA, "I remember: OWL-4711")
        await stage.call(BEN, "ask", question="which owl?", private="yes")
        await stage.say(ADA, "which owl is it?")
        bens, openly = await stage.reads_alone(BEN, "I remember"), await stage.reads("I remember")

        assert "OWL-4711" not in bens.text
        assert "OWL-4711" not in openly.text

    @on_every("stage", "privacy", "buttons under answers")
    async def test_a_private_answer_is_made_again_privately(self, stage: Stage) -> None:
        answer = await privately(stage)
        stage.backend.say("In old trees.")
        await stage.press(ADA, answer, AGAIN)
        await stage.reads_alone(ADA, "In old trees.")

        assert stage.alone(BEN) == []
        assert stage.was_on_the_wall() == 0

    @on_every("stage", "privacy", "buttons under answers")
    async def test_a_private_answer_is_shown_to_everyone_on_request_and_once(self, stage: Stage) -> None:
        answer = await privately(stage)
        await stage.press(ADA, answer, PUBLISH)
        shown = await stage.reads("In trees.")
        await stage.press(ADA, answer, PUBLISH)
        await stage.reads_alone(ADA, "Everybody here can read this answer already")

        assert "where do owls live?" in shown.text
        assert len(stage.wall()) == 1

    @on_every("stage", "privacy", "buttons under answers")
    async def test_a_button_of_a_private_answer_that_is_forgotten_is_told_alone(self, stage: Stage) -> None:
        answer = await privately(stage)
        await stage.call(ADA, "forget", confirm="yes")
        await stage.reads_alone(ADA, "Erased")
        await stage.press(ADA, answer, AGAIN)
        await stage.reads_alone(ADA, "I do not keep this question and its answer any more")

        assert stage.wall() == stage.alone(BEN) == []

    @on_every("stage", "privacy")
    async def test_a_store_that_is_down_is_told_to_who_asks_privately(self, stage: Stage) -> None:
        stage.turns.broken = DOWN
        await stage.call(ADA, "ask", question="where do owls live?", private="yes")
        await stage.reads_alone(ADA, "Something went wrong on my side")

        assert stage.wall() == []


class TestAskingAboutAMessage:
    @on_every("stage", "menus")
    async def test_the_form_asks_for_an_explanation_of_the_message(self, stage: Stage) -> None:
        await stage.ask_about(ADA, await stage.chatter(BEN, "Strix aluco"))
        await stage.reads_alone(ADA, "You said")

        assert re.fullmatch(r"> (Ben: )?Strix aluco\n\nExplain this message", asked(stage))
        assert stage.wall() == stage.alone(BEN) == []

    @on_every("stage", "menus")
    async def test_the_question_of_the_form_is_answered_for_all(self, stage: Stage) -> None:
        said = await stage.chatter(BEN, "Strix aluco")
        await stage.ask_about(ADA, said, question="Is it a bird?", alone=False)
        await stage.reads("You said")

        assert re.fullmatch(r"(?i:ada): > (Ben: )?Strix aluco\n\n  Is it a bird\?", asked(stage))
        assert "> Is it a bird?" in stage.wall()[0].text
        assert stage.alone(ADA) == []

    @on_every("stage", "menus")
    async def test_a_message_without_text_opens_no_form(self, stage: Stage) -> None:
        is_opened = await stage.ask_about(ADA, await stage.chatter(BEN, ""))
        await stage.reads_alone(ADA, "no text")

        assert not is_opened
        assert stage.wall() == stage.alone(BEN) == []
        assert stage.turns.turns == {}


def ratings(stage: Stage) -> list[Rating]:
    return [rating for kept in stage.turns.turns.values() for rating in kept.ratings.values()]


def asked(stage: Stage) -> str:
    """Return the last question as the model read it."""
    return stage.backend.requests[-1].prompt[-1].content
