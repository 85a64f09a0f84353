"""A conversation with an engine that has lessons: the product's own small course."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace

from bot.domain import Button, CommandCall, Offer
from bot.domain.defaults import WordedBy
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.course_desk import KeptCourses
from bot.engine.engine import Engine
from bot.lessons.answers.teacher import CourseTeacher
from bot.lessons.taking_in import TakingIn
from bot.ports import CourseRefresher, ModelBackend, Refreshed, RefreshStep
from tests.engine.talk import DANA, ROOM, Heard, Talk, accepted, heard
from tests.fakes import card
from tests.lessons.sample import sample_lessons
from tests.memory import FakeCourseSources, FakeLessons
from tests.memory.retrieval import FakeRetriever


class Refreshers:
    """See `ports.CourseRefresher`: whoever takes sources in anew at the moment."""

    def __init__(self, inner: CourseRefresher) -> None:
        self.inner = inner

    def refresh(self, name: str, *, worker: str = "") -> AsyncGenerator[RefreshStep | Refreshed, None]:
        return self.inner.refresh(name, worker=worker)


class ClassRoom(Talk):
    """A talk with lessons."""

    def __init__(self, lessons: FakeLessons, *, answer_policy: AnswerPolicy) -> None:
        self.lessons = lessons
        self.retriever = FakeRetriever(lessons)
        self.sources = FakeCourseSources()
        self.taking_in = TakingIn(lessons=lessons, sources=self.sources)
        self.refreshers = Refreshers(self.taking_in)
        self.has_refresher = True
        super().__init__(answer_policy=answer_policy)

    def another_process(self, worker: str, *, backend: ModelBackend | None = None) -> Engine:
        """Make an engine of another process on the same store and the same lessons."""
        return Engine(
            turns=self.turns,
            history=self.history,
            answers=self.answers,
            choices=self.choices,
            backend=backend or self.backend,
            access=self._access,
            answer_policy=self._answer_policy,
            worker=worker,
            assistants=self.assistants,
            courses=self.kept_courses(),
            lessons=self.lessons,
            teacher=CourseTeacher(retriever=self.retriever),
        )

    def kept_courses(self) -> KeptCourses:
        """Return what courses are kept with; sources are taken in anew in this process."""
        refresher = self.refreshers if self.has_refresher else None
        return KeptCourses(choices=self.courses, sources=self.sources, refresher=refresher, audit=self.audit)

    async def ask(self, text: str, *, lesson: str = "", language: str = "") -> Heard:
        """Ask the lessons."""
        message = replace(self.message(text), lessons_only=True, lesson=lesson, answer_language=language)
        turn = await accepted(self.engine, message)
        assert turn is not None
        return await heard(self.engine.reply(turn))

    async def press(self, button: Button) -> Heard:
        """Press a button of a command."""
        event_id = f"E{next(self._ids)}"
        call = CommandCall(
            event_id=event_id, address=ROOM, person=DANA, command=button.command, arguments=button.arguments
        )
        return await heard(self.engine.execute(call))

    async def right_button(self, said: Heard) -> Button:
        """Return the button with the right answer to the quiz question that was asked last."""
        presses = [(button, await self.press(button)) for button in said.of(Offer)[-1].buttons]
        return next(button for button, answer in presses if answer.notices[0] == "quiz.right")


async def class_room(*, answers: WordedBy = "auto", parameters: str = "7B") -> ClassRoom:
    """Make a talk with the sample course and one model of that size."""
    talk = ClassRoom(await sample_lessons(), answer_policy=AnswerPolicy(lesson_answers=answers))
    talk.backend.cards = {"m": card("m", parameters=parameters)}
    return talk
