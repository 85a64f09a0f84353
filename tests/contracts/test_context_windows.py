"""What `ports.History` promises of context windows: where each model's reading begins, and what stands for the rest."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import ContextWindow, QuotedMessage, StoredMessage, Turn
from bot.engine.stored_text import as_stored
from bot.ports import EVERY_TURN
from tests.contracts.stores import HERE, IMPLEMENTATIONS, TOM, Stores, answered, said

MODEL = "m"


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def three(stores: Stores) -> list[Turn]:
    """Have three questions answered: Pia's, Tom's, Pia's."""
    return [
        await answered(stores, "one", "answer one"),
        await answered(stores, "", "answer two", message=said("two", person=TOM)),
        await answered(stores, "three", "answer three"),
    ]


async def context(stores: Stores, turn: Turn) -> list[StoredMessage]:
    return list(await stores.history.recent(turn.conversation_id, before_turn=EVERY_TURN))


async def window(stores: Stores, turn: Turn, *, model: str = MODEL) -> ContextWindow:
    return await stores.history.window(turn.conversation_id, model=model)


async def planned(stores: Stores, turn: Turn, *, summary: str = "in short", model: str = MODEL) -> bool:
    """Keep a summary of what is older than a turn."""
    older = [each for each in await context(stores, turn) if each.turn < turn.id]
    return await stores.history.plan_cut(
        turn.conversation_id, model=model, from_turn=turn.id, summary=summary, rests_on=older
    )


async def cut(stores: Stores, turn: Turn, *, dropped: int = 2, model: str = MODEL) -> None:
    await stores.history.cut(turn.conversation_id, model=model, from_turn=turn.id, dropped=dropped)


async def summaries(stores: Stores, turn: Turn) -> tuple[str, str]:
    found = await window(stores, turn)
    return found.summary, found.next_summary


async def test_a_model_reads_all_of_a_conversation_at_first(stores: Stores) -> None:
    _, second, _ = await three(stores)

    assert await window(stores, second) == ContextWindow()


async def test_a_cut_says_where_the_window_begins_and_when_how_much_was_dropped(stores: Stores) -> None:
    _, second, third = await three(stores)
    await cut(stores, second)
    stores.clock.advance(60)
    await cut(stores, third)

    assert await window(stores, second) == ContextWindow(from_turn=third.id, dropped=4, cut_at=stores.clock.utc())


async def test_what_no_model_reads_any_more_leaves_the_context_and_nothing_else(stores: Stores) -> None:
    _, second, third = await three(stores)
    await stores.history.calibrate(second.conversation_id, model="larger", bytes_per_token=4.5)
    await cut(stores, third)
    read_by_larger = len(await context(stores, second))
    await cut(stores, second, model="larger")

    assert read_by_larger == 6
    assert [message.turn for message in await context(stores, second)] == [second.id, second.id, third.id, third.id]


async def test_a_cut_never_moves_back(stores: Stores) -> None:
    _, second, third = await three(stores)
    await cut(stores, third, dropped=4)
    await cut(stores, second)
    found = await window(stores, second)

    assert (found.from_turn, found.dropped) == (third.id, 4)


async def test_a_summary_made_ahead_stands_for_what_is_cut_there(stores: Stores) -> None:
    _, second, _ = await three(stores)
    assert await planned(stores, second)
    before = await window(stores, second)
    await cut(stores, second)
    after = await window(stores, second)

    assert (before.next_turn, before.next_summary, before.summary) == (second.id, "in short", "")
    assert (after.next_turn, after.next_summary, after.summary) == (0, "", "in short")


async def test_a_summary_made_ahead_says_nothing_of_another_cut(stores: Stores) -> None:
    _, second, third = await three(stores)
    await planned(stores, second)
    await cut(stores, third)

    assert await summaries(stores, second) == ("", "")


async def test_a_summary_of_words_that_are_gone_is_not_kept(stores: Stores) -> None:
    _, second, _ = await three(stores)
    older = [each for each in await context(stores, second) if each.turn < second.id]
    await stores.history.withdraw(HERE, message_id="message of one")
    kept = await stores.history.plan_cut(
        second.conversation_id, model=MODEL, from_turn=second.id, summary="CANARY", rests_on=older
    )

    assert kept is False
    assert await summaries(stores, second) == ("", "")


@pytest.mark.parametrize("is_cut", [False, True])
async def test_a_summary_goes_with_a_message_it_rests_on(stores: Stores, *, is_cut: bool) -> None:
    _, second, _ = await three(stores)
    await planned(stores, second)
    if is_cut:
        await cut(stores, second)
    await stores.history.withdraw(HERE, message_id="message of one")

    assert await summaries(stores, second) == ("", "")


@pytest.mark.parametrize("is_cut", [False, True])
async def test_a_summary_outlives_what_it_does_not_rest_on(stores: Stores, *, is_cut: bool) -> None:
    _, second, _ = await three(stores)
    await planned(stores, second)
    if is_cut:
        await cut(stores, second)
    await stores.history.withdraw(HERE, message_id="message of three")
    await stores.history.withdraw(HERE, message_id="message of two")

    assert "in short" in await summaries(stores, second)


async def test_a_summary_goes_with_the_words_of_a_person_who_is_forgotten(stores: Stores) -> None:
    _, _, third = await three(stores)
    await planned(stores, third)
    await cut(stores, third)
    await stores.history.forget_person("discord", TOM.id)

    assert await summaries(stores, third) == ("", "")


async def test_a_summary_goes_with_what_was_quoted_of_a_person_who_is_forgotten(stores: Stores) -> None:
    quoting = as_stored(replace(said("so?"), quotes=(QuotedMessage("CANARY", "Tom", TOM.id),)))
    await answered(stores, "", "I see", message=quoting)
    second = await answered(stores, "two", "answer two")
    await planned(stores, second)
    await stores.history.forget_person("discord", TOM.id)

    assert await summaries(stores, second) == ("", "")


async def test_a_summary_goes_with_what_is_too_old(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    stores.clock.advance(3600)
    second = await answered(stores, "two", "answer two")
    await planned(stores, second)
    await cut(stores, second)
    await stores.history.expire(before=stores.clock.utc() - timedelta(minutes=30))

    assert await summaries(stores, second) == ("", "")


async def test_a_reset_leaves_no_window_and_no_summary(stores: Stores) -> None:
    _, second, third = await three(stores)
    await planned(stores, second)
    await cut(stores, second)
    await planned(stores, third)
    await stores.history.reset(HERE)
    # What was under way when that came has no say.
    await cut(stores, third)
    await planned(stores, third)

    assert await window(stores, second) == ContextWindow()


async def test_each_model_has_its_own_window(stores: Stores) -> None:
    _, second, third = await three(stores)
    await cut(stores, second)
    await cut(stores, third, model="smaller")
    await stores.history.calibrate(second.conversation_id, model="smaller", bytes_per_token=4.5)
    smaller, larger = await window(stores, second, model="smaller"), await window(stores, second)

    assert (larger.from_turn, larger.bytes_per_token) == (second.id, 0)
    assert (smaller.from_turn, smaller.bytes_per_token) == (third.id, 4.5)


async def test_where_nothing_was_said_there_is_no_conversation_and_no_window(stores: Stores) -> None:
    await stores.history.cut(EVERY_TURN, model=MODEL, from_turn=3, dropped=2)
    await stores.history.calibrate(EVERY_TURN, model=MODEL, bytes_per_token=4.5)

    assert await stores.history.conversation_at(HERE) is None
    assert await stores.history.window(EVERY_TURN, model=MODEL) == ContextWindow()


async def test_a_conversation_is_found_by_where_it_is_held(stores: Stores) -> None:
    turn = await answered(stores, "one", "answer one")

    assert await stores.history.conversation_at(HERE) == turn.conversation_id
    assert await stores.history.conversation_at(replace(HERE, thread="other")) is None
