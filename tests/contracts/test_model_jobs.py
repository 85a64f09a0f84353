"""What `ports.Turns` promises of turns that change a host's models, and `ports.Choices` of who chose a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import HostRoom, Level, ModelJob, ModelWish, Person, StoredAnswer, Turn, TurnState
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, said

JOB = ModelJob(command="model pull", name="olmo2:7b")
OTHER = "another worker"


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def with_job(stores: Stores, job: ModelJob = JOB, *, person: Person = PIA, worker: str = ME) -> Turn:
    return await accepted(stores, replace(said(f"/model pull {job.name}", person=person), job=job), worker=worker)


async def test_a_job_runs_at_once_and_takes_no_place(stores: Stores) -> None:
    job = await with_job(stores)
    question = await accepted(stores, said("hello"))
    toms = await accepted(stores, said("good evening", person=TOM))

    assert list(await stores.turns.claim(ME, parallel=1)) == [job.id, question.id]
    assert list(await stores.turns.claim(ME, parallel=2)) == [toms.id]


async def test_a_job_waits_for_no_answer_to_its_person_and_for_no_full_house(stores: Stores) -> None:
    question = await accepted(stores, said("hello"))
    await stores.turns.claim(ME, parallel=1)
    job, another = await with_job(stores), await with_job(stores, replace(JOB, name="tiny:1b"))

    assert sorted(await stores.turns.claim(ME, parallel=1)) == [job.id, another.id]
    assert question.id in (await stores.turns.look(ME)).owned


async def test_a_job_stands_in_no_line(stores: Stores) -> None:
    await accepted(stores, said("hello"))
    await with_job(stores)
    line = await stores.turns.look(ME)

    assert line.waiting == 1
    assert len(line.line) == 1


async def test_a_job_outlives_its_process_with_what_is_known_of_it_by_then(stores: Stores) -> None:
    turn = await with_job(stores, worker=OTHER)
    known = replace(JOB, host="http://gpu1:11434", recipe='SYSTEM """\nשלום"""', base="smol", replace="yes")
    await stores.elsewhere.note_job(turn.id, known)
    await stores.turns.release(turn.id, worker=OTHER)
    (adopted,) = await stores.turns.adopt(ME, platform=HERE.platform)

    assert adopted.message.job == known
    assert adopted.attempt == 1


async def test_open_jobs_are_those_of_all_platforms_oldest_first(stores: Stores) -> None:
    first = await with_job(stores)
    await accepted(stores, said("hello"))
    second = await with_job(stores, replace(JOB, name="tiny:1b"), person=TOM, worker=OTHER)
    opened = await stores.turns.open_jobs()

    assert [turn.id for turn in opened] == [first.id, second.id]
    assert [turn.message.job.name for turn in opened if turn.message.job] == ["olmo2:7b", "tiny:1b"]


async def test_a_job_is_over_with_its_turn_and_noted_no_more(stores: Stores) -> None:
    turn = await with_job(stores)
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, ""), worker=ME)
    await stores.turns.note_job(turn.id, JOB)

    assert list(await stores.turns.open_jobs()) == []


async def test_a_job_leaves_no_word_in_the_context(stores: Stores) -> None:
    turn = await with_job(stores)
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, ""), worker=ME)
    later = await accepted(stores, said("hello"))

    assert list(await stores.history.recent(later.conversation_id, before_turn=later.id)) == []


async def test_who_is_forgotten_has_no_job_that_anybody_takes_over(stores: Stores) -> None:
    turn = await with_job(stores, worker=OTHER)
    await stores.history.forget_person(HERE.platform, PIA.id)
    await stores.turns.release(turn.id, worker=OTHER)

    assert list(await stores.turns.adopt(ME, platform=HERE.platform)) == []
    assert list(await stores.turns.open_jobs()) == []


async def test_it_is_known_how_many_turns_a_model_answers_now(stores: Stores) -> None:
    turn = await accepted(stores, said("hello"))
    room = HostRoom("fast", 2, frozenset({"small"}))
    before = await stores.turns.running_with("small")
    await stores.turns.claim(ME, parallel=2, rooms=[room], wanted={turn.id: ModelWish("small")})

    assert (before, await stores.turns.running_with("small"), await stores.turns.running_with("big")) == (0, 1, 0)


async def test_it_is_known_who_and_what_chose_a_model(stores: Stores) -> None:
    await accepted(stores, said("hello"))
    await stores.choices.choose(Level.ME, HERE, PIA.id, model="small")
    await stores.choices.choose(Level.CHANNEL, HERE, TOM.id, model="small:latest")
    await stores.choices.choose(Level.WORKSPACE, HERE, TOM.id, model="big")
    uses = await stores.choices.uses("small")

    assert [(use.level, use.person_id, use.person_name) for use in uses] == [
        (Level.ME, PIA.id, PIA.name),
        (Level.CHANNEL, "", ""),
    ]
    assert (uses[1].workspace, uses[1].channel) == (HERE.workspace, HERE.channel)
