"""Answers as the command line and the evaluation have them made."""

from __future__ import annotations

from bot.domain import LessonQuestion
from bot.lessons.answers.examining import Examiner
from bot.lessons.answers.teacher import CourseTeacher
from tests.fakes import FakeBackend, Speech, card
from tests.lessons.sample import sample_lessons
from tests.memory.retrieval import FakeRetriever

ASKED = LessonQuestion(text="Which licence is Mistral 7B under?")


async def test_what_a_model_reasons_before_it_words_an_answer_is_no_part_of_it() -> None:
    backend = FakeBackend(card("m"))
    teacher = CourseTeacher(retriever=FakeRetriever(await sample_lessons()))
    backend.say(Speech("Mistral 7B is in lesson 3.\n</think>\n\nMistral 7B was published under Apache 2.0 [1]."))
    examined = await Examiner(teacher=teacher, backend=backend, model="m").examine(ASKED)

    assert examined.text == "Mistral 7B was published under Apache 2.0. [1]"
