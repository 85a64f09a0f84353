"""What `ports.Turns` promises of turns at work: claimed in order, bounded and fair, and closed once by their owner."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import BEGUN, LOST, Address, Person, Post, QueueState, StoredAnswer, Turn, TurnState
from bot.ports import Turns
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, said

OTHER = "another worker"
ANSWER = StoredAnswer(TurnState.ANSWERED, "answer")
LATER = 1_000_000


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


def room(name: str) -> Address:
    return replace(HERE, thread=name)


async def asked(stores: Stores, text: str, *, at: str = "", person: Person = PIA, worker: str = ME) -> Turn:
    """Accept a message, in a conversation of its own where none is named."""
    return await accepted(stores, said(text, address=room(at or text), person=person), worker=worker)


async def claimed(turns: Turns, *, worker: str = ME, parallel: int = 1) -> list[int]:
    return list(await turns.claim(worker, parallel=parallel))


async def test_a_turn_is_claimed_once(stores: Stores) -> None:
    turn = await asked(stores, "one")

    assert await claimed(stores.turns) == [turn.id]
    assert await claimed(stores.turns, parallel=9) == []


async def test_a_turn_is_claimed_by_its_owner_only(stores: Stores) -> None:
    await asked(stores, "one")

    assert await claimed(stores.elsewhere, worker=OTHER) == []


async def test_the_turns_of_a_conversation_run_one_after_the_other_in_their_order(stores: Stores) -> None:
    first = await asked(stores, "one", at="room")
    second = await asked(stores, "two", at="room")
    before = await claimed(stores.turns, parallel=9)
    meanwhile = await claimed(stores.turns, parallel=9)
    await stores.turns.finish(first.id, ANSWER, worker=ME)

    assert (before, meanwhile) == ([first.id], [])
    assert await claimed(stores.turns, parallel=9) == [second.id]


async def test_a_turn_waits_for_an_earlier_one_of_its_conversation_in_another_process(stores: Stores) -> None:
    await asked(stores, "one", at="room", worker=OTHER)
    await asked(stores, "two", at="room")

    assert await claimed(stores.turns, parallel=9) == []


async def test_turns_of_many_conversations_run_at_once_up_to_the_bound(stores: Stores) -> None:
    turns = [await asked(stores, f"{number}") for number in range(5)]

    assert await claimed(stores.turns, parallel=3) == [turn.id for turn in turns[:3]]


async def test_the_bound_holds_over_processes(stores: Stores) -> None:
    for number in range(8):
        await asked(stores, f"{number}", worker=[ME, OTHER][number % 2])
    together = await asyncio.gather(
        *(claimed(stores.turns, worker=ME, parallel=5) for _ in range(4)),
        *(claimed(stores.elsewhere, worker=OTHER, parallel=5) for _ in range(4)),
    )

    assert len([turn_id for turn_ids in together for turn_id in turn_ids]) == 5


async def test_no_process_overtakes_another(stores: Stores) -> None:
    first = await asked(stores, "one", worker=OTHER)
    second = await asked(stores, "two")

    assert await claimed(stores.turns, parallel=1) == []
    assert await claimed(stores.turns, parallel=2) == [second.id]
    assert await claimed(stores.elsewhere, worker=OTHER, parallel=2) == [first.id]


async def test_who_has_fewer_turns_running_comes_first(stores: Stores) -> None:
    turns = [await asked(stores, f"pia {number}") for number in range(3)]
    toms = await asked(stores, "tom", person=TOM)

    assert await claimed(stores.turns, parallel=1) == [turns[0].id]
    assert await claimed(stores.turns, parallel=3) == [toms.id, turns[1].id]


async def test_each_claim_counts_for_the_next(stores: Stores) -> None:
    pias = [await asked(stores, f"pia {number}") for number in range(3)]
    toms = [await asked(stores, f"tom {number}", person=TOM) for number in range(2)]

    assert await claimed(stores.turns, parallel=4) == [pias[0].id, toms[0].id, pias[1].id, toms[1].id]


async def test_a_free_place_goes_to_the_next_in_line(stores: Stores) -> None:
    first = await asked(stores, "one")
    second = await asked(stores, "two")
    await claimed(stores.turns)
    await stores.turns.finish(first.id, ANSWER, worker=ME)

    assert await claimed(stores.turns) == [second.id]


async def test_a_look_shows_what_is_owned_and_who_waits_where(stores: Stores) -> None:
    running = await asked(stores, "one")
    await asked(stores, "two", worker=OTHER)
    third = await asked(stores, "three")
    closed = await asked(stores, "four")
    await claimed(stores.turns)
    await stores.turns.finish(closed.id, ANSWER, worker=ME)

    seen = await stores.turns.look(ME)
    assert seen == QueueState(frozenset({running.id, third.id}), frozenset(), {third.id: 2}, 2)
    assert (await stores.turns.look("nobody")) == QueueState(frozenset(), frozenset(), {}, 2)


async def test_a_stop_is_seen_by_the_owner(stores: Stores) -> None:
    turn = await asked(stores, "one")
    await stores.elsewhere.stop(turn.id)

    assert (await stores.turns.look(ME)).stopped == {turn.id}


async def test_stopping_what_is_over_changes_nothing(stores: Stores) -> None:
    turn = await asked(stores, "one")
    await stores.turns.finish(turn.id, ANSWER, worker=ME)
    await stores.turns.stop(turn.id)
    await stores.turns.stop(LATER)

    assert (await stores.turns.look(ME)) == QueueState(frozenset(), frozenset(), {}, 0)


async def test_posts_are_kept_in_the_order_of_posting(stores: Stores) -> None:
    turn = await asked(stores, "one")
    for post in (Post("b", "2"), Post("a", "1"), Post("c", "3")):
        await stores.turns.note_post(turn.id, post)

    assert await stores.turns.find(turn.id) == replace(turn, posts=(Post("b", "2"), Post("a", "1"), Post("c", "3")))


async def test_a_post_noted_again_keeps_its_place(stores: Stores) -> None:
    turn = await asked(stores, "one")
    for post in (Post("a", "1"), Post("b", "2"), Post("a", "9")):
        await stores.turns.note_post(turn.id, post)

    found = await stores.turns.find(turn.id)
    assert found is not None
    assert found.posts == (Post("a", "9"), Post("b", "2"))


@pytest.mark.parametrize("unknown", [BEGUN, LOST])
async def test_a_message_that_perhaps_stands_is_told_apart_until_it_is_known(stores: Stores, unknown: str) -> None:
    turn = await asked(stores, "one")
    for post in (Post("a", unknown), Post("b", "2")):
        await stores.turns.note_post(turn.id, post)
    before = await stores.turns.find(turn.id)
    await stores.turns.note_post(turn.id, Post("a", "1"))

    assert before == replace(turn, posts=(Post("b", "2"),), unknown=(Post("a", unknown),))
    assert await stores.turns.find(turn.id) == replace(turn, posts=(Post("a", "1"), Post("b", "2")))


async def test_posts_of_turns_do_not_mix(stores: Stores) -> None:
    first = await asked(stores, "one", at="room")
    second = await asked(stores, "two", at="room")
    await stores.turns.note_post(second.id, Post("a", "2"))
    await stores.turns.note_post(first.id, Post("a", "1"))
    await stores.turns.note_post(LATER, Post("a", "3"))

    assert [turn.posts for turn in await stores.turns.open_at(room("room"))] == [(Post("a", "1"),), (Post("a", "2"),)]


async def test_a_turn_is_finished_once(stores: Stores) -> None:
    turn = await asked(stores, "one")

    assert await stores.turns.finish(turn.id, ANSWER, worker=ME) is True
    assert await stores.turns.finish(turn.id, StoredAnswer(TurnState.FAILED, "again"), worker=ME) is False
    assert await texts(stores, turn) == ["one", "answer"]
    assert await stores.turns.find(turn.id) is None
    assert list(await stores.turns.open_at(room("one"))) == []


async def test_a_turn_is_finished_by_its_owner_only(stores: Stores) -> None:
    turn = await asked(stores, "one")

    assert await stores.elsewhere.finish(turn.id, ANSWER, worker=OTHER) is False
    assert await stores.turns.finish(LATER, ANSWER, worker=ME) is False
    assert await stores.turns.find(turn.id) == turn


async def test_an_answer_is_stored_once_however_many_finish_at_once(stores: Stores) -> None:
    turn = await asked(stores, "one")
    done = await asyncio.gather(
        *(stores.turns.finish(turn.id, ANSWER, worker=ME) for _ in range(8)),
        *(stores.elsewhere.finish(turn.id, ANSWER, worker=ME) for _ in range(8)),
    )

    assert sum(done) == 1
    assert await texts(stores, turn) == ["one", "answer"]


async def test_a_withdrawn_question_stops_its_turn_which_stays_open_without_words(stores: Stores) -> None:
    turn = await asked(stores, "one")
    await stores.history.withdraw(room("one"), message_id="message of one")

    assert (await stores.turns.look(ME)).stopped == {turn.id}
    assert await stores.turns.find(turn.id) == replace(turn, message=replace(turn.message, text=""))
    assert await stores.turns.finish(turn.id, ANSWER, worker=ME) is True
    assert await texts(stores, turn) == []


async def test_a_change_wakes_who_waits(stores: Stores) -> None:
    await stores.turns.changed(timeout_s=0)
    waiting = asyncio.create_task(stores.turns.changed(timeout_s=60))
    await asyncio.sleep(0)
    await asked(stores, "one")

    await asyncio.wait_for(waiting, 10)


async def test_a_change_between_two_waits_is_not_missed(stores: Stores) -> None:
    turn = await asked(stores, "one")
    await stores.turns.changed(timeout_s=60)
    await stores.turns.stop(turn.id)

    await asyncio.wait_for(stores.turns.changed(timeout_s=60), 10)


async def test_without_a_change_the_wait_ends(stores: Stores) -> None:
    await asyncio.wait_for(stores.turns.changed(timeout_s=0.01), 10)


async def texts(stores: Stores, turn: Turn) -> Sequence[str]:
    return [message.text for message in await stores.history.recent(turn.conversation_id, before_turn=LATER)]
