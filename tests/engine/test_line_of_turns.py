from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain import Claimed, Completion, Doing, FinishReason, State, TurnState
from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.errors import Unavailable, UserError
from tests.engine.talk import BOSS, DANA, NOAM, ROOM, THREAD, Heard, Talk, accepted, heard, until
from tests.fakes import Speech
from tests.memory import FakeStore, FakeTurns


async def test_one_persons_turns_of_a_conversation_run_one_after_the_other_in_the_order_they_came() -> None:
    talk = Talk()
    turns = [await talk.accept(f"Question {number}") for number in range(5)]

    await asyncio.gather(*(heard(talk.engine.reply(turn)) for turn in turns))

    assert talk.backend.most_running == 1
    assert [prompt[-1] for prompt in talk.prompts()] == [f"Dana: Question {number}" for number in range(5)]


async def test_different_conversations_run_at_the_same_time() -> None:
    talk = Talk()
    talk.backend.say(*[Speech(text="Done.", holds=True)] * 2)
    first, second = await talk.accept("One"), await talk.accept("Two", at=THREAD)
    both = asyncio.gather(heard(talk.engine.reply(first)), heard(talk.engine.reply(second)))
    await until(lambda: talk.backend.running == 2)
    talk.backend.release()

    assert [answer.text for answer in await both] == ["Done.", "Done."]


async def test_who_waits_is_told_their_place() -> None:
    talk = Talk(answer_policy=AnswerPolicy(parallel=1))
    talk.backend.say(Speech(text="Done.", holds=True))
    first, second = await talk.accept("One"), await talk.accept("Two", at=THREAD)
    running = asyncio.create_task(heard(talk.engine.reply(first)))
    await until(lambda: talk.backend.running)
    got = Heard()
    waiting = asyncio.create_task(heard(talk.engine.reply(second), got))
    await until(lambda: got.parts)
    talk.backend.release()
    await asyncio.gather(running, waiting)

    assert got.parts[0] == State(Doing.QUEUED, {"position": 1, "total": 1})
    assert got.text


async def test_one_persons_burst_does_not_starve_another() -> None:
    talk = Talk(answer_policy=AnswerPolicy(parallel=2))
    talk.backend.say(*[Speech(text="Done.", holds=True)] * 2)
    rooms = [talk.message("x", at=THREAD.__class__("lab", "W1", f"C{number}")).address for number in range(6)]
    burst = [await talk.accept("Burst", person=DANA, at=room) for room in rooms]
    running = [asyncio.create_task(heard(talk.engine.reply(turn))) for turn in burst]
    await until(lambda: talk.backend.running == 2)
    late = await talk.accept("Me too", person=NOAM, at=THREAD)
    running.append(asyncio.create_task(heard(talk.engine.reply(late))))
    await asyncio.sleep(0)
    talk.backend.release()
    await asyncio.gather(*running)

    asked = [prompt[-1] for prompt in talk.prompts()]
    assert asked.index("Noam: Me too") <= 3


async def test_a_full_line_refuses_with_a_plain_sentence_and_closes_the_turn() -> None:
    talk = Talk(answer_policy=AnswerPolicy(parallel=1, waiting=1))
    talk.backend.say(Speech(text="Done.", holds=True))
    turns = [await talk.accept("x", at=at) for at in (ROOM, THREAD, ROOM)]
    running = [asyncio.create_task(heard(talk.engine.reply(turn))) for turn in turns[:2]]
    await until(lambda: talk.backend.running)

    with pytest.raises(Unavailable) as refused:
        await heard(talk.engine.reply(turns[2]))

    assert refused.value.key == "error.queue_full"
    assert talk.history.turns[turns[2].id].state is TurnState.FAILED
    talk.backend.release()
    await asyncio.gather(*running)


async def test_stop_ends_the_generation_and_keeps_what_was_written() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one two three", holds=True, after=2))
    turn, got = await talk.accept("Count."), Heard()
    answering = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    await talk.engine.stop(turn.id, person=DANA, address=ROOM)
    await answering

    kept = talk.history.turns[turn.id]
    assert talk.backend.running == 0
    assert got.of(Completion)[0].reason is FinishReason.STOPPED
    assert kept.state is TurnState.STOPPED
    assert kept.answer
    assert kept.answer.text == got.text


async def test_stop_ends_a_turn_that_waits_and_the_model_never_hears_of_it() -> None:
    talk = Talk(answer_policy=AnswerPolicy(parallel=1))
    talk.backend.say(Speech(text="Done.", holds=True))
    first, second = await talk.accept("One"), await talk.accept("Two", at=THREAD)
    running = asyncio.create_task(heard(talk.engine.reply(first)))
    await until(lambda: talk.backend.running)
    got = Heard()
    waiting = asyncio.create_task(heard(talk.engine.reply(second), got))
    await until(lambda: got.parts)
    await talk.engine.stop(second.id, person=DANA, address=THREAD)
    await waiting
    talk.backend.release()
    await running

    assert got.of(Completion)[0].reason is FinishReason.STOPPED
    assert len(talk.backend.requests) == 1


@pytest.mark.parametrize(("person", "may"), [(DANA, True), (BOSS, True), (NOAM, False)])
async def test_only_who_asked_and_admins_may_stop(person: object, may: bool) -> None:  # noqa: FBT001
    talk = Talk()
    talk.backend.say(Speech(text="one two", holds=True, after=1))
    turn = await talk.accept("Count.", person=DANA)
    answering = asyncio.create_task(heard(talk.engine.reply(turn)))
    await until(lambda: talk.backend.running)

    refused = await _refusal(talk, turn.id, person)

    assert (refused is None) is may
    talk.backend.release()
    await answering


async def test_a_turn_that_is_over_cannot_be_stopped() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")
    await heard(talk.engine.reply(turn))

    with pytest.raises(UserError) as refused:
        await talk.engine.stop(turn.id, person=DANA, address=ROOM)

    assert refused.value.key == "error.nothing_to_stop"


async def test_a_blocked_person_and_a_place_not_allowed_are_refused_everywhere() -> None:
    talk = Talk(access=Access(blocked=frozenset({"lab:U2"}), channels=frozenset({"lab:C1"})))
    await talk.engine.catalog.refresh()
    elsewhere = THREAD.__class__("lab", "W1", "C2")

    for person, at in ((NOAM, ROOM), (DANA, elsewhere)):
        with pytest.raises(UserError):
            await talk.accept("Hi", person=person, at=at)
        with pytest.raises(UserError):
            await talk.command("model list", person=person, at=at)
        assert not await talk.engine.suggest("model use", "name", "", person=person, address=at)
    assert await talk.engine.suggest("model use", "name", "", person=DANA, address=ROOM)
    assert talk.store.turns == {}


async def test_a_message_of_somebody_blocked_since_then_is_not_answered() -> None:
    talk = Talk()
    turn = await talk.accept("Hi", person=NOAM)
    strict = Talk(access=Access(blocked=frozenset({"lab:U2"})))
    strict.turns = talk.turns
    engine = strict.another_process(turn.message.person.id)

    with pytest.raises(UserError) as refused:
        await heard(engine.reply(turn))

    assert refused.value.key == "error.blocked"
    assert talk.backend.requests == strict.backend.requests == []


async def _refusal(talk: Talk, turn_id: int, person: object) -> UserError | None:
    assert isinstance(person, type(DANA))
    try:
        await talk.engine.stop(turn_id, person=person, address=ROOM)
    except UserError as error:
        return error
    return None


async def test_a_question_goes_ahead_before_the_lease_is_renewed() -> None:
    talk = Talk()
    log = TurnsWithLog(talk.store)
    talk.turns = log
    engine = talk.another_process("logging")
    turn = await accepted(engine, talk.message("Question"))
    assert turn is not None
    await heard(engine.reply(turn))
    await until(lambda: "renew" in log.asked)

    assert log.asked[0] == "claim"


async def test_a_place_taken_after_its_change_was_heard_waits_for_no_other_change() -> None:
    talk = Talk()
    turns = talk.turns = TurnsWithoutPolling(talk.store)
    engine = talk.another_process("late")
    talk.backend.say(*[Speech(text="Done.", holds=True)] * 2)
    first = await accepted(engine, talk.message("One"))
    assert first is not None
    replies = [asyncio.create_task(heard(engine.reply(first)))]
    await until(lambda: talk.backend.running == 1 and turns.is_listening)
    second = await accepted(engine, talk.message("Two", at=THREAD))
    assert second is not None
    await until(lambda: turns.is_listening and not turns.has_news)
    replies.append(asyncio.create_task(heard(engine.reply(second))))
    await until(lambda: talk.backend.running == 2)
    talk.backend.release()

    assert [answer.text for answer in await asyncio.gather(*replies)] == ["Done.", "Done."]


class TurnsWithoutPolling(FakeTurns):
    """Wakes for changes only, so that one that was missed is not made good by looking again."""

    is_listening = False

    @property
    def has_news(self) -> bool:
        return self._changed.is_set()

    async def changed(self, *, timeout_s: float) -> None:  # noqa: ARG002 - that is the point
        self.is_listening = True
        try:
            await super().changed(timeout_s=60)
        finally:
            self.is_listening = False


class TurnsWithLog(FakeTurns):
    """Keeps in what order it was asked to claim and to renew."""

    def __init__(self, store: FakeStore) -> None:
        super().__init__(store)
        self.asked: list[str] = []

    async def claim(self, worker: str, **how: Any) -> Mapping[int, Claimed]:
        self.asked.append("claim")
        return await super().claim(worker, **how)

    async def renew(self, worker: str) -> None:
        self.asked.append("renew")
        await super().renew(worker)
