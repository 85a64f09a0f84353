"""A turn in a state that only a newer version knows: told of once, not answered, not lost, and in nobody's way."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain import CommandCall, StoredAnswer, Turn, TurnState
from bot.errors import AnswerRunning
from bot.storage.turns.unknown_states import LOOKED_EVERY_S
from tests.contracts.stores import HERE, ME, PIA, Stores, accepted, answered, in_sqlite, said

STATES = ["paused", "scheduled", "RUNNING", "answered ", "", "☃"]


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    async with in_sqlite(tmp_path) as stores:
        yield stores


def write(folder: Path, turn: Turn, state: str) -> None:
    with closing(sqlite3.connect(folder / "lyceum.db")) as connection, connection:
        connection.execute(
            "UPDATE turns SET state = ?, worker = NULL, lease_until = NULL WHERE id = ?", (state, turn.id)
        )


def state_of(folder: Path, turn: Turn) -> str:
    with closing(sqlite3.connect(folder / "lyceum.db")) as connection:
        return str(connection.execute("SELECT state FROM turns WHERE id = ?", (turn.id,)).fetchone()[0])


@pytest.mark.parametrize("state", STATES)
async def test_it_is_told_of_once_and_left_as_it_is(stores: Stores, tmp_path: Path, state: str) -> None:
    turn = await accepted(stores, said("What is AI?"))
    write(tmp_path, turn, state)
    with capture_logs() as logs:
        taken = [await stores.turns.adopt(ME, platform=HERE.platform) for _ in range(3)]
    told = [each for each in logs if each["event"] == "storage.turn_state_unknown"]

    assert taken == [[], [], []]
    assert [(each["turn"], each["state"]) for each in told] == [(turn.id, state)]
    assert state_of(tmp_path, turn) == state


@pytest.mark.parametrize("state", STATES)
async def test_its_question_is_not_answered_twice(stores: Stores, tmp_path: Path, state: str) -> None:
    turn = await accepted(stores, said("What is AI?"))
    write(tmp_path, turn, state)

    assert await stores.turns.accept(said("What is AI?"), worker=ME) is None
    assert not await stores.turns.claim(ME, parallel=4)
    assert not await stores.turns.finish(turn.id, StoredAnswer(TurnState.ANSWERED, "A field."), worker=ME)


async def test_nobody_has_it_answered_again_before_it_is_over(stores: Stores, tmp_path: Path) -> None:
    turn = await answered(stores, "What is AI?", "A field.")
    write(tmp_path, turn, "paused")

    pressed = CommandCall(event_id="press", address=HERE, person=PIA, command="again")

    with pytest.raises(AnswerRunning):
        await stores.turns.accept_press(pressed, turn_id=turn.id, continues=False, worker=ME)


async def test_what_is_asked_after_it_is_answered(stores: Stores, tmp_path: Path) -> None:
    turn = await accepted(stores, said("What is AI?"))
    write(tmp_path, turn, "paused")
    later = await accepted(stores, said("And ML?"))

    assert list(await stores.turns.claim(ME, parallel=4)) == [later.id]


async def test_one_that_is_written_later_is_told_of_within_an_hour(stores: Stores, tmp_path: Path) -> None:
    await stores.turns.adopt(ME, platform=HERE.platform)
    turn = await accepted(stores, said("What is AI?"))
    write(tmp_path, turn, "paused")
    stores.clock.advance(LOOKED_EVERY_S)
    with capture_logs() as logs:
        await stores.turns.adopt(ME, platform=HERE.platform)

    assert [each["turn"] for each in logs if each["event"] == "storage.turn_state_unknown"] == [turn.id]
