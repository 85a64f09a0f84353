"""What `ports.History` promises of erasing people and what is old."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Address, Choice, Level, StoredAnswer, Turn, TurnState
from tests.clocks import NOON
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, TOM, Stores, accepted, answered, said

LATER = 1_000_000
ANSWER = StoredAnswer(TurnState.ANSWERED, "answer")
GUILD_2 = replace(HERE, workspace="guild 2")
SLACK = replace(HERE, platform="slack")
HOUR_S = 3600
SOON = NOON + timedelta(seconds=1)


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def texts(stores: Stores, turn: Turn) -> list[str]:
    return [message.text for message in await stores.history.recent(turn.conversation_id, before_turn=LATER)]


async def everywhere(stores: Stores) -> list[Turn]:
    """Let Pia say something in two workspaces of a platform, and on another."""
    return [
        await answered(stores, name, f"answer {name}", message=said(name, address=address))
        for name, address in (("one", HERE), ("two", GUILD_2), ("three", SLACK))
    ]


async def test_a_persons_words_and_the_answers_to_them_are_erased(stores: Stores) -> None:
    turn = await answered(stores, "one", "answer one", message=said("one", person=TOM))
    await answered(stores, "two", "answer two")
    await answered(stores, "three", "answer three")

    assert await stores.history.forget_person("discord", "p1") == 4
    assert await texts(stores, turn) == ["one", "answer one"]
    assert await stores.history.forget_person("discord", "p1") == 0


async def test_a_person_is_forgotten_on_one_platform(stores: Stores) -> None:
    turns = await everywhere(stores)

    assert await stores.history.forget_person("discord", "p1") == 4
    assert [await texts(stores, turn) for turn in turns] == [[], [], ["three", "answer three"]]


async def test_a_person_is_forgotten_in_one_workspace(stores: Stores) -> None:
    turns = await everywhere(stores)

    assert await stores.history.forget_person("discord", "p1", workspace="guild") == 2
    assert [await texts(stores, turn) for turn in turns] == [[], ["two", "answer two"], ["three", "answer three"]]


async def test_an_erased_message_does_not_come_back(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    await stores.history.forget_person("discord", "p1")

    assert await stores.turns.accept(said("one"), worker=ME) is None


async def test_an_open_turn_of_a_person_who_is_forgotten_ends_without_words(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))

    assert await stores.history.forget_person("discord", "p1") == 1
    assert (await stores.turns.look(ME)).stopped == {turn.id}
    await stores.turns.finish(turn.id, ANSWER, worker=ME)
    assert await texts(stores, turn) == []


async def test_a_persons_own_choices_are_erased_and_no_others(stores: Stores) -> None:
    await stores.choices.choose(Level.ME, HERE, "p1", model="mine")
    await stores.choices.choose(Level.ME, HERE, "p2", model="his")
    await stores.choices.choose(Level.ME, SLACK, "p1", model="there")
    await stores.history.forget_person("discord", "p1")

    assert list(await stores.choices.chain(HERE, "p1")) == []
    assert list(await stores.choices.chain(HERE, "p2")) == [Choice(Level.ME, "his", "p2")]
    assert list(await stores.choices.chain(SLACK, "p1")) == [Choice(Level.ME, "there", "p1")]


async def test_a_choice_for_others_stays_and_is_nobodys(stores: Stores) -> None:
    await stores.choices.choose(Level.CHANNEL, HERE, "p1", model="ours")
    await stores.history.forget_person("discord", "p1")

    assert list(await stores.choices.chain(HERE, "p2")) == [Choice(Level.CHANNEL, "ours", "")]


async def test_what_is_older_is_erased_and_what_is_not_stays(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    stores.clock.advance(HOUR_S)
    turn = await answered(stores, "two", "answer two")

    assert await stores.history.expire(before=NOON) == 0
    assert await stores.history.expire(before=NOON + timedelta(hours=1)) == 2
    assert await texts(stores, turn) == ["two", "answer two"]


async def test_more_than_one_batch_is_erased(stores: Stores) -> None:
    messages = [said(f"{number}", address=replace(HERE, thread=f"{number % 7}")) for number in range(600)]
    await asyncio.gather(*(accepted(stores, message) for message in messages))
    stores.clock.advance(HOUR_S)

    assert await stores.history.expire(before=SOON) == 600
    assert list(await stores.turns.open_at(replace(HERE, thread="0"))) == []


@pytest.mark.parametrize(
    ("platform", "workspace", "left"), [("discord", "", 1), ("discord", "guild", 2), ("slack", "", 2), ("", "", 0)]
)
async def test_what_is_older_is_erased_in_one_place(stores: Stores, platform: str, workspace: str, left: int) -> None:
    turns = await everywhere(stores)

    await stores.history.expire(before=SOON, platform=platform, workspace=workspace)
    assert len([turn for turn in turns if await texts(stores, turn)]) == left


async def test_an_event_that_is_older_is_forgotten(stores: Stores) -> None:
    await answered(stores, "one", "answer one")
    await stores.history.expire(before=SOON)

    assert await stores.turns.accept(said("one"), worker=ME) is not None


async def test_a_turn_at_work_is_kept_with_its_event(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))

    assert await stores.history.expire(before=SOON) == 0
    assert await stores.turns.accept(said("one"), worker=ME) is None
    assert await stores.turns.finish(turn.id, ANSWER, worker=ME) is True


async def test_a_turn_nobody_took_over_expires(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))
    stores.clock.advance(HOUR_S)

    assert await stores.history.expire(before=SOON) == 1
    assert await stores.turns.find(turn.id) is None
    assert list(await stores.turns.adopt("another", platform="discord")) == []


async def test_a_conversation_that_begins_anew_after_it_expired_is_another(stores: Stores) -> None:
    before = await answered(stores, "one", "answer one")
    await stores.history.reset(HERE)
    await stores.history.expire(before=SOON)
    after = await answered(stores, "two", "answer two")

    assert after.id > before.id
    assert after.conversation_id > before.conversation_id
    assert await texts(stores, after) == ["two", "answer two"]


async def test_choices_do_not_expire(stores: Stores) -> None:
    await stores.choices.choose(Level.CHANNEL, Address("discord", "guild", "channel"), "p1", model="ours")
    await stores.history.expire(before=SOON)

    assert len(await stores.choices.chain(HERE, "p1")) == 1
