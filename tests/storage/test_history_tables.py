"""What the ports do not show: how history is read and what stays in the tables."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from bot.clock import Clock
from bot.domain import StoredAnswer, Turn, TurnState
from bot.errors import Unavailable
from bot.storage import history_store as history
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.history_store import SqlHistory
from bot.storage.tables.chat_tables import EventRow, MessageRow, TurnRow
from bot.storage.turns.turn_store import SqlTurns
from tests.clocks import NOON, SetClock
from tests.contracts.stores import HERE, said

ME = "this worker"


class Stored:
    """The history and the turns of one database."""

    def __init__(self, database: Database, *, clock: Clock | None = None) -> None:
        self.turns = SqlTurns(database, clock=clock or SetClock())
        self.history = SqlHistory(database, clock=clock or SetClock())


async def answered(stored: Stored, words: str) -> Turn:
    turn = await stored.turns.accept(said(words), worker=ME)
    assert turn is not None
    await stored.turns.claim(ME, parallel=1)
    answer = StoredAnswer(TurnState.ANSWERED, f"answer {words}", model="m", prompt_tokens=3, answer_tokens=2)
    await stored.turns.finish(turn.id, answer, worker=ME)
    return turn


@pytest.fixture
def stored(database: Database) -> Stored:
    return Stored(database)


async def test_the_context_is_read_along_an_index_and_not_sorted(database: Database) -> None:
    def plan(session: Session) -> list[str]:
        statement = history.in_context(1, before_turn=9).compile(session.bind, compile_kwargs={"literal_binds": True})
        return [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]

    _, messages = await database.read(plan)
    assert messages.startswith("SEARCH messages USING INDEX ix_messages_conversation_id_turn_id (conversation_id=? AND")


async def test_a_turn_keeps_when_and_how_it_ended(stored: Stored, database: Database) -> None:
    turn = await answered(stored, "one")

    def kept(session: Session) -> TurnRow:
        return session.get_one(TurnRow, turn.id)

    row = await database.read(kept)
    assert (row.state, row.accepted_at, row.started_at, row.finished_at) == ("answered", NOON, NOON, NOON)
    assert (row.model, row.prompt_tokens, row.answer_tokens, row.error_key) == ("m", 3, 2, "")


async def test_a_withdrawn_message_leaves_its_event_and_turn_without_words(stored: Stored, database: Database) -> None:
    await answered(stored, "one")
    await stored.history.withdraw(HERE, message_id="message of one")

    def count(session: Session) -> list[int]:
        return [
            session.scalars(select(func.count()).select_from(table)).one() for table in (MessageRow, EventRow, TurnRow)
        ]

    assert await database.read(count) == [0, 1, 1]


async def test_withdrawn_words_are_not_left_in_the_file(file: Path) -> None:
    async with await open_database(file) as database:
        stored = Stored(database)
        await answered(stored, "my words")
        await stored.history.withdraw(HERE, message_id="message of my words")

    assert b"answer my words" not in await asyncio.to_thread(file.read_bytes)


@pytest.mark.parametrize("words", ["half \ud83d a pair", "nul \0 nul", "\udfff\ud800"])
async def test_text_no_database_can_hold_is_stored_as_near_as_can_be(stored: Stored, words: str) -> None:
    turn = await answered(stored, words)

    question, _ = await stored.history.recent(turn.conversation_id, before_turn=turn.id + 1)
    assert "\ufffd" in question.text
    assert question.text.encode().decode() == question.text
    assert await stored.turns.accept(said(words), worker=ME) is None
    assert await stored.history.withdraw(HERE, message_id=f"message of {words}") == turn.id


async def test_a_clock_without_a_time_zone_is_refused(database: Database) -> None:
    stored = Stored(database, clock=SetClock(NOON.replace(tzinfo=None)))

    with pytest.raises(Unavailable):
        await stored.turns.accept(said("one"), worker=ME)
