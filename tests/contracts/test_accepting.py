"""What `ports.Turns` promises of accepting: once, however often it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, ChatMessage, CommandCall, Person, Picture, Turn
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, Stores, accepted, said

OTHER = "another worker"


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def test_an_accepted_message_becomes_a_turn(stores: Stores) -> None:
    message = said("hello")

    turn = await accepted(stores, message)

    assert turn == Turn(turn.id, turn.conversation_id, message)


async def test_pictures_stay_with_the_turn_that_was_accepted_and_are_stored_nowhere(stores: Stores) -> None:
    owl = Picture("owl.png", b"the owl itself")
    turn = await accepted(stores, replace(said("hello"), pictures=(owl,)))
    stored = await stores.turns.find(turn.id)

    assert turn.message.pictures == (owl,)
    assert stored
    assert stored.message.pictures == ()


async def test_a_redelivered_event_is_accepted_once(stores: Stores) -> None:
    await accepted(stores, said("hello"))

    assert await stores.turns.accept(said("hello"), worker=ME) is None
    assert await stores.elsewhere.accept(said("hello"), worker=OTHER) is None


async def test_a_message_under_two_event_ids_is_one_turn(stores: Stores) -> None:
    await accepted(stores, said("hello", event_id="mention"))

    assert await stores.turns.accept(said("hello", event_id="message"), worker=ME) is None


async def test_a_message_delivered_for_a_channel_and_its_thread_is_one_turn(stores: Stores) -> None:
    await accepted(stores, said("hello", event_id="1", address=replace(HERE, thread="")))

    assert await stores.turns.accept(said("hello", event_id="2"), worker=ME) is None


async def test_copies_of_a_message_that_reach_two_processes_together_are_one_turn(stores: Stores) -> None:
    copies = [said("hello", event_id=f"{number % 4}") for number in range(32)]
    turns = await asyncio.gather(
        *(stores.turns.accept(copy, worker=ME) for copy in copies),
        *(stores.elsewhere.accept(copy, worker=OTHER) for copy in copies),
    )

    assert len([turn for turn in turns if turn]) == 1


async def test_messages_that_reach_two_processes_together_share_their_conversation(stores: Stores) -> None:
    turns = await asyncio.gather(
        *(stores.turns.accept(said(f"a{number}"), worker=ME) for number in range(16)),
        *(stores.elsewhere.accept(said(f"b{number}"), worker=OTHER) for number in range(16)),
    )

    assert len({turn.conversation_id for turn in turns if turn}) == 1
    assert len({turn.id for turn in turns if turn}) == 32


@pytest.mark.parametrize(
    "elsewhere", [replace(HERE, channel="other"), replace(HERE, workspace="other"), replace(HERE, platform="slack")]
)
async def test_the_same_message_id_elsewhere_is_another_message(stores: Stores, elsewhere: Address) -> None:
    here = await accepted(stores, said("hello", message_id="1", event_id="a"))
    there = await accepted(stores, said("hello", message_id="1", event_id="b", address=elsewhere))

    assert here.conversation_id != there.conversation_id


async def test_turns_of_one_address_share_a_conversation_in_the_order_of_their_ids(stores: Stores) -> None:
    first = await accepted(stores, said("one"))
    second = await accepted(stores, said("two"))

    assert first.conversation_id == second.conversation_id
    assert first.id < second.id


async def test_a_redelivered_call_is_known(stores: Stores) -> None:
    call = CommandCall(event_id="1", address=HERE, person=PIA, command="help")

    assert await stores.turns.accept_call(call) is True
    assert await stores.turns.accept_call(call) is False


async def test_calls_of_different_events_are_both_new(stores: Stores) -> None:
    call = CommandCall(event_id="1", address=HERE, person=PIA, command="help")

    assert await stores.turns.accept_call(call) is True
    assert await stores.turns.accept_call(replace(call, event_id="2")) is True


async def test_an_open_turn_is_found_with_all_that_a_reply_needs(stores: Stores) -> None:
    message = ChatMessage(
        event_id="e",
        message_id="m",
        address=replace(HERE, thread=""),
        person=Person("p9", "Рита", is_admin=True, locale="ru"),
        text="שלום\nטקסט",
        direct=True,
        reply_to="m0",
    )
    turn = await accepted(stores, message)

    assert turn.message == message
    assert await stores.elsewhere.find(turn.id) == turn


async def test_an_unknown_turn_is_not_found(stores: Stores) -> None:
    assert await stores.turns.find(1) is None


async def test_the_open_turns_of_a_conversation_are_listed_oldest_first(stores: Stores) -> None:
    first = await accepted(stores, said("one"))
    await accepted(stores, said("elsewhere", address=replace(HERE, thread="other")))
    second = await accepted(stores, said("two"), worker=OTHER)

    assert list(await stores.turns.open_at(HERE)) == [first, second]
    assert list(await stores.turns.open_at(replace(HERE, thread=""))) == []


async def test_a_persons_open_turns_are_found_in_the_channels_threads(stores: Stores) -> None:
    first = await accepted(stores, said("one"))
    await accepted(stores, said("two", address=replace(HERE, channel="elsewhere")))

    assert list(await stores.turns.open_of(first.message.person.id, replace(HERE, thread=""))) == [first]
    assert list(await stores.turns.open_of("nobody", HERE)) == []
