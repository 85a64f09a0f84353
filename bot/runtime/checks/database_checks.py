"""Looks at the database: its place, its revision, its rights, and what it notes of earlier starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from bot.domain import Notice
from bot.domain.check_result import CheckResult, CheckState, told, well
from bot.errors import BotError
from bot.settings import Settings
from bot.storage.database import migration, revisions
from bot.storage.database.database import Database
from bot.storage.database.database_checkup import check_file, check_server
from bot.storage.database.location import is_postgres, place
from bot.storage.database.open_database import open_database

AREA = "database"
WAIT_S = 3.0


async def check_database(settings: Settings) -> Sequence[CheckResult]:
    """Look at its revision first: what cannot be opened is not looked at further."""
    location = settings.storage.location
    try:
        if is_postgres(location):
            return [await asyncio.to_thread(_revision, location), *await check_server(location)]
        found = await asyncio.to_thread(check_file, location)
        return [*found, await asyncio.to_thread(_revision, location)] if all(each.is_well for each in found) else found
    except BotError as error:
        return [of_error(error)]


def of_error(error: BotError) -> CheckResult:
    """Return what stands in the way of opening the database."""
    return told(AREA, Notice(error.key, error.parameters), shows="no_start")


def _revision(location: str) -> CheckResult:
    """Raise BotError: it is damaged, locked, away, or of another version or program."""
    migration.check(location)
    found = migration.look(location)
    if found.state is revisions.SchemaState.NEW:
        return CheckResult(AREA, CheckState.WELL, Notice("migrate.new", {"path": place(location)}))
    return well(AREA, "database_current", path=place(location), revision=found.revision)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database | None]:
    """Open the database where there is one of this version; None elsewhere. None is made."""
    database = await _opened(settings.storage.location)
    if database is None:
        yield None
        return
    async with database:
        yield database


async def _opened(location: str) -> Database | None:
    try:
        async with asyncio.timeout(WAIT_S):
            schema = await asyncio.to_thread(migration.look, location)
            is_ours = schema.state in revisions.FIT
            return await open_database(location, wait_s=WAIT_S) if is_ours else None
    except (BotError, TimeoutError):
        return None  # the check of the database tells why
