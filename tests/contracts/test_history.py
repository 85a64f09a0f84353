"""What `ports.History` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Role, StoredAnswer, StoredMessage, Turn, TurnState
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, Stores, accepted, answered, said

LATER = 1_000_000


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def context(stores: Stores, turn: Turn, *, before_turn: int = LATER) -> list[StoredMessage]:
    return list(await stores.history.recent(turn.conversation_id, before_turn=before_turn))


async def texts(stores: Stores, turn: Turn, *, before_turn: int = LATER) -> list[str]:
    return [message.text for message in await context(stores, turn, before_turn=before_turn)]


async def test_the_first_turn_has_nothing_before_it(stores: Stores) -> None:
    turn = await accepted(stores, said("hello"))

    assert await texts(stores, turn, before_turn=turn.id) == []


async def test_what_was_said_is_read_back_oldest_first_with_its_speakers(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    turn = await answered(stores, "two", "answer two")

    assert [(message.role, message.text, message.speaker) for message in await context(stores, turn)] == [
        (Role.USER, "one", "Pia"),
        (Role.ASSISTANT, "answer one", ""),
        (Role.USER, "two", "Pia"),
        (Role.ASSISTANT, "answer two", ""),
    ]


async def test_text_in_any_script_is_kept_to_the_letter(stores: Stores) -> None:
    text = "  שלום\r\n\t👩‍🎓 e\u0301 '); DROP TABLE messages;-- \x07 "

    turn = await answered(stores, text, text, message=said(text, message_id="1", event_id="1"))

    assert await texts(stores, turn) == [text, text]


async def test_a_turn_reads_only_what_came_before_it(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    second = await answered(stores, "two", "answer two")
    await answered(stores, "three", "answer three")

    assert await texts(stores, second, before_turn=second.id) == ["one", "answer one"]


async def test_an_answer_stands_with_its_question_however_late_it_came(stores: Stores) -> None:
    first = await accepted(stores, said("one"))
    second = await accepted(stores, said("two"))
    await stores.turns.finish(second.id, StoredAnswer(TurnState.ANSWERED, "answer two"), worker=ME)
    await stores.turns.finish(first.id, StoredAnswer(TurnState.ANSWERED, "answer one"), worker=ME)

    assert await texts(stores, second) == ["one", "answer one", "two", "answer two"]


async def test_no_conversation_reads_another(stores: Stores) -> None:
    await answered(stores, "secret", "I keep it")
    other = await answered(stores, "hello", "hi", message=said("hello", address=replace(HERE, thread="other")))

    assert await texts(stores, other) == ["hello", "hi"]


async def test_a_failed_turn_without_an_answer_is_left_out(stores: Stores) -> None:
    failed = await accepted(stores, said("one"))
    await stores.turns.finish(failed.id, StoredAnswer(TurnState.FAILED, "", error_key="error.internal"), worker=ME)
    turn = await answered(stores, "two", "answer two")

    assert await texts(stores, turn) == ["two", "answer two"]


async def test_a_turn_still_open_is_left_out(stores: Stores) -> None:
    await accepted(stores, said("one"))
    turn = await answered(stores, "two", "answer two")

    assert await texts(stores, turn) == ["two", "answer two"]


@pytest.mark.parametrize("state", [TurnState.STOPPED, TurnState.FAILED])
async def test_the_beginning_of_an_answer_is_kept(stores: Stores, state: TurnState) -> None:
    turn = await accepted(stores, said("one"))
    await stores.turns.finish(turn.id, StoredAnswer(state, "It beg"), worker=ME)

    assert await texts(stores, turn) == ["one", "It beg"]


async def test_a_reset_leaves_all_so_far_out_and_what_follows_in(stores: Stores) -> None:
    await answered(stores, "one", "answer one")

    assert await stores.history.reset(HERE) is True
    turn = await answered(stores, "two", "answer two")
    assert await texts(stores, turn) == ["two", "answer two"]


async def test_an_answer_still_being_written_at_the_reset_is_left_out(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))
    await stores.history.reset(HERE)
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "answer one"), worker=ME)

    assert await texts(stores, turn) == []


async def test_a_reset_with_nothing_to_leave_out_says_so(stores: Stores) -> None:
    before = await stores.history.reset(HERE)
    await answered(stores, "one", "answer one")
    resets = [await stores.history.reset(HERE), await stores.history.reset(HERE)]

    assert [before, *resets] == [False, True, False]


async def test_a_reset_is_of_one_conversation(stores: Stores) -> None:
    turn = await answered(stores, "one", "answer one")
    await stores.history.reset(replace(HERE, thread="other"))
    await stores.history.reset(replace(HERE, thread=""))

    assert await texts(stores, turn) == ["one", "answer one"]


async def test_a_withdrawn_message_goes_with_its_answer(stores: Stores) -> None:
    first = await answered(stores, "one", "answer one")
    turn = await answered(stores, "two", "answer two")

    assert await stores.history.withdraw(HERE, message_id="message of one") == first.id
    assert await texts(stores, turn) == ["two", "answer two"]


async def test_withdrawing_what_is_unknown_says_so(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    await stores.history.withdraw(HERE, message_id="message of one")

    assert await stores.history.withdraw(HERE, message_id="message of one") is None
    assert await stores.history.withdraw(HERE, message_id="never seen") is None
    assert await stores.history.withdraw(replace(HERE, channel="other"), message_id="message of one") is None


async def test_a_withdrawn_message_does_not_come_back(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    await stores.history.withdraw(HERE, message_id="message of one")

    assert await stores.turns.accept(said("one"), worker=ME) is None
    assert await stores.turns.accept(said("one", event_id="another"), worker=ME) is None


async def test_an_answer_to_a_withdrawn_message_is_not_kept(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))
    await stores.history.withdraw(HERE, message_id="message of one")
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.STOPPED, "It beg"), worker=ME)

    assert await texts(stores, turn) == []


async def test_a_turn_after_withdrawals_is_not_mistaken_for_an_earlier_one(stores: Stores) -> None:
    first = await answered(stores, "one", "answer one")
    await stores.history.withdraw(HERE, message_id="message of one")

    assert (await accepted(stores, said("two"))).id > first.id
