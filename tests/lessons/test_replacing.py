"""Questions while lessons are being replaced: answered from the old ones or from the new ones, and never refused."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.domain import LessonQuestion
from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.ingestion import Ingestion
from bot.lessons.search.retrieval import HybridRetriever
from tests.contracts.stores import IMPLEMENTATIONS
from tests.lessons.courses import source

QUESTIONS, FILES = 400, 60
WORDS = ["alder", "birch", "cedar", "dogwood", "elm", "fir", "ginkgo", "hazel", "ivy", "juniper"]


def course(metal: str) -> Mapping[str, str | bytes]:
    """Return lessons that say of each part which metal it is made of."""
    return {
        f"{number:02}-part/README.md": f"# Part {number}\n\n## Metal\n\n"
        f"The {WORDS[number % 10]} wheel of machine {number} is made of {metal}.\n"
        for number in range(1, FILES + 1)
    }


@pytest.mark.parametrize("store", ["sqlite", "postgres"])
async def test_no_question_is_refused_while_its_lesson_is_being_replaced(store: str, tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    async with IMPLEMENTATIONS[store](tmp_path / "db") as stores:
        ingestion = Ingestion(lessons=stores.lessons, at_once=1)
        await ingestion.run(source(tmp_path / "course", course("copper")))
        teacher = CourseTeacher(retriever=HybridRetriever(lessons=stores.lessons))
        question = LessonQuestion(text="What is the cedar wheel of machine 32 made of?")

        async def ask() -> str:
            finding = await teacher.look(question)
            text = teacher.quote(finding).text if finding.is_covered else ""
            return "old" if "copper" in text else "new" if "silver" in text else "refused"

        replacing = asyncio.create_task(ingestion.run(source(tmp_path / "course", course("silver"))))
        said = [await ask() for _ in range(QUESTIONS)]
        await replacing

    assert said.count("refused") == 0
    assert said[-1] == "new"
    assert "old" in said
