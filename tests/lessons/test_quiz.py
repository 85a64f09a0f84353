from __future__ import annotations

import pytest

from bot.lessons.answers.quiz import quiz
from tests.lessons.sample import passages_of


@pytest.mark.parametrize("lesson", ["01", "02", "03", "04"])
@pytest.mark.parametrize("language", ["en", "he"])
async def test_every_lesson_of_the_sample_gives_a_quiz(lesson: str, language: str) -> None:
    items = quiz(await passages_of(lesson, language))

    assert len(items) >= 3
    assert all(len(set(item.options)) >= 3 for item in items)


async def test_the_clue_says_of_the_answer_what_the_lesson_says_and_does_not_name_it() -> None:
    items = quiz(await passages_of("02"))

    for item in items:
        assert item.options[item.answer] in item.passage.chunk.text.replace("**", "").replace("-", "-")
        assert item.options[item.answer].casefold() not in item.clue.casefold()


async def test_the_same_lesson_gives_the_same_quiz() -> None:
    passages = await passages_of("01")

    assert quiz(passages) == quiz(passages)


def test_a_lesson_without_terms_and_sections_gives_none() -> None:
    assert quiz([]) == []
