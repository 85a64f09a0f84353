"""What every implementation of `ports.Comparisons` promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import StoredAnswer, TurnState
from bot.ports import ComparedAnswer, PairVote
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, answered, said

A = ComparedAnswer(label="a", model="falcon:7b", digest="d1", chars=12, first_s=0.5, answer_s=2.0, answer_tokens=40)
B = ComparedAnswer(label="b", model="mistral:7b", chars=20)
VOTE = PairVote(
    person_id=PIA.id, first="falcon:7b", second="mistral:7b", outcome=1.0, first_digest="d1", first_chars=12
)


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def test_compared_answers_are_kept_by_label(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?"))

    await stores.comparisons.keep(turn.id, [B, A])

    assert list(await stores.comparisons.answers(turn.id)) == [A, B]
    assert list(await stores.comparisons.answers(turn.id + 1)) == []


async def test_answers_given_anew_take_the_place_of_those_before(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?"))
    await stores.comparisons.keep(turn.id, [A, B])

    await stores.comparisons.keep(turn.id, [replace(A, model="olmo2:7b")])

    assert [each.model for each in await stores.comparisons.answers(turn.id)] == ["olmo2:7b"]


async def test_a_turn_that_is_gone_keeps_nothing(stores: Stores) -> None:
    await stores.comparisons.keep(4711, [A])

    assert list(await stores.comparisons.answers(4711)) == []


async def test_a_person_votes_once_on_a_comparison(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?"))

    first = await stores.comparisons.vote(turn.id, HERE, [VOTE])
    again = await stores.comparisons.vote(turn.id, HERE, [replace(VOTE, outcome=0.0)])
    other = await stores.comparisons.vote(turn.id, HERE, [replace(VOTE, person_id=TOM.id)])

    assert (first, again, other) == (True, False, True)
    votes = await stores.comparisons.votes(HERE.platform, HERE.workspace)
    assert [(vote.person_id, vote.outcome) for vote in votes] == [(PIA.id, 1.0), (TOM.id, 1.0)]
    assert replace(votes[0], voted_at=None) == VOTE


async def test_of_two_votes_at_once_one_counts(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?"))
    ballots = [stores.comparisons.vote(turn.id, HERE, [replace(VOTE, outcome=float(n % 2))]) for n in range(6)]

    kept = await asyncio.gather(*ballots)

    assert sum(kept) == 1
    assert len(await stores.comparisons.votes(HERE.platform, HERE.workspace)) == 1


async def test_nobody_votes_on_a_turn_that_is_not_there(stores: Stores) -> None:
    assert not await stores.comparisons.vote(4711, HERE, [VOTE])


async def test_speeds_are_those_of_all_answers_that_were_measured(stores: Stores) -> None:
    first, second = [await accepted(stores, said(f"Question {number}")) for number in range(2)]
    await stores.comparisons.keep(first.id, [A, B])
    await stores.comparisons.keep(second.id, [replace(A, answer_s=6.0, answer_tokens=40), replace(B, digest="d2")])

    assert await stores.comparisons.speeds() == {("falcon:7b", "d1"): 10.0}


async def test_votes_are_a_workspaces_own(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?"))
    await stores.comparisons.vote(turn.id, HERE, [VOTE])

    assert list(await stores.comparisons.votes(HERE.platform, "another")) == []
    assert list(await stores.comparisons.votes("slack", HERE.workspace)) == []


async def test_which_models_a_turn_compares_outlives_its_process(stores: Stores) -> None:
    await accepted(stores, replace(said("Who is better?"), compares=("falcon:7b", "mistral:7b")))

    opened = await stores.elsewhere.open_at(HERE)

    assert [turn.message.compares for turn in opened] == [("falcon:7b", "mistral:7b")]


async def test_who_is_forgotten_has_voted_on_nothing(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?", person=TOM))
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "A and B"), worker=ME)
    await stores.comparisons.vote(turn.id, HERE, [VOTE])
    await stores.comparisons.vote(turn.id, HERE, [replace(VOTE, person_id=TOM.id)])

    before = await stores.history.record_of(HERE.platform, PIA.id)
    await stores.history.forget_person(HERE.platform, PIA.id)
    after = await stores.history.record_of(HERE.platform, PIA.id)

    assert [(vote.first, vote.second, vote.outcome) for vote in before.votes] == [("falcon:7b", "mistral:7b", 1.0)]
    assert after.votes == ()
    votes = await stores.comparisons.votes(HERE.platform, HERE.workspace)
    assert [vote.person_id for vote in votes] == [TOM.id]


async def test_a_vote_outlives_what_was_voted_on(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?", person=TOM))
    await stores.comparisons.keep(turn.id, [A, B])
    await stores.comparisons.vote(turn.id, HERE, [VOTE])

    await stores.history.forget_person(HERE.platform, TOM.id)

    assert len(await stores.comparisons.votes(HERE.platform, HERE.workspace)) == 1


async def reasons(stores: Stores) -> list[str]:
    return [vote.reason for vote in await stores.comparisons.votes(HERE.platform, HERE.workspace)]


async def test_why_somebody_voted_goes_with_the_answers_that_may_repeat_a_forgotten_person(stores: Stores) -> None:
    await answered(stores, "I am from Oslo", "noted")
    turn = await answered(stores, "Who is better?", "A and B", message=said("Who is better?", person=TOM))
    await stores.comparisons.vote(turn.id, HERE, [replace(VOTE, person_id=TOM.id, reason="knows that Pia is of Oslo")])

    await stores.history.forget_person(HERE.platform, PIA.id)

    assert await reasons(stores) == [""]


async def test_why_somebody_voted_goes_with_the_question(stores: Stores) -> None:
    turn = await answered(stores, "Who is better?", "A and B")
    await stores.comparisons.vote(turn.id, HERE, [replace(VOTE, person_id=TOM.id, reason="the one on Oslo")])

    await stores.history.withdraw(HERE, message_id="message of Who is better?")

    assert await reasons(stores) == [""]


async def test_why_somebody_voted_is_kept_no_longer_than_what_was_said(stores: Stores) -> None:
    turn = await answered(stores, "Who is better?", "A and B")
    await stores.comparisons.vote(turn.id, HERE, [replace(VOTE, reason="the one on Oslo")])

    before = await reasons(stores)
    await stores.history.expire(before=stores.clock.utc() + timedelta(days=1))

    assert before == ["the one on Oslo"]
    assert await reasons(stores) == [""]


async def test_of_two_ballots_on_three_answers_at_once_one_counts_whole(stores: Stores) -> None:
    turn = await accepted(stores, said("Who is better?"))
    a_b, a_c, b_c = (
        replace(VOTE, first=first, second=second)
        for first, second in (("falcon:7b", "mistral:7b"), ("falcon:7b", "olmo2:7b"), ("mistral:7b", "olmo2:7b"))
    )
    ballots = [stores.comparisons.vote(turn.id, HERE, each) for each in ([a_c, b_c], [a_b, a_c]) * 6]

    kept = await asyncio.gather(*ballots)

    assert sum(kept) == 1
    assert len(await stores.comparisons.votes(HERE.platform, HERE.workspace)) == 2
