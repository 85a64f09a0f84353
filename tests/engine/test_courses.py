"""Several courses side by side, and places that go by one of them, through the engine's front door."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable
from dataclasses import replace
from pathlib import Path

import pytest

from bot.domain import Address, Sources
from bot.domain.deeds import DeedFilter, DeedKind
from bot.errors import UserError
from bot.lessons.reading.sorting import ALL
from bot.lessons.sources.opening import Wanted
from tests.engine.course_talk import ASKED, told, two_courses
from tests.engine.lesson_talk import ClassRoom
from tests.engine.talk import BOSS, DANA, ROOM, THREAD
from tests.lessons.courses import write

ELSEWHERE = replace(ROOM, channel="C2")
DIRECT = Address("lab", "", "D1")


@pytest.fixture
async def talk(tmp_path: Path) -> ClassRoom:
    return await two_courses(tmp_path)


async def refused(awaited: Awaitable[object]) -> UserError:
    with pytest.raises(UserError) as refusal:
        await awaited
    return refusal.value


class TestSideBySide:
    async def test_the_map_goes_course_by_course_and_says_how_to_call_lessons_of_equal_titles(
        self, talk: ClassRoom
    ) -> None:
        said = await talk.command("lesson list")

        assert [each["course"] for each in told(said, "lesson.list.course")] == ["boats", "harbour"]
        assert [(each["named"], each["name"]) for each in told(said, "lesson.list.row_named")] == [
            ("Motivation", "extra/motivation"),
            ("Motivation", "team/motivation"),
            ("1 Setup", "boats/1"),
            ("1 Setup", "harbour/1"),
        ]
        assert [each["named"] for each in told(said, "lesson.list.row")] == ["2025.3 Exam", "2024.3 Exam", "2 Knots"]

    async def test_the_newest_edition_stands_before_the_old_one(self, talk: ClassRoom) -> None:
        said = await talk.command("lesson list", course="boats")
        names = [each["named"] for key in ("row", "row_named") for each in told(said, f"lesson.list.{key}")]

        assert names.index("2025.3 Exam") < names.index("2024.3 Exam")

    @pytest.mark.parametrize(
        ("name", "title"),
        [
            ("boats/1", "Setup"),
            ("boats/01-intro", "Setup"),
            ("team/motivation", "Motivation"),
            ("2", "Knots"),
            ("bowline", None),
            ("knots", "Knots"),
            ("03-exam", "Exam"),
            ("2024.3", "Exam"),
        ],
    )
    async def test_a_lesson_is_found_by_each_name_it_is_told_by(
        self, talk: ClassRoom, name: str, title: str | None
    ) -> None:
        if title is None:
            assert (await refused(talk.command("lesson show", lesson=name))).key == "error.lesson_unknown"
        else:
            shown = told(await talk.command("lesson show", lesson=name), "lesson.show.head")[0]["named"]
            assert str(shown).rpartition(" ")[2] == title

    async def test_a_number_of_several_courses_is_asked_for_with_names_that_find_each(self, talk: ClassRoom) -> None:
        error = await refused(talk.command("lesson show", lesson="1"))

        assert (error.key, error.parameters["names"]) == ("error.lesson_unclear", "`boats/1`, `harbour/1`")

    async def test_a_course_is_shown_as_its_map(self, talk: ClassRoom) -> None:
        said = await talk.command("lesson show", lesson="Harbour")

        assert [each["course"] for each in told(said, "lesson.list.course")] == ["harbour"]

    async def test_a_course_goes_by_the_title_of_its_site_too(self, talk: ClassRoom, tmp_path: Path) -> None:
        folder = write(tmp_path / "boats", {"mkdocs.yml": "site_name: Sailing for all\n"})
        await talk.taking_in.take(Wanted(source=str(folder)), ALL)
        listed = told(await talk.command("lesson course list"), "lesson.course.row_taken")

        assert [each["title"] for each in listed] == [" · Sailing for all", ""]
        assert "whale" in (await talk.ask(ASKED, lesson="sailing for all")).text
        await talk.command("lesson course use", person=BOSS, course="sailing")
        choice = await talk.courses.chosen(ROOM)
        assert choice
        assert choice.course == "boats"

    async def test_a_course_is_asked_alone(self, talk: ClassRoom) -> None:
        assert "whale" in (await talk.ask(ASKED, lesson="boats")).text
        assert "tiger" in (await talk.ask(ASKED, lesson="harbour")).text

    async def test_a_lesson_of_a_course_is_asked_alone(self, talk: ClassRoom) -> None:
        answer = await talk.ask(ASKED, lesson="harbour/01-intro")

        assert "tiger" in answer.text
        assert "whale" not in answer.text

    async def test_a_part_of_a_course_is_asked_alone(self, talk: ClassRoom) -> None:
        assert "June" in (await talk.ask("When is the exam?", lesson="cohorts/2024")).text

    async def test_what_a_course_does_not_answer_is_refused_by_its_name(self, talk: ClassRoom) -> None:
        said = await talk.ask("What is quantum chromodynamics?", lesson="boats")

        assert told(said, "lessons.refused_by_course")[0]["course"] == "boats"

    async def test_sources_name_the_course_where_there_are_several(self, talk: ClassRoom) -> None:
        everywhere = await talk.ask("What is a bowline?")
        alone = await talk.ask("What is a bowline?", lesson="harbour")

        assert [source.title for source in everywhere.of(Sources)[-1].sources] == ["Knots › Bowline (harbour)"]
        assert [source.title for source in alone.of(Sources)[-1].sources] == ["Knots › Bowline"]

    async def test_a_quiz_about_a_course_is_about_one_of_its_lessons(self, talk: ClassRoom) -> None:
        error = await refused(talk.command("lesson quiz", lesson="boats"))

        assert error.key == "error.lesson_no_quiz"


class TestAPlacesCourse:
    async def test_an_admin_has_a_channel_go_by_one_course_alone(self, talk: ClassRoom) -> None:
        said = await talk.command("lesson course use", person=BOSS, course="Harbour")

        assert said.notices == ["lesson.course.used"]
        assert "tiger" in (await talk.ask(ASKED)).text
        assert "whale" not in (await talk.ask(ASKED)).text

    async def test_a_mention_goes_by_the_course_of_the_place(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="boats")
        await talk.say(ASKED)
        asked = talk.retriever.asked[-1]

        assert asked.within == ("boats",)

    async def test_its_threads_go_by_it_and_other_channels_do_not(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour")
        said = {at: await talk.command("lesson list", at=at) for at in (THREAD, ELSEWHERE)}

        assert [len(told(each, "lesson.list.course")) for each in said.values()] == [1, 2]

    async def test_a_workspace_goes_by_a_course_but_for_channels_with_their_own(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour", at_="workspace")
        await talk.command("lesson course use", person=BOSS, course="boats")
        here, there = await talk.command("lesson list"), await talk.command("lesson list", at=ELSEWHERE)

        assert told(here, "lesson.list.course") == [{"course": "boats"}]
        assert told(there, "lesson.list.course") == [{"course": "harbour"}]

    async def test_numbers_are_those_of_the_course(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour")
        said = await talk.command("lesson show", lesson="1")

        assert told(said, "lesson.show.head") == [{"named": "1 Setup"}]
        assert told(said, "lesson.show.tail") == [{"lesson": "1"}]

    async def test_a_lesson_of_another_course_is_said_to_be_of_that(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour")
        error = await refused(talk.ask("When?", lesson="03-exam"))

        assert error.key == "error.lesson_elsewhere"
        assert (error.parameters["other"], error.parameters["course"]) == ("boats", "harbour")

    async def test_only_its_lessons_are_suggested(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour")
        assert talk.engine.lessons
        await talk.engine.lessons.look()
        names = [
            await talk.engine.suggest("lesson show", "lesson", "setup", person=DANA, address=at)
            for at in (ROOM, ELSEWHERE)
        ]

        assert names == [["harbour/01-intro"], ["boats/01-intro", "harbour/01-intro"]]

    async def test_courses_are_suggested_by_their_names(self, talk: ClassRoom) -> None:
        assert talk.engine.lessons
        await talk.engine.lessons.look()

        assert await talk.engine.suggest("lesson course use", "course", "BOA", person=DANA, address=ROOM) == ["boats"]

    @pytest.mark.parametrize("at", ["here", "workspace"])
    async def test_who_is_no_admin_chooses_none_for_others(self, talk: ClassRoom, at: str) -> None:
        error = await refused(talk.command("lesson course use", course="harbour", at_=at))

        assert error.key == "error.course_admin_only"
        assert (await refused(talk.command("lesson course reset", at_=at))).key == "error.course_admin_only"
        assert await talk.courses.chosen(ROOM) is None

    async def test_everybody_chooses_for_themselves_alone(self, talk: ClassRoom) -> None:
        said = await talk.command("lesson course use", course="harbour", at=DIRECT, direct=True)

        assert said.notices == ["lesson.course.used"]
        error = await refused(
            talk.command("lesson course use", course="harbour", at=DIRECT, direct=True, at_="workspace")
        )
        assert error.key == "error.no_such_level"

    async def test_a_course_that_is_not_there_is_not_chosen(self, talk: ClassRoom) -> None:
        error = await refused(talk.command("lesson course use", person=BOSS, course="alchemy"))

        assert (error.key, error.parameters["courses"]) == ("error.course_unknown", "`boats`, `harbour`")

    async def test_all_answer_again_once_it_is_taken_back(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour")
        said = await talk.command("lesson course reset", person=BOSS)
        again = await talk.command("lesson course reset", person=BOSS)

        assert (said.notices, again.notices) == (["lesson.course.left"], ["lesson.course.left_none"])
        assert len(told(await talk.command("lesson list"), "lesson.list.course")) == 2

    async def test_what_still_counts_is_said_when_a_choice_is_taken_back(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour", at_="workspace")
        await talk.command("lesson course use", person=BOSS, course="boats")
        said = await talk.command("lesson course reset", person=BOSS)

        assert told(said, "lesson.course.here")[0]["course"] == "harbour"

    async def test_the_list_says_which_course_counts_here(self, talk: ClassRoom) -> None:
        before = await talk.command("lesson course list")
        await talk.command("lesson course use", person=BOSS, course="boats")
        after = await talk.command("lesson course list")

        assert before.notices[-1] == "lesson.course.all"
        assert [(each["mark"], each["course"], each["count"]) for each in told(after, "lesson.course.row_taken")] == [
            ("▶", "boats", 5),
            ("•", "harbour", 2),
        ]
        assert told(after, "lesson.course.here")[0]["course"] == "boats"

    async def test_where_its_course_is_gone_all_answer_and_that_is_said(self, talk: ClassRoom, tmp_path: Path) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour")
        await talk.taking_in.forget((tmp_path / "harbour").as_posix())
        said = await talk.command("lesson list")

        assert said.notices[0] == "lesson.course.gone"
        assert (await talk.command("lesson course list")).notices[-1] == "lesson.course.gone"
        assert "whale" in (await talk.ask(ASKED)).text

    async def test_what_its_course_does_not_answer_is_refused_by_its_name(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="boats")
        said = await talk.ask("What is quantum chromodynamics?")

        assert told(said, "lessons.refused_within") == [{"courses": "boats"}]

    async def test_the_log_says_who_chose(self, talk: ClassRoom) -> None:
        await talk.command("lesson course use", person=BOSS, course="harbour")
        (logged,) = await talk.audit.deeds(DeedFilter())

        assert (logged.deed.kind, logged.deed.person_id, logged.deed.other) == (
            DeedKind.COURSE_CHOSE,
            BOSS.id,
            "harbour",
        )


class TestWithAnAssistant:
    async def assistant(self, talk: ClassRoom, lessons: str) -> None:
        await talk.command(
            "assistant write", person=BOSS, named="Tutor", instructions="Ask back.", lessons=lessons, for_="channel"
        )
        await talk.command("assistant use", person=BOSS, assistant="Tutor", for_="channel")

    async def test_one_with_lessons_of_its_own_goes_by_those(self, talk: ClassRoom) -> None:
        await self.assistant(talk, "boats")
        await talk.command("lesson course use", person=BOSS, course="harbour")

        assert "whale" in (await talk.ask(ASKED)).text
        assert (await refused(talk.ask(ASKED, lesson="harbour"))).key == "error.assistant_other_lessons"

    async def test_one_that_answers_from_all_lessons_goes_by_the_course_of_the_place(self, talk: ClassRoom) -> None:
        await self.assistant(talk, "all")
        await talk.command("lesson course use", person=BOSS, course="harbour")

        assert "tiger" in (await talk.ask(ASKED)).text
        assert "whale" not in (await talk.ask(ASKED)).text

    async def test_one_that_has_a_lesson_of_a_course_answers_from_that_of_it(self, talk: ClassRoom) -> None:
        await self.assistant(talk, "boats/01-intro")
        answer = await talk.ask(ASKED, lesson="boats")

        assert "whale" in answer.text
        assert {source.title for source in answer.of(Sources)[-1].sources} == {"Setup › Mascot"}


async def test_a_source_whose_folder_is_gone_keeps_its_lessons(talk: ClassRoom, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "harbour")

    assert "tiger" in (await talk.ask(ASKED, lesson="harbour")).text
