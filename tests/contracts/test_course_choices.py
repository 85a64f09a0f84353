"""What `ports.CourseChoices` promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, Level, private_thread
from bot.domain.deeds import DeedFilter, DeedKind
from bot.domain.place_courses import CourseChoice, PlacedCourse
from tests.contracts.stores import HERE, IMPLEMENTATIONS, PIA, Stores

DIRECT = Address("discord", "", "dm")
ELSEWHERE = replace(HERE, channel="other", thread="")


@pytest.fixture(params=IMPLEMENTATIONS)
async def stores(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Stores]:
    async with IMPLEMENTATIONS[request.param](tmp_path) as stores:
        yield stores


async def course_at(stores: Stores, address: Address) -> str:
    choice = await stores.courses.chosen(address)
    return choice.course if choice else ""


async def test_where_nothing_was_chosen_there_is_no_course(stores: Stores) -> None:
    assert await stores.courses.chosen(HERE) is None


async def test_a_channel_goes_by_its_own_course_and_its_threads_with_it(stores: Stores) -> None:
    await stores.courses.choose(Level.CHANNEL, HERE, "p1", course="harbour")

    assert await stores.courses.chosen(replace(HERE, thread="")) == CourseChoice(
        level=Level.CHANNEL, course="harbour", chosen_by="p1"
    )
    assert await course_at(stores, replace(HERE, thread=private_thread("p2"))) == "harbour"
    assert await course_at(stores, ELSEWHERE) == ""


async def test_a_channels_course_counts_before_that_of_its_workspace(stores: Stores) -> None:
    await stores.courses.choose(Level.CHANNEL, HERE, "p1", course="harbour")
    await stores.courses.choose(Level.WORKSPACE, HERE, "p1", course="boats")

    assert [await course_at(stores, each) for each in (HERE, ELSEWHERE)] == ["harbour", "boats"]
    assert await course_at(stores, replace(HERE, workspace="another guild")) == ""
    assert await course_at(stores, replace(HERE, platform="slack")) == ""


async def test_the_last_choice_counts(stores: Stores) -> None:
    await stores.courses.choose(Level.CHANNEL, HERE, "p1", course="harbour")
    await stores.courses.choose(Level.CHANNEL, HERE, "p2", course="boats")

    assert await stores.courses.chosen(HERE) == CourseChoice(level=Level.CHANNEL, course="boats", chosen_by="p2")


async def test_a_choice_that_is_taken_back_is_gone_and_no_other(stores: Stores) -> None:
    await stores.courses.choose(Level.CHANNEL, HERE, "p1", course="harbour")
    await stores.courses.choose(Level.WORKSPACE, HERE, "p1", course="boats")

    assert await stores.courses.clear(Level.CHANNEL, HERE, "p2")
    assert not await stores.courses.clear(Level.CHANNEL, HERE, "p2")
    assert not await stores.courses.clear(Level.WORKSPACE, DIRECT, "p2")
    assert await course_at(stores, HERE) == "boats"


@pytest.mark.parametrize(("level", "address"), [(Level.WORKSPACE, DIRECT), (Level.ME, HERE), (Level.THREAD, HERE)])
async def test_what_has_no_course_takes_none(stores: Stores, level: Level, address: Address) -> None:
    with pytest.raises(ValueError, match="no"):
        await stores.courses.choose(level, address, "p1", course="harbour")


async def test_all_places_are_told(stores: Stores) -> None:
    await stores.courses.choose(Level.CHANNEL, HERE, "p1", course="harbour")
    await stores.courses.choose(Level.WORKSPACE, HERE, "p1", course="boats")
    places = await stores.courses.all()

    assert list(places) == [
        PlacedCourse(platform="discord", workspace="guild", channel="channel", course="harbour"),
        PlacedCourse(platform="discord", workspace="guild", channel="", course="boats"),
    ]
    assert [each.is_at(ELSEWHERE) for each in places] == [False, True]


async def test_the_audit_log_says_who_chose_and_took_back(stores: Stores) -> None:
    await stores.courses.choose(Level.WORKSPACE, HERE, "p1", course="harbour")
    await stores.courses.clear(Level.WORKSPACE, HERE, "p2")
    deeds = [logged.deed for logged in await stores.audit.deeds(DeedFilter())]

    assert [(deed.kind, deed.person_id, deed.other, deed.level) for deed in deeds] == [
        (DeedKind.COURSE_CLEARED, "p2", "harbour", Level.WORKSPACE),
        (DeedKind.COURSE_CHOSE, "p1", "harbour", Level.WORKSPACE),
    ]


async def test_who_chose_is_forgotten_and_the_choice_stays(stores: Stores) -> None:
    await stores.courses.choose(Level.CHANNEL, HERE, PIA.id, course="harbour")
    await stores.history.forget_person("discord", PIA.id, workspace="another guild")
    before = await stores.courses.chosen(HERE)
    await stores.history.forget_person("discord", PIA.id)

    assert before is not None
    assert before.chosen_by == PIA.id
    assert await stores.courses.chosen(HERE) == CourseChoice(level=Level.CHANNEL, course="harbour", chosen_by="")


async def test_what_a_person_chose_is_in_their_record(stores: Stores) -> None:
    await stores.courses.choose(Level.CHANNEL, HERE, PIA.id, course="harbour")
    await stores.courses.choose(Level.WORKSPACE, HERE, "p2", course="boats")
    record = await stores.history.record_of("discord", PIA.id)

    assert [(each.level, each.workspace, each.channel, each.course) for each in record.courses] == [
        ("channel", "guild", "channel", "harbour")
    ]
    assert record.courses[0].chosen_at == stores.clock.utc()
    assert not (await stores.history.record_of("slack", PIA.id)).courses
