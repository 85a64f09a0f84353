"""Questions outside any conversation, as the command line and the evaluation ask them: answered as channels are."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.domain import PromptMessage, Role, Think
from bot.domain.defaults import WordedBy
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.catalog import Catalog
from bot.engine.courses_in_use import CoursesInUse
from bot.engine.lesson_questions import (
    LessonQuestions,
    MemoryHistory,
    NamedModel,
    OutsideQuestion,
    RecordingRetriever,
)
from bot.engine.turn_answers import turn_answerer
from bot.errors import ModelMissing, Transient, UserError
from bot.lessons.answers.teacher import CourseTeacher
from tests.engine.lesson_talk import ClassRoom
from tests.engine.talk import accepted, heard
from tests.fakes import FakeBackend, Speech, card
from tests.lessons.sample import sample_lessons
from tests.memory.retrieval import FakeRetriever

ASKED = "Which licence is Mistral 7B under?"
HELD = "Mistral 7B was published under Apache 2.0 [1]."
MODEL = card("m", parameters="7B", capabilities=frozenset({"completion", "thinking"}))


async def questions(backend: FakeBackend, *, answers: WordedBy = "model") -> LessonQuestions:
    lessons = await sample_lessons()
    history, retriever = MemoryHistory(), RecordingRetriever(FakeRetriever(lessons))
    teacher = CourseTeacher(retriever=retriever)
    answerer = turn_answerer(
        backend=backend,
        history=history,
        selector=NamedModel("m", catalog=Catalog(backend=backend)),
        answer_policy=AnswerPolicy(lesson_answers=answers),
        teacher=teacher,
        lessons=CoursesInUse(lessons),
    )
    return LessonQuestions(answerer=answerer, history=history, retriever=retriever)


async def test_a_model_is_asked_the_very_request_that_a_channel_asks_of_it() -> None:
    talk = ClassRoom(await sample_lessons(), answer_policy=AnswerPolicy(lesson_answers="model", lessons_unasked=False))
    talk.backend.cards = {"m": MODEL}
    talk.backend.say("I count owls.", HELD)
    await talk.say("What do you do?", direct=True)
    turn = await accepted(talk.engine, replace(talk.message(ASKED, direct=True), lessons_only=True))
    assert turn
    await heard(talk.engine.reply(turn))
    backend = FakeBackend(MODEL)
    said = (PromptMessage(Role.USER, "What do you do?"), PromptMessage(Role.ASSISTANT, "I count owls."))
    await (await questions(backend)).ask(OutsideQuestion(text=ASKED, history=said))

    assert backend.requests == [talk.backend.requests[-1]]
    assert backend.requests[0].think is Think.OFF


async def test_what_a_model_reasons_before_it_words_an_answer_is_no_part_of_it() -> None:
    backend = FakeBackend(MODEL)
    backend.say(f"Mistral 7B is in lesson 3.\n</think>\n\n{HELD}")
    answer = await (await questions(backend)).ask(OutsideQuestion(text=ASKED))

    assert answer.text == "Mistral 7B was published under Apache 2.0 [1]."


async def test_a_host_that_fails_for_a_moment_costs_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.engine.attempts.RETRY_WAITS_S", (0.0, 0.0))
    backend = FakeBackend(MODEL)
    backend.say(Speech(error=Transient("error.host_busy")), HELD)
    answer = await (await questions(backend)).ask(OutsideQuestion(text=ASKED))

    assert answer.text == "Mistral 7B was published under Apache 2.0 [1]."
    assert [source.title for source in answer.sources] == ["Families of open models › Mistral"]


async def test_a_question_that_goes_on_is_found_with_the_one_before() -> None:
    asked = await questions(FakeBackend(MODEL), answers="quotes")
    before = (PromptMessage(Role.USER, ASKED),)
    going_on = await asked.ask(OutsideQuestion(text="And Falcon?", history=before))
    alone = await asked.ask(OutsideQuestion(text="And its licence?"))

    assert "Falcon" in going_on.text
    assert going_on.found != alone.found


async def test_no_other_model_stands_in_for_the_one_that_was_named() -> None:
    backend = FakeBackend(MODEL, card("n", parameters="7B"))
    backend.say(Speech(error=ModelMissing("m")))
    asked = await questions(backend)
    backend.remove("m")

    with pytest.raises(UserError) as told:
        await asked.ask(OutsideQuestion(text=ASKED))
    assert told.value.key == "error.ask_model"


async def test_what_was_found_is_told_of_a_question_that_is_refused() -> None:
    answer = await (await questions(FakeBackend(MODEL))).ask(OutsideQuestion(text="Who won the football match?"))

    assert answer.text == ""
    assert answer.found
    assert answer.notices[0].key == "lessons.refused"
