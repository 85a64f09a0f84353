"""What the database itself refuses of the audit log, whichever database it is and whoever asks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.domain import Level
from bot.domain.deeds import Deed, DeedKind
from bot.errors import BotError, Unavailable
from bot.storage.audit_store import SqlAuditLog, note_deed
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from tests.clocks import NOON, SetClock
from tests.contracts.stores import HERE
from tests.lab.postgres import shared
from tests.lab.sqlite import make_file

FORGETTING = "UPDATE audit_log SET person_id = '(forgotten)'"
REFUSED = [
    "UPDATE audit_log SET model = 'another'",
    "UPDATE audit_log SET person_id = 'somebody else'",
    "UPDATE audit_log SET person_id = ''",
    f"{FORGETTING}, model = 'another'",
    f"{FORGETTING}, channel = 'another'",
    f"{FORGETTING}, done_at = '2020-01-01 00:00:00.000000'",
    f"{FORGETTING}, amount = 9",
    "DELETE FROM audit_log",
]


@pytest.fixture(params=["sqlite", "postgres"])
async def database(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    if request.param == "sqlite":
        async with await open_database(await make_file(tmp_path / "lyceum.db")) as opened:
            yield opened
        return
    async with shared().database() as url, await open_database(url) as opened:
        yield opened


async def executed(database: Database, *statements: str) -> None:
    def work(session: Session) -> None:
        for statement in statements:
            session.execute(text(statement))

    await database.write(work)


async def is_refused(database: Database, statement: str) -> bool:
    """Whether a trigger refuses it, in its own words."""
    try:
        await executed(database, statement)
    except Unavailable as error:
        return "only added to" in str(error.__cause__)
    return False


async def rows(database: Database) -> list[tuple[object, ...]]:
    def work(session: Session) -> list[tuple[object, ...]]:
        return [tuple(row) for row in session.execute(text("SELECT * FROM audit_log"))]

    return await database.read(work)


async def noted(database: Database, *, person_id: str = "p1") -> None:
    deed = Deed(kind=DeedKind.CHOSE, person_id=person_id, address=HERE, level=Level.ME, model="m")
    await SqlAuditLog(database, clock=SetClock()).note(deed)


@pytest.mark.parametrize("statement", REFUSED)
async def test_nothing_in_it_is_changed_or_deleted(database: Database, statement: str) -> None:
    await noted(database)
    before = await rows(database)

    assert await is_refused(database, statement)
    assert await rows(database) == before


async def test_nobodys_deed_becomes_a_forgotten_persons(database: Database) -> None:
    await noted(database, person_id="")

    assert await is_refused(database, FORGETTING)


async def test_a_person_is_taken_out_with_their_place_and_nothing_else(database: Database) -> None:
    await noted(database)
    await executed(database, f"{FORGETTING}, channel = '', thread = ''")

    assert [row[2:] for row in await rows(database)] == [
        ("chose", "discord", "guild", "", "", "me", "(forgotten)", "m", "", 0)
    ]


async def test_only_what_is_older_than_the_bound_is_deleted(database: Database) -> None:
    await noted(database)
    bound = "INSERT INTO audit_bounds (name, kept_from) VALUES ('retention', '{}')"
    await executed(database, bound.format("2020-01-01 00:00:00.000000"))
    assert await is_refused(database, "DELETE FROM audit_log")
    await executed(
        database, "UPDATE audit_bounds SET kept_from = '2030-01-01 00:00:00.000000'", "DELETE FROM audit_log"
    )

    assert await rows(database) == []


async def test_a_row_is_not_replaced_by_another_of_its_number(tmp_path: Path) -> None:
    async with await open_database(await make_file(tmp_path / "lyceum.db")) as database:
        await noted(database)
        before = await rows(database)
        values = "(1, '2026-01-01 00:00:00.000000', 'chose', '', '', '', '', '', '', 'other', '', 0)"

        assert await is_refused(database, f"REPLACE INTO audit_log VALUES {values}")
        assert await rows(database) == before


async def test_it_is_not_emptied_at_a_stroke() -> None:
    async with shared().database() as url, await open_database(url) as database:
        await noted(database)

        assert await is_refused(database, "TRUNCATE audit_log")
        assert len(await rows(database)) == 1


async def test_what_is_not_done_is_not_in_it(database: Database) -> None:
    def fails(session: Session) -> None:
        note_deed(session, Deed(kind=DeedKind.PULLED, model="m"), now=NOON)
        raise BotError("error.internal")

    with pytest.raises(BotError):
        await database.write(fails)
    assert await rows(database) == []
