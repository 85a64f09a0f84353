"""What `ports.Replacements` promises: all choices of a model move at once, and back as far as they still may."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Level, Think
from bot.domain.deeds import Deed, DeedFilter, DeedKind
from tests.contracts.stores import HERE, IMPLEMENTATIONS, Stores

ELSEWHERE = replace(HERE, workspace="other")
GUILD = {"platform": "discord", "workspace": "guild"}
ANYWHERE = {"platform": "", "workspace": ""}


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        for level in Level:
            await stores.choices.choose(level, HERE, "pia", model="Old:latest", think=Think.ON)
        await stores.choices.choose(Level.WORKSPACE, ELSEWHERE, "tom", model="old")
        yield stores


async def models(stores: Stores, person: str = "pia", where: object = HERE) -> list[str]:
    assert isinstance(where, type(HERE))
    return [choice.model for choice in await stores.choices.chain(where, person)]


async def log_of(stores: Stores) -> list[Deed]:
    found = [logged.deed for logged in await stores.audit.deeds(DeedFilter())]
    return [deed for deed in found if deed.kind in {DeedKind.REPLACED, DeedKind.PUT_BACK}]


async def test_every_level_moves_and_other_workspaces_stay(stores: Stores) -> None:
    done = await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")

    assert done is not None
    assert (done.old, done.new, done.choices) == ("old", "new:1b", 4)
    assert await models(stores) == ["new:1b"] * 4
    assert await models(stores, where=ELSEWHERE) == ["old"]


async def test_who_made_a_choice_and_how_it_thinks_stays(stores: Stores) -> None:
    await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")

    assert {(choice.chosen_by, choice.think) for choice in await stores.choices.chain(HERE, "pia")} == {
        ("pia", Think.ON)
    }


async def test_everywhere_is_everywhere(stores: Stores) -> None:
    done = await stores.replacements.replace("old", "new:1b", **ANYWHERE, person_id="boss")

    assert done is not None
    assert done.choices == 5
    assert await models(stores, where=ELSEWHERE) == ["new:1b"]


async def test_it_is_undone_once_with_every_name_as_it_was(stores: Stores) -> None:
    done = await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")
    assert done is not None
    back = await stores.replacements.put_back(done.id, **GUILD, person_id="boss")
    again = await stores.replacements.put_back(done.id, **GUILD, person_id="boss")

    assert back == done
    assert again is None
    assert await models(stores) == ["Old:latest"] * 4


@pytest.mark.parametrize("anew", ["third", "new:1b"])
async def test_what_somebody_chose_since_stays_theirs(stores: Stores, anew: str) -> None:
    await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")
    await stores.choices.choose(Level.ME, HERE, "pia", model=anew)
    await stores.choices.clear(Level.THREAD, HERE, "pia")
    back = await stores.replacements.put_back(0, **GUILD, person_id="boss")

    assert back is not None
    assert back.choices == 2
    assert await models(stores) == [anew, "Old:latest", "Old:latest"]


async def test_where_all_was_chosen_anew_nothing_is_put_back(stores: Stores) -> None:
    await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")
    for level in Level:
        await stores.choices.choose(level, HERE, "pia", model="third")

    assert await stores.replacements.put_back(0, **GUILD, person_id="boss") is None
    assert await models(stores) == ["third"] * 4


async def test_a_second_replacement_is_what_is_undone_first(stores: Stores) -> None:
    first = await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")
    await stores.replacements.replace("new:1b", "newest", **GUILD, person_id="boss")
    assert first is not None
    gone = await stores.replacements.put_back(first.id, **GUILD, person_id="boss")
    await stores.replacements.put_back(0, **GUILD, person_id="boss")

    assert gone is None
    assert await models(stores) == ["new:1b"] * 4


async def test_another_workspace_undoes_nothing(stores: Stores) -> None:
    done = await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")
    assert done is not None

    assert await stores.replacements.put_back(done.id, platform="discord", workspace="other", person_id="b") is None
    assert await models(stores) == ["new:1b"] * 4


async def test_what_nobody_chose_is_not_replaced_and_not_logged(stores: Stores) -> None:
    assert await stores.replacements.replace("unknown", "new:1b", **GUILD, person_id="boss") is None
    assert await log_of(stores) == []


async def test_two_who_press_at_once_move_it_once(stores: Stores) -> None:
    both = (stores.replacements, stores.replacements_elsewhere)
    done = await asyncio.gather(*(each.replace("old", "new:1b", **GUILD, person_id="boss") for each in both))

    assert sum(each is not None for each in done) == 1
    assert [deed.kind for deed in await log_of(stores)] == [DeedKind.REPLACED]


async def test_both_stand_in_the_log_with_how_many(stores: Stores) -> None:
    await stores.replacements.replace("old", "new:1b", **GUILD, person_id="boss")
    await stores.replacements.put_back(0, **GUILD, person_id="chief")

    assert [(deed.kind, deed.person_id, deed.model, deed.other, deed.amount) for deed in await log_of(stores)] == [
        (DeedKind.PUT_BACK, "chief", "old", "new:1b", 4),
        (DeedKind.REPLACED, "boss", "old", "new:1b", 4),
    ]


async def test_choices_that_name_a_model_are_counted(stores: Stores) -> None:
    assert await stores.replacements.chosen(**GUILD) == {"old": 4}
    assert await stores.replacements.chosen(**ANYWHERE) == {"old": 5}
