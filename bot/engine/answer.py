"""An answer in the making: which prompt, which words, and what is tried where that fails.

It knows no line, no platform and no lessons.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import structlog

from bot.clock import SYSTEM_CLOCK, Clock
from bot.domain import (
    Completion,
    Delta,
    Doing,
    FinishReason,
    ModelCard,
    ModelEvent,
    Notice,
    ReplyPart,
    State,
    Withdrawal,
    account_of,
    is_blank,
)
from bot.engine.answer_filter import AnswerFilter
from bot.engine.answer_policy import AnswerPolicy
from bot.engine.answer_request import AnswerRequest
from bot.engine.attempts import RETRY_WAITS_S, Retry, next_attempt
from bot.engine.beginnings import Beginnings
from bot.engine.generation import Writing
from bot.engine.load_times import LoadTimes
from bot.engine.model_languages import not_understood
from bot.engine.packing import PromptPacker
from bot.engine.pictures import sight_notices
from bot.engine.prompt import OWN_NAME, PackedPrompt, speakers_of
from bot.engine.prompt_losses import CUT, PromptLosses
from bot.engine.reasoning_habits import ReasoningHabits
from bot.engine.selection import fallback_notices
from bot.engine.stored_text import without_notes
from bot.engine.summaries import Summaries, SummaryWish
from bot.engine.thinking import think_of
from bot.engine.token_gauge import PromptFit, TokenGauge
from bot.engine.turn_context import TurnContext
from bot.engine.work_book import WorkBook
from bot.errors import BotError, HostLost, ModelMissing, ModelUnfit, PromptTooLong, Unavailable
from bot.ports import LanguageTeller, ModelBackend
from bot.reasoning import Screen

# A measured ratio is stored again once it has changed by this share.
WORTH_STORING = 0.1
log = structlog.get_logger(__name__)


class Answerer:
    """Has a model answer what is requested, in the context of its turn."""

    def __init__(
        self,
        *,
        backend: ModelBackend,
        answer_policy: AnswerPolicy,
        loads: LoadTimes | None = None,
        habits: ReasoningHabits | None = None,
        languages: LanguageTeller | None = None,
        gauge: TokenGauge | None = None,
        summaries: Summaries | None = None,
        work_book: WorkBook | None = None,
        installed: Callable[[], Sequence[ModelCard]] = tuple,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._backend = backend
        self._answer_policy = answer_policy
        self._loads = loads or LoadTimes(host=backend.host)
        self._beginnings = Beginnings(backend=backend, loads=self._loads, clock=clock)
        self._habits = habits or ReasoningHabits(host=backend.host)
        self.languages = languages
        self._packer = PromptPacker(backend=backend, answer_policy=answer_policy, languages=languages)
        self._installed = installed
        self._clock = clock
        self.gauge = gauge or TokenGauge()
        self._losses = PromptLosses()
        self._summaries = summaries
        self._work_book = work_book or WorkBook(clock=clock)

    async def parts(
        self, request: AnswerRequest, context: TurnContext, writing: Writing
    ) -> AsyncGenerator[ReplyPart, None]:
        """Yield the answer's parts, its `Completion` last: one attempt after another until one succeeds.

        Raises:
            BotError: no answer, or not all of it.
        """
        told: list[Notice] = []
        fit = PromptFit(self.gauge, conversation_id=context.turn.conversation_id)
        retries = fallbacks = 0
        while not writing.is_stopped:
            has_spoken = False
            try:
                async with aclosing(self._attempt(request, context, writing, fit)) as parts:
                    async for part in parts:
                        if _is_repeated(part, told):
                            continue
                        if isinstance(part, Delta | Withdrawal):
                            has_spoken = isinstance(part, Delta)
                        yield part
            except BotError as error:
                shorten = fit.may_shorten(error)
                then = next_attempt(
                    error, retries=retries, fallbacks=fallbacks, has_spoken=has_spoken, may_shorten=shorten
                )
                if then is None:
                    raise fit.as_told(error) from error
                self._give_way(error, context, fit, writing)
            else:
                return
            if isinstance(then, Retry):
                retries = then.number
                if has_spoken:
                    yield Withdrawal()
                yield State(Doing.RETRYING, {"number": retries, "most": len(RETRY_WAITS_S)})
                await self._pause(writing, then.wait_s)
            else:
                fallbacks += 1
        yield writing.stopped()

    def _give_way(self, error: BotError, context: TurnContext, fit: PromptFit, writing: Writing) -> None:
        """Make the next attempt another one, as far as the error asks for that."""
        match error:
            case HostLost():
                writing.host = ""
            case ModelMissing():
                context.without_model()
            case PromptTooLong() | ModelUnfit():
                fit.refuse(writing.model, error)
            case _:
                log.info("answer.retried", turn=context.turn.id, error=error.key)

    async def _pause(self, writing: Writing, wait_s: float) -> None:
        """Wait. A generation without words is stopped as every other is, at once."""
        async with writing.generation(_silence(self._clock, wait_s)) as silence:
            async for _ in silence:
                pass

    async def _attempt(
        self, request: AnswerRequest, context: TurnContext, writing: Writing, fit: PromptFit
    ) -> AsyncGenerator[ReplyPart, None]:
        selection = await context.selection()
        card, writing.model = selection.card, selection.card.name
        writing.has_others = any(map(partial(_is_other, card), self._installed()))
        for notice in (*fallback_notices(selection), *sight_notices(request.message, card, self._installed())):
            yield notice
        if request.is_plain and (told := not_understood(card, without_notes(request.message.text), self.languages)):
            yield told
            yield Completion(reason=FinishReason.STOP, model="")
            return
        packed = await self._packer.pack(request, context, card, fit)
        speakers = speakers_of(request.message, await context.history(), own=OWN_NAME)
        screen = Screen(await self._habits.hold_for(card), speakers=speakers)
        heard = AnswerFilter(screen, request.text, model=card.name, clock=self._clock)
        try:
            async with aclosing(self._heard(heard, packed, context, writing, card)) as parts:
                async for part in parts:
                    yield part
        finally:
            writing.reasoning = heard.reasoning or writing.reasoning
        remarks = await self._learnt(heard, card, packed, context, fit)
        for part in self._ending(heard, card, remarks, writing, may_be_empty=request.then is not None):
            yield part

    async def _heard(
        self, heard: AnswerFilter, packed: PackedPrompt, context: TurnContext, writing: Writing, card: ModelCard
    ) -> AsyncGenerator[ReplyPart, None]:
        """Yield what is heard of one completion, a word on the wait for it first."""
        has_begun, choice = False, (await context.selection()).choice
        think = think_of(card, choice.think if choice else None)
        asked = replace(self._answer_policy.request_of(card, packed.messages), think=think, host=writing.host)
        account = account_of(context.turn.message, context.turn.id)
        chat = self._work_book.metered(self._backend.chat(asked), asked, card=card, account=account)
        async with writing.generation(chat) as events:
            yield await self._beginnings.state(card)
            try:
                async with aclosing(heard.paced(events)) as paced:
                    async for event in paced:
                        if not has_begun:
                            has_begun = True
                            for notice in await self._begun(packed, context, card):
                                yield notice
                        for part in await heard.take(event):
                            yield part
            except BotError:
                # What was held back comes before the error.
                for part in await heard.finish():
                    yield part
                raise
            for part in await heard.finish():
                yield part
        if writing.is_stopped and not has_begun:
            self._beginnings.stopped(card.name)

    async def _begun(self, packed: PackedPrompt, context: TurnContext, card: ModelCard) -> list[Notice]:
        """Leave out for good what the model was not given, now that the host has taken the prompt; tell of it."""
        self._beginnings.spoke(card.name)
        if not packed.dropped:
            return []
        if packed.is_kept:
            await context.cut(card.name, from_turn=packed.window.from_turn, dropped=packed.dropped)
        if packed.window.summary:
            return [Notice("notice.oldest_summed_up", {"model": card.name})]
        return [Notice("notice.oldest_dropped" if packed.kept else "notice.all_dropped")]

    async def _learnt(
        self, heard: AnswerFilter, card: ModelCard, packed: PackedPrompt, context: TurnContext, fit: PromptFit
    ) -> list[Notice]:
        """Learn from a completion of the host, the model and this conversation; return what is to be said of it."""
        completion = heard.completion
        await self._habits.learn(card, heard.screen, completion)
        if completion is None:
            return []
        await self._loads.learn(card.name, load_s=completion.load_s)
        remarks = [Notice("notice.length")] if completion.reason is FinishReason.LENGTH else []
        if card.is_remote or completion.is_remote:  # a machine elsewhere has a window of its own
            return [*remarks, Notice("notice.remote", {"model": card.name})]
        tokens = completion.window_tokens or self._answer_policy.context_of(card)
        self.gauge.is_careful = not completion.is_whole
        budget = tokens - self._answer_policy.answer_of(card)
        sent = fit.sent(card.name, packed.estimated_tokens, context_tokens=tokens, budget=budget)
        loss = self._losses.of(completion, sent)
        if loss is None or loss.key != CUT:
            await self._measured(completion, card, context, fit)
            if self._summaries:
                message = context.turn.message
                account = account_of(message, context.turn.id).of_nobody
                told = (await context.chosen()).assistant
                wish = SummaryWish(context.turn.conversation_id, card, not message.direct, account, told)
                self._summaries.note(wish, tokens=packed.estimated_tokens + completion.answer_tokens)
        else:
            fit.lose(card.name)
        return [*remarks, *([loss] if loss else [])]

    async def _measured(self, completion: Completion, card: ModelCard, context: TurnContext, fit: PromptFit) -> None:
        """Take in how many tokens the prompt had; what is new is kept for the next start, and for other processes."""
        if self._losses.leaves_out_cached:
            return
        ratio = fit.learn(card.name, prompt_tokens=completion.prompt_tokens)
        known = (await context.window(card.name)).bytes_per_token
        if ratio and abs(ratio - known) > WORTH_STORING * ratio:
            await context.calibrate(card.name, ratio)

    def _ending(
        self, heard: AnswerFilter, card: ModelCard, remarks: list[Notice], writing: Writing, *, may_be_empty: bool
    ) -> list[ReplyPart]:
        """Return what follows the words. Raises where a model ended well and said nothing."""
        completion = heard.completion
        if completion and not may_be_empty and is_blank(heard.said):
            raise Unavailable("error.only_thought" if heard.reasoning else "error.empty_answer", model=card.name)
        if card.is_demonstration:
            remarks = [*remarks, Notice("notice.demonstration", {"model": card.name})]
        return [*remarks, completion or writing.stopped()]


def _is_repeated(part: ReplyPart, told: list[Notice]) -> bool:
    """Whether an attempt before has told this: a model that is gone, say, the next one finds gone as well."""
    if not isinstance(part, Notice):
        return False
    is_repeated = part in told
    told.append(part)
    return is_repeated


async def _silence(clock: Clock, wait_s: float) -> AsyncGenerator[ModelEvent, None]:
    """Say nothing for so long."""
    await clock.sleep(wait_s)
    nothing: tuple[ModelEvent, ...] = ()
    for event in nothing:
        yield event


def _is_other(card: ModelCard, installed: ModelCard) -> bool:
    """Whether another model could answer, too."""
    return installed.can_chat and not installed.is_barred and installed.name != card.name
