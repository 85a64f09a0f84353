"""An answer in the making: which model, which prompt, which words. It knows no line and no platform."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

import structlog

from bot.domain import (
    ChatRequest,
    Completion,
    Doing,
    FinishReason,
    ModelCard,
    ModelEvent,
    Notice,
    PromptMessage,
    ReplyPart,
    State,
    is_blank,
)
from bot.engine.answer_filter import AnswerFilter
from bot.engine.answer_policy import Manners
from bot.engine.catalog import Catalog
from bot.engine.generation import Generation
from bot.engine.load_times import Loads
from bot.engine.model_languages import not_understood, understood
from bot.engine.prompt import (
    PackedPrompt,
    TokenGauge,
    answered,
    as_question,
    build_prompt,
    going_on,
    last_words,
    was_cut,
)
from bot.engine.reasoning_habits import ReasoningHabits
from bot.engine.run import Run
from bot.engine.selection import Selection, Selector
from bot.errors import ModelMissing, PromptTooLong, Transient, Unavailable, UserError
from bot.ports import Answers, History, ModelBackend, Teacher
from bot.reasoning import Screen, without_reasoning

# A model that is gone, or a prompt the host finds too long, is tried again this often before any text came.
ATTEMPTS = 3
# The passages' share of what a model may read, at most: the rest is for the conversation.
LESSONS_SHARE = 0.6
# Seconds before a host that failed is asked again, as long as no text came; then the person is told.
RETRY_WAITS_S = (0.5, 2.0)
log = structlog.get_logger(__name__)

Sleep = Callable[[float], Awaitable[None]]


class Answerer:
    """Answers turns from the history, with the model that is chosen where they were asked."""

    def __init__(
        self,
        *,
        history: History,
        answers: Answers,
        backend: ModelBackend,
        catalog: Catalog,
        selector: Selector,
        manners: Manners,
        loads: Loads | None = None,
        habits: ReasoningHabits | None = None,
        teacher: Teacher | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._history = history
        self._answers = answers
        self._backend = backend
        self._catalog = catalog
        self._selector = selector
        self._manners = manners
        self._loads = loads or Loads(host=backend.host)
        self._habits = habits or ReasoningHabits(host=backend.host)
        self._teacher = teacher
        self._sleep = sleep
        self._gauge = TokenGauge()

    async def parts(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Yield the answer's parts; `run` keeps what was written, and its `Completion`.

        Raises:
            BotError: no answer, or not all of it.
        """
        told: list[Notice] = []
        async with aclosing(self._patient(run)) as parts:
            async for part in parts:
                # What an attempt has told, such as a model that is gone, the next one finds as well.
                if isinstance(part, Notice) and part in told:
                    continue
                if isinstance(part, Notice):
                    told.append(part)
                yield part

    async def _patient(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Let attempts follow each other while the host's faults may pass and no text came."""
        for number, wait_s in enumerate(RETRY_WAITS_S, start=1):
            try:
                async with aclosing(self._adapted(run)) as parts:
                    async for part in parts:
                        yield part
            except Transient as error:
                if run.pieces:
                    raise
                log.info("answer.retried", turn=run.turn.id, error=error.key, number=number)
            else:
                return
            yield State(Doing.RETRYING, {"number": number, "most": len(RETRY_WAITS_S)})
            await self._pause(run, wait_s)
            if run.is_stopped:
                run.completion = run.stopped()
            if run.is_stopped or run.is_lost:
                return
        async with aclosing(self._adapted(run)) as parts:
            async for part in parts:
                yield part

    async def _pause(self, run: Run, wait_s: float) -> None:
        """Wait. A generation without words is stopped as every other is, at once."""
        if run.is_stopped or run.is_lost:
            return
        run.generation = pause = Generation(_silence(self._sleep, wait_s))
        try:
            async for _ in pause.events():
                pass
        finally:
            await pause.close()
            run.generation = None

    async def _adapted(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        """Let attempts follow each other while the model is gone or its prompt too long."""
        for attempt in range(ATTEMPTS):
            try:
                async with aclosing(self._attempt(run)) as parts:
                    async for part in parts:
                        yield part
            except ModelMissing:
                if run.pieces or attempt + 1 == ATTEMPTS:
                    raise
                await self._catalog.refresh()
            except PromptTooLong as error:
                # Raised for the question alone it carries our estimate, raised by the host its count of the whole.
                if run.generation is None or attempt + 1 == ATTEMPTS:
                    raise
                run.generation = None
                self._gauge.tighten(run.model, prompt_tokens=error.prompt_tokens, context_tokens=error.context_tokens)
            else:
                return

    async def _attempt(self, run: Run) -> AsyncGenerator[ReplyPart, None]:
        message = run.turn.message
        selection = await self._selector.select(message.address, message.person.id)
        card, run.model = selection.card, selection.card.name
        for notice in fallback_notices(selection):
            yield notice
        told = not_understood(card, message.text, self._teacher)
        if told and run.lesson is None and not run.turn.continues:
            run.completion = Completion(reason=FinishReason.STOP, model="")
            yield told
            return
        packed = await self._pack(run, card)
        if packed.dropped:
            yield Notice("notice.oldest_dropped")
        yield await self._beginning(card)
        async with aclosing(self._written(run, card, packed)) as parts:
            async for part in parts:
                yield part
        if card.is_demonstration:
            yield Notice("notice.demonstration", {"model": card.name})

    async def _beginning(self, card: ModelCard) -> State:
        """What the person reads until the first words: a model that is not loaded says how long that took before."""
        if card.is_loaded:
            return State(Doing.WRITING, {"model": card.name})
        seconds = await self._loads.last_s(card.name)
        estimate = Notice("state.estimate", {"seconds": max(1, round(seconds))}) if seconds else ""
        return State(Doing.LOADING, {"model": card.name, "estimate": estimate})

    async def _pack(self, run: Run, card: ModelCard) -> PackedPrompt:
        turn, is_shared = run.turn, not run.turn.message.direct
        budget = self._manners.context_of(card) - self._manners.answer_of(card)
        ratio = self._gauge.bytes_per_token(card.name)
        begun, question = await self._asked(run, budget_tokens=budget, bytes_per_token=ratio)
        history = await self._history.recent(turn.conversation_id, before_turn=turn.question_turn)
        packed = build_prompt(
            system=self._manners.system_for(is_shared=is_shared),
            history=understood(answered(history), card, self._teacher),
            question=question,
            budget_tokens=budget,
            bytes_per_token=ratio,
            is_shared=is_shared,
            begun=begun,
        )
        if packed.first_kept is not None:
            await self._history.forget_before(turn.conversation_id, message_id=packed.first_kept)
        return packed

    async def _asked(
        self, run: Run, *, budget_tokens: int, bytes_per_token: float
    ) -> tuple[Sequence[PromptMessage], PromptMessage]:
        """Return what the model is asked, and what it is to have read right before."""
        if not run.turn.continues:
            return (), self._question(run, budget_tokens=budget_tokens)
        answer = await self._answers.find(run.turn.id)
        if answer is None or not answer.text:
            raise UserError("error.answer_gone")
        # The other half is for the question.
        so_far = without_reasoning(answer.text)
        return going_on(run.turn.message, last_words(so_far, most_bytes=int(budget_tokens * bytes_per_token / 2)))

    def _question(self, run: Run, *, budget_tokens: int) -> PromptMessage:
        """Return the question as the model reads it: behind the passages, where the lessons are to answer."""
        question = as_question(run.turn.message)
        if run.lesson is None or self._teacher is None:
            return question
        brief = self._teacher.brief(run.lesson.finding, budget_tokens=int(budget_tokens * LESSONS_SHARE))
        return PromptMessage(question.role, f"{brief}\n\n{question.content}")

    async def _written(self, run: Run, card: ModelCard, packed: PackedPrompt) -> AsyncGenerator[ReplyPart, None]:
        screen = Screen(await self._habits.hold_for(card))
        generation = run.generation = Generation(self._backend.chat(self._request(card, packed)))
        if run.is_stopped or run.is_lost:
            generation.stop()
        hearing = AnswerFilter(run, screen, teacher=self._teacher)
        try:
            async with aclosing(hearing.parts(generation.events())) as parts:
                async for part in parts:
                    yield part
        finally:
            await generation.close()
        if run.completion:
            await self._loads.learn(card.name, load_s=run.completion.load_s)
        await self._habits.learn(card, screen, run.completion)
        for notice in self._ending(run, card, packed):
            yield notice

    def _ending(self, run: Run, card: ModelCard, packed: PackedPrompt) -> list[Notice]:
        """What follows the words. Raises where a model ended well and said nothing."""
        if run.completion is None:
            run.completion = run.stopped()
            return []
        if run.lesson is None and is_blank("".join(run.pieces)):
            run.completion = None
            raise Unavailable("error.empty_answer", model=card.name)
        return self._remarks(run.completion, card, packed)

    def _remarks(self, completion: Completion, card: ModelCard, packed: PackedPrompt) -> list[Notice]:
        self._gauge.learn(card.name, packed.messages, prompt_tokens=completion.prompt_tokens)
        notices = []
        if completion.reason is FinishReason.LENGTH:
            notices.append(Notice("notice.length"))
        if was_cut(
            prompt_tokens=completion.prompt_tokens,
            estimated_tokens=packed.estimated_tokens,
            context_tokens=self._manners.context_of(card),
        ):
            notices.append(Notice("notice.prompt_cut"))
        return notices

    def _request(self, card: ModelCard, packed: PackedPrompt) -> ChatRequest:
        return ChatRequest(
            model=card.name,
            prompt=packed.messages,
            context_tokens=self._manners.context_of(card),
            answer_tokens=self._manners.answer_of(card),
            # Left out, a model that can think does, and may spend the whole answer on it.
            think=False if card.can_think else None,
        )


async def _silence(sleep: Sleep, wait_s: float) -> AsyncGenerator[ModelEvent, None]:
    """Say nothing for so long."""
    await sleep(wait_s)
    nothing: tuple[ModelEvent, ...] = ()
    for event in nothing:
        yield event


def fallback_notices(selection: Selection) -> list[Notice]:
    """Say which chosen models are gone: another one answers, never silently."""
    names = [choice.model for choice in selection.gone]
    if selection.default_gone:
        names.append(selection.default_gone)
    return [Notice("notice.model_gone", {"model": name, "instead": selection.card.name}) for name in names]
