"""What a store in trouble did not take is kept within bounds, told, and forgotten with its person."""

from __future__ import annotations

import asyncio

import pytest

from bot.domain import StoredAnswer, TurnState
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import Unavailable
from tests.engine.talk import DANA, NOAM, ROOM, Talk, accepted, heard, until
from tests.fakes import Speech
from tests.memory import FakeTurns


class FullTurns(FakeTurns):
    """Takes questions and no answers, as a disk does that is almost full."""

    is_full = True

    async def finish(self, turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        if self.is_full:
            raise Unavailable("error.storage_full")
        return await super().finish(turn_id, answer, worker=worker)


class OwingTalk(Talk):
    """A conversation whose store takes no answers for now. Each question is asked in a room of its own."""

    def __init__(self) -> None:
        super().__init__(answer_policy=AnswerPolicy(parallel=3))
        self.full = self.turns = FullTurns(self.store)
        self.engine = self.another_process("owing")

    async def ask(self, text: str, *, person: str = "U1") -> str:
        """Ask in a new room; return the answer, or the key of why there is none."""
        message = self.message(text)
        at = message.address.__class__("lab", "W1", message.message_id)
        turn = await accepted(self.engine, self.message(text, person=DANA if person == "U1" else NOAM, at=at))
        assert turn is not None
        try:
            return (await heard(self.engine.reply(turn))).text
        except Unavailable as error:
            return error.key


async def test_beyond_the_bound_people_read_a_sentence_and_are_answered_once_the_store_takes_answers_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.engine.turn_closer.PATIENCE_S", 0.0)
    talk = OwingTalk()
    async with asyncio.timeout(5):
        said = [await talk.ask(f"Question number {number}") for number in range(12)]
    answered = [each for each in said if each != "error.answers_owed"]
    asked = len(talk.backend.requests)
    with pytest.raises(Unavailable):
        await talk.engine.adopt("lab")
    talk.full.is_full = False
    found = [*await talk.engine.adopt("lab"), *await talk.engine.adopt("lab")]
    later = await asyncio.gather(*(heard(talk.engine.reply(turn)) for turn in found))

    assert 0 < len(answered) <= 3
    assert said[len(answered) :] == ["error.answers_owed"] * (12 - len(answered))
    assert asked == len(answered)
    assert len([each.text for each in later if each.text]) == 12 - len(answered)
    assert {turn.state for turn in talk.store.turns.values()} == {TurnState.ANSWERED}


async def test_who_waits_in_line_when_the_bound_is_reached_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.turn_closer.PATIENCE_S", 0.1)
    monkeypatch.setattr("bot.engine.turn_watch.LOOK_EVERY_S", 0.05)
    talk = OwingTalk()
    talk.backend.say(*[Speech(text="one", holds=True)] * 3)
    asking = [asyncio.create_task(talk.ask(f"Question {number}")) for number in range(3)]
    await until(lambda: talk.backend.running == 3)
    waiting = asyncio.create_task(talk.ask("And I?", person="U2"))
    await asyncio.sleep(0.05)
    talk.backend.release()
    async with asyncio.timeout(5):
        await asyncio.gather(*asking)

        assert await waiting == "error.answers_owed"


async def test_trouble_that_passes_soon_is_waited_out_in_line() -> None:
    talk = OwingTalk()
    for number in range(3):
        await talk.ask(f"Question {number}")
    waiting = asyncio.create_task(talk.ask("And I?", person="U2"))
    await asyncio.sleep(0.05)
    talk.full.is_full = False
    async with asyncio.timeout(5):
        await talk.engine.settle()

        assert "And I?" in await waiting


async def test_what_is_owed_is_stored_before_a_person_is_forgotten_and_erased_with_them() -> None:
    talk = OwingTalk()
    await talk.ask("The word is OWL-1.")
    talk.full.is_full = False
    await talk.command("forget", confirm="yes")
    await talk.engine.settle()

    assert "OWL-1" not in str([turn.messages() for turn in talk.store.turns.values()])


async def test_nobody_is_told_that_they_are_forgotten_while_their_words_cannot_be_stored_and_erased() -> None:
    talk = OwingTalk()
    await talk.ask("The word is OWL-1.")

    with pytest.raises(Unavailable):
        await talk.command("forget", confirm="yes")


async def test_no_words_are_owed_to_a_question_that_was_deleted() -> None:
    talk = OwingTalk()
    message = talk.message("The word is OWL-1.", at=ROOM)
    turn = await accepted(talk.engine, message)
    assert turn is not None
    await heard(talk.engine.reply(turn))
    await talk.engine.withdraw(ROOM, message_id=message.message_id)
    talk.full.is_full = False
    closed: list[StoredAnswer] = []
    finish = talk.full.finish

    async def finishing(turn_id: int, answer: StoredAnswer, *, worker: str) -> bool:
        closed.append(answer)
        return await finish(turn_id, answer, worker=worker)

    talk.full.finish = finishing  # type: ignore[method-assign]
    await talk.engine.settle()

    assert [answer.text for answer in closed] == [""]
