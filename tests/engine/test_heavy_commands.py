"""Commands that take a processor for seconds: everybody else is served meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime

from bot.domain import Address, PersonRecord, RecordedMessage
from bot.ports import PairVote
from tests.engine.talk import DANA, ROOM, Talk
from tests.memory import FakeHistory

VOTES, PEOPLE, MODELS = 400, 20, 6
STEP_S = 0.001
# What is done at once and not beside others leaves no step between; a busy machine leaves a few.
FEWEST_STEPS = 5


async def steps_beside(work: Awaitable[object]) -> int:
    """Count how often somebody else comes to the turn while this is done."""
    steps = 0

    async def step() -> None:
        nonlocal steps
        while True:
            await asyncio.sleep(STEP_S)
            steps += 1

    stepping = asyncio.create_task(step())
    await work
    stepping.cancel()
    return steps


async def test_a_leaderboard_of_many_votes_holds_up_nobody() -> None:
    talk = Talk()
    names = [f"model{number}" for number in range(MODELS)]
    talk.store.votes = [
        (
            number,
            (ROOM.platform, ROOM.workspace),
            PairVote(
                person_id=f"p{number % PEOPLE}",
                first=names[number % MODELS],
                second=names[(number + 1 + number // MODELS % (MODELS - 1)) % MODELS],
                outcome=float(number % 3 > 0),
            ),
        )
        for number in range(VOTES)
    ]
    await talk.command("model leaderboard")  # what is loaded once is not measured
    talk.store.votes.append((VOTES, *talk.store.votes[-1][1:]))  # nor is what was reckoned of the same votes

    assert await steps_beside(talk.command("model leaderboard")) >= FEWEST_STEPS


class LongHistory(FakeHistory):
    """Somebody has said more than fits into one file."""

    async def record_of(self, platform: str, person_id: str) -> PersonRecord:
        del platform, person_id
        said = RecordedMessage(datetime(2026, 11, 1, tzinfo=UTC), Address("lab", "W1", "C1"), "M1", "owls " * 20_000)
        return PersonRecord(messages=(said,) * 300)


async def test_an_export_of_much_holds_up_nobody() -> None:
    talk = Talk()
    talk.history = LongHistory(talk.store)
    talk.engine = talk.another_process("long")

    assert await steps_beside(talk.command("export", person=DANA)) >= FEWEST_STEPS
