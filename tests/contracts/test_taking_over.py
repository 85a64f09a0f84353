"""What `ports.Turns` promises when a process ends: its turns are taken over, once each, and hold nobody up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Post, QueueState, StoredAnswer, Turn, TurnState
from bot.ports import Turns
from bot.ports.turns import LEASE_S
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, Stores, accepted, said

DEAD = "a worker that ended"
ANSWER = StoredAnswer(TurnState.ANSWERED, "answer")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def orphan(stores: Stores, text: str, *, is_running: bool = False) -> Turn:
    """Accept a message in a worker that ends, and let a lease pass while the others look on."""
    turn = await accepted(stores, said(text), worker=DEAD)
    if is_running:
        assert list(await stores.turns.claim(DEAD, parallel=9)) == [turn.id]
    await lease_passes(stores)
    return turn


async def lease_passes(stores: Stores, seconds: float = LEASE_S) -> None:
    """Let so much time pass, at the beginning of which both processes look at the leases of others."""
    for turns in (stores.turns, stores.elsewhere):
        await turns.look("whoever looks")
    stores.clock.advance(seconds)


async def adopted(turns: Turns, *, worker: str = ME, platform: str = "discord") -> list[Turn]:
    return list(await turns.adopt(worker, platform=platform))


async def test_a_turn_whose_lease_lasts_is_nobody_elses(stores: Stores) -> None:
    await accepted(stores, said("one"), worker=DEAD)
    await lease_passes(stores, LEASE_S - 0.001)

    assert await adopted(stores.turns) == []


async def test_an_orphan_is_taken_over_with_all_that_a_reply_needs(stores: Stores) -> None:
    turn = await accepted(stores, said("one"), worker=DEAD)
    await stores.turns.note_post(turn.id, Post("turn-1:0", "9"))
    await lease_passes(stores)

    assert await adopted(stores.elsewhere) == [replace(turn, attempt=1, posts=(Post("turn-1:0", "9"),))]


async def test_orphans_are_taken_over_oldest_first(stores: Stores) -> None:
    turns = [await accepted(stores, said(f"{number}"), worker=DEAD) for number in range(3)]
    await lease_passes(stores)

    assert [turn.id for turn in await adopted(stores.turns)] == [turn.id for turn in turns]


async def test_each_orphan_is_taken_over_by_one_worker_only(stores: Stores) -> None:
    for number in range(20):
        await accepted(stores, said(f"{number}"), worker=DEAD)
    await lease_passes(stores)
    took = await asyncio.gather(
        *(adopted(stores.turns, worker=f"a{number}") for number in range(4)),
        *(adopted(stores.elsewhere, worker=f"b{number}") for number in range(4)),
    )

    ids = [turn.id for turns in took for turn in turns]
    assert len(ids) == len(set(ids)) == 20


async def test_orphans_of_another_platform_are_left_alone(stores: Stores) -> None:
    await orphan(stores, "one")

    assert await adopted(stores.turns, platform="slack") == []


async def test_what_was_taken_over_is_its_new_owners_for_a_lease(stores: Stores) -> None:
    turn = await orphan(stores, "one", is_running=True)
    await adopted(stores.turns)
    await lease_passes(stores, LEASE_S - 0.001)

    assert await adopted(stores.elsewhere, worker="third") == []
    assert (await stores.turns.look(ME)).positions == {turn.id: 1}
    assert list(await stores.turns.claim(ME, parallel=1)) == [turn.id]
    assert await stores.turns.finish(turn.id, ANSWER, worker=ME) is True


async def test_the_attempts_are_counted(stores: Stores) -> None:
    await orphan(stores, "one")
    await adopted(stores.turns)
    await lease_passes(stores)
    (turn,) = await adopted(stores.elsewhere, worker="third")

    assert turn.attempt == 2


async def test_who_only_slept_has_lost_what_was_taken_over(stores: Stores) -> None:
    turn = await orphan(stores, "one", is_running=True)
    await adopted(stores.turns)
    await stores.elsewhere.renew(DEAD)

    assert await stores.elsewhere.finish(turn.id, ANSWER, worker=DEAD) is False
    assert (await stores.elsewhere.look(DEAD)).owned == set()
    await stores.elsewhere.release(turn.id, worker=DEAD)
    assert (await stores.turns.look(ME)).owned == {turn.id}


async def test_who_only_slept_keeps_what_nobody_took(stores: Stores) -> None:
    turn = await orphan(stores, "one", is_running=True)

    assert await stores.elsewhere.finish(turn.id, ANSWER, worker=DEAD) is True


async def test_nobody_takes_over_from_themselves(stores: Stores) -> None:
    turn = await orphan(stores, "one")

    assert await adopted(stores.turns, worker=DEAD) == []
    await stores.turns.renew(DEAD)
    assert list(await stores.turns.claim(DEAD, parallel=1)) == [turn.id]


async def test_a_renewed_lease_lasts_from_when_it_is_seen(stores: Stores) -> None:
    await accepted(stores, said("one"), worker=DEAD)
    await lease_passes(stores, 8)
    await stores.turns.renew(DEAD)
    await lease_passes(stores, 9.999)
    before = await adopted(stores.turns)
    stores.clock.advance(0.001)

    assert before == []
    assert len(await adopted(stores.turns)) == 1


@pytest.mark.parametrize("days", [-1, 1, 400, -1 / 24, 1 / 24])
async def test_a_clock_that_jumps_loses_no_lease_that_is_renewed(stores: Stores, days: float) -> None:
    await accepted(stores, said("one"), worker=DEAD)
    taken = []
    for _ in range(8):
        await lease_passes(stores, 2.5)
        stores.clock.jump(days)
        taken += await adopted(stores.elsewhere)
        await stores.turns.renew(DEAD)
        stores.clock.jump(-days)
        taken += await adopted(stores.elsewhere)

    assert taken == []


@pytest.mark.parametrize("days", [-1, 1, -400])
async def test_an_orphan_is_taken_over_though_the_clock_was_turned(stores: Stores, days: float) -> None:
    turn = await accepted(stores, said("one"), worker=DEAD)
    stores.clock.jump(days)
    await lease_passes(stores)

    assert [found.id for found in await adopted(stores.elsewhere)] == [turn.id]


@pytest.mark.parametrize("is_running", [True, False])
async def test_a_clock_that_jumps_gives_nobodys_place_away(stores: Stores, *, is_running: bool) -> None:
    first = await accepted(stores, said("one"), worker=DEAD)
    if is_running:
        await stores.turns.claim(DEAD, parallel=1)
    await accepted(stores, said("two", address=replace(HERE, thread="other")))
    stores.clock.jump(1)

    assert list(await stores.elsewhere.claim(ME, parallel=1)) == []
    assert (await stores.elsewhere.look(ME)).waiting == (1 if is_running else 2)
    assert (await stores.turns.look(DEAD)).owned == {first.id}


async def test_who_has_just_begun_to_look_takes_nobody_for_dead(stores: Stores) -> None:
    await accepted(stores, said("one"), worker=DEAD)
    stores.clock.advance(LEASE_S * 100)

    assert await adopted(stores.elsewhere) == []


async def test_who_has_not_looked_for_longer_than_a_lease_begins_anew(stores: Stores) -> None:
    await orphan(stores, "one")
    stores.clock.advance(1)
    stopped_with_it = await adopted(stores.turns)
    stores.clock.advance(LEASE_S)

    assert stopped_with_it == []
    assert len(await adopted(stores.turns)) == 1


async def test_a_lease_is_renewed_on_the_workers_own_turns_only(stores: Stores) -> None:
    await accepted(stores, said("one"), worker=DEAD)
    await stores.turns.renew(ME)
    await lease_passes(stores)

    assert len(await adopted(stores.turns)) == 1


async def test_a_released_turn_is_an_orphan_at_once(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))
    await stores.turns.claim(ME, parallel=1)
    await stores.turns.release(turn.id, worker=ME)

    assert (await stores.turns.look(ME)) == QueueState(frozenset(), frozenset(), {}, 0)
    assert await stores.turns.finish(turn.id, ANSWER, worker=ME) is False
    assert [found.id for found in await adopted(stores.turns)] == [turn.id]


async def test_only_the_owner_releases(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))
    await stores.turns.release(turn.id, worker=DEAD)

    assert (await stores.turns.look(ME)).owned == {turn.id}


async def test_a_closed_turn_is_not_released(stores: Stores) -> None:
    turn = await accepted(stores, said("one"))
    await stores.turns.finish(turn.id, ANSWER, worker=ME)
    await stores.turns.release(turn.id, worker=ME)

    assert await adopted(stores.turns, worker="third") == []


async def test_an_orphan_is_its_new_owners_candidate_alone(stores: Stores) -> None:
    turn = await orphan(stores, "one")
    await adopted(stores.turns)

    assert list(await stores.elsewhere.claim(DEAD, parallel=9)) == []
    assert list(await stores.turns.claim(ME, parallel=9)) == [turn.id]


@pytest.mark.parametrize("is_running", [True, False])
async def test_an_orphan_takes_no_place(stores: Stores, *, is_running: bool) -> None:
    await orphan(stores, "one", is_running=is_running)
    other = await accepted(stores, said("two", address=replace(HERE, thread="other")))

    assert (await stores.turns.look(ME)).waiting == 1
    assert list(await stores.turns.claim(ME, parallel=1)) == [other.id]


@pytest.mark.parametrize("is_running", [True, False])
async def test_what_was_asked_after_an_orphan_waits_until_that_is_answered(stores: Stores, *, is_running: bool) -> None:
    first = await orphan(stores, "one", is_running=is_running)
    second = await accepted(stores, said("two"))
    before = list(await stores.turns.claim(ME, parallel=9))
    await adopted(stores.turns)
    taken_over = list(await stores.turns.claim(ME, parallel=9))
    await stores.turns.finish(first.id, ANSWER, worker=ME)

    assert (before, taken_over) == ([], [first.id])
    assert list(await stores.turns.claim(ME, parallel=9)) == [second.id]


async def test_what_is_taken_over_comes_before_later_turns_of_its_conversation(stores: Stores) -> None:
    first = await orphan(stores, "one", is_running=True)
    await accepted(stores, said("two"))
    await adopted(stores.turns)

    assert list(await stores.turns.claim(ME, parallel=9)) == [first.id]


async def test_a_stop_outlives_the_process_it_was_meant_for(stores: Stores) -> None:
    turn = await orphan(stores, "one")
    await stores.turns.stop(turn.id)
    await adopted(stores.turns)

    assert (await stores.turns.look(ME)).stopped == {turn.id}


async def test_an_orphan_whose_question_was_withdrawn_ends(stores: Stores) -> None:
    turn = await orphan(stores, "one")
    await stores.history.withdraw(HERE, message_id="message of one")

    assert await adopted(stores.turns) == []
    assert await stores.turns.find(turn.id) is None
