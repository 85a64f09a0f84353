"""Answers to turns: from the lessons where they have one, else in a model's own words."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import ChatMessage, Completion, Doing, Notice, ReplyPart, State, Turn
from bot.engine.answer import Answerer
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.answer_request import AnswerRequest
from bot.engine.catalog import Catalog
from bot.engine.comparing import Comparing, ModelByName
from bot.engine.courses_in_use import CoursesInUse
from bot.engine.dictation import Dictation
from bot.engine.generation import Writing
from bot.engine.job_runner import JobRunner
from bot.engine.lesson_answers import LessonAnswers
from bot.engine.load_times import LoadTimes
from bot.engine.personas import Personas
from bot.engine.pictures import lost_pictures
from bot.engine.reasoning_habits import ReasoningHabits
from bot.engine.selection import ModelSelector, Selector
from bot.engine.stored_text import unseen_notices
from bot.engine.summaries import Summaries
from bot.engine.token_gauge import TokenGauge
from bot.engine.turn_context import TurnContext
from bot.engine.work_book import WorkBook
from bot.errors import UserError
from bot.ports import (
    NO_METER,
    Answers,
    Comparisons,
    LanguageTeller,
    Meter,
    ModelBackend,
    Notes,
    RecentHistory,
    Teacher,
)
from bot.reasoning import without_reasoning


class TurnAnswerer:
    """Answers turns. Channels, the command line and the evaluation all get their answers here.

    Without `lessons` none is asked; without `answers` no turn can go on with one; without `dictation` nobody hears what
    was recorded. `summaries` stand for what they left behind, once somebody has them made.
    """

    def __init__(
        self,
        *,
        answerer: Answerer,
        history: RecentHistory,
        selector: ModelSelector,
        summaries: Summaries | None = None,
        lessons: LessonAnswers | None = None,
        answers: Answers | None = None,
        comparing: Comparing | None = None,
        catalog: Catalog | None = None,
        personas: Personas | None = None,
    ) -> None:
        self._catalog = catalog
        self._answerer = answerer
        self.summaries = summaries
        self._history = history
        self._selector = selector
        self._lessons = lessons
        self._answers = answers
        self._comparing = comparing
        self._personas = personas or Personas()
        self.dictation: Dictation | None = None
        self.jobs: JobRunner | None = None

    @property
    def gauge(self) -> TokenGauge:
        """What prompts are measured with."""
        return self._answerer.gauge

    @property
    def languages(self) -> LanguageTeller | None:
        """What tells languages, where there is something."""
        return self._answerer.languages

    def context(self, turn: Turn) -> TurnContext:
        """Return what a turn is to be answered with."""
        named = turn.message.compares
        selector = ModelByName(self._catalog, *named) if len(named) == 1 and self._catalog else self._selector
        return TurnContext(turn, history=self._history, selector=selector, personas=self._personas)

    def needs_a_model(self, turn: Turn) -> bool:
        """Whether a model may have a part in the answer to a turn."""
        message = turn.message
        if message.job:
            return False
        has_more = bool(message.pictures or message.recordings)
        return self._lessons is None or has_more or self._lessons.need_a_model(message)

    async def parts(
        self, turn: Turn, writing: Writing, context: TurnContext | None = None
    ) -> AsyncGenerator[ReplyPart, None]:
        """Yield the parts of a turn's answer, its `Completion` last. `context` is what was found out of it before.

        Raises:
            BotError: no answer, or not all of it.
        """
        context = context or self.context(turn)
        answered = self.jobs.parts(turn, writing) if turn.message.job and self.jobs else None
        for stream in (self._heard(context, writing), answered or self._answered(context, writing)):
            async with aclosing(stream) as parts:
                async for part in parts:
                    yield part

    async def _heard(self, context: TurnContext, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Have what was recorded written down, where there is something."""
        if self.dictation and self.dictation.is_needed(context.turn) and not writing.is_stopped:
            async with aclosing(self.dictation.parts(context, writing)) as parts:
                async for part in parts:
                    yield part

    async def _answered(self, context: TurnContext, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        turn = context.turn
        if writing.is_stopped:
            yield writing.stopped()
            return
        if self._lessons and turn.message.lessons_only:
            yield State(Doing.READING)
        for notice in (*unseen_notices(turn.message.unseen), *lost_pictures(turn.message), *_asked_too(turn.message)):
            yield notice
        if len(turn.message.compares) > 1 and self._comparing:
            async with aclosing(self._comparing.parts(turn, writing)) as parts:
                async for part in parts:
                    yield part
            return
        speaking = await context.chosen()
        for part in await self._personas.introduced(speaking, turn):
            yield part
        spoken = self._personas.greeted(self._spoken(context, writing), speaking.assistant, turn)
        async with aclosing(spoken) as parts:
            async for part in parts:
                yield part

    async def _spoken(self, context: TurnContext, writing: Writing) -> AsyncGenerator[ReplyPart, None]:
        """Yield what a model says, or the lessons do."""
        chosen = await self._chosen(context)
        while isinstance(chosen, AnswerRequest):
            ended = writing.stopped()
            async with aclosing(self._answerer.parts(chosen, context, writing)) as parts:
                async for part in parts:
                    # What follows may take the place of this end.
                    if isinstance(part, Completion):
                        ended = part
                    else:
                        yield part
            chosen = chosen.then(ended) if chosen.then else [ended]
        for part in chosen:
            yield part

    async def _chosen(self, context: TurnContext) -> AnswerRequest | Sequence[ReplyPart]:
        """Return what a model is asked, or the whole answer."""
        turn = context.turn
        if turn.continues:
            return AnswerRequest(message=turn.message, so_far=await self._so_far(turn))
        if turn.message.pictures and not turn.message.lessons_only:
            return AnswerRequest(message=turn.message)
        from_lessons = await self._lessons.chosen(context) if self._lessons else None
        return AnswerRequest(message=turn.message) if from_lessons is None else from_lessons

    async def _so_far(self, turn: Turn) -> str:
        answer = await self._answers.find(turn.id) if self._answers else None
        if so_far := without_reasoning(answer.text) if answer else "":
            return so_far
        raise UserError("error.answer_gone")


def _asked_too(message: ChatMessage) -> list[Notice]:
    """Say which model answers a question that another one has answered."""
    return [Notice("notice.asked_too", {"model": name}) for name in message.compares if len(message.compares) == 1]


def turn_answerer(
    *,
    backend: ModelBackend,
    history: RecentHistory,
    selector: ModelSelector,
    answer_policy: AnswerPolicy,
    notes: Notes | None = None,
    answers: Answers | None = None,
    teacher: Teacher | None = None,
    lessons: CoursesInUse | None = None,
    comparisons: Comparisons | None = None,
    catalog: Catalog | None = None,
    work_book: WorkBook | None = None,
    meter: Meter = NO_METER,
    clock: Clock = SYSTEM_CLOCK,
) -> TurnAnswerer:
    """Put together what answers turns: with lessons where there are both a teacher and their names."""
    gauge = TokenGauge()
    summaries = Summaries(
        backend=backend,
        history=history,
        answer_policy=answer_policy,
        gauge=gauge,
        languages=teacher,
        work_book=work_book,
        clock=clock,
    )
    answerer = Answerer(
        backend=backend,
        answer_policy=answer_policy,
        loads=LoadTimes(host=backend.host, notes=notes),
        habits=ReasoningHabits(host=backend.host, notes=notes),
        languages=teacher,
        gauge=gauge,
        summaries=summaries,
        work_book=work_book,
        installed=(lambda: catalog.cached) if catalog else tuple,
        clock=clock,
    )
    return TurnAnswerer(
        answerer=answerer,
        comparing=_comparing(answerer, history, catalog, comparisons, clock),
        catalog=catalog,
        history=history,
        selector=selector,
        summaries=summaries,
        lessons=_lesson_answers(teacher, lessons, answer_policy, meter),
        answers=answers,
        personas=selector.personas if isinstance(selector, Selector) else None,
    )


def _lesson_answers(
    teacher: Teacher | None, lessons: CoursesInUse | None, answer_policy: AnswerPolicy, meter: Meter
) -> LessonAnswers | None:
    if teacher is None or lessons is None:
        return None
    return LessonAnswers(teacher=teacher, lessons=lessons, answer_policy=answer_policy, meter=meter)


def _comparing(
    answerer: Answerer, history: RecentHistory, catalog: Catalog | None, comparisons: Comparisons | None, clock: Clock
) -> Comparing | None:
    if comparisons is None or catalog is None:
        return None
    return Comparing(answerer=answerer, history=history, catalog=catalog, comparisons=comparisons, clock=clock)
