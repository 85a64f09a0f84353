"""A `Retriever` over `FakeLessons`: passages by the words they share with the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.domain import LessonQuestion, Passage
from bot.lessons.answers.support import coverage
from tests.memory.lessons import FakeLessons


class FakeRetriever:
    """See `ports.Retriever`. A passage is as certain as the share of the question's letters it holds."""

    def __init__(self, lessons: FakeLessons) -> None:
        self._lessons = lessons
        self.asked: list[LessonQuestion] = []

    async def find(self, question: LessonQuestion, *, count: int = 8, by_words: bool = False) -> Sequence[Passage]:
        del by_words  # it knows no meaning
        self.asked.append(question)
        found = []
        for document in await self._lessons.documents():
            if question.looks_in(document.key) and question.language in {"", document.language}:
                found += [_scored(passage, question.text) for passage in await self._lessons.chunks(document)]
        return sorted(found, key=lambda passage: -passage.score)[:count]


def _scored(passage: Passage, asked: str) -> Passage:
    share = coverage(asked, " ".join((*passage.chunk.heading_path, passage.chunk.text)))
    return replace(passage, score=share, certainty=share)
