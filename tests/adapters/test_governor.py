from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from adapters.delivery.buckets import FixedWindow, Rate, SlidingWindow, Told
from adapters.delivery.governor import CallOption, Governor, Rank, Slot
from tests.clocks import VirtualClock

EDIT, POST = "edit", "post"


class Stage:
    """A governor over five calls in five seconds for each bucket, and the calls that were made, with their times."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.governor = Governor(new_bucket=lambda _: FixedWindow(Rate(5, 5.0)), clock=self.clock)
        self.calls: list[tuple[float, str, Rank, int]] = []
        self._began = self.clock.now()

    @property
    def now(self) -> float:
        return self.clock.now() - self._began

    async def call(self, slot: Slot, *options: CallOption, who: int = 0, times: int = 1) -> None:
        for _ in range(times):
            granted = await slot.granted(options)
            assert granted
            self.calls.append((round(self.now, 3), granted.bucket, granted.rank, who))

    def at(self, rank: Rank) -> list[float]:
        return [at for at, _, each, _ in self.calls if each is rank]


def option(rank: Rank, bucket: str = EDIT) -> CallOption:
    return CallOption(bucket, rank)


async def test_calls_without_a_bucket_wait_for_nobody() -> None:
    slot = Governor().slot()

    assert await slot.granted([CallOption("anything", Rank.STATE)]) == CallOption("anything", Rank.STATE)


async def test_one_reply_alone_grows_evenly() -> None:
    stage = Stage()
    await stage.clock.run(stage.call(stage.governor.slot(), option(Rank.GROWTH), times=8))

    gaps = [after - before for before, after in zip(stage.at(Rank.GROWTH), stage.at(Rank.GROWTH)[1:], strict=False)]
    assert min(gaps) > 1.2
    assert max(gaps) < 1.6


async def test_a_final_edit_finds_room_however_much_others_grow() -> None:
    stage = Stage()
    slots = [stage.governor.slot() for _ in range(4)]

    async def scene() -> None:
        growing = [asyncio.create_task(stage.call(slot, option(Rank.GROWTH), times=9)) for slot in slots]
        await stage.clock.sleep(12.3)
        began = stage.now
        for task in growing:
            task.cancel()
        await asyncio.gather(*growing, return_exceptions=True)
        await asyncio.gather(*(stage.call(slot, option(Rank.FINAL)) for slot in slots))
        assert stage.now == began

    await stage.clock.run(scene())


async def test_first_words_come_before_growth_and_final_edits_before_both() -> None:
    stage = Stage()
    first, grows, ends, uses_up = (stage.governor.slot() for _ in range(4))

    async def scene() -> None:
        await stage.call(uses_up, option(Rank.FINAL), times=5)
        uses_up.close()
        waiting = [
            stage.call(grows, option(Rank.GROWTH)),
            stage.call(first, option(Rank.FIRST_WORDS)),
            stage.call(ends, option(Rank.FINAL)),
        ]
        await asyncio.gather(*waiting)

    await stage.clock.run(scene())

    assert [rank for _, _, rank, _ in stage.calls[5:]] == [Rank.FINAL, Rank.FIRST_WORDS, Rank.GROWTH]


async def test_replies_of_one_rank_take_turns() -> None:
    stage = Stage()
    slots = [stage.governor.slot() for _ in range(3)]

    async def scene() -> None:
        await asyncio.gather(
            *(stage.call(slot, option(Rank.GROWTH), who=who, times=4) for who, slot in enumerate(slots))
        )

    await stage.clock.run(scene())

    assert [who for _, _, _, who in stage.calls] == [0, 1, 2] * 4


async def test_the_first_of_two_calls_that_is_free_is_granted() -> None:
    stage = Stage()
    slot = stage.governor.slot()
    both = option(Rank.FINAL), option(Rank.FINAL, POST)
    await stage.clock.run(stage.call(slot, *both, times=10))

    assert [bucket for _, bucket, _, _ in stage.calls] == [EDIT] * 5 + [POST] * 5
    assert stage.now == 0


async def test_who_is_urged_thinks_anew() -> None:
    stage = Stage()
    slot = stage.governor.slot()

    async def scene() -> None:
        await stage.call(slot, option(Rank.FINAL), times=5)
        waiting = asyncio.create_task(slot.granted([option(Rank.GROWTH)]))
        await stage.clock.sleep(1.0)
        slot.urge()
        assert await waiting is None
        assert stage.now == 1.0

    await stage.clock.run(scene())


async def test_a_refused_bucket_is_left_alone_for_as_long_as_was_asked() -> None:
    stage = Stage()
    stage.governor.refuse(EDIT, 7.0)
    await stage.clock.run(stage.call(stage.governor.slot(), option(Rank.FINAL)))

    assert stage.at(Rank.FINAL) == [7.0]


@pytest.mark.parametrize(("calls", "ending"), [(50, 16), (20, 5), (20, 19), (5, 24)])
async def test_answers_that_have_ended_wait_for_no_window_when_a_refusal_said_a_second(calls: int, ending: int) -> None:
    clock = VirtualClock()
    governor = Governor(new_bucket=lambda _: SlidingWindow(Rate(calls, 60.0)), clock=clock)
    waited: list[float] = []

    async def end() -> None:
        slot, began = governor.slot(), clock.now()
        assert await slot.granted([option(Rank.FINAL)])
        waited.append(clock.now() - began)
        slot.close()

    async def scene() -> None:
        await asyncio.gather(*(end() for _ in range(calls)))
        governor.refuse(EDIT, 1.0)
        await asyncio.gather(*(end() for _ in range(ending)))

    await clock.run(scene())

    assert max(waited) < 10.0


@pytest.mark.parametrize("failures", [1, 3])
async def test_a_call_that_failed_is_made_again_before_those_of_others(failures: int) -> None:
    stage = Stage()

    async def end(who: int, *, failures: int = 0) -> None:
        slot = stage.governor.slot()
        for _ in range(failures):
            await slot.granted([option(Rank.FINAL)])
            slot.failed()
            await stage.clock.sleep(0.5)
        await stage.call(slot, option(Rank.FINAL), who=who)
        slot.close()

    async def scene() -> None:
        await asyncio.gather(end(0, failures=failures), *(end(who) for who in range(1, 30)))

    await stage.clock.run(scene())

    assert [who for *_, who in stage.calls].index(0) <= 4 * failures


@pytest.mark.parametrize("rank", [Rank.FINAL, Rank.FIRST_WORDS])
async def test_who_was_served_before_is_not_held_up_by_all_who_come_later(rank: Rank) -> None:
    stage = Stage()
    waited: list[float] = []

    async def newcomer(at: float) -> None:
        await stage.clock.sleep(at)
        await stage.call(stage.governor.slot(), option(rank))

    async def served() -> None:
        slot = stage.governor.slot()
        await stage.call(slot, option(rank))
        await stage.clock.sleep(4.0)
        began = stage.now
        await stage.call(slot, option(rank), who=1)
        waited.append(stage.now - began)

    async def scene() -> None:
        await asyncio.gather(served(), *(newcomer(number / 2) for number in range(100)))

    await stage.clock.run(scene())

    assert waited[0] < 15.0


async def test_the_log_says_which_call_was_refused_and_no_more_of_its_name() -> None:
    with capture_logs() as logs:
        Stage().governor.refuse("PATCH webhooks/1/secret", 7.0)

    assert logs == [{"event": "pace.refused", "log_level": "warning", "call": "PATCH", "retry_after_s": 7.0}]


async def test_there_is_room_for_another_only_beside_what_is_promised() -> None:
    stage = Stage()
    stage.governor.promise(EDIT, 4)

    assert stage.governor.has_room(EDIT)
    stage.governor.promise(EDIT)
    assert not stage.governor.has_room(EDIT)
    stage.governor.promise(EDIT, -1)
    assert stage.governor.has_room(EDIT)


async def test_routes_that_share_a_bucket_are_counted_together() -> None:
    stage = Stage()
    told = Told(limit=5, remaining=5, reset_after_s=5.0)
    stage.governor.learn(EDIT, told, shared="hash")
    stage.governor.learn(POST, told, shared="hash")
    slot = stage.governor.slot()

    async def scene() -> None:
        await stage.call(slot, option(Rank.FINAL, POST), times=3)
        await stage.call(slot, option(Rank.FINAL, EDIT), times=3)

    await stage.clock.run(scene())

    assert stage.at(Rank.FINAL)[-1] > 4.9


async def test_a_state_waits_for_answers_but_not_for_growth_that_keeps_its_distance() -> None:
    stage = Stage()
    writes, waits = stage.governor.slot(), stage.governor.slot()

    async def scene() -> None:
        growing = asyncio.create_task(stage.call(writes, option(Rank.GROWTH), times=4))
        await stage.clock.sleep(0.1)
        await stage.call(waits, option(Rank.STATE))
        growing.cancel()
        await asyncio.gather(growing, return_exceptions=True)

    await stage.clock.run(scene())

    assert stage.at(Rank.STATE) == [0.1]


async def test_a_message_that_cannot_be_opened_now_holds_up_no_growth() -> None:
    stage = Stage()
    writing = [stage.governor.slot() for _ in range(6)]

    async def scene() -> None:
        for slot in writing:
            slot.unfinished = 1
            await stage.call(slot, option(Rank.FIRST_WORDS))
        opening = asyncio.create_task(stage.call(writing[0], option(Rank.OPENING)))
        growing = asyncio.create_task(stage.call(writing[1], option(Rank.GROWTH), times=2))
        await stage.clock.sleep(20.0)
        assert (growing.done(), opening.done()) == (True, False)
        writing[1].unfinished = writing[2].unfinished = 0
        await stage.call(writing[1], option(Rank.FINAL))
        await opening

    await stage.clock.run(scene())

    assert stage.at(Rank.OPENING)[0] < 26.0


async def test_a_cancelled_wait_leaves_nothing_behind() -> None:
    stage = Stage()
    slot = stage.governor.slot()

    async def scene() -> None:
        await stage.call(slot, option(Rank.FINAL), times=5)
        waiting = asyncio.create_task(slot.granted([option(Rank.FIRST_WORDS)]))
        await stage.clock.sleep(0.5)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await stage.call(stage.governor.slot(), option(Rank.GROWTH))

    await stage.clock.run(scene())

    assert stage.at(Rank.GROWTH) == [5.01]


PACES = st.lists(st.floats(min_value=0.05, max_value=3), min_size=1, max_size=10)


@settings(max_examples=30, deadline=None)
@given(PACES, st.integers(min_value=2, max_value=8))
async def test_whatever_replies_do_nothing_is_refused_and_each_ends(paces: Sequence[float], limit: int) -> None:
    clock = VirtualClock()
    governor = Governor(new_bucket=lambda _: FixedWindow(Rate(limit, 5.0)), clock=clock)
    times: list[float] = []
    ended: list[float] = []

    async def reply(pace_s: float) -> None:
        slot = governor.slot()
        for _ in range(6):
            await clock.sleep(pace_s)
            await slot.granted([option(Rank.GROWTH)])
            times.append(clock.now())
        asked_at = clock.now()
        await slot.granted([option(Rank.FINAL)])
        times.append(clock.now())
        ended.append(clock.now() - asked_at)
        slot.close()

    async def crowd() -> None:
        await asyncio.gather(*(reply(pace_s) for pace_s in paces))

    await clock.run(crowd())

    begun, used = 0.0, 0
    for at in times:
        begun, used = (at, 1) if at >= begun + 5.0 else (begun, used + 1)
        assert used <= limit
    # At worst they all end at once, in a window that is used up to the reserve.
    assert max(ended) <= 5.1 * (len(paces) // limit + 1)


async def test_a_reply_that_ends_before_it_began_is_expected_by_nobody() -> None:
    stage = Stage()
    for _ in range(4):
        stage.governor.slot(EDIT, EDIT)
    slot = stage.governor.slot(EDIT)

    await stage.clock.run(stage.call(slot, option(Rank.GROWTH), times=3))

    assert stage.at(Rank.GROWTH)[1] < 1.6


async def test_growth_leaves_calls_to_those_who_wait_and_takes_what_they_do_not_come_for() -> None:
    stage = Stage()
    waiting = [stage.governor.slot(EDIT, EDIT) for _ in range(4)]
    grows = stage.governor.slot(EDIT)

    async def scene() -> None:
        waits = [asyncio.create_task(stage.call(slot, option(Rank.STATE))) for slot in waiting]
        await stage.call(grows, option(Rank.GROWTH), times=4)
        for task in waits:
            task.cancel()

    await stage.clock.run(scene())

    growth = stage.at(Rank.GROWTH)
    assert growth[1] - growth[0] > 1.2
    assert growth[3] - growth[0] < 7.0
