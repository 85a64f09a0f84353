"""What the port does not show: how open turns are found among many closed ones, and what a closed one keeps."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.domain import Post, StoredAnswer, Turn, TurnState
from bot.errors import Unavailable
from bot.storage.database.database import Database
from bot.storage.history_store import SqlHistory
from bot.storage.tables.chat_tables import PostRow, TurnRow
from bot.storage.turns.open_turns import IS_OPEN, RUNS, WAITS
from bot.storage.turns.turn_store import SqlTurns
from tests.clocks import SetClock
from tests.contracts.stores import said

ME = "this worker"


@pytest.fixture
def turns(database: Database) -> SqlTurns:
    return SqlTurns(database, clock=SetClock())


async def accepted(turns: SqlTurns, words: str) -> Turn:
    turn = await turns.accept(said(words), worker=ME)
    assert turn is not None
    return turn


async def plan(database: Database, statement: Select[int]) -> str:
    def explain(session: Session) -> str:
        compiled = statement.compile(session.get_bind())
        values = tuple(compiled.params[name] for name in compiled.positiontup or ())
        steps = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values)
        return " ".join(step.detail for step in steps)

    return await database.read(explain)


@pytest.mark.parametrize("which", [IS_OPEN, WAITS, RUNS, IS_OPEN & (TurnRow.worker == ME)])
async def test_open_turns_are_found_among_themselves(database: Database, which: ColumnElement[bool]) -> None:
    found = await plan(database, select(TurnRow.id).where(which))

    assert "ix_turns_open" in found or "uq_turns_running_of_one" in found


async def test_the_open_turns_of_a_conversation_are_found_among_themselves(database: Database) -> None:
    found = await plan(database, select(TurnRow.id).where(IS_OPEN, TurnRow.conversation_id == 1))

    assert "ix_turns_open (conversation_id=?)" in found


async def test_a_closed_turn_keeps_nothing_of_who_asked(turns: SqlTurns, database: Database) -> None:
    turn = await accepted(turns, "one")
    await turns.note_post(turn.id, Post("turn-1:0", "9"))
    await turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "answer"), worker=ME)

    def kept(session: Session) -> TurnRow:
        return session.get_one(TurnRow, turn.id)

    row = await database.read(kept)
    names = ("worker", "lease_until", "event_id", "platform_message_id")
    persons = ("person_id", "person_name", "person_is_admin", "person_locale")
    assert [getattr(row, name) for name in names + persons] == [None] * 8
    assert await database.read(lambda session: session.scalar(select(func.count()).select_from(PostRow))) == 0


@pytest.mark.parametrize("is_open", [True, False])
async def test_a_turn_whose_words_are_erased_holds_none_of_them(
    turns: SqlTurns, database: Database, *, is_open: bool
) -> None:
    asked = replace(said("words"), lesson="canary", hint="canary", unseen=("canary.pdf",))
    turn = await turns.accept(asked, worker=ME)
    assert turn is not None
    if not is_open:
        await turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "words"), worker=ME)
    await SqlHistory(database).forget_person("discord", "p1")
    row = await database.read(lambda session: session.get_one(TurnRow, turn.id))

    assert (row.lesson, row.hint, row.unseen) == (None, None, None)


async def test_the_tables_let_no_two_turns_of_one_person_run_in_a_conversation(
    turns: SqlTurns, database: Database
) -> None:
    await accepted(turns, "one")
    await accepted(turns, "two")

    with pytest.raises(Unavailable) as caught:
        await database.write(lambda session: session.execute(update(TurnRow).values(state="running")))
    assert isinstance(caught.value.__cause__, IntegrityError)


async def test_a_claim_that_finds_nothing_wakes_nobody(turns: SqlTurns) -> None:
    await accepted(turns, "one")
    await turns.claim(ME, parallel=1)
    await turns.changed(timeout_s=0)
    waiting = asyncio.create_task(turns.changed(timeout_s=60))
    await turns.claim(ME, parallel=1)
    await turns.renew(ME)

    assert not waiting.done()
    await accepted(turns, "two")
    await asyncio.wait_for(waiting, 10)
