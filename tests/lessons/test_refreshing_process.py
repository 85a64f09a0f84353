"""A source is taken in anew in a process of its own: a real one, on a database on this disk."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain import Notice
from bot.ports import Refreshed, RefreshStep
from bot.runtime.refreshing import ChildRefresher
from bot.storage.course_source_store import SqlCourseSources
from bot.storage.database.database import Database
from bot.storage.database.open_database import open_database
from bot.storage.lesson_store import SqlLessons
from tests.cli_process import ROOT, Lyceum
from tests.lessons.courses import BEES, write


@pytest.fixture
def lyceum(tmp_path: Path) -> Lyceum:
    write(tmp_path / "bees", {"03-bees/README.md": BEES, "04-wax/README.md": "# Wax\n\nWax melts.\n"})
    return Lyceum(tmp_path, {"MODEL__EMBEDDED": "never"})


@pytest.fixture
async def database(lyceum: Lyceum) -> AsyncIterator[Database]:
    assert (await lyceum("ingest", "bees", "--name", "Keeping bees")).code == 0
    async with await open_database(lyceum.folder / "data/lyceum.db") as database:
        yield database


def refresher(lyceum: Lyceum, *command: str) -> ChildRefresher:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    environment["LYCEUM_STORAGE__PATH"] = str(lyceum.folder / "data/lyceum.db")
    return ChildRefresher(command, environment=environment) if command else ChildRefresher(environment=environment)


async def steps_of(refresher: ChildRefresher, name: Path) -> list[RefreshStep | Refreshed]:
    async with aclosing(refresher.refresh(name.as_posix())) as steps:
        return [step async for step in steps]


async def test_it_says_how_far_it_is_and_what_changed(lyceum: Lyceum, database: Database) -> None:
    write(lyceum.folder / "bees", {"04-wax/README.md": "# Wax\n\nWax melts at 64 degrees.\n", "05-new.md": BEES})
    steps = await steps_of(refresher(lyceum), lyceum.folder / "bees")
    name = (lyceum.folder / "bees").as_posix()

    assert steps[-1] == Refreshed(source=name, added=1, changed=1, unchanged=1)
    assert steps[0] == RefreshStep(source=name)
    assert RefreshStep(source=name, done=3, total=3) in steps
    assert {document.course for document in await SqlLessons(database).documents()} == {"Keeping-bees"}


async def test_what_cannot_be_had_is_said_and_kept(lyceum: Lyceum, database: Database) -> None:
    (lyceum.folder / "bees").rename(lyceum.folder / "elsewhere")
    with capture_logs() as lines:
        steps = await steps_of(refresher(lyceum), lyceum.folder / "bees")
    (known,) = await SqlCourseSources(database).known()
    why = Notice("error.lessons_source", {"source": (lyceum.folder / "bees").as_posix()})

    assert steps[-1] == Refreshed(source=(lyceum.folder / "bees").as_posix(), failure=why)
    assert known.failure == why
    assert [(line["event"], line["error"]) for line in lines] == [("lessons.not_refreshed", "error.lessons_source")]
    assert len(await SqlLessons(database).documents()) == 2


async def test_what_is_stopped_leaves_no_process_and_holds_nothing(lyceum: Lyceum, database: Database) -> None:
    stopped = refresher(lyceum).refresh((lyceum.folder / "bees").as_posix())
    await anext(stopped)
    async with asyncio.timeout(10):
        await stopped.aclose()
    steps = await steps_of(refresher(lyceum), lyceum.folder / "bees")

    assert isinstance(steps[-1], Refreshed)
    assert steps[-1].failure is None
    assert await SqlCourseSources(database).hold((lyceum.folder / "bees").as_posix(), "another", for_s=1)


async def test_a_process_that_breaks_off_is_said(lyceum: Lyceum) -> None:
    steps = await steps_of(refresher(lyceum, sys.executable, "-c", "raise SystemExit(3)"), lyceum.folder)

    assert [step.failure for step in steps if isinstance(step, Refreshed)] == [Notice("error.refresh_broken_off")]
