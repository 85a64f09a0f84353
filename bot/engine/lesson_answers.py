"""Answers from the lessons: whether a turn is one, who words it, and what is said where the lessons have no answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import structlog

from bot.domain import (
    Assistant,
    ChatMessage,
    Cited,
    Completion,
    Delta,
    Finding,
    FinishReason,
    LessonQuestion,
    ModelCard,
    Notice,
    Passage,
    ReplyPart,
    Role,
    is_within,
)
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.answer_request import AnswerRequest
from bot.engine.citations import CLOSE, refusal, see_also, sources
from bot.engine.courses_in_use import CoursesInUse
from bot.engine.model_languages import knows
from bot.engine.selection import is_capable
from bot.engine.stored_text import without_notes
from bot.engine.turn_context import TurnContext
from bot.errors import BotError, UserError
from bot.ports import NO_METER, Meter, Teacher

# A mention of fewer words is small talk, or a follow-up that only the conversation explains.
FEWEST_WORDS = 3
# No model worded it.
NO_MODEL = Completion(reason=FinishReason.STOP, model="")
log = structlog.get_logger(__name__)


class CheckedText:
    """See `TextFilter`: of what a model makes of passages, the sentences that hold are shown, with their sources."""

    def __init__(self, teacher: Teacher, finding: Finding, *, is_of_many: bool = False) -> None:
        self._teacher = teacher
        self._finding = finding
        self._is_of_many = is_of_many
        self.begin()

    @property
    def removed(self) -> int:
        """How many sentences did not hold."""
        return self._proof.removed

    @property
    def kept(self) -> int:
        """How many sentences held."""
        return self._proof.kept

    @property
    def is_refusal(self) -> bool:
        """Whether the model said that the lessons do not answer the question."""
        return self._proof.is_refusal

    def begin(self) -> None:
        """See `TextFilter.begin`."""
        self._proof = self._teacher.proof(self._finding)
        self.cited: list[Passage] = []

    async def feed(self, text: str) -> Sequence[ReplyPart]:
        """See `TextFilter.feed`."""
        return self._kept(await self._proof.feed(text))

    async def finish(self) -> Sequence[ReplyPart]:
        """See `TextFilter.finish`."""
        return self._kept(await self._proof.finish())

    def _kept(self, checked: Cited) -> list[ReplyPart]:
        kept: list[ReplyPart] = [Delta(checked.text)] if checked.text else []
        if checked.passages:
            self.cited.extend(checked.passages)
            kept.append(sources(self.cited, is_of_many=self._is_of_many))
        return kept


class LessonAnswers:
    """Chooses how a turn is answered from the lessons, if it is."""

    def __init__(
        self, *, teacher: Teacher, lessons: CoursesInUse, answer_policy: AnswerPolicy, meter: Meter = NO_METER
    ) -> None:
        self._teacher = teacher
        self._lessons = lessons
        self._answer_policy = answer_policy
        self._meter = meter

    async def chosen(self, context: TurnContext) -> AnswerRequest | Sequence[ReplyPart] | None:
        """Return what a model is to word, or the whole answer, or None where the turn is none for the lessons.

        Raises:
            BotError: the lessons were asked and cannot be read, or the one that was named cannot be told.
        """
        finding, message = await self._finding(context), context.turn.message
        if finding is None:
            return None
        is_of_many = await self._is_of_many(finding.question)
        is_answered = finding.is_covered or finding.is_sure
        may_word = (is_answered or self._is_in_another_language(finding)) and await self._is_capable(context)
        if not may_word and is_answered:
            return self._quoted(finding, is_of_many=is_of_many)
        if not may_word:
            return self._refused(finding, NO_MODEL, is_of_many=is_of_many)
        check = CheckedText(self._teacher, finding, is_of_many=is_of_many)
        return AnswerRequest(
            message=message,
            brief=lambda budget_tokens: self._teacher.brief(finding, budget_tokens=budget_tokens),
            text=check,
            then=partial(self._then, message, finding, check, is_of_many=is_of_many),
        )

    def need_a_model(self, message: ChatMessage) -> bool:
        """Whether a model may have a part in the answer to a message."""
        return not message.lessons_only or self._answer_policy.lesson_answers != "quotes"

    def _then(
        self, message: ChatMessage, finding: Finding, check: CheckedText, ended: Completion, *, is_of_many: bool
    ) -> AnswerRequest | Sequence[ReplyPart]:
        """Say what was left out, or something else than a model of whose words nothing holds."""
        if check.cited or ended.reason is FinishReason.STOPPED:
            self._meter.lessons_answered("worded")
            return [*([Notice("lessons.removed", {"count": check.removed})] if check.removed else []), ended]
        if not message.lessons_only:
            # Nobody asked the lessons: they turned out to be beside the point.
            return AnswerRequest(message=message)
        # Of whose every sentence was wrong the question was no better than its answer. One that finds no answer is
        # believed where the lessons are not sure of theirs.
        is_beside = not finding.is_sure if check.is_refusal else check.removed
        if is_beside or not (finding.is_covered or finding.is_sure):
            return self._refused(finding, ended, is_of_many=is_of_many)
        silent = [] if check.is_refusal else [Notice("lessons.model_silent", {"model": ended.model})]
        return [*silent, *self._quoted(finding, is_of_many=is_of_many)]

    def _is_in_another_language(self, finding: Finding) -> bool:
        """Whether what comes near a question is not in its language: what its words tell of the passages is little.

        A model may read them all the same, and what it makes of them is checked by meaning.
        """
        language = self._teacher.language_of(finding.question.text)
        best = finding.passages[0] if finding.passages and not finding.is_small_talk else None
        return (
            best is not None
            and bool(language)
            and best.certainty >= CLOSE
            and best.chunk.language.partition("-")[0] != language.partition("-")[0]
        )

    def _refused(self, finding: Finding, ended: Completion, *, is_of_many: bool) -> Sequence[ReplyPart]:
        self._meter.lessons_answered("refused")
        return [*refusal(finding, is_of_many=is_of_many), ended]

    def _quoted(self, finding: Finding, *, is_of_many: bool) -> Sequence[ReplyPart]:
        quoted = self._teacher.quote(finding)
        if not quoted.text:
            # Passages of nothing but pictures have no sentence to quote.
            return self._refused(finding, NO_MODEL, is_of_many=is_of_many)
        self._meter.lessons_answered("quoted")
        shown = sources(quoted.passages, is_of_many=is_of_many)
        others = see_also(finding.passages, quoted.passages, is_of_many=is_of_many)
        return [Delta(quoted.text), shown, *others, Notice("lessons.quotes"), NO_MODEL]

    async def _finding(self, context: TurnContext) -> Finding | None:
        """Return what the lessons have; None where they are not asked, or, unasked, cannot be read or leave it be."""
        if context.turn.message.lessons_only:
            return await self._teacher.look(await self._question(context))
        if not self._answer_policy.lessons_unasked:
            return None
        assistant = await self._assistant(context)
        if assistant and not assistant.persona.asks_lessons:
            return None
        try:
            return await self._unasked(context)
        except BotError as error:
            log.warning("lessons.not_read", error=error.key)
            return None

    async def _unasked(self, context: TurnContext) -> Finding | None:
        """Return what the lessons answer though nobody asked them: surely, or better than the model here would.

        That is one for demonstrations, or one that does not know the question's language.
        """
        question = await self._question(context)
        has_words = len(question.text.split()) >= FEWEST_WORDS
        if has_words and (await self._teacher.look(question, by_words=True)).is_sure:
            finding = await self._teacher.look(question)
            if finding.is_sure:
                return finding
        card = await _card(context)
        is_read = card is not None and knows(card, question.text, self._teacher)
        if card is None or (is_read and not card.is_demonstration):
            return None
        # With the question before, whatever is said next would be taken for a part of that one.
        finding = await self._teacher.look(replace(question, previous=""))
        is_told = finding.is_covered or (finding.is_likely and not is_read)
        return replace(finding, is_covered=True) if is_told and not finding.is_vague else None

    async def _question(self, context: TurnContext) -> LessonQuestion:
        message, history = context.turn.message, await context.history()
        lesson, within = await self._scope(context)
        return LessonQuestion(
            text=without_notes(message.text),
            previous=next((without_notes(said.text) for said in reversed(history) if said.role is Role.USER), ""),
            lesson=lesson,
            within=within,
            language=message.answer_language,
        )

    async def _assistant(self, context: TurnContext) -> Assistant | None:
        return (await context.chosen()).assistant

    async def _scope(self, context: TurnContext) -> tuple[str, tuple[str, ...]]:
        """Return the key of what a person named, and what else bounds the question.

        An assistant with lessons of its own goes by those; any other, and nobody, by the course of the place.

        Raises:
            UserError: what was named cannot be told, or the assistant does not answer from it.
        """
        message, assistant = context.turn.message, await self._assistant(context)
        bounds = lesson_bounds(assistant)
        if assistant and bounds:
            lesson = (await self._lessons.all_names()).find(message.lesson).key if message.lesson else ""
            if lesson and not _meet(lesson, bounds):
                raise UserError("error.assistant_other_lessons", name=assistant.name, lesson=message.lesson)
            return lesson, bounds
        lesson = (await self._lessons.meant(message.lesson, message.address)).key if message.lesson else ""
        return lesson, (await self._lessons.at(message.address)).within

    async def _is_of_many(self, question: LessonQuestion) -> bool:
        """Whether passages of several courses may answer a question."""
        if question.lesson:
            return False
        if question.within:
            return len({each.partition("/")[0] for each in question.within}) > 1
        return await self._lessons.count() > 1

    async def _is_capable(self, context: TurnContext) -> bool:
        """Whether a model may word the answer here. Where none can be chosen, the lessons still answer, in quotes."""
        message = context.turn.message
        if self._answer_policy.lesson_answers != "auto":
            return self._answer_policy.lesson_answers == "model"
        card, said = await _card(context), without_notes(message.text)
        language = message.answer_language or self._teacher.language_of(said)
        return card is not None and is_capable(card, language) and knows(card, said, self._teacher)


def lesson_bounds(assistant: Assistant | None) -> tuple[str, ...]:
    """Return the courses and lessons an assistant answers from, empty for all.

    Raises:
        UserError: it answers from none.
    """
    if assistant is None:
        return ()
    if not assistant.persona.asks_lessons:
        raise UserError("error.assistant_no_lessons", name=assistant.name)
    return assistant.persona.within


def _meet(lesson: str, bounds: tuple[str, ...]) -> bool:
    """Whether a lesson or a course has something in common with what bounds a question."""
    return is_within(lesson, bounds) or any(is_within(each, (lesson,)) for each in bounds)


async def _card(context: TurnContext) -> ModelCard | None:
    """Return the model that answers here; None where none can be chosen."""
    try:
        return (await context.selection()).card
    except BotError:
        return None
