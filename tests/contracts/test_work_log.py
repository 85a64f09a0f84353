"""What every implementation of `ports.WorkLog` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain import Account, Address, CommandCall, ModelWork, RecordedWork, StoredAnswer, Turn, TurnState, account_of
from tests.clocks import NOON
from tests.contracts.stores import HERE, IMPLEMENTATIONS, ME, PIA, TOM, Stores, accepted, said

LONG_AFTER = NOON + timedelta(days=400)
DIRECT = Address("discord", "", "dm of Pia")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


def work_for(turn: Turn, *, at_s: float = 0.0, worked_s: float = 2.5, model: str = "falcon:7b") -> ModelWork:
    """Make work of a turn's answer that ended so many seconds after noon."""
    return ModelWork(
        ended_at=NOON + timedelta(seconds=at_s),
        worked_s=worked_s,
        model=model,
        digest="d1",
        host="http://gpu:11434",
        prompt_tokens=120,
        answer_tokens=40,
        account=account_of(turn.message, turn.id),
    )


async def models(stores: Stores, since_s: float, until_s: float) -> list[str]:
    """Return the models that were at work between two moments after noon."""
    ends = (NOON + timedelta(seconds=each) for each in (since_s, until_s))
    return [work.model for work in await stores.work_log.beside(*ends)]


async def kept(stores: Stores) -> list[ModelWork]:
    return list(await stores.work_log.beside(NOON - timedelta(days=400), LONG_AFTER))


async def test_work_is_kept_with_all_its_figures(stores: Stores) -> None:
    turn = await accepted(stores, said("How far is the moon?"))
    work = replace(work_for(turn), is_counted=False, is_measured=True, is_remote=True, digest="", host="")

    await stores.work_log.keep([work])

    assert await kept(stores) == [work]
    assert list(await stores.work_log.of_turn(turn.id)) == [work]
    assert list(await stores.work_log.of_turn(turn.id + 1)) == []


async def test_a_period_holds_what_ended_in_it_and_what_ran_beside_that(stores: Stores) -> None:
    turn = await accepted(stores, said("How far is the moon?"))
    ended = [(-50, 1, "long before"), (5, 30, "before, beside"), (20, 17, "within"), (60, 45, "after, beside")]
    await stores.work_log.keep(
        [work_for(turn, at_s=at, worked_s=worked, model=model) for at, worked, model in [*ended, (90, 5, "long after")]]
    )

    assert await models(stores, 10, 30) == ["before, beside", "within", "after, beside"]
    assert await models(stores, 200, 300) == []


async def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(stores: Stores) -> None:
    turn = await accepted(stores, said("How far is the moon?"))
    await stores.work_log.keep([work_for(turn, at_s=10, worked_s=1)])

    assert await models(stores, 10, 20) == ["falcon:7b"]
    assert await models(stores, 0, 10) == []


async def test_who_is_forgotten_is_in_no_work_and_its_figures_stay(stores: Stores) -> None:
    mine = await accepted(stores, said("How far is the moon?"))
    others = await accepted(stores, said("And the sun?", person=TOM))
    alone = await accepted(stores, replace(said("Hush", address=DIRECT), direct=True))
    await stores.work_log.keep([work_for(mine), work_for(others), work_for(alone)])

    await stores.history.forget_person("discord", PIA.id)

    works = await kept(stores)
    assert sorted(work.account.person_id for work in works) == ["", "", TOM.id]
    assert sum(work.tokens for work in works) == 3 * 160
    assert DIRECT.channel not in repr(works)
    assert (await stores.history.record_of("discord", PIA.id)).is_empty


async def test_who_is_forgotten_in_one_workspace_stays_in_the_others(stores: Stores) -> None:
    here = await accepted(stores, said("How far is the moon?"))
    there = await accepted(stores, said("And the sun?", address=replace(HERE, workspace="another")))
    await stores.work_log.keep([work_for(here), work_for(there)])

    await stores.history.forget_person("discord", PIA.id, workspace="another")

    assert {work.account.workspace: work.account.person_id for work in await kept(stores)} == {
        HERE.workspace: PIA.id,
        "another": "",
    }


async def test_work_on_a_question_that_was_erased_meanwhile_is_nobodys(stores: Stores) -> None:
    turn = await accepted(stores, said("How far is the moon?"))
    await stores.history.forget_person("discord", PIA.id)

    await stores.work_log.keep([work_for(turn), replace(work_for(turn), account=Account(platform="discord"))])

    assert [work.account.person_id for work in await kept(stores)] == ["", ""]


async def test_work_of_an_answer_made_again_is_whose_who_asked_for_it(stores: Stores) -> None:
    turn = await accepted(stores, said("How far is the moon?"))
    await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "Far"), worker=ME)
    press = CommandCall(event_id="press", address=HERE, person=PIA, command="again")
    again = await stores.turns.accept_press(press, turn_id=turn.id, continues=False, worker=ME)
    assert again is not None

    await stores.work_log.keep([work_for(again)])

    assert [work.account.person_id for work in await kept(stores)] == [PIA.id]


async def test_a_person_is_given_what_their_answers_took_and_nobody_elses(stores: Stores) -> None:
    mine = await accepted(stores, said("How far is the moon?"))
    others = await accepted(stores, said("And the sun?", person=TOM))
    await stores.work_log.keep([work_for(mine), work_for(others, model="mistral:7b")])

    record = await stores.history.record_of("discord", PIA.id)

    assert record.work == (RecordedWork(NOON, "guild", "channel", "falcon:7b", 120, 40, 2.5),)


async def test_old_work_is_erased_where_old_messages_are(stores: Stores) -> None:
    turn = await accepted(stores, said("How far is the moon?"))
    elsewhere = await accepted(stores, said("And the sun?", address=replace(HERE, workspace="another")))
    await stores.work_log.keep([work_for(turn), work_for(elsewhere), work_for(turn, at_s=90, model="mistral:7b")])

    await stores.history.expire(before=NOON + timedelta(seconds=60), platform="discord", workspace="guild")
    assert [(work.model, work.account.workspace) for work in await kept(stores)] == [
        ("falcon:7b", "another"),
        ("mistral:7b", "guild"),
    ]

    await stores.history.expire(before=NOON + timedelta(seconds=60))
    assert [work.model for work in await kept(stores)] == ["mistral:7b"]
