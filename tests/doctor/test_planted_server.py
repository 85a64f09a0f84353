"""Faults of a database on a Postgres server: rights, a standby, too few connections, a wrong password."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.storage.database.database_checkup import check_server
from bot.storage.database.open_database import open_database
from tests.doctor.setup import MOST_S, Report, sound
from tests.lab.postgres import QUOTED_PASSWORD, USER, shared

OTHER = "doctor_patient"


async def doctor_on(url: str, folder: Path) -> Report:
    async with sound(folder) as there:
        there.variables["STORAGE__URL"] = url
        return await there.doctor()


@pytest.mark.parametrize(
    ("broken", "area", "key"),
    [
        ((f":{QUOTED_PASSWORD}@", ":wrong@"), "database", "error.storage_login"),
        (("/test_", "/gone_"), "database", "error.storage_no_database"),
        (("host=/", "host=/nowhere/"), "database", "error.storage_unreachable"),
    ],
)
async def test_a_server_that_cannot_be_entered_is_found(
    broken: tuple[str, str], area: str, key: str, tmp_path: Path
) -> None:
    async with shared().database() as url:
        told = await doctor_on(url.replace(*broken), tmp_path)

    assert told.problems == {area: key}
    assert told.took_s < MOST_S
    assert "wrong@" not in told.printed


@pytest.mark.parametrize(
    ("planted", "area", "key"),
    [
        ("ALTER DATABASE {name} SET default_transaction_read_only = on", "database.server", "check.server_read_only"),
        ("ALTER ROLE {other} CONNECTION LIMIT 4", "database.connections", "check.server_connections"),
        ("SELECT 1", "database.server", "check.server_tables"),
    ],
)
async def test_a_server_that_lets_the_bot_do_too_little_is_found(planted: str, area: str, key: str) -> None:
    server = shared()
    async with server.database() as url:
        async with await open_database(url):
            name = url.partition("@/")[2].partition("?")[0]
        await server.execute(f"CREATE ROLE {OTHER} LOGIN SUPERUSER PASSWORD 'p@ss/word'")
        if "tables" in key:
            await server.execute(f"ALTER ROLE {OTHER} NOSUPERUSER")
        try:
            await server.execute(planted.format(name=name, other=OTHER))
            found = await check_server(url.replace(f"//{USER}:", f"//{OTHER}:"))
        finally:
            await server.execute(f"DROP ROLE {OTHER}")

    assert [(each.area, each.notice.key) for each in found if not each.is_well] == [(area, key)]
