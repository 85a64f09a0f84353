"""However many have a part in an answer: what was said before, and who answers, is asked for once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bot.domain import Address, Choice, StoredMessage
from bot.domain.defaults import WordedBy
from bot.errors import ModelMissing, Transient
from tests.engine.lesson_talk import ClassRoom, class_room
from tests.fakes import Speech, card
from tests.memory import FakeChoices, FakeHistory

ASKED = "Which licence was Mistral 7B published under?"


class CountingHistory(FakeHistory):
    """Counts how often it is read."""

    reads = 0

    async def recent(self, conversation_id: int, *, before_turn: int, from_turn: int = 0) -> Sequence[StoredMessage]:
        self.reads += 1
        return await super().recent(conversation_id, before_turn=before_turn, from_turn=from_turn)


class CountingChoices(FakeChoices):
    """Counts how often a model is selected."""

    selections = 0

    async def chain(self, address: Address, person_id: str) -> Sequence[Choice]:
        self.selections += 1
        return await super().chain(address, person_id)


async def counting_room(*, answers: WordedBy = "auto") -> tuple[ClassRoom, CountingHistory, CountingChoices]:
    talk = await class_room(answers=answers)
    talk.history, talk.choices = history, choices = CountingHistory(talk.store), CountingChoices(talk.store)
    talk.engine = talk.another_process("counting")
    return talk, history, choices


@pytest.mark.parametrize("text", ["Hi", "families of open models Falcon Technology Innovation Institute"])
async def test_a_message_the_lessons_may_answer_is_answered_from_one_history_by_one_model(text: str) -> None:
    talk, history, choices = await counting_room()
    await talk.say(text)

    assert talk.backend.requests
    assert (history.reads, choices.selections) == (1, 1)


async def test_a_question_to_the_lessons_is_answered_from_one_history_by_one_model() -> None:
    talk, history, choices = await counting_room()
    await talk.ask(ASKED)

    assert talk.backend.requests
    assert (history.reads, choices.selections) == (1, 1)


async def test_lessons_that_are_always_quoted_need_no_model() -> None:
    talk, history, choices = await counting_room(answers="quotes")
    await talk.ask(ASKED)

    assert (history.reads, choices.selections) == (1, 0)


async def test_where_a_model_of_the_lessons_says_nothing_its_own_answer_is_of_the_same_context() -> None:
    talk, history, choices = await counting_room()
    talk.backend.say("NO ANSWER", "I would ask at the institute.")
    await talk.say("families of open models Falcon Technology Innovation Institute")

    assert len(talk.backend.requests) == 2
    assert (history.reads, choices.selections) == (1, 1)


async def test_an_attempt_after_a_fault_reads_nothing_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.attempts.RETRY_WAITS_S", (0.0, 0.0))
    talk, history, choices = await counting_room()
    talk.backend.say(Speech(error=Transient("error.host_busy")), "Here you are.")

    assert (await talk.say("Hi")).text == "Here you are."
    assert (history.reads, choices.selections) == (1, 1)


async def test_only_a_model_that_is_gone_has_another_selected() -> None:
    talk, history, choices = await counting_room()
    talk.backend.cards = {"m": card("m", parameters="7B"), "n": card("n", parameters="7B")}
    talk.backend.say(Speech(error=ModelMissing("m")), "Here you are.")

    assert (await talk.say("Hi")).text == "Here you are."
    assert (history.reads, choices.selections) == (1, 2)
