"""A model that is retired, through the front doors: the process notices, and tells each team's admin once."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.e2e.doors import Doors
from tests.lab.ollama import LabModel
from tests.lab.slack import User

RETIRED = "was retired by its maker on 2026-01-31"
OURS = """
[[models]]
id = "house"
name = "House"
family = "house"
tag = "house:1b"
tasks = ["chat"]
retires = 2026-01-31
"""


def rows(doors: Doors, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(doors.database)) as connection:
        return connection.execute(statement).fetchall()


async def asked(doors: Doors, boss: User) -> str:
    """Return all that an admin on Slack reads once they have asked which model answers."""
    before = len(doors.slack.private(doors.channel_here, boss))
    await doors.slack.slash(doors.channel_here, boss, "/model", "why")
    await doors.slack.until(lambda: len(doors.slack.private(doors.channel_here, boss)) > before)
    return doors.slack.private(doors.channel_here, boss)[-1].shown


async def test_an_admin_is_told_once_over_restarts_and_what_they_choose_is_in_the_log(doors: Doors) -> None:
    (doors.lyceum.folder / "ours.toml").write_text(OURS, encoding="utf-8")
    doors.lyceum.variables["MODEL__CATALOGUE"] = str(doors.lyceum.folder / "ours.toml")
    doors.ollama.install(LabModel(name="house:1b"))
    boss = doors.slack.add_user("boss", admin=True)
    doors.channel_here.members.add(boss.id)
    async with doors.open():
        await doors.slack.until(lambda: rows(doors, "SELECT kind FROM model_news") == [("retired",)])
        await doors.slack.slash(doors.channel_here, boss, "/model", "use house:1b for workspace")
        await doors.slack.until(lambda: bool(doors.slack.private(doors.channel_here, boss)))
        first = doors.slack.private(doors.channel_here, boss)[-1].shown + await asked(doors, boss)
        second = await asked(doors, boss)
    async with doors.open():
        third = await asked(doors, boss)
    log = rows(doors, "SELECT kind, level, person_id, model FROM audit_log")

    assert first.count(RETIRED) == 1
    assert "Choices that name it: " in first
    assert RETIRED not in second + third
    assert log == [("chose", "workspace", boss.id, "house:1b")]
