"""What every platform promises the people on it, by what they do and see: over the real SDKs, and on a pipe."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import Unavailable
from bot.ports import Rating, Verdict
from tests.contracts.lacking import on_each
from tests.contracts.scenes import ADA, BEN, DANA, LACKS, PLATFORMS, ROSA, Seen, Stage
from tests.fakes import Speech, card
from tests.lessons.lighthouse import answer_to, lighthouses

OWLS = "One owl, two owls."
AGAIN, GOOD, BAD, PUBLISH = "Regenerate", "Good", "Not good", "Show to everyone"
FACT = "the owl is OWL-4711"
FOR_ALL: Any = {"name": "qwen3:8b", "for": "channel"}
DOWN = Unavailable("error.internal")


def on_every_platform(*needs: str) -> pytest.MarkDecorator:
    return on_each("stage", PLATFORMS, LACKS, needs)


def on_every_tower(*needs: str) -> pytest.MarkDecorator:
    return on_each("tower", PLATFORMS, LACKS, needs)


def on_every_idle(*needs: str) -> pytest.MarkDecorator:
    return on_each("idle", PLATFORMS, LACKS, needs)


@pytest.fixture
async def idle(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    """A platform on which the bot does not run yet."""
    async with PLATFORMS[request.param](None) as stage:
        yield stage


@pytest.fixture
async def stage(request: pytest.FixtureRequest) -> AsyncIterator[Stage]:
    async with PLATFORMS[request.param](None) as stage, stage.running():
        yield stage


@pytest.fixture
async def tower(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stage]:
    """A platform whose bot knows a lesson with a quiz."""
    async with PLATFORMS[request.param](await lighthouses(tmp_path)) as stage, stage.running():
        yield stage


async def held(stage: Stage, *, direct: bool = False) -> Seen:
    """Let Ada ask, and wait until she reads the first word of an answer that is held there."""
    stage.backend.say(Speech(OWLS, holds=True, after=1))
    await stage.say(ADA, "count owls", direct=direct)
    return await (stage.reads_alone(ADA, "One", whole=False) if direct else stage.reads("One", whole=False))


async def answered(stage: Stage, text: str = "In trees.") -> Seen:
    stage.backend.say(text)
    await stage.say(ADA, "where do owls live?")
    return await stage.reads(text)


class TestAnswers:
    @on_every_platform()
    async def test_what_is_said_to_the_bot_is_answered_once(self, stage: Stage) -> None:
        await stage.say(ADA, "what hoots?")
        answer = await stage.reads("what hoots?")
        await stage.say(ADA, "what barks?")
        await stage.reads("what barks?")

        assert answer.text.startswith("You said")
        assert len(stage.wall()) == len(stage.backend.requests) == 2

    @on_every_platform("privacy")
    async def test_what_is_said_to_the_bot_directly_is_answered_there(self, stage: Stage) -> None:
        await stage.say(ADA, "hello", direct=True)

        assert (await stage.reads_alone(ADA, "hello")).text.startswith("You said: hello")
        assert stage.wall() == []

    @on_every_platform("deletion")
    async def test_a_message_that_is_changed_is_not_answered_again(self, stage: Stage) -> None:
        said = await stage.say(ADA, "hello", direct=True)
        await stage.reads_alone(ADA, "hello")
        await stage.edit(said, "hello again")
        await stage.say(ADA, "and now?", direct=True)
        await stage.reads_alone(ADA, "and now?")

        assert len(stage.backend.requests) == 2

    @on_every_platform("mentions")
    async def test_what_people_say_among_themselves_is_left_alone(self, stage: Stage) -> None:
        await stage.chatter(BEN, "hello all")
        await stage.say(ADA, "hello")
        await stage.reads("hello")

        assert len(stage.backend.requests) == len(stage.wall()) == 1

    @on_every_platform("mentions")
    async def test_a_mention_without_words_is_told_what_to_do(self, stage: Stage) -> None:
        await stage.say(ADA, "")

        assert await stage.reads("without a question")

    @on_every_platform()
    async def test_an_answer_is_read_while_it_grows_and_then_whole_in_the_same_place(self, stage: Stage) -> None:
        growing = await held(stage)
        assert growing.stops
        assert growing.text == "One"
        stage.backend.release()
        whole = await stage.reads(OWLS)

        assert whole.handle is growing.handle
        assert whole.text == OWLS
        assert len(stage.wall()) == 1

    @on_every_platform()
    async def test_a_long_answer_is_read_whole_in_as_many_messages_as_it_takes(self, stage: Stage) -> None:
        words = [f"{'word' * 20}{number:04}" for number in range(stage.longest // 60)]
        stage.backend.say(" ".join(words))
        await stage.say(ADA, "talk")
        await stage.reads(words[-1])
        read = " ".join(each.text for each in stage.wall())

        assert read.split() == words
        assert len(stage.wall()) == (1 if stage.platform == "console" else 2)

    @on_every_platform("pings")
    async def test_nothing_a_model_writes_rings_anybody(self, stage: Stage) -> None:
        stage.backend.say(f"{' '.join(stage.live)} listen\n```\n{stage.live[-1]}\n```")
        await stage.say(ADA, "ring everybody")

        assert (await stage.reads("listen")).rung <= {stage.id_of(ADA)}

    @on_every_platform("pings")
    async def test_nothing_a_person_writes_rings_others_through_the_bot(self, stage: Stage) -> None:
        await stage.say(ADA, f"model use {stage.live[1]}")
        refusal = await stage.reads("is not installed")
        await stage.call(ADA, "ask", question=f"{' '.join(stage.live)} who is it?")
        await stage.reads("You said")

        assert refusal.rung <= {stage.id_of(ADA)}
        assert set().union(*(each.rung for each in stage.wall())) <= {stage.id_of(ADA)}


class TestConversations:
    @on_every_platform()
    async def test_what_was_said_before_is_remembered(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: OWL-4711")

    @on_every_platform("others")
    async def test_two_people_and_their_conversations_do_not_mix(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.say(BEN, "which owl?", direct=True)
        await stage.say(ADA, "which owl is it?")
        bens, openly = await stage.reads_alone(BEN, "I remember"), await stage.reads("I remember")

        assert "OWL-4711" not in bens.text
        assert "OWL-4711" not in openly.text

    @on_every_platform()
    async def test_a_conversation_that_is_reset_starts_afresh(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "reset", direct=True)
        await stage.reads_alone(ADA, "afresh")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")

    @on_every_platform()
    async def test_who_asks_to_be_forgotten_is(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "forget", direct=True)
        await stage.reads_alone(ADA, "This erases")
        await stage.call(ADA, "forget", direct=True, confirm="yes")
        await stage.reads_alone(ADA, "Erased: 2 messages")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")

    @on_every_platform("deletion")
    async def test_a_question_that_is_deleted_ends_its_answer_and_is_forgotten(self, stage: Stage) -> None:
        stage.backend.say(Speech(OWLS, holds=True, after=1))
        asked = await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "One", whole=False)
        await stage.delete(asked)
        await stage.reads_alone(ADA, "Stopped")
        await stage.until(lambda: not stage.backend.running)
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")


class TestStop:
    @on_every_platform()
    async def test_stop_ends_an_answer_and_keeps_what_was_written(self, stage: Stage) -> None:
        await stage.stop(ADA, await held(stage))
        stopped = await stage.reads("Stopped.")
        await stage.until(lambda: not stage.backend.running)

        assert stopped.text.startswith("One\n\n")
        assert len(stopped.text.splitlines()) == 3
        assert len(stage.wall()) == 1

    @on_every_platform("privacy")
    async def test_who_stops_an_answer_is_told_so_alone(self, stage: Stage) -> None:
        await stage.stop(ADA, await held(stage))

        assert (await stage.reads_alone(ADA, "What was written so far stays")).text.startswith("Stopping.")
        await stage.reads("Stopped.")
        assert len(stage.wall()) == 1

    @on_every_platform("others")
    async def test_somebody_else_may_not_stop_it_and_is_told_so_alone(self, stage: Stage) -> None:
        await stage.stop(BEN, await held(stage))
        await stage.reads_alone(BEN, "Only the person who asked, or an admin, can stop this answer")
        stage.backend.release()
        await stage.reads(OWLS)

        assert stage.alone(ADA) == []

    @on_every_platform("others")
    async def test_an_admin_may_stop_it(self, stage: Stage) -> None:
        await stage.stop(ROSA, await held(stage))

        assert (await stage.reads("Stopped.")).text.startswith("One\n\n")

    @on_every_platform("asking while it answers")
    async def test_the_command_stops_the_answer_that_is_written_here(self, stage: Stage) -> None:
        await held(stage, direct=True)
        await stage.call(ADA, "stop", direct=True)
        await stage.reads_alone(ADA, "What was written so far stays")

        assert (await stage.reads_alone(ADA, "Stopped.")).text.startswith("One\n\n")


class TestCommands:
    @on_every_platform("mentions")
    @pytest.mark.parametrize("command", ["model list", "help", "reset"])
    async def test_a_command_by_its_slash_and_by_a_mention_say_the_same(self, stage: Stage, command: str) -> None:
        await stage.call(ADA, command)
        await stage.until(lambda: stage.alone(ADA))
        (told,) = stage.alone(ADA)
        await stage.say(ADA, command)
        await stage.until(stage.wall)
        (said,) = stage.wall()

        assert said.text == told.text

    @on_every_platform()
    async def test_the_installed_models_are_listed(self, stage: Stage) -> None:
        await stage.call(ADA, "model list")

        assert "smollm2:135m" in (await stage.reads_alone(ADA, "qwen3:8b")).text

    @on_every_platform("privacy")
    async def test_a_command_is_answered_to_its_caller_alone(self, stage: Stage) -> None:
        await stage.call(ADA, "model list")
        await stage.reads_alone(ADA, "qwen3:8b")

        assert stage.wall() == stage.alone(BEN) == []

    @on_every_platform()
    async def test_a_choice_of_model_holds_until_it_is_taken_back(self, stage: Stage) -> None:
        await stage.call(ADA, "model use", direct=True, name="qwen3:8b")
        await stage.reads_alone(ADA, "qwen3:8b")
        await stage.say(ADA, "hello", direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "model why", direct=True)
        await stage.reads_alone(ADA, "▶ for you here")
        await stage.call(ADA, "model reset", direct=True)
        await stage.reads_alone(ADA, "answers now")
        await stage.say(ADA, "and now?", direct=True)
        await stage.reads_alone(ADA, "and now?")

        assert [request.model for request in stage.backend.requests] == ["qwen3:8b", "smollm2:135m"]

    @on_every_platform("others")
    async def test_a_choice_for_the_channel_needs_an_admin_and_holds_for_all(self, stage: Stage) -> None:
        await stage.call(ADA, "model use", **FOR_ALL)
        await stage.reads_alone(ADA, "needs an admin")
        await stage.call(ROSA, "model use", **FOR_ALL)
        told = await stage.reads_alone(ROSA, "now answers for this channel")
        await stage.say(ADA, "hello")
        await stage.reads("You said")

        assert told.text == "`qwen3:8b` now answers for this channel."
        assert stage.backend.requests[0].model == "qwen3:8b"

    @on_every_platform("redelivery")
    async def test_a_command_that_is_delivered_again_runs_once(self, stage: Stage) -> None:
        called = await stage.call(ADA, "help")
        await stage.reads_alone(ADA, "I answer with open models")
        await stage.redeliver(called)
        await stage.call(ADA, "model why")
        await stage.reads_alone(ADA, "answers you here")

        assert len(stage.alone(ADA)) == 2

    @on_every_platform()
    async def test_a_store_that_is_down_is_told_to_who_calls(self, stage: Stage) -> None:
        stage.turns.broken = DOWN
        await stage.call(ADA, "help")

        assert len((await stage.reads_alone(ADA, "Something went wrong on my side")).text.splitlines()) == 1

    @on_every_platform("languages")
    async def test_who_reads_hebrew_is_told_in_hebrew(self, stage: Stage) -> None:
        await stage.call(DANA, "help")

        assert await stage.reads_alone(DANA, "אני עונה בעזרת מודלים פתוחים")


class TestEventsThatAreDeliveredAgain:
    @on_every_platform("redelivery")
    async def test_a_message_is_answered_once(self, stage: Stage) -> None:
        asked = await stage.say(ADA, "hello")
        await stage.reads("hello")
        await stage.redeliver(asked)
        await stage.say(ADA, "again")
        await stage.reads("again")

        assert len(stage.wall()) == len(stage.backend.requests) == 2

    @on_every_platform("redelivery")
    async def test_a_command_that_is_said_is_run_once(self, stage: Stage) -> None:
        asked = await stage.say(ADA, "model list")
        await stage.reads("qwen3:8b")
        await stage.redeliver(asked)
        await stage.say(ADA, "again")
        await stage.reads("again")

        assert len(stage.wall()) == 2

    @on_every_platform("redelivery", "buttons under answers")
    async def test_a_press_is_carried_out_once(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.backend.say("In old trees.", "In very old trees.")
        pressed = await stage.press(ADA, answer, AGAIN)
        await stage.reads("In old trees.")
        await stage.redeliver(pressed)
        await stage.say(ADA, "and bats?")
        await stage.reads("In very old trees.")

        assert len(stage.wall()) == len(stage.backend.requests) == 3


class TestTrouble:
    @on_every_platform()
    async def test_a_model_host_that_fails_is_one_sentence(self, stage: Stage) -> None:
        stage.backend.say(Speech("", error=Unavailable("error.host_busy")))
        await stage.say(ADA, "hello")
        told = await stage.reads("The model host has more requests than it takes.")

        assert len(told.text.splitlines()) == 1
        assert len(stage.wall()) == 1

    @on_every_platform()
    async def test_a_model_host_that_fails_in_the_middle_keeps_what_was_written(self, stage: Stage) -> None:
        stage.backend.say(Speech("Half an answer", error=Unavailable("error.embedded_failed"), after=2))
        await stage.say(ADA, "hello")
        told = await stage.reads("The embedded model broke off its answer.")

        assert told.text.startswith("Half an\n\n")
        assert len(told.text.splitlines()) == 3

    @on_every_platform()
    async def test_a_failure_nobody_foresaw_is_told_without_its_words(self, stage: Stage) -> None:
        stage.backend.say(Speech("half an", error=RuntimeError("secret"), after=2))  # type: ignore[arg-type]
        await stage.say(ADA, "hello")
        told = await stage.reads("Something went wrong on my side")

        assert "secret" not in told.text
        assert "Traceback" not in told.text

    @on_every_platform("languages")
    async def test_who_writes_hebrew_is_told_of_trouble_in_hebrew(self, stage: Stage) -> None:
        stage.backend.say(Speech("", error=Unavailable("error.internal")))
        await stage.say(DANA, "שלום")

        assert await stage.reads("משהו השתבש אצלי")

    @on_every_platform("others")
    async def test_one_answer_that_fails_ends_no_other(self, stage: Stage) -> None:
        growing = await held(stage)
        stage.backend.say(Speech("", error=Unavailable("error.host_busy")))
        await stage.say(BEN, "fail", direct=True)
        await stage.reads_alone(BEN, "The model host has more requests than it takes.")
        stage.backend.release()

        assert (await stage.reads(OWLS)).handle is growing.handle

    @on_every_platform("others")
    async def test_who_is_blocked_is_told_and_nothing_is_stored(self, stage: Stage) -> None:
        stage.block(ADA)
        await stage.say(ADA, FACT)
        await stage.reads("You may not use this bot here")
        await stage.call(ADA, "ask", question=FACT, private="yes")
        await stage.reads_alone(ADA, "You may not use this bot here")
        await stage.say(BEN, "which owl?", direct=True)
        await stage.reads_alone(BEN, "which owl?")

        assert [kept.turn.message.text for kept in stage.turns.turns.values()] == ["which owl?"]
        assert len(stage.backend.requests) == len(stage.wall()) == 1


class TestButtons:
    @on_every_platform("buttons under answers")
    async def test_an_answer_is_offered_with_its_buttons(self, stage: Stage) -> None:
        assert (await answered(stage)).labels == (AGAIN, GOOD, BAD)

    @on_every_platform("buttons under answers")
    async def test_a_question_is_answered_again_below(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.backend.say("In old trees.")
        await stage.press(ADA, answer, AGAIN)
        await stage.reads("In old trees.")

        assert [each.text for each in stage.wall()] == ["In trees.", "In old trees."]
        assert stage.alone(ADA) == []

    @on_every_platform("buttons under answers")
    async def test_an_answer_that_is_made_again_can_be_stopped(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.backend.say(Speech(OWLS, holds=True, after=1))
        await stage.press(ADA, answer, AGAIN)
        await stage.stop(ADA, await stage.reads("One", whole=False))

        assert (await stage.reads("Stopped.")).text.startswith("One\n\n")

    @on_every_platform("buttons under answers", "others")
    async def test_somebody_elses_question_is_not_answered_again_and_they_are_told_so_alone(self, stage: Stage) -> None:
        answer = await answered(stage)
        await stage.press(BEN, answer, AGAIN)
        await stage.reads_alone(BEN, "Only the person who asked, or an admin")

        assert len(stage.backend.requests) == len(stage.wall()) == 1

    @on_every_platform("buttons under answers")
    async def test_an_answer_that_was_cut_goes_on_below(self, stage: Stage) -> None:
        stage.backend.install(card("smollm2:135m", context_tokens=2000))
        stage.backend.say(" ".join(f"owl{number}" for number in range(1500)), "and bats.")
        await stage.say(ADA, "count owls")
        cut = await stage.reads("length limit")
        await stage.press(ADA, cut, "Continue")

        assert await stage.reads("and bats.")
        assert cut.labels == (AGAIN, "Continue", GOOD, BAD)

    @on_every_platform("buttons under answers", "others")
    async def test_a_good_answer_is_noted_as_good(self, stage: Stage) -> None:
        await stage.press(BEN, await answered(stage), GOOD)
        await stage.reads_alone(BEN, "Thank you")

        assert [(each.verdict, each.reason) for each in ratings(stage)] == [(Verdict.GOOD, "")]
        assert len(stage.wall()) == 1

    @on_every_platform("buttons under answers", "forms")
    async def test_a_bad_answer_is_noted_with_its_reason(self, stage: Stage) -> None:
        await stage.press(ADA, await answered(stage), BAD)
        await stage.fill_in(ADA, "There were eight.")
        await stage.reads_alone(ADA, "Thank you")

        assert [(each.verdict, each.reason) for each in ratings(stage)] == [(Verdict.BAD, "There were eight.")]

    @on_every_platform("buttons under answers", "forms")
    async def test_the_reason_may_be_left_empty(self, stage: Stage) -> None:
        await stage.press(ADA, await answered(stage), BAD)
        await stage.fill_in(ADA, "")
        await stage.reads_alone(ADA, "Thank you")

        assert [(each.verdict, each.reason) for each in ratings(stage)] == [(Verdict.BAD, "")]

    @on_every_platform("buttons under answers")
    async def test_a_button_whose_answer_is_forgotten_is_told_alone(self, stage: Stage) -> None:
        answer = await answered(stage)
        await stage.call(ADA, "forget", confirm="yes")
        await stage.reads_alone(ADA, "Erased")
        await stage.press(ADA, answer, AGAIN)

        assert await stage.reads_alone(ADA, "I do not keep this question and its answer any more")
        assert len(stage.backend.requests) == 1

    @on_every_platform("buttons under answers")
    async def test_a_store_that_is_down_is_told_to_who_presses_alone(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.turns.broken = DOWN
        await stage.press(ADA, answer, AGAIN)
        await stage.reads_alone(ADA, "Something went wrong on my side")

        assert len(stage.wall()) == 1


def ratings(stage: Stage) -> list[Rating]:
    return [rating for kept in stage.turns.turns.values() for rating in kept.ratings.values()]


class TestAsking:
    @on_every_platform("mentions")
    async def test_a_question_by_command_is_shown_and_answered_for_all(self, stage: Stage) -> None:
        stage.backend.say("In trees.")
        await stage.call(ADA, "ask", question="where do owls live?")
        await stage.reads("In trees.")
        shown, answer = stage.wall()

        assert "> where do owls live?" in shown.text
        assert answer.text == "In trees."
        assert stage.alone(ADA) == []

    @on_every_platform("others", "privacy")
    async def test_what_is_asked_privately_is_read_by_nobody_else(self, stage: Stage) -> None:
        stage.backend.say("In trees.")
        await stage.call(ADA, "ask", question="where do owls live?", private="yes")
        await stage.reads_alone(ADA, "In trees.")

        assert stage.wall() == stage.alone(BEN) == []

    @on_every_platform("others", "privacy")
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

    @on_every_platform("privacy", "buttons under answers")
    async def test_a_private_answer_is_made_again_privately(self, stage: Stage) -> None:
        answer = await privately(stage)
        stage.backend.say("In old trees.")
        await stage.press(ADA, answer, AGAIN)
        await stage.reads_alone(ADA, "In old trees.")

        assert stage.wall() == stage.alone(BEN) == []

    @on_every_platform("privacy", "buttons under answers")
    async def test_a_private_answer_is_shown_to_everyone_on_request_and_once(self, stage: Stage) -> None:
        answer = await privately(stage)
        await stage.press(ADA, answer, PUBLISH)
        shown = await stage.reads("In trees.")
        await stage.press(ADA, answer, PUBLISH)
        await stage.reads_alone(ADA, "Everybody here can read this answer already")

        assert "where do owls live?" in shown.text
        assert len(stage.wall()) == 1

    @on_every_platform("privacy")
    async def test_a_store_that_is_down_is_told_to_who_asks_privately(self, stage: Stage) -> None:
        stage.turns.broken = DOWN
        await stage.call(ADA, "ask", question="where do owls live?", private="yes")
        await stage.reads_alone(ADA, "Something went wrong on my side")

        assert stage.wall() == []


async def privately(stage: Stage) -> Seen:
    """Let Ada ask about a message, for herself alone."""
    stage.backend.say("In trees.")
    await stage.ask_about(ADA, await stage.chatter(BEN, "where do owls live?"))
    answer = await stage.reads_alone(ADA, "In trees.")
    await stage.until(lambda: PUBLISH in stage.alone(ADA)[0].labels)
    return answer


class TestAskingAboutAMessage:
    @on_every_platform("menus")
    async def test_the_form_asks_for_an_explanation_of_the_message(self, stage: Stage) -> None:
        await stage.ask_about(ADA, await stage.chatter(BEN, "Strix aluco"))
        await stage.reads_alone(ADA, "You said")

        assert "> " in asked(stage)
        assert asked(stage).endswith("Strix aluco\n\nExplain this message")
        assert stage.wall() == []

    @on_every_platform("menus")
    async def test_the_question_of_the_form_is_answered_for_all(self, stage: Stage) -> None:
        said = await stage.chatter(BEN, "Strix aluco")
        await stage.ask_about(ADA, said, question="Is it a bird?", alone=False)
        await stage.reads("You said")

        assert asked(stage).endswith("Strix aluco\n\nIs it a bird?")
        assert "> Is it a bird?" in stage.wall()[0].text
        assert stage.alone(ADA) == []

    @on_every_platform("menus")
    async def test_a_message_without_text_opens_no_form(self, stage: Stage) -> None:
        await stage.ask_about(ADA, await stage.chatter(BEN, ""))
        await stage.reads_alone(ADA, "no text")

        assert stage.wall() == []
        assert stage.turns.turns == {}


def asked(stage: Stage) -> str:
    """Return the last question as the model read it."""
    return stage.backend.requests[-1].prompt[-1].content


class TestTurnsOfEndedProcesses:
    @on_every_idle("takeover")
    @pytest.mark.parametrize("noted", [True, False], ids=["noted", "not noted"])
    async def test_an_answer_goes_on_in_its_message(self, idle: Stage, *, noted: bool) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked) as ended:
            growing = await ended.posts("One owl", noted=noted)
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()
            answer = await idle.reads("started anew")

        assert answer.handle is growing
        assert answer.text.startswith(f"{OWLS}\n\n")
        assert len(idle.wall()) == 1

    @on_every_idle("takeover")
    async def test_where_nothing_was_posted_it_is_answered_as_if_new(self, idle: Stage) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked):
            pass
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()

            assert (await idle.reads(OWLS)).text.startswith(OWLS)
        assert len(idle.wall()) == 1

    @on_every_idle("takeover")
    async def test_a_shorter_answer_leaves_no_rest_of_a_longer_one(self, idle: Stage) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked) as ended:
            first = await ended.posts("word 1")
            await ended.posts("word 2", index=1)
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()
            await idle.reads("started anew")
            await idle.until(lambda: len(idle.wall()) == 1)

        assert idle.wall()[0].handle is first

    @on_every_idle("takeover")
    async def test_a_message_that_somebody_deleted_is_posted_anew(self, idle: Stage) -> None:
        asked = await idle.say(ADA, "count owls")
        async with idle.ended(asked) as ended:
            await idle.delete(await ended.posts("One owl"))
        idle.backend.say(OWLS)
        async with idle.running():
            await idle.take_over()
            await idle.reads("started anew")

        assert len(idle.wall()) == 1


class TestLessons:
    @on_every_tower()
    async def test_three_right_answers_lead_to_the_result(self, tower: Stage) -> None:
        question = await quiz(tower)
        for number in (2, 3):
            right = answer_to(question.text)
            await pick(tower, question, right=True)
            question = await tower.reads_alone(ADA, f"Question {number} of 3")
            assert f"Right: {right}" in question.text.replace("*", "")
        await pick(tower, question, right=True)
        result = await tower.reads_alone(ADA, "Done: 3 of 3 right.")

        assert result.text.splitlines()[-1] == "Done: 3 of 3 right."
        assert result.labels == ()

    @on_every_tower()
    async def test_a_wrong_answer_is_told_with_the_right_one_and_where_it_stands(self, tower: Stage) -> None:
        question = await quiz(tower)
        await pick(tower, question, right=False)
        told = await tower.reads_alone(ADA, "Not quite.")

        assert told.text.replace("*", "").startswith(f"❌ Not quite. It is {answer_to(question.text)}\n")
        assert "01-lighthouses/README.md#words-of-the-tower" in told.text

    @on_every_tower("mentions", "others")
    async def test_a_question_in_the_channel_is_answered_to_each_who_presses_alone(self, tower: Stage) -> None:
        await tower.say(ADA, "lesson quiz 1")
        question = await tower.reads("What is this?")
        for who in (BEN, ADA):
            await pick(tower, question, right=True, who=who)
            await tower.reads_alone(who, "✅ Right")

        assert [each.handle for each in tower.wall()] == [question.handle]

    @on_every_tower()
    async def test_what_is_not_in_the_lessons_is_refused_without_buttons(self, tower: Stage) -> None:
        await tower.call(ADA, "ask", question="zzz qqq xxx")
        refusal = await tower.reads("The lessons do not answer this")

        assert "[1]" not in refusal.text
        assert refusal.labels == ()

    @on_every_tower()
    async def test_a_lesson_nobody_knows_is_told_with_what_to_do(self, tower: Stage) -> None:
        await tower.call(ADA, "lesson ask", lesson="99", question="what burns?")

        assert "/lesson list" in (await tower.reads("I know no lesson")).text


async def quiz(tower: Stage) -> Seen:
    """Let Ada begin the quiz of the lesson."""
    await tower.call(ADA, "lesson quiz", lesson="1")
    return await tower.reads_alone(ADA, "Question 1 of 3")


async def pick(tower: Stage, question: Seen, *, right: bool, who: str = ADA) -> None:
    answer = answer_to(question.text)
    await tower.press(who, question, next(label for label in question.labels if label.endswith(answer) is right))
