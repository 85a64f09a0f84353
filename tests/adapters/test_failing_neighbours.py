"""Replies that share what a platform takes: one whose calls fail costs the others little."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest

from adapters.delivery.buckets import FixedWindow, Rate
from adapters.delivery.deliver import deliver
from adapters.delivery.governor import Governor
from adapters.delivery.layout import Rules
from bot.domain import Completion, Delta, FinishReason, ReplyPart
from tests.clocks import VirtualClock
from tests.walls import Wall

WORDS, WORD_S = 120, 0.5


async def spoken(clock: VirtualClock) -> AsyncGenerator[ReplyPart, None]:
    for number in range(WORDS):
        yield Delta(f"word{number} ")
        await clock.sleep(WORD_S)
    yield Completion(reason=FinishReason.STOP, model="m")


@pytest.mark.parametrize("stubborn", [1, 2])
async def test_a_message_that_takes_no_edits_leaves_the_others_their_growth(stubborn: int) -> None:
    clock = VirtualClock()
    rules = Rules(governor=Governor(new_bucket=lambda _: FixedWindow(Rate(5, 5.0)), clock=clock))
    walls = [Wall(message_chars=5_000, edit_interval_s=1.0, clock=clock) for _ in range(4)]
    for wall in walls[:stubborn]:
        wall.stubborn.add("0")

    async def scene() -> None:
        replies = (
            deliver(spoken(clock), wall, key=f"turn-{number}", locale="en", rules=rules, clock=clock)
            for number, wall in enumerate(walls)
        )
        await asyncio.gather(*replies)

    await clock.run(scene())

    grown = [len(wall.messages[0].edits) for wall in walls[stubborn:]]
    # Of five edits in five seconds each of the four replies leaves one to the end of each: one is left for growth.
    assert min(grown) >= WORDS * WORD_S / 5.0 / len(walls)
