"""What `ports.Turns` promises of people side by side, of lanes, and of the order in which answers begin."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import BEGUN, Address, Claimed, HostRoom, ModelWish, Person, Post, StoredAnswer, Turn, TurnState
from bot.ports import Turns
from bot.ports.turns import LEASE_S
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, said

OTHER = "another worker"
ANSWER = StoredAnswer(TurnState.ANSWERED, "answer")
IDA = Person("p3", "Ida")
SLOW = HostRoom("slow", 1, frozenset({"big"}), frozenset({"big"}))
FAST = HostRoom("fast", 2, frozenset({"small", "tiny"}), frozenset({"small"}))


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


def room(name: str) -> Address:
    return replace(HERE, thread=name)


async def asked(
    stores: Stores, text: str, *, at: str = "room", person: Person = PIA, worker: str = ME, direct: bool = False
) -> Turn:
    message = said(text, address=room(at), person=person)
    return await accepted(stores, replace(message, direct=direct), worker=worker)


async def hosts(turns: Turns, wanted: Mapping[int, str], *rooms: HostRoom, worker: str = ME) -> dict[int, str]:
    """Claim for these models; return where each turn that may run goes."""
    models = {turn_id: ModelWish(model) for turn_id, model in wanted.items()}
    claimed = await turns.claim(worker, parallel=9, rooms=rooms, wanted=models)
    return {turn_id: each.host for turn_id, each in claimed.items()}


async def test_people_in_one_conversation_run_side_by_side(stores: Stores) -> None:
    turns = [await asked(stores, person.name, person=person) for person in (PIA, TOM, IDA)]

    assert list(await stores.turns.claim(ME, parallel=2)) == [turn.id for turn in turns[:2]]
    assert list(await stores.turns.claim(ME, parallel=9)) == [turns[2].id]


async def test_one_persons_turns_stay_in_order_beside_anothers(stores: Stores) -> None:
    first, second = await asked(stores, "one"), await asked(stores, "two")
    toms = await asked(stores, "three", person=TOM)

    assert list(await stores.turns.claim(ME, parallel=9)) == [first.id, toms.id]
    await stores.turns.finish(toms.id, ANSWER, worker=ME)
    assert list(await stores.turns.claim(ME, parallel=9)) == []
    await stores.turns.finish(first.id, ANSWER, worker=ME)
    assert list(await stores.turns.claim(ME, parallel=9)) == [second.id]


async def test_the_turns_of_a_direct_message_stay_in_order_whoever_they_are_of(stores: Stores) -> None:
    first = await asked(stores, "one", direct=True)
    await asked(stores, "two", person=TOM, direct=True)

    assert list(await stores.turns.claim(ME, parallel=9)) == [first.id]


async def test_an_orphan_holds_up_its_person_and_nobody_else(stores: Stores) -> None:
    await asked(stores, "one", worker="dead")
    await stores.turns.look(ME)
    stores.clock.advance(LEASE_S)
    await asked(stores, "two")
    toms = await asked(stores, "three", person=TOM)

    assert list(await stores.turns.claim(ME, parallel=9)) == [toms.id]


async def test_a_turn_reads_what_was_answered_before_it_and_later_ones_read_all_in_order(stores: Stores) -> None:
    first, second = await asked(stores, "one"), await asked(stores, "two", person=TOM)
    third = await asked(stores, "three", person=IDA)
    await stores.turns.finish(second.id, replace(ANSWER, text="second"), worker=ME)
    begun = await stores.history.recent(third.conversation_id, before_turn=third.id)
    await stores.turns.finish(first.id, replace(ANSWER, text="first"), worker=ME)
    later = await stores.history.recent(third.conversation_id, before_turn=third.id)

    assert [message.text for message in begun] == ["two", "second"]
    assert [message.text for message in later] == ["one", "first", "two", "second"]


async def test_a_claim_says_which_answers_begin_before(stores: Stores) -> None:
    first, second = await asked(stores, "one"), await asked(stores, "two")
    toms, idas = await asked(stores, "three", person=TOM), await asked(stores, "four", person=IDA)
    await asked(stores, "elsewhere", at="other", person=TOM)
    await stores.turns.note_post(first.id, Post(f"turn-{first.id}:0", "b1"))
    await stores.turns.note_post(second.id, Post(f"turn-{second.id}:in line", "b2"))
    await stores.turns.note_post(second.id, Post(f"turn-{second.id}:0", BEGUN))
    claimed = await stores.turns.claim(ME, parallel=9)

    assert claimed[first.id] == Claimed()
    assert claimed[toms.id].ahead == {second.id}
    assert claimed[idas.id].ahead == {second.id, toms.id}
    assert len(claimed) == 4


async def test_a_look_follows_who_has_a_place_by_now(stores: Stores) -> None:
    first, second = await asked(stores, "one"), await asked(stores, "two", person=TOM)
    before = (await stores.turns.look(ME)).ahead
    await stores.turns.note_post(first.id, Post(f"turn-{first.id}:0", "b1"))

    assert before == {second.id: {first.id}}
    assert (await stores.turns.look(ME)).ahead == {}


@pytest.mark.parametrize("ends", ["finished", "never begun"])
async def test_nobody_shows_before_an_answer_that_is_over(stores: Stores, ends: str) -> None:
    first, second = await asked(stores, "one"), await asked(stores, "two", person=TOM)
    if ends == "finished":
        await stores.turns.finish(first.id, ANSWER, worker=ME)
    else:
        await stores.history.withdraw(room("room"), message_id="message of one")
        await stores.turns.finish(first.id, StoredAnswer(TurnState.STOPPED, ""), worker=ME)

    assert (await stores.turns.claim(ME, parallel=9))[second.id].ahead == frozenset()


async def test_another_workers_running_turn_behind_one_is_told(stores: Stores) -> None:
    first = await asked(stores, "one")
    await asked(stores, "two", person=TOM, worker=OTHER)
    before = (await stores.turns.look(ME)).followed
    await stores.elsewhere.claim(OTHER, parallel=9)
    behind = (await stores.turns.look(ME)).followed
    await stores.turns.note_post(first.id, Post(f"turn-{first.id}:0", "b1"))

    assert not before
    assert behind == {first.id}
    assert (await stores.turns.look(ME)).followed == frozenset()


async def test_a_slow_host_does_not_hold_every_place(stores: Stores) -> None:
    big = [await asked(stores, f"big {number}", at=f"{number}") for number in range(4)]
    small = await asked(stores, "small", at="small")
    wanted = {turn.id: "big" for turn in big} | {small.id: "small"}

    assert await hosts(stores.turns, wanted, SLOW, FAST) == {big[0].id: "slow", small.id: "fast"}
    assert await hosts(stores.turns, wanted, SLOW, FAST) == {}


async def test_another_processs_line_for_a_full_host_holds_nobody_up(stores: Stores) -> None:
    big = [await asked(stores, f"big {number}", at=f"{number}") for number in range(4)]
    await hosts(stores.turns, {turn.id: "big" for turn in big}, SLOW, FAST)
    small = await asked(stores, "small", at="small", worker=OTHER)

    assert await hosts(stores.elsewhere, {small.id: "small"}, SLOW, FAST, worker=OTHER) == {small.id: "fast"}


async def test_the_places_of_a_host_are_counted_over_processes(stores: Stores) -> None:
    ids = {OTHER: dict[int, str](), ME: dict[int, str]()}
    for number in range(8):
        worker = [ME, OTHER][number % 2]
        ids[worker][(await asked(stores, f"{number}", at=f"{number}", worker=worker)).id] = "small"
    together = await asyncio.gather(
        *(hosts(stores.turns, ids[ME], FAST, worker=ME) for _ in range(3)),
        *(hosts(stores.elsewhere, ids[OTHER], FAST, worker=OTHER) for _ in range(3)),
    )

    assert sum(map(len, together)) == FAST.slots


async def test_a_turn_whose_model_is_not_chosen_yet_is_passed_over(stores: Stores) -> None:
    await asked(stores, "one", at="one")
    second = await asked(stores, "two", at="two")

    assert await hosts(stores.turns, {second.id: "small"}, FAST) == {second.id: "fast"}


async def test_a_model_that_no_host_has_takes_no_hosts_place(stores: Stores) -> None:
    turn = await asked(stores, "one")

    assert await hosts(stores.turns, {turn.id: "gone"}, SLOW, FAST) == {turn.id: ""}


async def test_a_conversation_goes_back_to_the_host_that_has_read_it(stores: Stores) -> None:
    twins = [HostRoom(name, 4, frozenset({"small"}), frozenset({"small"})) for name in ("one", "two")]
    first = await asked(stores, "first")
    await stores.turns.finish(first.id, replace(ANSWER, host="two"), worker=ME)
    second = await asked(stores, "second")
    full = replace(twins[1], slots=1)

    assert await hosts(stores.elsewhere, {second.id: "small"}, *twins, worker=OTHER) == {}
    assert await hosts(stores.turns, {second.id: "small"}, *twins) == {second.id: "two"}
    toms = await asked(stores, "third", person=TOM)
    assert await hosts(stores.turns, {toms.id: "small"}, twins[0], full) == {toms.id: "one"}


async def test_new_conversations_are_spread_over_hosts_that_are_idle(stores: Stores) -> None:
    twins = [HostRoom(name, 4, frozenset({"small"}), frozenset({"small"})) for name in ("one", "two")]
    went = []
    for number in range(8):
        turn = await asked(stores, f"{number}", at=f"{number}")
        host = (await hosts(stores.turns, {turn.id: "small"}, *twins))[turn.id]
        await stores.turns.finish(turn.id, replace(ANSWER, host=host), worker=ME)
        went.append(host)

    assert went == ["one", "two"] * 4


async def test_a_turn_handed_back_gives_its_hosts_place_back(stores: Stores) -> None:
    big = [await asked(stores, f"big {number}", at=f"{number}") for number in range(2)]
    wanted = {turn.id: "big" for turn in big}
    await hosts(stores.turns, wanted, SLOW)
    await stores.turns.release(big[0].id, worker=ME)

    assert await hosts(stores.turns, wanted, SLOW) == {big[1].id: "slow"}


async def test_turns_of_one_model_go_together(stores: Stores) -> None:
    host = HostRoom("host", 2, frozenset({"a", "b"}))
    turns = [await asked(stores, f"{number}", at=f"{number}") for number in range(6)]
    wanted = {turn.id: "ab"[number % 2] for number, turn in enumerate(turns)}
    went = []
    while claimed := await hosts(stores.turns, wanted, host):
        went += [wanted[turn_id] for turn_id in claimed]
        host = replace(host, loaded=frozenset({went[-1]}))
        for turn_id in claimed:
            await stores.turns.finish(turn_id, ANSWER, worker=ME)

    assert "".join(went) == "aaabbb"


async def test_who_has_given_way_for_long_gives_way_no_more(stores: Stores) -> None:
    host = HostRoom("host", 1, frozenset({"a", "b"}), frozenset({"a"}))
    one, other = await asked(stores, "b", at="b"), await asked(stores, "a", at="a")
    wanted = {one.id: ModelWish("b", is_urgent=True), other.id: ModelWish("a")}

    assert list(await stores.turns.claim(ME, parallel=9, rooms=[host], wanted=wanted)) == [one.id]


async def test_a_turn_whose_model_is_done_takes_no_place_of_its_host(stores: Stores) -> None:
    first, second = await asked(stores, "one", person=PIA), await asked(stores, "two", person=TOM)
    wanted = {first.id: "big", second.id: "big"}
    before = await hosts(stores.turns, wanted, SLOW)
    await stores.turns.leave_lane(first.id, worker=ME)

    assert before == {first.id: "slow"}
    assert await hosts(stores.turns, wanted, SLOW) == {second.id: "slow"}


async def test_nor_does_it_count_among_those_that_may_run(stores: Stores) -> None:
    turns = [await asked(stores, person.name, person=person) for person in (PIA, TOM, IDA)]
    await stores.turns.claim(ME, parallel=1)
    await stores.turns.leave_lane(turns[0].id, worker=ME)

    assert list(await stores.turns.claim(ME, parallel=1)) == [turns[1].id]
    await stores.turns.leave_lane(turns[1].id, worker=ME)
    assert list(await stores.turns.claim(ME, parallel=1)) == []


async def test_another_workers_turn_keeps_its_lane(stores: Stores) -> None:
    first, second = await asked(stores, "one", person=PIA), await asked(stores, "two", person=TOM)
    await stores.turns.claim(ME, parallel=1)
    await stores.turns.leave_lane(first.id, worker=OTHER)

    assert list(await stores.turns.claim(ME, parallel=1)) == []
    assert second.id > first.id


async def test_a_turn_that_is_taken_over_takes_a_place_again(stores: Stores) -> None:
    first, second = await asked(stores, "one", person=PIA), await asked(stores, "two", person=TOM)
    await stores.turns.claim(ME, parallel=1)
    await stores.turns.leave_lane(first.id, worker=ME)
    await stores.turns.release(first.id, worker=ME)
    await stores.turns.adopt(OTHER, platform=HERE.platform)

    assert list(await stores.turns.claim(OTHER, parallel=1)) == [first.id]
    assert list(await stores.turns.claim(ME, parallel=1)) == []
    assert second.id > first.id
