"""What a database refuses is told without the words that were to be stored: errors are logged."""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from bot.errors import Unavailable
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.tables.chat_tables import NOTES
from tests.clocks import SetClock
from tests.lab import postgres
from tests.lab.sqlite import make_file

WORDS = "what people said"


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        async with await open_database(await make_file(tmp_path / "lyceum.db")) as database:
            yield database
    else:
        async with postgres.shared().database() as url, await open_database(url) as database:
            yield database


async def test_an_error_names_no_word_that_was_to_be_stored(database: Database) -> None:
    row = {"name": "note", "value": WORDS, "written_at": SetClock().utc()}

    def twice(session: Session) -> None:
        session.execute(insert(NOTES), row)
        session.execute(insert(NOTES), row)

    with pytest.raises(Unavailable) as refused:
        await database.write(twice)
    told = "".join(traceback.format_exception(refused.value))

    assert "INSERT INTO notes" in told
    assert WORDS not in told
