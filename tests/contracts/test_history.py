"""What `ports.History` promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, ChatMessage, CommandCall, Role, StoredAnswer, StoredMessage, Turn, TurnState
from bot.ports import History
from tests.contracts.stores import HERE, IMPLEMENTATIONS, PIA, said

LATER = 1_000_000


@pytest.fixture(params=IMPLEMENTATIONS)
async def history(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[History]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores.history


async def accepted(history: History, message: ChatMessage) -> Turn:
    turn = await history.accept(message)
    assert turn is not None
    return turn


async def answered(history: History, text: str, answer: str, *, message: ChatMessage | None = None) -> Turn:
    turn = await accepted(history, message or said(text))
    await history.start(turn.id)
    await history.finish(turn.id, StoredAnswer(TurnState.ANSWERED, answer, model="m", prompt_tokens=3, answer_tokens=2))
    return turn


async def context(history: History, turn: Turn, *, before_turn: int = LATER) -> list[StoredMessage]:
    return list(await history.recent(turn.conversation_id, before_turn=before_turn))


async def texts(history: History, turn: Turn, *, before_turn: int = LATER) -> list[str]:
    return [message.text for message in await context(history, turn, before_turn=before_turn)]


async def test_an_accepted_message_becomes_a_turn(history: History) -> None:
    message = said("hello")

    turn = await accepted(history, message)

    assert turn.message == message


async def test_a_redelivered_event_is_accepted_once(history: History) -> None:
    await accepted(history, said("hello"))

    assert await history.accept(said("hello")) is None


async def test_a_message_under_two_event_ids_is_one_turn(history: History) -> None:
    await accepted(history, said("hello", event_id="mention"))

    assert await history.accept(said("hello", event_id="message")) is None


async def test_a_message_delivered_for_a_channel_and_its_thread_is_one_turn(history: History) -> None:
    await accepted(history, said("hello", event_id="1", address=replace(HERE, thread="")))

    assert await history.accept(said("hello", event_id="2")) is None


async def test_copies_of_a_message_that_arrive_together_are_one_turn(history: History) -> None:
    turns = await asyncio.gather(*(history.accept(said("hello", event_id=f"{number % 4}")) for number in range(32)))

    assert len([turn for turn in turns if turn]) == 1


@pytest.mark.parametrize(
    "elsewhere", [replace(HERE, channel="other"), replace(HERE, workspace="other"), replace(HERE, platform="slack")]
)
async def test_the_same_message_id_elsewhere_is_another_message(history: History, elsewhere: Address) -> None:
    here = await accepted(history, said("hello", message_id="1", event_id="a"))
    there = await accepted(history, said("hello", message_id="1", event_id="b", address=elsewhere))

    assert here.conversation_id != there.conversation_id


async def test_turns_of_one_address_share_a_conversation_in_the_order_of_their_ids(history: History) -> None:
    first = await accepted(history, said("one"))
    second = await accepted(history, said("two"))

    assert first.conversation_id == second.conversation_id
    assert first.id < second.id


async def test_a_redelivered_call_is_known(history: History) -> None:
    call = CommandCall(event_id="1", address=HERE, person=PIA, command="help")

    assert [await history.accept_call(call), await history.accept_call(call)] == [True, False]


async def test_calls_of_different_events_are_both_new(history: History) -> None:
    call = CommandCall(event_id="1", address=HERE, person=PIA, command="help")

    assert await history.accept_call(call) is True
    assert await history.accept_call(replace(call, event_id="2")) is True


async def test_the_first_turn_has_nothing_before_it(history: History) -> None:
    turn = await accepted(history, said("hello"))

    assert await texts(history, turn, before_turn=turn.id) == []


async def test_what_was_said_is_read_back_oldest_first_with_its_speakers(history: History) -> None:
    await answered(history, "one", "answer one")
    turn = await answered(history, "two", "answer two")

    assert [(message.role, message.text, message.speaker) for message in await context(history, turn)] == [
        (Role.USER, "one", "Pia"),
        (Role.ASSISTANT, "answer one", ""),
        (Role.USER, "two", "Pia"),
        (Role.ASSISTANT, "answer two", ""),
    ]


async def test_text_in_any_script_is_kept_to_the_letter(history: History) -> None:
    text = "  שלום\r\n\t👩‍🎓 e\u0301 '); DROP TABLE messages;-- \x07 "

    turn = await answered(history, text, text, message=said(text, message_id="1", event_id="1"))

    assert await texts(history, turn) == [text, text]


async def test_a_turn_reads_only_what_came_before_it(history: History) -> None:
    await answered(history, "one", "answer one")
    second = await answered(history, "two", "answer two")
    await answered(history, "three", "answer three")

    assert await texts(history, second, before_turn=second.id) == ["one", "answer one"]


async def test_an_answer_stands_with_its_question_however_late_it_came(history: History) -> None:
    first = await accepted(history, said("one"))
    second = await accepted(history, said("two"))
    await history.finish(second.id, StoredAnswer(TurnState.ANSWERED, "answer two"))
    await history.finish(first.id, StoredAnswer(TurnState.ANSWERED, "answer one"))

    assert await texts(history, second) == ["one", "answer one", "two", "answer two"]


async def test_no_conversation_reads_another(history: History) -> None:
    await answered(history, "secret", "I keep it")
    other = await answered(history, "hello", "hi", message=said("hello", address=replace(HERE, thread="other")))

    assert await texts(history, other) == ["hello", "hi"]


async def test_a_failed_turn_without_an_answer_is_left_out(history: History) -> None:
    failed = await accepted(history, said("one"))
    await history.finish(failed.id, StoredAnswer(TurnState.FAILED, "", error_key="error.internal"))
    turn = await answered(history, "two", "answer two")

    assert await texts(history, turn) == ["two", "answer two"]


async def test_a_turn_still_open_is_left_out(history: History) -> None:
    await accepted(history, said("one"))
    turn = await answered(history, "two", "answer two")

    assert await texts(history, turn) == ["two", "answer two"]


@pytest.mark.parametrize("state", [TurnState.STOPPED, TurnState.FAILED])
async def test_the_beginning_of_an_answer_is_kept(history: History, state: TurnState) -> None:
    turn = await accepted(history, said("one"))
    await history.finish(turn.id, StoredAnswer(state, "It beg"))

    assert await texts(history, turn) == ["one", "It beg"]


async def test_a_closed_turn_stays_as_it_is(history: History) -> None:
    turn = await answered(history, "one", "answer one")
    await history.start(turn.id)
    await history.finish(turn.id, StoredAnswer(TurnState.FAILED, "again"))

    assert await texts(history, turn) == ["one", "answer one"]


async def test_starting_and_finishing_an_unknown_turn_changes_nothing(history: History) -> None:
    turn = await answered(history, "one", "answer one")
    await history.start(LATER)
    await history.finish(LATER, StoredAnswer(TurnState.ANSWERED, "to nobody"))

    assert await texts(history, turn) == ["one", "answer one"]


async def test_messages_older_than_the_one_named_are_forgotten(history: History) -> None:
    await answered(history, "one", "answer one")
    turn = await answered(history, "two", "answer two")
    kept = (await context(history, turn))[2]
    await history.forget_before(turn.conversation_id, message_id=kept.id)

    assert await texts(history, turn) == ["two", "answer two"]


async def test_forgetting_may_begin_with_an_answer(history: History) -> None:
    turn = await answered(history, "one", "answer one")
    kept = (await context(history, turn))[1]
    await history.forget_before(turn.conversation_id, message_id=kept.id)

    assert await texts(history, turn) == ["answer one"]


async def test_forgetting_goes_by_turn_not_by_the_moment_of_writing(history: History) -> None:
    first = await accepted(history, said("one"))
    second = await accepted(history, said("two"))
    await history.finish(first.id, StoredAnswer(TurnState.ANSWERED, "answer one"))
    await history.finish(second.id, StoredAnswer(TurnState.ANSWERED, "answer two"))
    question_two = (await context(history, first))[2]
    await history.forget_before(first.conversation_id, message_id=question_two.id)

    assert await texts(history, first) == ["two", "answer two"]


async def test_forgetting_never_moves_back(history: History) -> None:
    await answered(history, "one", "answer one")
    turn = await answered(history, "two", "answer two")
    first, _, third, _ = await context(history, turn)
    await history.forget_before(turn.conversation_id, message_id=third.id)
    await history.forget_before(turn.conversation_id, message_id=first.id)

    assert await texts(history, turn) == ["two", "answer two"]


async def test_a_message_of_another_conversation_forgets_nothing(history: History) -> None:
    turn = await answered(history, "one", "answer one")
    other = await answered(history, "two", "hi", message=said("two", address=replace(HERE, thread="other")))
    (foreign, _) = await context(history, other)
    await history.forget_before(turn.conversation_id, message_id=foreign.id)
    await history.forget_before(turn.conversation_id, message_id=LATER)

    assert await texts(history, turn) == ["one", "answer one"]


async def test_a_reset_leaves_all_so_far_out_and_what_follows_in(history: History) -> None:
    await answered(history, "one", "answer one")

    assert await history.reset(HERE) is True
    turn = await answered(history, "two", "answer two")
    assert await texts(history, turn) == ["two", "answer two"]


async def test_an_answer_still_being_written_at_the_reset_is_left_out(history: History) -> None:
    turn = await accepted(history, said("one"))
    await history.reset(HERE)
    await history.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "answer one"))

    assert await texts(history, turn) == []


async def test_a_reset_with_nothing_to_leave_out_says_so(history: History) -> None:
    before = await history.reset(HERE)
    await answered(history, "one", "answer one")
    resets = [await history.reset(HERE), await history.reset(HERE)]

    assert [before, *resets] == [False, True, False]


async def test_a_reset_is_of_one_conversation(history: History) -> None:
    turn = await answered(history, "one", "answer one")
    await history.reset(replace(HERE, thread="other"))
    await history.reset(replace(HERE, thread=""))

    assert await texts(history, turn) == ["one", "answer one"]


async def test_forgetting_after_a_reset_brings_nothing_back(history: History) -> None:
    turn = await answered(history, "one", "answer one")
    (first, _) = await context(history, turn)
    await history.reset(HERE)
    await history.forget_before(turn.conversation_id, message_id=first.id)

    assert await texts(history, turn) == []


async def test_a_withdrawn_message_goes_with_its_answer(history: History) -> None:
    first = await answered(history, "one", "answer one")
    turn = await answered(history, "two", "answer two")

    assert await history.withdraw(HERE, message_id="message of one") == first.id
    assert await texts(history, turn) == ["two", "answer two"]


async def test_withdrawing_what_is_unknown_says_so(history: History) -> None:
    await answered(history, "one", "answer one")
    await history.withdraw(HERE, message_id="message of one")

    assert await history.withdraw(HERE, message_id="message of one") is None
    assert await history.withdraw(HERE, message_id="never seen") is None
    assert await history.withdraw(replace(HERE, channel="other"), message_id="message of one") is None


async def test_a_withdrawn_message_does_not_come_back(history: History) -> None:
    await answered(history, "one", "answer one")
    await history.withdraw(HERE, message_id="message of one")

    assert await history.accept(said("one")) is None
    assert await history.accept(said("one", event_id="another")) is None


async def test_an_answer_to_a_withdrawn_message_is_not_kept(history: History) -> None:
    turn = await accepted(history, said("one"))
    await history.withdraw(HERE, message_id="message of one")
    await history.finish(turn.id, StoredAnswer(TurnState.STOPPED, "It beg"))

    assert await texts(history, turn) == []


async def test_a_turn_after_withdrawals_is_not_mistaken_for_an_earlier_one(history: History) -> None:
    first = await answered(history, "one", "answer one")
    await history.withdraw(HERE, message_id="message of one")

    assert (await accepted(history, said("two"))).id > first.id
