"""What every platform promises where there are several courses, and a channel goes by one of them."""

from __future__ import annotations

from pathlib import Path

from tests.adapters.course_scene import HARBOUR
from tests.contracts.scenes import ADA, DANA, ROSA, Stage, on_every
from tests.lessons.courses import write

MASCOT = "What is the mascot of the course?"


class TestAChannelsCourse:
    @on_every("courses")
    async def test_an_admin_chooses_it_and_questions_are_answered_from_it(self, courses: Stage) -> None:
        await courses.call(ROSA, "lesson course use", course="harbour")
        await courses.reads_alone(ROSA, "go by the course")
        await courses.call(ADA, "ask", question=MASCOT)
        answer = await courses.reads("tiger")

        assert "whale" not in answer.text

    @on_every("courses", "others")
    async def test_who_is_no_admin_is_told_alone_and_nothing_changes(self, courses: Stage) -> None:
        await courses.call(ADA, "lesson course use", course="harbour")
        await courses.reads_alone(ADA, "needs an admin of this workspace")
        await courses.call(ADA, "lesson course list")

        assert "all of them answer" in (await courses.reads_alone(ADA, "Courses: 2")).text

    @on_every("courses", "others")
    async def test_everybody_reads_the_list_in_their_language(self, courses: Stage) -> None:
        await courses.call(DANA, "lesson course list")
        told = await courses.reads_alone(DANA, "קורסים")

        assert "harbour" in told.text
        assert "boats" in told.text

    @on_every("courses")
    async def test_sources_name_the_course_where_there_are_several(self, courses: Stage) -> None:
        await courses.call(ADA, "ask", question=MASCOT)

        assert "Setup (boats)" in (await courses.reads("whale")).text


class TestTakingInAnew:
    @on_every("courses")
    async def test_an_admin_has_it_done_and_reads_what_changed(self, courses: Stage, tmp_path: Path) -> None:
        write(tmp_path / "harbour", {**HARBOUR, "02-new/README.md": "# New\n\nThe tower is 30 metres high.\n"})
        await courses.call(ROSA, "lesson refresh", course="harbour")
        done = await courses.reads("1 new")
        await courses.call(ADA, "ask", question="How high is the tower?")

        assert not done.stops
        assert "30 metres" in (await courses.reads("30 metres")).text

    @on_every("courses", "others")
    async def test_who_is_no_admin_is_told_and_nothing_is_shown(self, courses: Stage) -> None:
        await courses.call(ADA, "lesson refresh")
        await courses.reads_told(ADA, "needs an admin of this workspace")

        assert not any("harbour" in each.text for each in courses.wall())
