"""Two small courses of our own, one on bread and one on bicycles, and questions about them in three languages.

They are of other subjects than the courses that weights are tuned on. By the hash of its text a question is in the half
that was looked at while tuning, or in the other.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain import LessonQuestion, Passage
from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.search.digest import digests
from bot.lessons.search.retrieval import HybridRetriever
from bot.lessons.sources.folders import folder_source
from bot.ports import Embedder, Vectors
from tests.lessons.sample import read_course
from tests.memory.lessons import FakeLessons

COURSES = Path(__file__).parent / "quoted_courses"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnQuestion:
    """A question, the passages of a lesson that answer it, and the facts that a right answer tells.

    Each fact is given by the wordings of which one must stand in the answer.
    """

    course: str
    kind: str
    lang: str
    question: str
    lesson: str
    passages: Sequence[str]
    facts: Sequence[Sequence[str]]
    previous: str = ""

    @property
    def is_tuned_on(self) -> bool:
        """Whether it was looked at while tuning."""
        return hashlib.sha256(self.question.encode()).digest()[0] % 2 == 0

    def is_answered_by(self, passage: Passage) -> bool:
        """Whether a passage is one that answers it."""
        text = " ".join(passage.chunk.text.split())
        return passage.document.lesson == self.lesson and any(gold in text for gold in self.passages)

    def told(self, answer: str) -> float:
        """Return the share of the facts that an answer tells."""
        said = " ".join(re.sub(r"[*_`]|^> ", "", answer, flags=re.MULTILINE).split()).casefold()
        return sum(any(wording.casefold() in said for wording in fact) for fact in self.facts) / len(self.facts)


@dataclass(frozen=True, slots=True)
class OwnFigures:
    """What some questions came to: shares, and characters of an answer on average."""

    count: int
    passage_first: float
    facts: float
    right_citations: float
    chars: float
    refused: float = 0.0


def own_questions() -> list[OwnQuestion]:
    """Return all questions."""
    lines = (COURSES / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [OwnQuestion(**json.loads(line)) for line in lines]


async def own_figures(questions: Sequence[OwnQuestion], embedder: Embedder) -> OwnFigures:
    """Ask the questions, each of its own course, and answer in quotes those, too, that would be refused."""
    rows = []
    for course in sorted({question.course for question in questions}):
        retriever = HybridRetriever(lessons=await _lessons(course, embedder), embedder=embedder)
        teacher = CourseTeacher(retriever=retriever, embedder=embedder)
        for question in questions:
            if question.course == course:
                finding = await teacher.look(LessonQuestion(text=question.question, previous=question.previous))
                rows.append((question, finding, teacher.quote(finding)))
    cited = [question.is_answered_by(passage) for question, _, answer in rows for passage in answer.passages]
    found = [(question, finding.passages[:1]) for question, finding, _ in rows]
    return OwnFigures(
        count=len(rows),
        passage_first=_share([any(map(question.is_answered_by, first)) for question, first in found]),
        facts=_share([question.told(answer.text) for question, _, answer in rows]),
        right_citations=_share(cited),
        chars=_share([len(answer.text) for _, _, answer in rows]),
        refused=_share([not finding.is_covered for _, finding, _ in rows]),
    )


async def _lessons(course: str, embedder: Embedder) -> FakeLessons:
    lessons = FakeLessons()
    for document, chunks in read_course(folder_source(COURSES / course)):
        rows = await embedder.passages(digests(document, chunks))
        await lessons.put(course, document, chunks, Vectors(embedder.name, rows))
    return lessons


def _share(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
