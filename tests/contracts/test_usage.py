"""What `ports.Usage` promises."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.ports import Allowance, Used
from tests.contracts.stores import IMPLEMENTATIONS, Stores

DAY, NEXT_DAY = "2026-11-30", "2026-12-01"
PIA, ROOM = Allowance("pia", questions=2), Allowance("room", questions=5, tokens=100)


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def test_questions_are_counted_for_each_subject(stores: Stores) -> None:
    await stores.usage.spend(DAY, [PIA, ROOM])

    assert await stores.usage.spend(DAY, [PIA, ROOM]) == [Used(PIA, 2, 0), Used(ROOM, 2, 0)]


async def test_what_is_used_up_is_returned_alone_and_nothing_is_counted(stores: Stores) -> None:
    for _ in range(2):
        await stores.usage.spend(DAY, [PIA, ROOM])
    refused = await stores.usage.spend(DAY, [PIA, ROOM])

    assert refused == [Used(PIA, 2, 0, over="questions")]
    assert await stores.usage.spend(DAY, [ROOM]) == [Used(ROOM, 3, 0)]


async def test_tokens_use_an_allowance_up(stores: Stores) -> None:
    await stores.usage.add(DAY, ["room", "pia"], tokens=60)
    await stores.usage.spend(DAY, [ROOM])
    await stores.usage.add(DAY, ["room"], tokens=2**40)

    assert await stores.usage.spend(DAY, [PIA, ROOM]) == [Used(ROOM, 1, 60 + 2**40, over="tokens")]
    assert await stores.usage.spend(DAY, [PIA]) == [Used(PIA, 1, 60)]


async def test_each_day_begins_anew_and_an_earlier_one_is_forgotten(stores: Stores) -> None:
    await stores.usage.spend(DAY, [PIA])
    later = await stores.usage.spend(NEXT_DAY, [PIA])

    assert later == [Used(PIA, 1, 0)]
    assert await stores.usage.spend(DAY, [PIA]) == [Used(PIA, 1, 0)]


async def test_what_was_told_is_remembered_for_the_day(stores: Stores) -> None:
    await stores.usage.spend(DAY, [ROOM])
    await stores.usage.tell(DAY, "room", percent=75)
    await stores.usage.tell(DAY, "nobody", percent=75)

    assert await stores.usage.spend(DAY, [ROOM]) == [Used(ROOM, 2, 0, told=75)]
    assert await stores.usage.spend(NEXT_DAY, [ROOM]) == [Used(ROOM, 1, 0)]


async def test_another_process_counts_on_and_of_many_at_once_only_so_many_are_let_in(stores: Stores) -> None:
    spent = await asyncio.gather(
        *(usage.spend(DAY, [ROOM]) for _ in range(6) for usage in (stores.usage, stores.usage_elsewhere))
    )

    assert sorted(used[0].questions for used in spent) == [1, 2, 3, 4, 5, *[5] * 7]
