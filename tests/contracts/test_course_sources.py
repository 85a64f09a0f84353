"""What `ports.CourseSources` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain import Notice
from bot.domain.place_courses import KnownSource, SourceRequest
from tests.contracts.stores import IMPLEMENTATIONS, Stores

ADDRESS = "https://github.com/o/harbour"
ASKED = SourceRequest(
    source=ADDRESS, ref="main", paths=("book",), without=("book/old", "x"), languages=("en", "he"), name="ימאות",
    base_url="https://school.test", site="https://harbour.test",
)  # fmt: skip


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def only(stores: Stores) -> KnownSource:
    (source,) = await stores.sources.known()
    return source


async def test_a_source_is_known_as_it_was_asked_for(stores: Stores) -> None:
    await stores.sources.taken(ADDRESS, ASKED, courses={"ימאות": "Seamanship"}, origin=ADDRESS)
    source = await only(stores)

    assert source.request == ASKED
    assert (source.name, source.courses, source.origin) == (ADDRESS, {"ימאות": "Seamanship"}, ADDRESS)
    assert (source.taken_at, source.tried_at, source.failure) == (stores.clock.utc(), stores.clock.utc(), None)


async def test_sources_come_by_name_and_are_known_once(stores: Stores) -> None:
    for name in ("b", "a", "b"):
        await stores.sources.taken(name, SourceRequest(source=name), courses={name: ""})

    assert [each.name for each in await stores.sources.known()] == ["a", "b"]


async def test_why_it_could_not_be_taken_in_anew_stands_until_it_is(stores: Stores) -> None:
    await stores.sources.taken(ADDRESS, ASKED, courses={"harbour": ""})
    taken_at = stores.clock.utc()
    stores.clock.advance(60)
    await stores.sources.failed(ADDRESS, Notice("error.lessons_git", {"address": ADDRESS, "reason": "404"}))
    source = await only(stores)

    assert source.failure == Notice("error.lessons_git", {"address": ADDRESS, "reason": "404"})
    assert (source.taken_at, source.tried_at, source.request) == (taken_at, stores.clock.utc(), ASKED)
    await stores.sources.taken(ADDRESS, ASKED, courses={"harbour": ""})
    assert (await only(stores)).failure is None


async def test_of_an_unknown_source_no_failure_is_noted(stores: Stores) -> None:
    await stores.sources.failed(ADDRESS, Notice("error.lessons_git"))

    assert list(await stores.sources.known()) == []


async def test_a_forgotten_source_is_known_no_more(stores: Stores) -> None:
    await stores.sources.taken(ADDRESS, ASKED, courses={"harbour": ""})
    await stores.sources.forget(ADDRESS)

    assert list(await stores.sources.known()) == []


async def test_one_worker_at_a_time_holds_a_source(stores: Stores) -> None:
    await stores.sources.taken(ADDRESS, ASKED, courses={"harbour": ""})

    assert await stores.sources.hold(ADDRESS, "one", for_s=60)
    assert not await stores.sources_elsewhere.hold(ADDRESS, "another", for_s=60)
    assert await stores.sources.hold(ADDRESS, "one", for_s=60)


async def test_a_source_whose_holder_is_gone_is_free_after_a_while(stores: Stores) -> None:
    await stores.sources.taken(ADDRESS, ASKED, courses={"harbour": ""})
    await stores.sources.hold(ADDRESS, "one", for_s=60)
    stores.clock.advance(61)

    assert await stores.sources_elsewhere.hold(ADDRESS, "another", for_s=60)


async def test_what_is_given_back_is_free(stores: Stores) -> None:
    await stores.sources.taken(ADDRESS, ASKED, courses={"harbour": ""})
    await stores.sources.hold(ADDRESS, "one", for_s=60)
    await stores.sources.hold(ADDRESS, "one", for_s=0)

    assert await stores.sources_elsewhere.hold(ADDRESS, "another", for_s=60)


async def test_nobody_holds_what_is_not_known(stores: Stores) -> None:
    assert not await stores.sources.hold(ADDRESS, "one", for_s=60)
