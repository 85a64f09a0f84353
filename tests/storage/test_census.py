"""What is open, counted over all processes."""

from __future__ import annotations

from bot.domain import StoredAnswer, TurnState
from bot.observe.health import OpenTurns
from bot.storage.census import SqlCensus
from bot.storage.database.database import Database
from bot.storage.turns.turn_store import SqlTurns
from tests.clocks import SetClock
from tests.contracts.stores import said


async def test_without_turns_nothing_is_open(database: Database) -> None:
    assert await SqlCensus(database)() == OpenTurns(waiting=0, running=0, oldest_s=0)


async def test_what_waits_and_runs_is_counted_in_every_process(database: Database) -> None:
    clock = SetClock()
    turns, census = SqlTurns(database, clock=clock), SqlCensus(database, clock=clock)
    await turns.accept(said("one"), worker="first")
    clock.advance(5)
    await turns.accept(said("two"), worker="second")
    await turns.claim("first", parallel=1)

    assert await census() == OpenTurns(waiting=1, running=1, oldest_s=5)


async def test_what_is_closed_is_not_counted(database: Database) -> None:
    clock = SetClock()
    turns = SqlTurns(database, clock=clock)
    turn = await turns.accept(said("one"), worker="first")
    assert turn
    await turns.finish(turn.id, StoredAnswer(state=TurnState.ANSWERED, text="1"), worker="first")

    assert await SqlCensus(database, clock=clock)() == OpenTurns(waiting=0, running=0, oldest_s=0)
