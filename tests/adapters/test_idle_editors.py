"""An editor that has nothing to do at this moment waits: it looks at its page when that has changed, and not before."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import pytest

from adapters.delivery.deliver import deliver
from bot.domain import Completion, Delta, Doing, FinishReason, ReplyPart, State
from tests.clocks import VirtualClock
from tests.walls import Wall

MOST_LOOKS = 2_000
SECRET = "codeword"
END = Completion(reason=FinishReason.STOP, model="m")


class WatchedClock(VirtualClock):
    """Notices whoever looks at it again and again, instead of waiting."""

    looks = 0

    def now(self) -> float:
        self.looks += 1
        if self.looks > MOST_LOOKS:
            pytest.fail("somebody looks at the clock without a wait")
        return super().now()


@pytest.mark.parametrize("is_message", [True, False])
async def test_who_is_refused_the_first_words_waits_for_the_next_ones(*, is_message: bool) -> None:
    clock = WatchedClock()
    wall = Wall(clock=clock, edit_interval_s=1.0)
    wall.has_state_messages = is_message
    wall.moderated = {SECRET}

    async def reply() -> AsyncGenerator[ReplyPart, None]:
        yield State(Doing.QUEUED, {"position": 1, "total": 5})
        await clock.sleep(1.0)
        yield State(Doing.QUEUED, {"position": 2, "total": 5})
        yield Delta(f"{SECRET} ")
        await clock.sleep(5.0)
        yield Delta("and more.")
        yield END

    await clock.run(deliver(reply(), wall, key="turn-1", locale="en", clock=clock))

    assert "and more." in wall.texts[-1]
    assert SECRET not in wall.texts[-1]
