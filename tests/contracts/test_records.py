"""What `ports.History.record_of` promises: all that is stored of a person, and nothing of anybody else."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, ChatMessage, Level, QuotedMessage
from bot.engine.stored_text import as_stored
from bot.ports import Verdict
from tests.contracts.stores import HERE, IMPLEMENTATIONS, PIA, TOM, Stores, accepted, answered, said

ALONE = Address("discord", "", "dm")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


def quoting(text: str, *quotes: QuotedMessage, person: str = "p1", address: Address = HERE) -> ChatMessage:
    author = PIA if person == "p1" else TOM
    return as_stored(replace(said(text, person=author, address=address), quotes=quotes))


async def test_messages_come_with_where_and_the_answers_to_them(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    record = await stores.history.record_of("discord", "p1")

    assert [(message.text, message.answer, message.model, message.address) for message in record.messages] == [
        ("one", "answer one", "m", HERE)
    ]
    assert record.messages[0].said_at == stores.clock.utc()


async def test_answers_are_left_out_where_others_spoke_before(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    await answered(stores, "", "you are from CANARY", message=said("I am from CANARY", person=TOM))
    await answered(stores, "two", "Tom is from CANARY")
    record = await stores.history.record_of("discord", "p1")

    assert [message.answer for message in record.messages] == ["answer one", ""]
    assert [message.is_answer_left_out for message in record.messages] == [False, True]
    assert "CANARY" not in repr(record)


async def test_they_are_left_out_though_the_others_words_are_erased(stores: Stores) -> None:
    await answered(stores, "", "you are from CANARY", message=said("I am from CANARY", person=TOM, message_id="t"))
    await answered(stores, "two", "Tom is from CANARY")
    await stores.history.withdraw(HERE, message_id="t")

    assert "CANARY" not in repr(await stores.history.record_of("discord", "p1"))


async def test_what_a_message_quotes_is_not_in_it_nor_what_answers_that(stores: Stores) -> None:
    message = quoting("is that so?", QuotedMessage("I am from CANARY", "Tom", "p2"), address=ALONE)
    await answered(stores, "", "yes, from CANARY", message=replace(message, direct=True))
    await answered(stores, "", "CANARY, as I said", message=replace(said("where?", address=ALONE), direct=True))
    record = await stores.history.record_of("discord", "p1")

    assert [message.text for message in record.messages] == ["is that so?", "where?"]
    assert "CANARY" not in repr(record)


async def test_quotes_of_nobody_known_are_not_in_it(stores: Stores) -> None:
    await accepted(stores, quoting("so?", QuotedMessage("I am from CANARY")))

    assert "CANARY" not in repr(await stores.history.record_of("discord", "p1"))


async def test_words_that_others_quoted_are_in_it_and_nothing_of_the_others(stores: Stores) -> None:
    await accepted(
        stores,
        quoting("CANARY?", QuotedMessage("I am\n\nfrom Oslo", "Pia", "p1"), QuotedMessage("CANARY"), person="p2"),
    )
    record = await stores.history.record_of("discord", "p1")

    assert record.quoted == ("Pia: I am\n\nfrom Oslo",)
    assert "CANARY" not in repr(record)
    assert "p2" not in repr(record)


async def test_ratings_and_choices_are_in_it(stores: Stores) -> None:
    turn = await answered(stores, "", "hello", message=said("hi", person=TOM))
    await stores.answers.rate(turn.id, "p1", Verdict.BAD, reason="too short")
    await stores.answers.rate(turn.id, "p2", Verdict.GOOD, reason="CANARY")
    await stores.choices.choose(Level.ME, HERE, "p1", model="mine")
    await stores.choices.choose(Level.CHANNEL, HERE, "p1", model="ours")
    await stores.choices.choose(Level.ME, HERE, "p2", model="CANARY")
    record = await stores.history.record_of("discord", "p1")

    assert [(rated.verdict, rated.reason) for rated in record.ratings] == [("bad", "too short")]
    assert [(chosen.level, chosen.model) for chosen in record.choices] == [("me", "mine"), ("channel", "ours")]
    assert "CANARY" not in repr(record)


async def test_it_is_of_one_platform_and_gone_once_forgotten(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    await answered(stores, "", "there", message=said("two", address=replace(HERE, platform="slack")))
    await stores.history.forget_person("discord", "p1")

    assert (await stores.history.record_of("discord", "p1")).is_empty
    assert [each.text for each in (await stores.history.record_of("slack", "p1")).messages] == ["two"]


async def test_summaries_of_what_only_the_person_said_are_in_it(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    turn = await answered(stores, "two", "answer two")
    older = await stores.history.recent(turn.conversation_id, before_turn=turn.id)
    await stores.history.plan_cut(
        turn.conversation_id, model="m", from_turn=turn.id, summary="in short", rests_on=older
    )
    planned = (await stores.history.record_of("discord", "p1")).summaries
    await stores.history.cut(turn.conversation_id, model="m", from_turn=turn.id, dropped=2)
    kept = (await stores.history.record_of("discord", "p1")).summaries

    assert [(each.text, each.model, each.address, each.is_left_out) for each in planned] == [
        ("in short", "m", HERE, False)
    ]
    assert [each.text for each in kept] == ["in short"]
    assert (await stores.history.record_of("discord", "p2")).summaries == ()


async def test_summaries_that_may_repeat_others_are_told_of_and_left_out(stores: Stores) -> None:
    await answered(stores, "", "I see", message=said("I am from CANARY", person=TOM))
    turn = await answered(stores, "two", "answer two")
    older = await stores.history.recent(turn.conversation_id, before_turn=turn.id)
    await stores.history.plan_cut(
        turn.conversation_id, model="m", from_turn=turn.id, summary="Tom is from CANARY", rests_on=older
    )
    record = await stores.history.record_of("discord", "p1")

    assert [each.is_left_out for each in record.summaries] == [True]
    assert "CANARY" not in repr(record)
