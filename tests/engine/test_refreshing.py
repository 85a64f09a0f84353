"""Lessons are taken in anew for admins, with their progress, and whatever goes wrong is told once."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

import pytest

from bot.domain.deeds import DeedFilter, DeedKind
from bot.errors import UserError
from bot.ports import Refreshed, RefreshStep
from tests.engine.course_talk import told, two_courses
from tests.engine.lab_talk import begun, carried_out, shown, states
from tests.engine.lesson_talk import ClassRoom
from tests.engine.talk import BOSS, DANA, Heard, heard
from tests.lessons.courses import write

KNOTS = "# Knots\n\nA reef knot joins two ropes.\n"


@pytest.fixture
async def talk(tmp_path: Path) -> ClassRoom:
    return await two_courses(tmp_path)


class Slow:
    """Takes sources in anew, and stands still before the one named `waits` until it is let go on."""

    def __init__(self, talk: ClassRoom, waits: str = "") -> None:
        self.inner = talk.taking_in
        self.waits = waits
        self.stands = asyncio.Event()
        self.go_on = asyncio.Event()
        self.begun: list[str] = []

    async def refresh(self, name: str, *, worker: str = "") -> AsyncGenerator[RefreshStep | Refreshed, None]:
        self.begun.append(Path(name).name)
        yield RefreshStep(source=name)
        if self.waits and name.endswith(self.waits):
            self.stands.set()
            await self.go_on.wait()
        async with aclosing(self.inner.refresh(name, worker=worker)) as steps:
            async for step in steps:
                yield step


async def refused(talk: ClassRoom, course: str = "") -> UserError:
    with pytest.raises(UserError) as error:
        await carried_out(talk, "lesson refresh", course=course)
    return error.value


async def test_it_ends_with_what_changed_source_by_source(talk: ClassRoom, tmp_path: Path) -> None:
    write(tmp_path / "harbour", {"02-knots/README.md": KNOTS, "03-new/README.md": KNOTS, "LICENSE.md": "x"})
    answer = await carried_out(talk, "lesson refresh")

    assert answer.notices == ["refresh.same", "refresh.done"]
    (done,) = told(answer, "refresh.done")
    assert (done["added"], done["changed"], done["removed"], done["skipped"], done["unchanged"]) == (1, 1, 0, 1, 1)
    assert "reef" in (await talk.ask("What does a reef knot join?")).text


async def test_one_course_is_taken_in_anew_by_its_name(talk: ClassRoom, tmp_path: Path) -> None:
    for name in ("harbour", "boats"):
        write(tmp_path / name, {"09-new/README.md": KNOTS})
    answer = await carried_out(talk, "lesson refresh", course="Harbour")

    assert [each["source"] for each in told(answer, "refresh.done")] == [(tmp_path / "harbour").as_posix()]


@pytest.mark.parametrize(("locale", "words"), [("en", "of 2 files"), ("he", "מתוך 2 קבצים")])
async def test_how_far_it_is_is_shown_with_a_bar(talk: ClassRoom, locale: str, words: str) -> None:
    answer = await carried_out(talk, "lesson refresh", course="harbour")

    assert any("░" in each and words in each for each in states(answer, locale))
    assert "{" not in shown(answer, locale)


async def test_where_nothing_takes_lessons_in_that_is_said(talk: ClassRoom) -> None:
    talk.has_refresher = False
    talk.engine = talk.another_process("without")

    assert (await refused(talk)).key == "error.refresh_not_here"


async def test_only_an_admin_may(talk: ClassRoom) -> None:
    with pytest.raises(UserError) as error:
        await begun(talk, "lesson refresh", person=DANA)

    assert error.value.key == "error.lessons_admin_only"


async def test_a_course_that_is_not_there_is_told_with_those_that_are(talk: ClassRoom) -> None:
    error = await refused(talk, course="alchemy")

    assert (error.key, error.parameters["courses"]) == ("error.course_unknown", "`boats`, `harbour`")


async def test_a_source_that_cannot_be_had_is_told_with_why_and_the_others_go_on(
    talk: ClassRoom, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "boats")
    write(tmp_path / "harbour", {"09-new/README.md": KNOTS})
    answer = await carried_out(talk, "lesson refresh")

    assert answer.notices == ["refresh.failed", "refresh.done"]
    assert "is no folder" in shown(answer)
    assert "whale" in (await talk.ask("What is the mascot of the course?", lesson="boats")).text


async def test_lessons_whose_source_is_not_known_are_told(talk: ClassRoom, tmp_path: Path) -> None:
    await talk.sources.forget((tmp_path / "boats").as_posix())
    answer = await carried_out(talk, "lesson refresh")

    assert told(answer, "refresh.unknown") == [{"source": "boats"}]
    assert (await refused(talk, course="boats")).key == "error.lessons_not_known"


async def test_the_log_says_who_had_it_done(talk: ClassRoom, tmp_path: Path) -> None:
    write(tmp_path / "harbour", {"09-new/README.md": KNOTS})
    await carried_out(talk, "lesson refresh", course="harbour")
    (logged,) = await talk.audit.deeds(DeedFilter())

    assert (logged.deed.kind, logged.deed.person_id) == (DeedKind.COURSE_REFRESHED, BOSS.id)
    assert (logged.deed.other, logged.deed.amount) == ("harbour", 1)


async def test_what_runs_already_is_not_begun_anew(tmp_path: Path) -> None:
    talk = await two_courses(tmp_path)
    slow = talk.refreshers.inner = Slow(talk, waits="boats")
    first = asyncio.create_task(carried_out(talk, "lesson refresh"))
    await slow.stands.wait()
    error = await refused(talk)
    slow.go_on.set()
    await first

    assert error.key == "error.refresh_running"


async def test_stop_ends_it_and_what_was_taken_in_stays(tmp_path: Path) -> None:
    talk = await two_courses(tmp_path)
    slow = talk.refreshers.inner = Slow(talk, waits="harbour")
    write(tmp_path / "boats", {"09-new/README.md": KNOTS})
    turn, said = await begun(talk, "lesson refresh"), Heard()
    hearing = asyncio.create_task(heard(talk.engine.reply(turn), said))
    await slow.stands.wait()
    await talk.engine.stop(turn.id, person=BOSS, address=turn.message.address)
    await hearing

    assert said.notices == ["refresh.done", "refresh.stopped"]
    assert "boats/09-new" in [document.key for document in await talk.lessons.documents()]


async def test_another_process_goes_on_where_one_ended(tmp_path: Path) -> None:
    talk = await two_courses(tmp_path)
    slow = talk.refreshers.inner = Slow(talk, waits="harbour")
    write(tmp_path / "boats", {"09-new/README.md": KNOTS})
    turn = await begun(talk, "lesson refresh")
    hearing = asyncio.create_task(heard(talk.engine.reply(turn)))
    await slow.stands.wait()
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    slow.waits = ""
    slow.begun.clear()
    second = talk.another_process("second")
    (again,) = await second.adopt("lab")
    answer = await heard(second.reply(again))

    assert slow.begun == ["harbour"]
    assert answer.notices == ["refresh.done", "refresh.same"]
