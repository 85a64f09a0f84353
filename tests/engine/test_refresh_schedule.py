"""Lessons that came from an address are taken in anew by a schedule, in one process of many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, time, timedelta

import pytest

from bot.domain import Notice
from bot.domain.place_courses import SourceRequest
from bot.domain.schedules import Schedule, read_schedule
from bot.engine.refresh_schedule import MOST_LATE, RefreshSchedule
from bot.errors import Unavailable
from bot.ports import Refreshed, RefreshStep
from tests.clocks import NOON, SetClock
from tests.engine.talk import until
from tests.memory import FakeCourseSources

ADDRESS, OTHER, FOLDER = "https://github.com/o/bees", "https://github.com/o/wax", "/courses/hives"
HOURLY = Schedule(timedelta(hours=1))


class Counting:
    """Takes nothing in, and notes what it was asked for; `fails` are sources that cannot be had."""

    def __init__(self, sources: FakeCourseSources) -> None:
        self.sources = sources
        self.done: list[str] = []
        self.fails: set[str] = set()

    async def refresh(self, name: str, *, worker: str = "") -> AsyncGenerator[RefreshStep | Refreshed, None]:
        assert await self.sources.hold(name, worker, for_s=60)
        yield RefreshStep(source=name)
        await asyncio.sleep(0)
        self.done.append(name)
        if name in self.fails:
            failure = Notice("error.lessons_git", {"address": name, "reason": "404"})
            await self.sources.failed(name, failure)
            yield Refreshed(source=name, failure=failure)
        else:
            await self.sources.taken(name, SourceRequest(source=name), courses={})
            yield Refreshed(source=name)


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
async def sources(clock: SetClock) -> FakeCourseSources:
    made = FakeCourseSources(clock)
    for name in (ADDRESS, FOLDER):
        await made.taken(name, SourceRequest(source=name), courses={"bees": ""})
    return made


def kept(sources: FakeCourseSources, clock: SetClock, schedule: Schedule = HOURLY) -> tuple[RefreshSchedule, Counting]:
    counting = Counting(sources)
    return RefreshSchedule(schedule, sources=sources, refresher=counting, late=0.0, clock=clock), counting


async def test_what_lies_at_an_address_is_taken_in_anew_when_it_is_time(
    sources: FakeCourseSources, clock: SetClock
) -> None:
    schedule, counting = kept(sources, clock)
    for seconds in (0, 3599, 1, 60):
        clock.advance(seconds)
        await schedule.look()

    assert counting.done == [ADDRESS]


async def test_a_day_has_one_time(sources: FakeCourseSources, clock: SetClock) -> None:
    schedule, counting = kept(sources, clock, Schedule(timedelta(days=1), time(3, 0)))
    seen = []
    for hours in (14, 1, 1, 22, 2):
        clock.advance(hours * 3600)
        await schedule.look()
        seen.append(len(counting.done))

    assert seen == [0, 1, 1, 1, 2]


async def test_of_many_processes_one_does_it(sources: FakeCourseSources, clock: SetClock) -> None:
    counting = Counting(sources)
    many = [RefreshSchedule(HOURLY, sources=sources, refresher=counting, late=0.0, clock=clock) for _ in range(5)]
    clock.advance(3600)
    await asyncio.gather(*(each.look() for each in many))

    assert counting.done == [ADDRESS]


async def test_bots_do_not_all_come_at_one_moment(sources: FakeCourseSources, clock: SetClock) -> None:
    counting = Counting(sources)
    late = RefreshSchedule(HOURLY, sources=sources, refresher=counting, late=1.0, clock=clock)
    clock.advance(3600 + 359)
    await late.look()
    before = list(counting.done)
    clock.advance(1)
    await late.look()

    assert (before, counting.done) == ([], [ADDRESS])
    assert timedelta(minutes=6) <= MOST_LATE


async def test_what_failed_is_tried_again_and_the_others_are_not_held_up(
    sources: FakeCourseSources, clock: SetClock
) -> None:
    await sources.taken(OTHER, SourceRequest(source=OTHER), courses={})
    schedule, counting = kept(sources, clock, Schedule(timedelta(days=1)))
    counting.fails = {ADDRESS}
    clock.advance(24 * 3600)
    for _ in range(3):
        await schedule.look()
    first = list(counting.done)
    clock.advance(3600)
    await schedule.look()

    assert (first, counting.done) == ([ADDRESS, OTHER], [ADDRESS, OTHER, ADDRESS])


class BreakingOff(Counting):
    """A process that is killed before it has noted anything."""

    async def refresh(self, name: str, *, worker: str = "") -> AsyncGenerator[RefreshStep | Refreshed, None]:
        self.done.append(name)
        yield Refreshed(source=name, failure=Notice("error.refresh_broken_off", {"worker": worker}))


async def test_what_was_broken_off_is_not_begun_anew_each_minute(sources: FakeCourseSources, clock: SetClock) -> None:
    breaking = BreakingOff(sources)
    schedule = RefreshSchedule(HOURLY, sources=sources, refresher=breaking, late=0.0, clock=clock)
    clock.advance(3600)
    for _ in range(5):
        await schedule.look()
        clock.advance(60)

    assert breaking.done == [ADDRESS]


async def test_why_it_failed_is_told_until_it_does_not(sources: FakeCourseSources, clock: SetClock) -> None:
    schedule, counting = kept(sources, clock)
    counting.fails = {ADDRESS}
    clock.advance(3600)
    await schedule.look()
    with pytest.raises(Unavailable) as told:
        await schedule.check()
    counting.fails = set()
    clock.advance(3600)
    await schedule.look()

    assert told.value.key == "error.lessons_git"
    await schedule.check()


async def test_it_looks_again_and_again_whatever_the_store_does(sources: FakeCourseSources, clock: SetClock) -> None:
    schedule, counting = kept(sources, clock)
    sources.broken = Unavailable("error.storage_failed")
    keeping = asyncio.create_task(schedule.keep())
    await until(lambda: len(clock.waits) > 10)
    sources.broken = None
    await until(lambda: counting.done)
    keeping.cancel()

    assert counting.done[0] == ADDRESS


@pytest.mark.parametrize(
    ("written", "schedule"),
    [
        ("every 6h", Schedule(timedelta(hours=6))),
        ("Every 6 hours", Schedule(timedelta(hours=6))),
        ("every 30m", Schedule(timedelta(minutes=30))),
        ("every 2d", Schedule(timedelta(days=2))),
        ("daily 03:00", Schedule(timedelta(days=1), time(3))),
        ("daily at 23:59", Schedule(timedelta(days=1), time(23, 59))),
        ("daily", Schedule(timedelta(days=1), time(0))),
    ],
)
def test_schedules_are_written_in_words(written: str, schedule: Schedule) -> None:
    assert read_schedule(written) == schedule


@pytest.mark.parametrize(
    "written", ["", "hourly", "every 5m", "every h", "daily 24:00", "daily 3", "0 3 * * *", "every -1h"]
)
def test_what_is_no_schedule_is_none(written: str) -> None:
    assert read_schedule(written) is None


def test_a_daily_time_that_is_today_yet_to_come_is_not_due() -> None:
    daily = Schedule(timedelta(days=1), time(13, 0))
    yesterday = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)

    assert not daily.is_due(yesterday, NOON, late=timedelta())
    assert daily.is_due(yesterday, NOON + timedelta(hours=1), late=timedelta())
