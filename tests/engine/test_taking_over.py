"""Turns outlive the process that accepted them: handed back, taken over, answered once."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, suppress
from functools import partial

import pytest

from bot.domain import Completion, FinishReason, Offer, Post, QueueState, Turn, TurnState
from bot.engine.queue import QueuePosition
from bot.engine.run import Phase, Run
from bot.engine.turn_context import TurnContext
from bot.errors import TakenOver, Unavailable, Unshown
from tests.engine.talk import DANA, NOAM, ROOM, THREAD, Heard, Talk, heard, until
from tests.fakes import Speech
from tests.memory import FakeTurns


class CountingTurns(FakeTurns):
    """Counts how often somebody looks how their turns stand."""

    looks = 0

    async def look(self, worker: str) -> QueueState:
        self.looks += 1
        return await super().look(worker)

    def has_looked(self, times: int) -> bool:
        return self.looks >= times


async def interrupted(talk: Talk, text: str = "Count.") -> int:
    """Begin an answer and cancel it in the middle, as a graceful stop does."""
    talk.backend.say(Speech(text="one two three", holds=True, after=2))
    turn, got = await talk.accept(text), Heard()
    answering = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    answering.cancel()
    await asyncio.wait([answering])
    talk.backend.release()
    return turn.id


async def test_a_turn_handed_back_is_answered_by_the_next_process() -> None:
    talk = Talk()
    turn_id = await interrupted(talk)
    second = talk.another_process("second")

    adopted = await second.adopt("lab")
    answer = await heard(second.reply(adopted[0]))

    assert [turn.id for turn in adopted] == [turn_id]
    assert "Count." in answer.text
    assert answer.notices[0] == "notice.continued"
    assert talk.history.turns[turn_id].state is TurnState.ANSWERED


async def test_an_answer_that_could_not_be_shown_is_left_to_the_next_process() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")
    async with aclosing(talk.engine.reply(turn)) as parts:
        async for part in parts:
            if isinstance(part, Completion):
                break

    adopted = await talk.another_process("second").adopt("lab")

    assert [orphan.id for orphan in adopted] == [turn.id]


async def test_an_answer_nobody_can_read_any_more_before_its_end_is_not_made_again() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")
    async with aclosing(talk.engine.reply(turn)) as parts:
        async for part in parts:
            if isinstance(part, Offer):
                break

    assert not talk.history.turns[turn.id].is_open


async def test_the_next_process_knows_what_was_posted() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")
    await talk.engine.note_post(turn.id, Post("turn-1:0", "M77"))
    await talk.turns.release(turn.id, worker="first")

    adopted = await talk.another_process("second").adopt("lab")

    assert adopted[0].posts == (Post("turn-1:0", "M77"),)


async def test_a_turn_is_adopted_by_one_process_only() -> None:
    talk = Talk()
    await interrupted(talk)

    found = await asyncio.gather(*(talk.another_process(str(number)).adopt("lab") for number in range(5)))

    assert sum(len(turns) for turns in found) == 1


async def test_a_process_that_lost_its_turn_says_nothing_more_and_stores_nothing() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one two three", holds=True, after=1))
    turn, got = await talk.accept("Count."), Heard()
    answering = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    talk.store.turns[turn.id].lease_until = None
    adopted = await talk.another_process("second").adopt("lab")

    with pytest.raises(TakenOver):
        await answering

    assert [each.id for each in adopted] == [turn.id]
    assert talk.history.turns[turn.id].state is TurnState.ACCEPTED
    assert talk.backend.running == 0
    talk.backend.release()


async def test_words_that_were_read_before_a_turn_was_lost_are_not_said_afterwards() -> None:
    talk, got = Talk(), Heard()
    talk.turns = turns = CountingTurns(talk.store)
    talk.engine = talk.another_process("first")
    talk.backend.say("Hello.", "one two three four five")
    # From its second answer on, a model's words are said as they come.
    await talk.say("Hi")
    turn = await talk.accept("Count.")
    reply = talk.engine.reply(turn)
    async for part in reply:
        got.parts.append(part)
        if got.text:
            break
    talk.store.turns[turn.id].lease_until = None
    await talk.another_process("second").adopt("lab")
    await until(partial(turns.has_looked, turns.looks + 2))
    said = got.text

    with pytest.raises(TakenOver):
        await heard(reply, got)
    assert got.text == said


def test_a_run_that_was_lost_stays_lost_however_it_ends() -> None:
    talk = Talk()
    turn = Turn(1, 1, talk.message("Hi"))
    context = TurnContext(turn, history=talk.history, selector=talk.engine.selector)
    run = Run(turn=turn, place=QueuePosition(turn), context=context)
    run.lose()
    run.enter(Phase.SAID)
    run.leave(is_cancelled=True)

    assert run.is_lost


async def test_a_turn_another_process_answers_is_not_handed_back_by_the_one_that_lost_it() -> None:
    talk = Talk()
    talk.turns = turns = CountingTurns(talk.store)
    talk.engine = talk.another_process("first")
    turn = await talk.accept("Hi")
    async with aclosing(talk.engine.reply(turn)) as parts:
        async for part in parts:
            if isinstance(part, Completion):
                talk.store.turns[turn.id].lease_until = None
                adopted = await talk.another_process("second").adopt("lab")
                await until(partial(turns.has_looked, turns.looks + 2))
                break

    assert [orphan.id for orphan in adopted] == [turn.id]
    assert not await talk.another_process("third").adopt("lab")


async def test_a_turn_that_outlives_too_many_processes_is_given_up_with_a_sentence() -> None:
    talk = Talk()
    turn_id = await interrupted(talk)
    for number in range(5):
        await talk.another_process(str(number)).adopt("lab")
        await talk.turns.release(turn_id, worker=str(number))
    last = talk.another_process("last")
    adopted = await last.adopt("lab")

    with pytest.raises(Unavailable) as told:
        await heard(last.reply(adopted[0]))

    assert told.value.key == "error.gave_up"
    assert talk.history.turns[turn_id].state is TurnState.FAILED


async def test_a_turn_accepted_and_then_dropped_by_its_adapter_is_found_again() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")

    first_look = await talk.engine.adopt("lab")
    second_look = await talk.engine.adopt("lab")

    assert first_look == []
    assert [each.id for each in second_look] == [turn.id]


async def test_a_look_for_another_platform_is_no_second_look() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")
    await talk.engine.adopt("lab")
    await talk.engine.adopt("another platform")

    assert turn.id in (await talk.turns.look("first")).owned


async def answered_untaken(talk: Talk) -> int:
    """Answer a turn whose end the store does not take."""
    talk.backend.say(Speech(text="one two", holds=True, after=1))
    turn, got = await talk.accept("Hi"), Heard()
    answering = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)
    talk.turns.broken = Unavailable("error.storage_full")
    talk.backend.release()
    await answering
    return turn.id


async def test_an_answer_the_store_did_not_take_is_stored_once_however_many_look() -> None:
    talk = Talk()
    turn_id = await answered_untaken(talk)
    talk.turns.broken = None
    found = await asyncio.gather(*(talk.engine.adopt(platform) for platform in ("lab", "another", "a third")))

    assert found == [[], [], []]
    assert talk.history.turns[turn_id].state is TurnState.ANSWERED


async def test_an_answer_the_store_did_not_take_is_stored_before_the_process_ends() -> None:
    talk = Talk()
    turn_id = await answered_untaken(talk)
    talk.turns.broken = None
    await talk.engine.settle()

    assert talk.history.turns[turn_id].state is TurnState.ANSWERED


async def test_a_process_ends_though_the_store_is_still_in_trouble() -> None:
    talk = Talk()
    turn_id = await answered_untaken(talk)
    await talk.engine.settle()

    assert talk.history.turns[turn_id].is_open


async def test_stop_reaches_a_turn_in_another_process() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one two three", holds=True, after=2))
    turn, got = await talk.accept("Count."), Heard()
    answering = asyncio.create_task(heard(talk.engine.reply(turn), got))
    await until(lambda: got.text)

    notice = await talk.another_process("second").stop(turn.id, person=DANA, address=ROOM)
    await answering

    assert notice.key == "stop.done"
    assert got.of(Completion)[0].reason is FinishReason.STOPPED


async def test_stop_here_ends_ones_own_answer_before_anybody_elses() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one two three", holds=True, after=1))
    first, mine = await talk.accept("Count.", person=NOAM), await talk.accept("And me?", person=DANA)
    replies = [asyncio.create_task(heard(talk.engine.reply(turn))) for turn in (first, mine)]
    await until(lambda: talk.backend.running)
    await talk.engine.stop_here(person=DANA, address=ROOM)
    talk.backend.release()
    of_first, of_mine = await asyncio.gather(*replies)

    assert of_first.of(Completion)[0].reason is FinishReason.STOP
    assert of_mine.of(Completion)[0].reason is FinishReason.STOPPED


async def test_stop_in_a_channel_reaches_ones_answer_in_a_thread_of_it() -> None:
    talk = Talk()
    talk.backend.say(Speech(text="one two three", holds=True, after=1))
    turn = await talk.accept("Count.", at=THREAD)
    replying = asyncio.create_task(heard(talk.engine.reply(turn)))
    await until(lambda: talk.backend.running)
    await talk.engine.stop_here(person=DANA, address=ROOM)

    assert (await replying).of(Completion)[0].reason is FinishReason.STOPPED


async def test_an_answer_that_was_not_shown_is_given_again_and_says_why() -> None:
    talk = Talk()
    turn = await talk.accept("Hi")
    reply = talk.engine.reply(turn)
    async for part in reply:
        if isinstance(part, Completion):
            break
    with suppress(asyncio.CancelledError):
        await reply.athrow(Unshown())
    (found,) = await talk.engine.adopt("lab") or await talk.engine.adopt("lab")
    again = await heard(talk.engine.reply(found))

    assert again.text
    assert again.notices == ["notice.unshown"]
