"""What `ports.History.forget_person` promises of answers to others, which may repeat what the person said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import Address, StoredAnswer, Turn, TurnState
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, answered, said

LATER = 1_000_000
ELSEWHERE = Address("discord", "guild", "another channel")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def toms(stores: Stores, text: str, answer: str, *, address: Address = HERE) -> Turn:
    return await answered(stores, text, answer, message=said(text, person=TOM, address=address))


async def texts(stores: Stores, turn: Turn) -> list[str]:
    return [message.text for message in await stores.history.recent(turn.conversation_id, before_turn=LATER)]


async def forget_pia(stores: Stores) -> int:
    return await stores.history.forget_person("discord", PIA.id)


async def test_answers_that_may_repeat_the_person_go_and_their_questions_stay(stores: Stores) -> None:
    await answered(stores, "I am from Oslo", "noted")
    turn = await toms(stores, "hello", "hello, and Pia is from Oslo")
    await forget_pia(stores)

    assert await texts(stores, turn) == ["hello"]


async def test_only_the_persons_own_words_and_answers_are_counted(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    await toms(stores, "two", "answer two")

    assert await forget_pia(stores) == 2


async def test_what_was_answered_before_the_person_spoke_stays(stores: Stores) -> None:
    turn = await toms(stores, "hello", "hello, Tom")
    await answered(stores, "I am from Oslo", "noted")
    await forget_pia(stores)

    assert await texts(stores, turn) == ["hello", "hello, Tom"]


async def test_conversations_the_person_never_spoke_in_stay(stores: Stores) -> None:
    await answered(stores, "I am from Oslo", "noted")
    turn = await toms(stores, "hello", "hello, Tom", address=ELSEWHERE)
    await forget_pia(stores)

    assert await texts(stores, turn) == ["hello", "hello, Tom"]


async def test_an_answer_that_is_being_written_is_not_kept(stores: Stores) -> None:
    await answered(stores, "I am from Oslo", "noted")
    running = await accepted(stores, said("hello", person=TOM))
    await stores.turns.claim(ME, parallel=4)
    await forget_pia(stores)
    is_closed = await stores.turns.finish(running.id, StoredAnswer(TurnState.ANSWERED, "Pia is from Oslo"), worker=ME)

    assert is_closed
    assert await texts(stores, running) == ["hello"]


async def test_an_answer_that_begins_afterwards_is_kept(stores: Stores) -> None:
    await answered(stores, "I am from Oslo", "noted")
    waiting = await accepted(stores, said("hello", person=TOM))
    await forget_pia(stores)
    await stores.turns.claim(ME, parallel=4)
    await stores.turns.finish(waiting.id, StoredAnswer(TurnState.ANSWERED, "hello, Tom"), worker=ME)

    assert await texts(stores, waiting) == ["hello", "hello, Tom"]
