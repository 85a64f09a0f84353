"""One process of the bot without platforms: `python -m tests.bench.rig.worker LOCATION NAME`.

Reads loads from its standard input, a line of JSON each. For each it prints `ready`, waits for a line, answers the load
through `bot.engine.Engine` and prints what it saw. LOCATION is a database's, or `memory`.
"""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field, replace

import structlog

from bot.engine.access import Access
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.engine import Engine
from bot.storage.answer_store import SqlAnswers
from bot.storage.choice_store import SqlChoices
from bot.storage.database.open_database import open_database
from bot.storage.history_store import SqlHistory
from bot.storage.turns.turn_store import SqlTurns
from tests.bench.rig.counting import Statements
from tests.bench.rig.crowd import Crowd, Load
from tests.bench.rig.model import InstantModel
from tests.memory import FakeAnswers, FakeChoices, FakeHistory, FakeStore, FakeTurns

MEMORY = "memory"
# More than there are conversations: nobody waits but for the work itself.
MANNERS = AnswerPolicy(default_model="instant", parallel=256, waiting=10_000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What one process saw of a load; moments in seconds since 1970. `counts` are of its database's statements."""

    began_at: float
    ended_at: float
    processor_s: float
    first_words_s: list[float]
    counts: dict[str, int] = field(default_factory=dict)


@asynccontextmanager
async def engine_over(location: str, name: str) -> AsyncIterator[Engine]:
    """Make an engine as `bot.runtime.compose` does, but for its model."""
    backend = InstantModel()
    if location == MEMORY:
        store = FakeStore()
        yield Engine(
            turns=FakeTurns(store), history=FakeHistory(store), choices=FakeChoices(store), backend=backend,
            answers=FakeAnswers(store), access=Access(), answer_policy=MANNERS, worker=name,
        )  # fmt: skip
        return
    async with await open_database(location) as database:
        yield Engine(
            turns=SqlTurns(database), history=SqlHistory(database), choices=SqlChoices(database), backend=backend,
            answers=SqlAnswers(database), access=Access(), answer_policy=MANNERS, worker=name,
        )  # fmt: skip


async def answered(location: str, name: str, load: Load) -> Seen:
    """Warm up with a turn in each conversation, wait for the word, answer the load."""
    async with engine_over(location, name) as engine:
        await Crowd(engine, f"{name} warm").ask_all(replace(load, turns=1, period_s=0))
        crowd = Crowd(engine, name)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.readline)
        began_at, used_s = time.time(), time.process_time()
        with Statements() as statements:
            await crowd.ask_all(load)
        return Seen(
            began_at=began_at,
            ended_at=time.time(),
            processor_s=time.process_time() - used_s,
            first_words_s=crowd.first_words_s,
            counts=dict(statements.counts),
        )


def main() -> None:
    """Answer loads until the standard input ends."""
    location, name = sys.argv[1:]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    for line in iter(sys.stdin.readline, ""):
        seen = asyncio.run(answered(location, name, Load(**json.loads(line))))
        print(json.dumps(asdict(seen)), flush=True)


if __name__ == "__main__":
    main()
