"""Editions of lessons: cohorts, versions and old copies, told apart by the folders that hold them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.domain import LessonQuestion
from bot.domain.editions import CURRENT, edition_of, outdated
from bot.lessons.ingestion import Ingestion
from bot.lessons.search.retrieval import HybridRetriever
from tests.lessons.courses import BEES, BEES_HE, skipped, source
from tests.memory import FakeLessons


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("cohorts/2024/01-intro", "cohorts/2025/01-intro"),
        ("_2020/security", "_2026/security"),
        ("2024/fall2023/a", "2024/fall2024/a"),
        ("2024-spring/a", "2024-fall/a"),
        ("2023-24/a", "2024-25/a"),
        ("cohort-2024/a", "cohort-2025/a"),
        ("v1/a", "v2/a"),
        ("v1.9/a", "v1.10/a"),
        ("versioned_docs/version-1.2/guide/a", "versioned_docs/version-1.3.0/guide/a"),
        ("versioned_docs/version-1.2/guide/a", "docs/guide/a"),
        ("1.x/a", "2.x/a"),
        ("old/a", "a"),
        ("archive/2019/a", "2019/a"),
        ("clean/lessons/a", "lessons/a"),
        ("cohorts/2025/01-intro", "01-intro"),
    ],
)
def test_of_one_work_one_edition_is_newer(older: str, newer: str) -> None:
    before, after = edition_of(older), edition_of(newer)

    assert before.work == after.work
    assert before.rank < after.rank


@pytest.mark.parametrize(
    "name",
    ["01-intro/README", "1.2 The parts", "part1/a", "2d/a", "vision/a", "older-people/a", "b2b/a", "10000/a", "2024"],
)
def test_what_is_no_mark_of_an_edition_is_none(name: str) -> None:
    assert edition_of(name).rank == CURRENT


def test_a_lesson_is_outdated_where_its_own_course_has_a_newer_edition() -> None:
    keys = ["a/2024/x", "a/2025/x", "a/2024/only-then", "b/2026/x", "a/old/y", "b/y"]

    assert outdated(keys) == {"a/2024/x": "a/2025/x"}


SAME = "# Wax\n\nWax melts when it gets warm.\n"
CHANGED = "# Wax\n\nWax melts at 64 degrees.\n"


@pytest.mark.parametrize(
    ("files", "left"),
    [
        ({"cohorts/2024/01-a.md": BEES, "cohorts/2025/01-a.md": BEES}, {"cohorts/2024/01-a.md"}),
        ({"cohorts/2024/01-a.md": BEES, "cohorts/2025/01-a.md": f"{BEES}\nMore.\n"}, set()),
        ({"versioned_docs/version-1.2/a.md": SAME, "docs/a.md": SAME}, {"versioned_docs/version-1.2/a.md"}),
        ({"_2019/a.md": SAME, "_2020/a.md": CHANGED, "_2026/a.md": SAME}, {"_2019/a.md"}),
        ({"clean/a.md": f"\n{SAME}\n", "a.md": SAME}, {"clean/a.md"}),
        ({"2024/a.md": SAME, "2025/b.md": SAME}, set()),
        ({"2024/a.md": BEES, "translations/he/2024/a.md": BEES_HE}, set()),
        ({"basics/a.md": SAME, "advanced/a.md": SAME}, set()),
    ],
)
def test_what_a_newer_edition_says_alike_is_left_out(
    tmp_path: Path, files: Mapping[str, str | bytes], left: set[str]
) -> None:
    assert {path for path, reason in skipped(tmp_path, files).items() if reason == "old_edition"} == left


EXAMS: Mapping[str, str | bytes] = {
    "cohorts/2024/01-exam/README.md": "# Exam\n\nThe final exam takes place in the harbour hall, in June.\n",
    "cohorts/2025/01-exam/README.md": "# Exam\n\nThe final exam takes place in the north hall, in July this time.\n",
    "02-knots/README.md": "# Knots\n\nA bowline is a knot.\n",
}


async def lessons_found(folder: Path, question: str) -> list[str]:
    lessons = FakeLessons()
    await Ingestion(lessons=lessons).run(source(folder, EXAMS))
    return [
        passage.document.lesson
        for passage in await HybridRetriever(lessons=lessons).find(LessonQuestion(text=question))
    ]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("Where does the final exam take place?", "cohorts/2025/01-exam"),
        ("How old is the final exam?", "cohorts/2025/01-exam"),
        ("Is the final exam in the harbour hall in June?", "cohorts/2024/01-exam"),
        ("Where did the final exam take place in 2024?", "cohorts/2024/01-exam"),
    ],
)
async def test_the_newest_edition_is_found_first_unless_an_old_one_alone_is_meant(
    tmp_path: Path, question: str, first: str
) -> None:
    assert (await lessons_found(tmp_path, question))[0] == first


async def test_an_old_edition_is_found_all_the_same(tmp_path: Path) -> None:
    assert "cohorts/2024/01-exam" in await lessons_found(tmp_path, "Where is the final exam, in June?")
