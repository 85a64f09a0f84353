"""What every platform promises the people on it, by what they do and see: over the real SDKs, and on a pipe."""

from __future__ import annotations

import re

from bot.domain import TurnState
from bot.errors import Unavailable
from tests.contracts.scenes import ADA, BEN, DANA, Stage, on_every
from tests.contracts.scenes.acts import AGAIN, FACT, OWLS, answered, held
from tests.fakes import Speech


class TestAnswers:
    @on_every("stage")
    async def test_what_is_said_to_the_bot_is_answered_once(self, stage: Stage) -> None:
        await stage.say(ADA, "what hoots?")
        answer = await stage.reads("what hoots?")
        await stage.say(ADA, "what barks?")
        await stage.reads("what barks?")

        assert answer.text.startswith("You said")
        assert len(stage.wall()) == len(stage.backend.requests) == 2

    @on_every("stage", "privacy")
    async def test_what_is_said_to_the_bot_directly_is_answered_there(self, stage: Stage) -> None:
        await stage.say(ADA, "hello", direct=True)

        assert (await stage.reads_alone(ADA, "hello")).text.startswith("You said: hello")
        assert stage.wall() == []

    @on_every("stage", "deletion")
    async def test_a_message_that_is_changed_is_not_answered_again(self, stage: Stage) -> None:
        said = await stage.say(ADA, "hello", direct=True)
        await stage.reads_alone(ADA, "hello")
        await stage.edit(said, "hello again")
        await stage.say(ADA, "and now?", direct=True)
        await stage.reads_alone(ADA, "and now?")

        assert len(stage.backend.requests) == 2

    @on_every("stage", "mentions")
    async def test_what_people_say_among_themselves_is_left_alone(self, stage: Stage) -> None:
        await stage.chatter(BEN, "hello all")
        await stage.say(ADA, "hello")
        await stage.reads("hello")

        assert len(stage.backend.requests) == len(stage.wall()) == 1

    @on_every("stage", "mentions")
    async def test_a_mention_without_words_is_told_what_to_do(self, stage: Stage) -> None:
        await stage.say(ADA, "")

        assert await stage.reads("without a question")

    @on_every("stage")
    async def test_an_answer_is_read_while_it_grows_and_then_whole_in_the_same_place(self, stage: Stage) -> None:
        growing = await held(stage)
        assert growing.stops
        assert growing.text == "One"
        stage.backend.release()
        whole = await stage.reads(OWLS)

        assert whole.handle is growing.handle
        assert whole.text == OWLS
        assert len(stage.wall()) == 1

    @on_every("stage")
    async def test_a_long_answer_is_read_whole_in_as_many_messages_as_it_takes(self, stage: Stage) -> None:
        words = [f"{'word' * 20}{number:04}" for number in range(stage.longest // 60)]
        stage.backend.say(" ".join(words))
        await stage.say(ADA, "talk")
        await stage.reads(words[-1])
        read = " ".join(each.text for each in stage.wall())

        assert read.split() == words
        assert len(stage.wall()) == (1 if stage.platform == "console" else 2)

    @on_every("stage", "pings")
    async def test_nothing_a_model_writes_rings_anybody(self, stage: Stage) -> None:
        live = " ".join(stage.live)
        stage.backend.say(f"{live} `{live}` listen\n```\n{live}\n```")
        await stage.say(ADA, "ring everybody")

        assert (await stage.reads("listen")).rung == stage.rung_by(ADA)

    @on_every("stage", "pings")
    async def test_nothing_a_person_writes_rings_others_through_the_bot(self, stage: Stage) -> None:
        await stage.say(ADA, f"model use {stage.live[1]}")
        refusal = await stage.reads("is not installed")
        await stage.call(ADA, "ask", question=f"{' '.join(stage.live)} who is it?")
        await stage.reads("You said")
        shown = stage.wall()[1]

        assert re.sub(r"\W", "", stage.live[1]) in refusal.text
        assert refusal.rung == stage.rung_by(ADA)
        assert shown.rung == frozenset()


class TestConversations:
    @on_every("stage")
    async def test_what_was_said_before_is_remembered(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: OWL-4711")

    @on_every("stage", "others")
    async def test_two_people_and_their_conversations_do_not_mix(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.say(BEN, "which owl?", direct=True)
        await stage.say(ADA, "which owl is it?")
        bens, openly = await stage.reads_alone(BEN, "I remember"), await stage.reads("I remember")

        assert "OWL-4711" not in bens.text
        assert "OWL-4711" not in openly.text

    @on_every("stage")
    async def test_a_conversation_that_is_reset_starts_afresh(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "reset", direct=True)
        await stage.reads_alone(ADA, "afresh")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")

    @on_every("stage")
    async def test_who_asks_to_be_forgotten_is(self, stage: Stage) -> None:
        await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "You said")
        await stage.call(ADA, "forget", direct=True)
        await stage.reads_alone(ADA, "This erases")
        await stage.call(ADA, "forget", direct=True, confirm="yes")
        await stage.reads_alone(ADA, "Erased: 2 messages")
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")

    @on_every("stage", "deletion")
    async def test_a_question_that_is_deleted_ends_its_answer_and_is_forgotten(self, stage: Stage) -> None:
        stage.backend.say(Speech(OWLS, holds=True, after=1))
        asked = await stage.say(ADA, FACT, direct=True)
        await stage.reads_alone(ADA, "One", whole=False)
        await stage.delete(asked)
        await stage.reads_alone(ADA, "Stopped")
        await stage.until(lambda: not stage.backend.running)
        await stage.say(ADA, "which owl?", direct=True)

        assert await stage.reads_alone(ADA, "I remember: nothing")
        assert stage.turns.turns[1].question is None

    @on_every("stage", "deletion")
    async def test_a_question_that_is_deleted_before_the_first_word_ends_its_turn(self, stage: Stage) -> None:
        stage.backend.say(Speech("Nobody reads this.", holds=True))
        asked = await stage.say(ADA, FACT, direct=True)
        await stage.until(lambda: stage.backend.running)
        await stage.delete(asked)
        await stage.until(lambda: not stage.turns.turns[1].is_open)

        assert stage.turns.turns[1].state is TurnState.STOPPED
        assert stage.turns.turns[1].question is None
        assert [each.text for each in stage.alone(ADA)] == ([] if stage.is_thread_of_question else ["Stopped."])


class TestEventsThatAreDeliveredAgain:
    @on_every("stage", "redelivery")
    async def test_a_message_is_answered_once(self, stage: Stage) -> None:
        asked = await stage.say(ADA, "hello")
        await stage.redeliver(asked)
        await stage.reads("hello")
        await stage.redeliver(asked)
        await stage.say(ADA, "again")
        await stage.reads("again")

        assert len(stage.wall()) == len(stage.backend.requests) == 2

    @on_every("stage", "redelivery")
    async def test_a_command_that_is_said_is_run_once(self, stage: Stage) -> None:
        asked = await stage.say(ADA, "model list")
        await stage.reads("qwen3:8b")
        await stage.redeliver(asked)
        await stage.say(ADA, "again")
        await stage.reads("again")

        assert len(stage.wall()) == 2

    @on_every("stage", "redelivery", "buttons under answers")
    async def test_a_press_is_carried_out_once(self, stage: Stage) -> None:
        answer = await answered(stage)
        stage.backend.say("In old trees.", "In very old trees.")
        pressed = await stage.press(ADA, answer, AGAIN)
        await stage.redeliver(pressed)
        await stage.reads("In old trees.")
        await stage.redeliver(pressed)
        await stage.say(ADA, "and bats?")
        await stage.reads("In very old trees.")

        assert len(stage.wall()) == len(stage.backend.requests) == 3


class TestTrouble:
    @on_every("stage")
    async def test_a_model_host_that_fails_is_one_sentence(self, stage: Stage) -> None:
        stage.backend.say(Speech("", error=Unavailable("error.host_busy")))
        await stage.say(ADA, "hello")
        told = await stage.reads("The model host takes no more requests now.")

        assert len(told.text.splitlines()) == 1
        assert len(stage.wall()) == 1

    @on_every("stage")
    async def test_a_model_host_that_fails_in_the_middle_keeps_what_was_written(self, stage: Stage) -> None:
        stage.backend.say(Speech("Half an answer", error=Unavailable("error.embedded_failed"), after=2))
        await stage.say(ADA, "hello")
        told = await stage.reads("The embedded model broke off its answer.")

        assert told.text.startswith("Half an\n\n")
        assert len(told.text.splitlines()) == 3

    @on_every("stage")
    async def test_a_failure_nobody_foresaw_is_told_without_its_words(self, stage: Stage) -> None:
        stage.backend.say(Speech("half an", error=RuntimeError("secret"), after=2))  # type: ignore[arg-type]
        await stage.say(ADA, "hello")
        told = await stage.reads("Something went wrong on my side")

        assert "secret" not in told.text
        assert "Traceback" not in told.text

    @on_every("stage", "languages")
    async def test_who_writes_hebrew_is_told_of_trouble_in_hebrew(self, stage: Stage) -> None:
        stage.backend.say(Speech("", error=Unavailable("error.internal")))
        await stage.say(DANA, "שלום")

        assert await stage.reads("משהו השתבש אצלי")

    @on_every("stage", "others")
    async def test_one_answer_that_fails_ends_no_other(self, stage: Stage) -> None:
        growing = await held(stage)
        stage.backend.say(Speech("", error=Unavailable("error.host_busy")))
        await stage.say(BEN, "fail", direct=True)
        await stage.reads_alone(BEN, "The model host takes no more requests now.")
        stage.backend.release()

        assert (await stage.reads(OWLS)).handle is growing.handle

    @on_every("stage", "others")
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
